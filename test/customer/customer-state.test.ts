// G4, G5, G8 · What an onboarding knows of its customer: the newest value of each field, in whichever order events arrive.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { COMPANY_FIELDS, CONTACT_FIELDS } from '../../domain/crm.ts'
import { limitOf } from '../../domain/limits.ts'
import { readFact } from '../../workflows/customer/received-event.ts'
import type { Fact } from '../../workflows/customer/received-event.ts'
import { Customer } from '../../workflows/customer/customer.ts'

const ada: Fact = {
  id: 'evt_1',
  at: 1000,
  values: { email: 'ada@example.com', phone: '1', 'company.name': 'Analytical Engines' },
  productCompanyId: null,
}
const update = (id: string, at: number, values: Fact['values']): Fact => ({ id, at, values, productCompanyId: null })
const created = { outcome: 'created' as const, url: null, correlationId: null, refused: [] }
const existed = { ...created, outcome: 'existed' as const }

const NOTHING = { values: {}, lastEventAt: 0 }

/** A customer whose records are in HubSpot. */
function onboarded(contact: typeof created | typeof existed = created, ...before: Fact[]): Customer {
  const customer = new Customer('cus_1')
  customer.register(ada)
  for (const fact of before) customer.update(fact)
  customer.companyFound(customer.companyDraft(), { ...created, by: 'key', companyId: '801', productCompanyId: null })
  customer.contactFound(customer.contactDraft(), { ...contact, contactId: '701' })
  customer.associated({ outcome: 'associated', correlationId: null })
  return customer
}

describe('G4 · the newest value of a field', () => {
  it('wins over one that arrives late', () => {
    const customer = onboarded()
    customer.update(update('evt_3', 3000, { phone: '3' }))
    customer.update(update('evt_2', 2000, { phone: '2', firstName: 'Ada' }))
    expect(customer.contactChange()).toMatchObject({ values: { phone: '3', firstName: 'Ada' }, lastEventAt: 3000 })
  })

  it('is the one of the greater event id when two events have the same time', () => {
    const customer = onboarded()
    customer.update(update('evt_b', 2000, { phone: 'b' }))
    customer.update(update('evt_a', 2000, { phone: 'a' }))
    expect(customer.contactChange()?.values).toEqual({ phone: 'b' })
  })

  it('is the same for any order and any repetition of the events', () => {
    const value = fc.option(fc.constantFrom('x', 'y', 'z'))
    const facts = fc
      .array(fc.record({ at: fc.integer({ min: 0, max: 5 }), phone: value, city: value }), { maxLength: 8 })
      .map((list) =>
        list.map(({ at, phone, city }, index) => update(`evt_${index}`, at, { phone, 'address.city': city })),
      )
    const shuffled = facts.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray([...list, ...list], { minLength: list.length * 2 })),
    )
    fc.assert(
      fc.property(shuffled, ([inOrder, anyhow]) => {
        const draft = (list: Fact[]) => {
          const customer = new Customer('cus_1')
          for (const fact of list) customer.update(fact)
          return customer.contactDraft()
        }
        expect(draft(anyhow)).toEqual(draft(inOrder))
      }),
    )
  })
})

describe('G4 · a customer who moves to another firm', () => {
  const at = (id: string, time: number, firm: string | null, values: Fact['values']): Fact => ({
    id,
    at: time,
    values,
    productCompanyId: firm,
  })

  it('brings no value of the former firm along, in whichever order the events arrive', () => {
    const events = [
      at('evt_1', 1000, 'org_1', { 'company.name': 'First', 'company.phone': '1' }),
      at('evt_2', 2000, null, { 'company.website': 'https://first.example' }),
      at('evt_3', 3000, 'org_2', { 'company.name': 'Second' }),
      at('evt_4', 4000, null, { 'company.domain': 'second.example' }),
    ]
    fc.assert(
      fc.property(fc.shuffledSubarray([...events, ...events], { minLength: 8 }), (list) => {
        const customer = new Customer('cus_1')
        for (const event of list) customer.update(event)
        expect(customer.companyDraft()).toMatchObject({
          productCompanyId: 'org_2',
          values: { 'company.name': 'Second', 'company.domain': 'second.example' },
        })
        expect(Object.keys(customer.companyDraft().values)).toHaveLength(2)
      }),
    )
  })

  it('twice before the association still leaves every firm on the way', () => {
    const customer = onboarded()
    const join = (time: number, firm: string, companyId: string) => {
      customer.update(at(`evt_${time}`, time, firm, { 'company.name': firm }))
      customer.companyFound(customer.companyDraft(), { ...created, by: 'key', companyId, productCompanyId: firm })
    }
    customer.update(at('evt_2', 2000, 'org_1', {}))
    customer.companyFound(customer.companyDraft(), {
      ...existed,
      by: 'key',
      companyId: '801',
      productCompanyId: 'org_1',
    })
    join(3000, 'org_2', '802')
    join(4000, 'org_3', '803')
    expect(customer.state.movedFrom).toEqual(['801', '802'])
    join(5000, 'org_1', '801')
    expect(customer.state.movedFrom).toEqual(['802', '803'])
  })

  it('keeps the values from before the product gave the firm an id', () => {
    const customer = new Customer('cus_1')
    customer.update(at('evt_1', 1000, null, { 'company.name': 'First' }))
    customer.update(at('evt_2', 2000, 'org_1', { 'company.phone': '1' }))
    expect(customer.companyDraft().values).toEqual({ 'company.name': 'First', 'company.phone': '1' })
  })
})

describe('a customer who leaves a firm', () => {
  const at = (id: string, time: number, firm: string | null, values: Fact['values']): Fact => ({
    id,
    at: time,
    values,
    productCompanyId: firm,
  })
  const inFirm = (firm: string | null, domain?: string) => {
    const customer = new Customer('cus_1')
    customer.register({
      ...ada,
      at: 1000,
      values: { ...ada.values, ...(domain && { 'company.domain': domain }) },
      productCompanyId: firm,
    })
    joins(customer, '801', firm)
    customer.contactFound(customer.contactDraft(), { ...created, contactId: '701' })
    customer.associated({ outcome: 'associated', correlationId: null })
    return customer
  }
  const joins = (
    customer: Customer,
    companyId: string,
    firm: string | null,
    outcome = created as typeof created | typeof existed,
  ) => customer.companyFound(customer.companyDraft(), { ...outcome, by: 'key', companyId, productCompanyId: firm })

  it('without an id takes none of its values to the first one that has an id, where another domain says so', () => {
    const customer = inFirm(null, 'one.example')
    customer.update(at('evt_2', 2000, 'org_2', { 'company.name': 'Two', 'company.domain': 'two.example' }))
    expect(customer.company).toBeNull()
    expect(customer.companyDraft().values).toEqual({ 'company.name': 'Two', 'company.domain': 'two.example' })
  })

  it('earlier than was known has the values since then told to the new firm', () => {
    const customer = inFirm('org_1')
    customer.update(at('evt_4', 4000, null, { 'company.phone': '4' }))
    const change = customer.companyChange() ?? NOTHING
    customer.written('company-update', change, {
      outcome: 'written',
      recordId: '801',
      refused: [],
      correlationId: null,
    })
    customer.update(at('evt_3', 3000, 'org_2', { 'company.name': 'Two' }))
    joins(customer, '802', 'org_2', existed)
    expect(customer.companyChange()?.values).toEqual({ 'company.name': 'Two', 'company.phone': '4' })
  })

  it('has nothing left to write of its time', () => {
    const customer = inFirm('org_1')
    customer.update(at('evt_3', 3000, 'org_2', { 'company.name': 'Two' }))
    joins(customer, '802', 'org_2')
    customer.associated({ outcome: 'associated', correlationId: null })
    customer.update(at('evt_2', 2000, null, { 'company.phone': 'late' }))
    expect([customer.hasWork, customer.state.fields['company.phone']?.is]).toEqual([false, 'written'])
  })

  it('waits for nothing that was refused of it meanwhile', () => {
    const customer = inFirm('org_1')
    customer.update(at('evt_2', 2000, 'org_2', {}))
    const { firm } = customer
    const draft = customer.companyDraft()
    customer.update(at('evt_3', 3000, 'org_3', {}))
    const refusal = { reason: 'refused-by-hubspot' as const, message: '', fields: [], correlationId: null }
    customer.park('company', refusal, draft.values, firm)
    expect(customer.isParked('company')).toBe(false)
  })

  it('whose company people deleted has the next one made anew, once', () => {
    const customer = inFirm('org_1')
    const isLost = () => {
      const change = customer.companyChange() ?? NOTHING
      customer.written('company-update', change, { outcome: 'missing', correlationId: null })
    }
    customer.update(at('evt_2', 2000, null, { 'company.phone': '2' }))
    customer.update(at('evt_3', 3000, 'org_2', { 'company.name': 'Two' }))
    isLost()
    joins(customer, '802', 'org_2')
    customer.update(at('evt_4', 4000, null, { 'company.phone': '4' }))
    isLost()
    expect(customer.state.parked).toEqual([])
  })
})

describe('a value of a shared company', () => {
  it('is still to be told when it was passed over for an older event that said the same', () => {
    const customer = onboarded()
    customer.update(update('evt_2', 2000, { 'company.phone': 'x' }))
    const change = customer.companyChange() ?? NOTHING
    customer.update(update('evt_4', 4000, { 'company.phone': 'x' }))
    customer.written('company-update', change, { outcome: 'superseded', othersEventAt: 3000, correlationId: null })
    expect(customer.companyChange()?.values).toEqual({ 'company.phone': 'x' })
  })
})

describe('an erased customer', () => {
  it('has nothing personal left, and late events change nothing', () => {
    const customer = onboarded()
    customer.erase()
    customer.erased({ correlationId: null })
    customer.update(update('evt_2', 2000, { phone: '2' }))
    customer.register({ ...ada, id: 'evt_3' })
    customer.malformed()
    // Each has left its payload in the history, which therefore has to go once more.
    expect(customer.lateEvents).toBe(3)
    expect(customer.phase).toBe('erased')
    expect(JSON.stringify(customer.state)).not.toContain('ada@example.com')
    expect(customer.state).toMatchObject({ fields: {}, contact: null, company: null })
  })
})

describe('G5 · a repeated event', () => {
  it('has no effect', () => {
    const customer = onboarded()
    customer.update(update('evt_2', 2000, { phone: '2' }))
    const before = structuredClone(customer.state)
    customer.update(update('evt_2', 2000, { phone: 'other' }))
    expect(customer.state).toEqual(before)
  })

  it('is known again in the next run', () => {
    const customer = onboarded()
    const next = new Customer('cus_1', JSON.parse(JSON.stringify(customer.state)) as typeof customer.state)
    next.register({ ...ada, values: { phone: 'other' } })
    expect(next.contactChange()).toBeNull()
  })
})

describe('a contact that was in HubSpot before', () => {
  it('is not overwritten by the registration', () => {
    expect(onboarded(existed).contactChange()).toBeNull()
  })

  it('is overwritten by an update, also by one that overtook the registration', () => {
    const customer = onboarded(existed, update('evt_2', 2000, { phone: '2' }))
    expect(customer.contactChange()?.values).toEqual({ phone: '2' })
  })
})

describe('G6 · values that arrive while others are being written', () => {
  it('are still to be written afterwards', () => {
    const customer = onboarded()
    customer.update(update('evt_2', 2000, { phone: '2' }))
    const change = customer.contactChange()
    customer.update(update('evt_3', 3000, { phone: '3' }))
    customer.written('contact-update', change ?? NOTHING, {
      outcome: 'written',
      recordId: '701',
      refused: [],
      correlationId: null,
    })
    expect(customer.contactChange()?.values).toEqual({ phone: '3' })
  })
})

describe('a resync', () => {
  it('writes everything again, then associates again', () => {
    const customer = onboarded(existed, update('evt_2', 2000, { phone: '2' }))
    customer.written('contact-update', customer.contactChange() ?? NOTHING, {
      outcome: 'written',
      recordId: '701',
      refused: [],
      correlationId: null,
    })
    expect(customer.hasWork).toBe(false)

    customer.resync()
    expect(customer.contactChange()?.values).toEqual({ email: 'ada@example.com', phone: '2' })
    expect(customer.companyChange()?.values).toEqual({ 'company.name': 'Analytical Engines' })
    customer.resynced()
    expect(customer.phase).toBe('association')
  })
})

describe('G9 · a value that HubSpot refuses', () => {
  const refused = { field: 'phone' as const, reason: 'refused-by-hubspot' as const, message: 'no' }
  const parked = () => {
    const customer = onboarded()
    customer.update(update('evt_2', 2000, { phone: '2', firstName: 'Ada' }))
    customer.written(
      'contact-update',
      { values: { phone: '2', firstName: 'Ada' }, lastEventAt: 2000 },
      { outcome: 'written', recordId: '701', refused: [refused], correlationId: null },
    )
    return customer
  }

  it('parks that field and nothing else', () => {
    const customer = parked()
    customer.update(update('evt_3', 3000, { lastName: 'Lovelace' }))
    expect(customer.state.parked).toMatchObject([{ reason: 'refused-by-hubspot', fields: ['phone'] }])
    expect(customer.contactChange()?.values).toEqual({ lastName: 'Lovelace' })
  })

  it('is tried again when an operator resumes', () => {
    const customer = parked()
    customer.resume()
    expect(customer.state.parked).toEqual([])
    expect(customer.contactChange()?.values).toEqual({ phone: '2' })
  })

  it('is replaced by a newer value without an operator', () => {
    const customer = parked()
    customer.update(update('evt_3', 3000, { phone: '3' }))
    expect(customer.state.parked).toEqual([])
    expect(customer.contactChange()?.values).toEqual({ phone: '3' })
  })
})

describe('G9 · a refusal of a value that was replaced meanwhile', () => {
  it('parks nobody, and the newer value is tried', () => {
    const customer = onboarded()
    customer.update(update('evt_2', 2000, { phone: '2' }))
    const change = customer.contactChange() ?? NOTHING
    customer.update(update('evt_3', 3000, { phone: '3' }))
    const refused = [{ field: 'phone' as const, reason: 'refused-by-hubspot' as const, message: 'no' }]
    customer.written('contact-update', change, { outcome: 'written', recordId: '701', refused, correlationId: null })
    expect(customer.state.parked).toEqual([])
    expect(customer.contactChange()?.values).toEqual({ phone: '3' })
  })

  it('lets the onboarding itself go on at once', () => {
    const customer = new Customer('cus_1')
    customer.register(ada)
    const draft = customer.contactDraft()
    customer.update(update('evt_2', 2000, { email: 'ada.lovelace@example.com' }))
    const refusal = {
      reason: 'contact-of-another-customer' as const,
      message: 'no',
      fields: ['email'],
      correlationId: null,
    }
    customer.park('contact', refusal, draft.values)
    expect(customer.isParked('contact')).toBe(false)
  })
})

describe('G7 · whatever arrives in a signal', () => {
  it('is a fact or nothing, and never an error', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (id, customer) => {
        expect(() => readFact({ id, at: 1, customer })).not.toThrow()
        expect(() => readFact(id)).not.toThrow()
      }),
    )
  })

  it.each([
    ['an address that is cleared', { email: null }],
    ['a number for a text', { phone: 12 }],
    ['a text beyond every limit', { phone: 'x'.repeat(2000) }],
    ['a company id that is no text', { company: { id: {} } }],
  ])('is nothing with %s', (_, customer) => {
    expect(readFact({ id: 'evt_1', at: 1, customer })).toBeNull()
  })

  it('clears each part of an address that is cleared as a whole', () => {
    expect(readFact({ id: 'evt_1', at: 1, customer: { address: null } })?.values).toEqual({
      'address.street': null,
      'address.city': null,
      'address.state': null,
      'address.postalCode': null,
      'address.country': null,
    })
  })
})

describe('G8 · the state that one run hands to the next', () => {
  it('may be of an earlier version, which knew of one former company and of nobody else’s values', () => {
    const { state } = onboarded()
    const { domain: _, othersEventAt: __, ...company } = state.company!
    const earlier = { ...state, company, movedFrom: '800', isLookedUp: false }
    const customer = new Customer('cus_1', JSON.parse(JSON.stringify(earlier)) as typeof state)
    expect(customer.mayBeKnown).toBe(false)
    customer.update({ ...update('evt_9', 9000, { 'company.name': 'Two' }), productCompanyId: 'org_2' })
    customer.companyFound(customer.companyDraft(), {
      ...created,
      by: 'key',
      companyId: '802',
      productCompanyId: 'org_2',
    })
    expect(customer.state.movedFrom).toEqual(['800', '801'])
  })

  it('stays below 64 KiB whatever a customer sends', () => {
    const customer = onboarded()
    // Three bytes a character is the worst that gets through.
    const text = (length: number) => '\uFFEE'.repeat(length)
    for (let index = 0; index < 500; index++) {
      const id = `${index}`.padStart(256, '\uFFEE')
      const values = Object.fromEntries(
        [...CONTACT_FIELDS, ...COMPANY_FIELDS].map((field) => [field, text(limitOf(field))]),
      )
      customer.update({ id, at: index * 1000, values, productCompanyId: id })
      for (const field of [...CONTACT_FIELDS, ...COMPANY_FIELDS]) {
        customer.park(
          'contact-update',
          { reason: 'refused-by-hubspot', message: 'x'.repeat(250), fields: [field], correlationId: null },
          values,
        )
      }
      customer.malformed()
      const change = customer.contactChange()
      customer.written('contact-update', change ?? NOTHING, {
        outcome: 'superseded',
        othersEventAt: 0,
        correlationId: '0193b0a0-0000-7000-8000-000000000000',
      })
    }
    expect(Buffer.byteLength(JSON.stringify(customer.state))).toBeLessThan(64 * 1024)
  })
})
