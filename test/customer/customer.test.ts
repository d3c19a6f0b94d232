// G4, G5, G8 · The newest value of each field, for any order of the events, and the values that are still to be written.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CompanyChange, ContactChange, ContactOutcome, WriteOutcome } from '../../domain/crm.ts'
import { FIELD_NAMES, FIELDS } from '../../domain/fields.ts'
import { readAssociationReview, readEvent } from '../../workflows/customer/signal-payload.ts'
import type { ReceivedEvent } from '../../workflows/customer/signal-payload.ts'
import { READ_LIMIT } from '../../hubspot/client/clipped.ts'
import { Customer } from '../../workflows/customer/customer.ts'
import { migrateState } from '../../workflows/customer/state.ts'
import { statusOf } from '../../workflows/customer/status.ts'

const ada: ReceivedEvent = {
  id: 'evt_1',
  at: 1000,
  values: { email: 'ada@example.com', phone: '1', 'company.name': 'Analytical Engines' },
  organizationId: null,
}
const update = (id: string, at: number, values: ReceivedEvent['values']): ReceivedEvent => ({
  id,
  at,
  values,
  organizationId: null,
})
const at = (
  id: string,
  time: number,
  organizationId: string | null,
  values: ReceivedEvent['values'],
): ReceivedEvent => ({ id, at: time, values, organizationId })
const created = {
  outcome: 'created' as const,
  standsFor: 'organization' as const,
  companies: null,
  url: null,
  correlationId: null,
  kept: [],
  rejected: [],
}
const associated = { outcome: 'associated' as const, isOwn: true, correlationId: null }
const existed = { ...created, outcome: 'existed' as const }

const companyChangeOf = ({ company }: Customer) => company.change() as CompanyChange
const contactChangeOf = ({ contact }: Customer) => contact.change() as ContactChange
const companyChanged = (customer: Customer, change: CompanyChange, outcome: WriteOutcome) =>
  customer.changed(customer.company, change, outcome)
const contactChanged = (customer: Customer, change: ContactChange, outcome: WriteOutcome) =>
  customer.changed(customer.contact, change, outcome)
const statesOf = (customer: Customer) =>
  Object.fromEntries(Object.entries(statusOf(customer).fields).map(([field, { state }]) => [field, state]))
const written = { outcome: 'written' as const, skipped: [], kept: [], rejected: [], correlationId: null }

/** An onboarded customer, whose updates arrived before the records were created. */
function onboarded(contact: Omit<ContactOutcome, 'contactId'> = created, ...updates: ReceivedEvent[]): Customer {
  const customer = new Customer('cus_1')
  customer.events.register(ada)
  for (const event of updates) customer.events.update(event)
  customer.companyCreated(customer.company.draft(), {
    ...created,
    foundBy: 'key',
    companyId: '801',
    companyKey: 'key of 801',
    organizationId: null,
  })
  customer.contactCreated(customer.contact.draft(), { ...contact, contactId: '701' })
  customer.associated(customer.association.draft(), associated)
  return customer
}

describe('G4 · the newest value of a field', () => {
  it('wins over an older value that arrives later', () => {
    const customer = onboarded()
    customer.events.update(update('evt_3', 3000, { phone: '3' }))
    customer.events.update(update('evt_2', 2000, { phone: '2', firstName: 'Ada' }))
    expect(customer.contact.change()).toMatchObject({ values: { phone: '3', firstName: 'Ada' }, lastEventAt: 3000 })
  })

  it('is the value of the greater event id when two events have the same time', () => {
    const customer = onboarded()
    customer.events.update(update('evt_b', 2000, { phone: 'b' }))
    customer.events.update(update('evt_a', 2000, { phone: 'a' }))
    expect(customer.contact.change()?.values).toEqual({ phone: 'b' })
  })

  it('is the same for any order and repetition of the events', () => {
    const value = fc.option(fc.constantFrom('x', 'y', 'z'))
    const events = fc
      .array(fc.record({ at: fc.integer({ min: 0, max: 5 }), phone: value, city: value }), { maxLength: 8 })
      .map((list) =>
        list.map(({ at, phone, city }, index) => update(`evt_${index}`, at, { phone, 'address.city': city })),
      )
    const shuffled = events.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray([...list, ...list], { minLength: list.length * 2 })),
    )
    fc.assert(
      fc.property(shuffled, ([inOrder, inAnyOrder]) => {
        const draft = (list: ReceivedEvent[]) => {
          const customer = new Customer('cus_1')
          for (const event of list) customer.events.update(event)
          return customer.contact.draft()
        }
        expect(draft(inAnyOrder)).toEqual(draft(inOrder))
      }),
    )
  })
})

describe('G4 · a customer who moves to another organization', () => {
  it('brings no value of the former organization along, for any order of the events', () => {
    const events = [
      at('evt_1', 1000, 'org_1', { 'company.name': 'First', 'company.phone': '1' }),
      at('evt_2', 2000, null, { 'company.website': 'https://first.example' }),
      at('evt_3', 3000, 'org_2', { 'company.name': 'Second' }),
      at('evt_4', 4000, null, { 'company.domain': 'second.example' }),
    ]
    fc.assert(
      fc.property(fc.shuffledSubarray([...events, ...events], { minLength: 8 }), (list) => {
        const customer = new Customer('cus_1')
        for (const event of list) customer.events.update(event)
        expect(customer.company.draft()).toMatchObject({
          organizationId: 'org_2',
          values: { 'company.name': 'Second', 'company.domain': 'second.example' },
        })
        expect(Object.keys(customer.company.draft().values)).toHaveLength(2)
      }),
    )
  })

  it('leaves each former company, even after several moves before the association', () => {
    const customer = onboarded()
    const join = (time: number, organizationId: string, companyId: string) => {
      customer.association.sent(customer.association.draft().pair)
      customer.events.update(at(`evt_${time}`, time, organizationId, { 'company.name': organizationId }))
      customer.companyCreated(customer.company.draft(), {
        ...created,
        foundBy: 'key',
        companyId,
        companyKey: companyId,
        organizationId,
      })
    }
    customer.events.update(at('evt_2', 2000, 'org_1', {}))
    customer.companyCreated(customer.company.draft(), {
      ...existed,
      foundBy: 'key',
      companyId: '801',
      companyKey: 'key of 801',
      organizationId: 'org_1',
    })
    join(3000, 'org_2', '802')
    join(4000, 'org_3', '803')
    expect(customer.state.movedFrom).toEqual(['801', '802'])
    join(5000, 'org_1', '801')
    expect(customer.state.movedFrom).toEqual(['802', '803'])
  })

  it('keeps a value whose event named the organization, when a late event splits the time there', () => {
    const customer = new Customer('cus_1')
    customer.events.update(at('evt_1', 1000, 'org_1', { 'company.name': 'First' }))
    customer.events.update(at('evt_4', 4000, 'org_1', { 'company.phone': '4' }))
    customer.events.update(at('evt_5', 5000, 'org_1', {}))
    customer.events.update(at('evt_3', 3000, 'org_2', {}))
    expect(customer.company.draft()).toMatchObject({ organizationId: 'org_1', values: { 'company.phone': '4' } })
  })

  it('keeps the values of an organization whose id the product sends later', () => {
    const customer = new Customer('cus_1')
    customer.events.update(at('evt_1', 1000, null, { 'company.name': 'First' }))
    customer.events.update(at('evt_2', 2000, 'org_1', { 'company.phone': '1' }))
    expect(customer.company.draft().values).toEqual({ 'company.name': 'First', 'company.phone': '1' })
  })
})

describe('a customer who leaves an organization', () => {
  const inOrganization = (organizationId: string | null, domain?: string) => {
    const customer = new Customer('cus_1')
    customer.events.register({
      ...ada,
      at: 1000,
      values: { ...ada.values, ...(domain && { 'company.domain': domain }) },
      organizationId,
    })
    joins(customer, '801', organizationId)
    customer.contactCreated(customer.contact.draft(), { ...created, contactId: '701' })
    customer.associated(customer.association.draft(), associated)
    return customer
  }
  const joins = (
    customer: Customer,
    companyId: string,
    organizationId: string | null,
    outcome = created as typeof created | typeof existed,
  ) =>
    customer.companyCreated(customer.company.draft(), {
      ...outcome,
      foundBy: 'key',
      companyId,
      companyKey: companyId,
      organizationId,
    })

  it('without an id brings none of its values to one with an id and another domain', () => {
    const customer = inOrganization(null, 'one.example')
    customer.events.update(at('evt_2', 2000, 'org_2', { 'company.name': 'Two', 'company.domain': 'two.example' }))
    expect(customer.company.current).toBeNull()
    expect(customer.company.draft().values).toEqual({ 'company.name': 'Two', 'company.domain': 'two.example' })
  })

  it('has the values since the move written to the new company when the event about the move arrives late', () => {
    const customer = inOrganization('org_1')
    customer.events.update(at('evt_4', 4000, null, { 'company.phone': '4' }))
    const change = companyChangeOf(customer)
    companyChanged(customer, change, { ...written, recordId: '801' })
    customer.events.update(at('evt_3', 3000, 'org_2', { 'company.name': 'Two' }))
    joins(customer, '802', 'org_2', existed)
    expect(customer.company.change()?.values).toEqual({ 'company.name': 'Two', 'company.phone': '4' })
  })

  it('has late values of the time before the move skipped', () => {
    const customer = inOrganization('org_1')
    customer.events.update(at('evt_3', 3000, 'org_2', { 'company.name': 'Two' }))
    joins(customer, '802', 'org_2')
    customer.associated(customer.association.draft(), associated)
    customer.events.update(at('evt_2', 2000, null, { 'company.phone': 'late' }))
    expect([customer.hasWork, statesOf(customer)['company.phone']]).toEqual([false, 'skipped'])
  })

  it('is not parked by a rejection at the former organization', () => {
    const customer = inOrganization('org_1')
    customer.events.update(at('evt_2', 2000, 'org_2', {}))
    const { organizationId } = customer.company
    const draft = customer.company.draft()
    customer.events.update(at('evt_3', 3000, 'org_3', {}))
    const rejection = { reason: 'refused-by-hubspot' as const, message: '', fields: [], correlationId: null }
    customer.parking.park('company', rejection, draft.values, organizationId)
    expect(customer.parking.isParked('company')).toBe(false)
  })

  it('before its deleted company is re-created has the next company re-created once as well', () => {
    const customer = inOrganization('org_1')
    const loseCompany = () => {
      const change = companyChangeOf(customer)
      companyChanged(customer, change, { outcome: 'missing', correlationId: null })
    }
    customer.events.update(at('evt_2', 2000, null, { 'company.phone': '2' }))
    loseCompany()
    customer.events.update(at('evt_3', 3000, 'org_2', { 'company.name': 'Two' }))
    joins(customer, '802', 'org_2')
    customer.events.update(at('evt_4', 4000, null, { 'company.phone': '4' }))
    loseCompany()
    expect([customer.phase, customer.state.parked]).toEqual(['company', []])
  })

  it('whose former company was deleted has the next company re-created once as well', () => {
    const customer = inOrganization('org_1')
    const loseCompany = () => {
      const change = companyChangeOf(customer)
      companyChanged(customer, change, { outcome: 'missing', correlationId: null })
    }
    customer.events.update(at('evt_2', 2000, null, { 'company.phone': '2' }))
    customer.events.update(at('evt_3', 3000, 'org_2', { 'company.name': 'Two' }))
    loseCompany()
    joins(customer, '802', 'org_2')
    customer.events.update(at('evt_4', 4000, null, { 'company.phone': '4' }))
    loseCompany()
    expect(customer.state.parked).toEqual([])
  })
})

describe('G4 · a value of a shared company', () => {
  it('is still to be written when an older event with the same value was skipped', () => {
    const customer = onboarded()
    customer.events.update(update('evt_2', 2000, { 'company.phone': 'x' }))
    const change = companyChangeOf(customer)
    customer.events.update(update('evt_4', 4000, { 'company.phone': 'x' }))
    companyChanged(customer, change, { outcome: 'skipped', othersEventAt: 3000, correlationId: null })
    expect(customer.company.change()?.values).toEqual({ 'company.phone': 'x' })
  })
})

describe('G12 · the state of a field', () => {
  it('is kept while HubSpot has a value of HubSpot users, and written once an update overwrites it', () => {
    const customer = onboarded({ ...existed, kept: ['phone'] })
    expect(statesOf(customer)).toEqual({ email: 'written', phone: 'kept', 'company.name': 'written' })
    expect(customer.contact.change()).toBeNull()

    customer.events.update(update('evt_2', 2000, { phone: '2' }))
    expect(statesOf(customer)).toMatchObject({ phone: 'pending' })
    contactChanged(customer, contactChangeOf(customer), { ...written, recordId: '701' })
    expect(statesOf(customer)).toMatchObject({ phone: 'written' })
  })

  it('is written when the existing contact got the value of an update, without another call', () => {
    const customer = onboarded(existed, update('evt_2', 2000, { phone: '2' }))
    expect(statesOf(customer)).toMatchObject({ phone: 'written' })
    expect(customer.contact.change()).toBeNull()
  })

  it('is skipped, field by field, when other customers of the organization have written newer values', () => {
    const customer = onboarded()
    customer.events.update(update('evt_2', 2000, { 'company.phone': 'old' }))
    customer.events.update(update('evt_4', 4000, { 'company.website': 'https://new.example' }))
    const outcome = { ...written, recordId: '801', skipped: ['company.phone' as const], othersEventAt: 3000 }
    companyChanged(customer, companyChangeOf(customer), outcome)
    expect(statesOf(customer)).toMatchObject({ 'company.phone': 'skipped', 'company.website': 'written' })
    expect(customer.company.change()).toBeNull()
  })

  it('is kept when HubSpot users have changed what the company got before, and stays so with the same value', () => {
    const customer = onboarded()
    const repeat = (id: string, time: number) => {
      customer.events.update(update(id, time, { 'company.name': 'Analytical Engines' }))
      const change = companyChangeOf(customer)
      expect(change.repeated).toEqual(['company.name'])
      companyChanged(customer, change, { ...written, recordId: '801', kept: ['company.name'], isUnchanged: true })
      expect(statesOf(customer)).toMatchObject({ 'company.name': 'kept' })
    }
    repeat('evt_2', 2000)
    repeat('evt_3', 3000)
    customer.events.update(update('evt_4', 4000, { 'company.name': 'Other Engines' }))
    expect(companyChangeOf(customer).repeated).toEqual([])
    expect(statesOf(customer)).toMatchObject({ 'company.name': 'pending' })
  })

  it('is what the look-up sees of a value that an earlier run has sent', () => {
    const customer = new Customer('cus_1')
    const values = { email: 'ada@second.example', phone: '1', firstName: 'Ada', 'company.phone': '1' }
    customer.events.update(update('evt_2', 2000, values))
    customer.found(
      { customerId: 'cus_1', company: null },
      {
        outcome: 'found',
        contactId: '701',
        companyId: '801',
        contactUrl: null,
        companyUrl: null,
        companyKey: 'key of 801',
        contactValues: { email: 'ada@example.com', phone: 'of a HubSpot user', firstName: 'Ada' },
        otherEmails: ['ada@second.example'],
        isAssociated: true,
        isContactOwn: true,
        organizationId: null,
        companyDomain: null,
        companyName: null,
        lastEventAt: 2000,
        correlationId: null,
      },
    )
    // HubSpot's company is not known here, so that the update asks for it, without writing over what HubSpot users have changed.
    expect(statesOf(customer)).toEqual({
      email: 'written',
      phone: 'kept',
      firstName: 'written',
      'company.phone': 'pending',
    })
    expect(customer.contact.change()).toBeNull()
    expect(companyChangeOf(customer)).toMatchObject({ repeated: ['company.phone'], ownEventAt: 2000 })

    customer.events.update(update('evt_3', 3000, { phone: '1' }))
    expect(statesOf(customer)).toMatchObject({ phone: 'kept' })
    customer.events.update(update('evt_4', 4000, { phone: '2' }))
    expect(contactChangeOf(customer).values).toEqual({ phone: '2' })
  })

  it('is rejected when HubSpot rejects the value, and pending once an operator resumes', () => {
    const customer = onboarded()
    customer.events.update(update('evt_2', 2000, { phone: 'wrong' }))
    const rejected = [{ field: 'phone' as const, reason: 'refused-by-hubspot' as const, message: 'no' }]
    contactChanged(customer, contactChangeOf(customer), { ...written, recordId: '701', rejected })
    expect(statesOf(customer)).toMatchObject({ phone: 'rejected' })
    customer.commands.resume({ by: null })
    expect(statesOf(customer)).toMatchObject({ phone: 'pending' })
  })
})

describe('G12 · a customer whose contact HubSpot users delete', () => {
  const deleteContact = (customer: Customer, id: string, at: number) => {
    customer.events.update(update(id, at, { phone: id }))
    contactChanged(customer, contactChangeOf(customer), { outcome: 'missing', correlationId: null })
  }

  it('is not shown as onboarded, nor any field as written, until the contact is re-created', () => {
    const customer = onboarded()
    deleteContact(customer, 'evt_2', 2000)
    expect(customer.phase).toBe('contact')
    expect(statesOf(customer)).toMatchObject({ email: 'pending', phone: 'pending', 'company.name': 'written' })

    customer.contactCreated(customer.contact.draft(), { ...created, contactId: '702' })
    customer.associated(customer.association.draft(), associated)
    expect(customer.phase).toBe('onboarded')
    expect(statesOf(customer)).toMatchObject({ email: 'written', phone: 'written' })
  })

  it('is parked without a written field when they delete it again, until an operator resumes', () => {
    const customer = onboarded()
    deleteContact(customer, 'evt_2', 2000)
    customer.contactCreated(customer.contact.draft(), { ...created, contactId: '702' })
    customer.associated(customer.association.draft(), associated)
    deleteContact(customer, 'evt_3', 3000)
    expect(statusOf(customer)).toMatchObject({ phase: 'association', attention: { reason: 'missing-in-hubspot' } })
    expect(statesOf(customer)).toMatchObject({ email: 'pending', phone: 'pending' })
    expect(customer.contact.change()).toBeNull()

    customer.commands.resume({ by: null })
    expect(customer.contact.change()?.values).toEqual({ email: 'ada@example.com', phone: 'evt_3' })
  })
})

describe('G12 · a value that HubSpot rejected at a former organization', () => {
  it('is skipped once the customer has moved, and nothing stays parked', () => {
    const customer = new Customer('cus_1')
    customer.events.register({ ...ada, organizationId: 'org_1' })
    const join = (companyId: string, organizationId: string) =>
      customer.companyCreated(customer.company.draft(), {
        ...created,
        foundBy: 'key',
        companyId,
        companyKey: companyId,
        organizationId,
      })
    join('801', 'org_1')
    customer.events.update({ ...update('evt_2', 2000, { 'company.phone': 'wrong' }), organizationId: 'org_1' })
    const rejected = [{ field: 'company.phone' as const, reason: 'refused-by-hubspot' as const, message: 'no' }]
    companyChanged(customer, companyChangeOf(customer), { ...written, recordId: '801', rejected })
    customer.events.update({ ...update('evt_3', 3000, { 'company.name': 'Two' }), organizationId: 'org_2' })
    join('802', 'org_2')
    expect(customer.state.parked).toEqual([])
    expect(statesOf(customer)).toMatchObject({ 'company.phone': 'skipped', 'company.name': 'written' })
  })
})

describe('G12 · what is parked', () => {
  const no = (field: 'phone' | 'firstName') => ({ field, reason: 'refused-by-hubspot' as const, message: 'no' })
  const deleteContact = (customer: Customer) => {
    customer.events.update(update('evt_9', 9000, { lastName: 'Lovelace' }))
    contactChanged(customer, contactChangeOf(customer), { outcome: 'missing', correlationId: null })
  }

  it('names a value once when HubSpot rejects it again for the re-created contact', () => {
    const customer = onboarded({ ...created, rejected: [no('phone')] })
    deleteContact(customer)
    customer.contactCreated(customer.contact.draft(), { ...created, contactId: '702', rejected: [no('phone')] })
    expect(customer.state.parked).toMatchObject([{ step: 'contact-update', fields: ['phone'] }])
  })

  it('names only the values that HubSpot still rejects for the re-created contact', () => {
    const customer = onboarded()
    customer.events.update(update('evt_2', 2000, { phone: '2', firstName: 'Ada' }))
    const change = contactChangeOf(customer)
    const rejection = { reason: 'refused-by-hubspot' as const, message: 'no', correlationId: null }
    customer.parking.park('contact-update', { ...rejection, fields: ['phone', 'firstName'] }, change.values)
    expect(customer.state.timeline.at(-1)).toMatchObject({
      outcome: 'parked: refused-by-hubspot',
      fields: ['phone', 'firstName'],
    })
    deleteContact(customer)
    customer.contactCreated(customer.contact.draft(), { ...created, contactId: '702', rejected: [no('phone')] })
    expect(statesOf(customer)).toMatchObject({ phone: 'rejected', firstName: 'written' })
    expect(customer.state.parked).toMatchObject([{ fields: ['phone'] }])
  })

  it('no longer names a value once a late event says that it belongs to a former organization', () => {
    const at = (id: string, time: number, organizationId: string) => ({ ...update(id, time, {}), organizationId })
    const customer = new Customer('cus_1')
    customer.events.register({ ...ada, organizationId: 'org_1' })
    customer.companyCreated(customer.company.draft(), {
      ...created,
      foundBy: 'key',
      companyId: '801',
      companyKey: 'key of 801',
      organizationId: 'org_1',
    })
    customer.events.update(update('evt_4', 4000, { 'company.phone': 'wrong' }))
    customer.events.update(at('evt_5', 5000, 'org_1'))
    const rejected = [{ field: 'company.phone' as const, reason: 'refused-by-hubspot' as const, message: 'no' }]
    companyChanged(customer, companyChangeOf(customer), { ...written, recordId: '801', rejected })
    customer.events.update(at('evt_3', 3000, 'org_2'))
    expect([statesOf(customer)['company.phone'], customer.state.parked]).toEqual(['skipped', []])
  })

  it('is no value that a late event assigns to a former organization during the call', () => {
    const at = (id: string, time: number, organizationId: string) => ({ ...update(id, time, {}), organizationId })
    const customer = new Customer('cus_1')
    customer.events.register({ ...ada, organizationId: 'org_1' })
    customer.events.update(update('evt_4', 4000, { 'company.phone': 'wrong' }))
    customer.events.update(at('evt_5', 5000, 'org_1'))
    const draft = customer.company.draft()
    customer.events.update(at('evt_3', 3000, 'org_2'))
    const rejected = [{ field: 'company.phone' as const, reason: 'refused-by-hubspot' as const, message: 'no' }]
    customer.companyCreated(draft, {
      ...created,
      foundBy: 'key',
      companyId: '801',
      companyKey: 'key of 801',
      organizationId: 'org_1',
      rejected,
    })
    expect([statesOf(customer)['company.phone'], customer.state.parked]).toEqual(['skipped', []])
  })

  it('does not include a company that the customer does not need any more, by a late event', () => {
    const at = (id: string, time: number, organizationId: string) => ({ ...update(id, time, {}), organizationId })
    const customer = onboarded()
    customer.events.update(at('evt_5', 5000, 'org_1'))
    customer.events.update(at('evt_3', 3000, 'org_2'))
    const rejection = { reason: 'refused-by-hubspot' as const, message: 'no', fields: [], correlationId: null }
    customer.parking.park('company', rejection, {})
    expect(customer.phase).toBe('company')
    customer.events.update(at('evt_2', 2000, 'org_1'))
    expect([customer.phase, customer.state.parked]).toEqual(['onboarded', []])
  })
})

describe('a value that was kept at a former organization', () => {
  it('is skipped when an earlier registration arrives late, and nothing stays pending', () => {
    const customer = new Customer('cus_1')
    customer.events.register({
      ...ada,
      id: 'evt_2',
      at: 2000,
      values: { ...ada.values, 'company.phone': '2' },
      organizationId: 'org_1',
    })
    const join = (companyId: string, organizationId: string, kept: 'company.phone'[] = []) =>
      customer.companyCreated(customer.company.draft(), {
        ...existed,
        foundBy: 'key',
        companyId,
        companyKey: companyId,
        organizationId,
        kept,
      })
    join('801', 'org_1', ['company.phone'])
    customer.events.update({ ...update('evt_3', 3000, { 'company.name': 'Two' }), organizationId: 'org_2' })
    join('802', 'org_2')
    customer.events.register({ ...ada, id: 'evt_1', at: 1000, organizationId: 'org_1' })
    expect(statesOf(customer)['company.phone']).toBe('skipped')
  })
})

describe('G1 · a signal of a type that this version does not know', () => {
  const signal = { name: 'customerPlanChanged', payload: { id: 'evt_9', at: 9000, customer: { plan: 'team' } } }

  it('is kept unchanged from run to run, until a version knows it', () => {
    const customer = onboarded()
    customer.events.storeUnknown(signal)
    const next = new Customer('cus_1', JSON.parse(JSON.stringify(customer.state)) as typeof customer.state)
    expect(next.events.takeKnown((name) => name === 'customerUpdated')).toEqual([])
    expect(statusOf(next)).toMatchObject({ unknownEvents: 1, malformedEvents: 0 })
    expect(next.events.takeKnown((name) => name === signal.name)).toEqual([signal])
    expect(statusOf(next).unknownEvents).toBe(0)
  })

  it('is counted as malformed when it would exceed half a megabyte of kept signals', () => {
    const customer = onboarded()
    const large = { name: 'customerPlanChanged', payload: 'x'.repeat(64 * 1024) }
    for (let count = 0; count < 9; count += 1) customer.events.storeUnknown(large)
    expect(statusOf(customer)).toMatchObject({ unknownEvents: 7, malformedEvents: 2 })
  })

  it('is not kept after an erasure', () => {
    const customer = onboarded()
    customer.events.erase()
    customer.events.storeUnknown(signal)
    expect(customer.state.unknownSignals).toEqual([])
    expect(statusOf(customer).lateEvents).toBe(1)
  })
})

describe('an erased customer', () => {
  it('has no personal data left, and late events change nothing', () => {
    const customer = onboarded()
    customer.erasure.onboarded()
    customer.events.erase()
    customer.erasure.begin()
    customer.erasure.looked({ outcome: 'erased', correlationId: null, callTimeoutMs: 1000 })
    customer.events.update(update('evt_2', 2000, { phone: '2' }))
    customer.events.register({ ...ada, id: 'evt_3' })
    customer.events.malformed()
    // The run's history holds the payloads of late events, so it has to be deleted as well.
    expect(customer.events.hasLatePayload).toBe(true)
    expect(statusOf(customer).lateEvents).toBe(3)
    expect(customer.phase).toBe('erased')
    expect(JSON.stringify(customer.state)).not.toContain('ada@example.com')
    expect(customer.state).toMatchObject({
      contact: { fields: {}, reference: null },
      company: { fields: {}, reference: null },
    })
  })
})

describe('G5 · a repeated event', () => {
  it('has no effect', () => {
    const customer = onboarded()
    customer.events.update(update('evt_2', 2000, { phone: '2' }))
    const before = structuredClone(customer.state)
    customer.events.update(update('evt_2', 2000, { phone: 'other' }))
    expect(customer.state).toEqual(before)
  })

  it('has no effect in the next run either', () => {
    const customer = onboarded()
    const next = new Customer('cus_1', JSON.parse(JSON.stringify(customer.state)) as typeof customer.state)
    next.events.register({ ...ada, values: { phone: 'other' } })
    expect(next.contact.change()).toBeNull()
  })
})

describe('an existing contact', () => {
  it('is not overwritten by the registration', () => {
    expect(onboarded({ ...existed, kept: ['phone'] }).contact.change()).toBeNull()
  })

  it('is overwritten by an update, even by one that overtook the registration', () => {
    const customer = onboarded({ ...existed, kept: ['phone'] }, update('evt_2', 2000, { phone: '2' }))
    expect(customer.contact.change()?.values).toEqual({ phone: '2' })
  })
})

describe('G6 · values that arrive while others are being written', () => {
  it('are still to be written afterwards', () => {
    const customer = onboarded()
    customer.events.update(update('evt_2', 2000, { phone: '2' }))
    const change = contactChangeOf(customer)
    customer.events.update(update('evt_3', 3000, { phone: '3' }))
    contactChanged(customer, change, { ...written, recordId: '701' })
    expect(customer.contact.change()?.values).toEqual({ phone: '3' })
  })
})

describe('the timeline', () => {
  it('names the fields that a step has written, and not those that were kept, skipped or rejected', () => {
    const customer = onboarded({ ...existed, kept: ['phone'] })
    expect(customer.state.timeline.find(({ what }) => what === 'contact')?.fields).toEqual(['email'])
    customer.events.update(update('evt_2', 2000, { phone: '2', firstName: 'Ada', lastName: 'L' }))
    const rejected = [{ field: 'phone' as const, reason: 'refused-by-hubspot' as const, message: 'no' }]
    contactChanged(customer, contactChangeOf(customer), { ...written, recordId: '701', rejected })
    const entry = customer.state.timeline.find(({ what }) => what === 'contact-update')
    expect(entry?.fields).toEqual(['firstName', 'lastName'])
  })

  it('names who gave a command, and one entry stands for repeats of the same operator', () => {
    const customer = onboarded()
    for (const by of ['ada', 'ada', 'bob', null]) customer.commands.resync({ by })
    const resyncs = customer.state.timeline.filter(({ what }) => what === 'resync')
    expect(resyncs.map(({ by }) => by)).toEqual(['ada', 'bob', undefined])
  })
})

describe('a correction', () => {
  it('is written though nothing is parked, and wins over every known value', () => {
    const customer = onboarded()
    const correction = { values: { phone: '2' }, organizationId: null }
    expect(customer.commands.correct(correction, { by: 'ada' })).toEqual({ fields: ['phone'] })
    expect(contactChangeOf(customer).values).toEqual({ phone: '2' })
    customer.events.update(update('evt_2', 2000, { phone: '3' }))
    expect(contactChangeOf(customer).values).toEqual({ phone: '2' })
  })
})

describe('a step that waits', () => {
  it('waits since its first call, also in the next run, until the call has ended', () => {
    const customer = new Customer('cus_1')
    customer.pendingStep.begin('contact')
    expect(customer.pendingStep.waiting).toBeNull()
    customer.pendingStep.noteLate()
    const since = customer.pendingStep.waiting?.since
    const next = new Customer('cus_1', customer.state)
    next.pendingStep.begin('contact')
    expect(next.pendingStep.waiting).toMatchObject({ step: 'contact', since })
    next.pendingStep.begin('association')
    expect(next.pendingStep.waiting).toBeNull()
    next.pendingStep.noteLate()
    next.pendingStep.end()
    expect(next.state.pendingStep).toBeNull()
  })
})

describe('a resync', () => {
  it('writes everything again, then associates again', () => {
    const customer = onboarded({ ...existed, kept: ['phone'] }, update('evt_2', 2000, { phone: '2' }))
    contactChanged(customer, contactChangeOf(customer), { ...written, recordId: '701' })
    expect(customer.hasWork).toBe(false)

    expect(customer.commands.resync({ by: null })).toEqual({ fields: ['email', 'phone', 'company.name'] })
    expect(customer.contact.change()?.values).toEqual({ email: 'ada@example.com', phone: '2' })
    expect(customer.company.change()?.values).toEqual({ 'company.name': 'Analytical Engines' })
    customer.association.resynced()
    expect(customer.phase).toBe('association')
  })
})

describe('G9 · a value that HubSpot rejects', () => {
  const rejected = { field: 'phone' as const, reason: 'refused-by-hubspot' as const, message: 'no' }
  const parkedCustomer = () => {
    const customer = onboarded()
    customer.events.update(update('evt_2', 2000, { phone: '2', firstName: 'Ada' }))
    contactChanged(customer, contactChangeOf(customer), { ...written, recordId: '701', rejected: [rejected] })
    return customer
  }

  it('parks that field and nothing else', () => {
    const customer = parkedCustomer()
    customer.events.update(update('evt_3', 3000, { lastName: 'Lovelace' }))
    expect(customer.state.parked).toMatchObject([{ reason: 'refused-by-hubspot', fields: ['phone'] }])
    expect(customer.contact.change()?.values).toEqual({ lastName: 'Lovelace' })
  })

  it('is tried again when an operator resumes', () => {
    const customer = parkedCustomer()
    customer.commands.resume({ by: null })
    expect(customer.state.parked).toEqual([])
    expect(customer.contact.change()?.values).toEqual({ phone: '2' })
  })

  it('is replaced by a newer value without an operator', () => {
    const customer = parkedCustomer()
    customer.events.update(update('evt_3', 3000, { phone: '3' }))
    expect(customer.state.parked).toEqual([])
    expect(customer.contact.change()?.values).toEqual({ phone: '3' })
  })
})

describe('G9 · a rejection of a value that has been replaced in the meantime', () => {
  it('parks nobody, and the newer value is written next', () => {
    const customer = onboarded()
    customer.events.update(update('evt_2', 2000, { phone: '2' }))
    const change = contactChangeOf(customer)
    customer.events.update(update('evt_3', 3000, { phone: '3' }))
    const rejected = [{ field: 'phone' as const, reason: 'refused-by-hubspot' as const, message: 'no' }]
    contactChanged(customer, change, { ...written, recordId: '701', rejected })
    expect(customer.state.parked).toEqual([])
    expect(customer.contact.change()?.values).toEqual({ phone: '3' })
  })

  it('does not park a step of the onboarding either', () => {
    const customer = new Customer('cus_1')
    customer.events.register(ada)
    const draft = customer.contact.draft()
    customer.events.update(update('evt_2', 2000, { email: 'ada.lovelace@example.com' }))
    const rejection = {
      reason: 'contact-of-another-customer' as const,
      message: 'no',
      fields: ['email'],
      correlationId: null,
    }
    customer.parking.park('contact', rejection, draft.values)
    expect(customer.parking.isParked('contact')).toBe(false)
  })
})

describe('G7 · the payload of a signal', () => {
  it('is read as an event or as none, and never throws', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (id, customer) => {
        expect(() => readEvent({ id, at: 1, customer })).not.toThrow()
        expect(() => readEvent(id)).not.toThrow()
      }),
    )
  })

  it.each([
    ['a cleared e-mail address', { email: null }],
    ['a number instead of a text', { phone: 12 }],
    ['a text that is too long', { phone: 'x'.repeat(2000) }],
    ['a company id that is no text', { company: { id: {} } }],
  ])('is no event with %s', (_, customer) => {
    expect(readEvent({ id: 'evt_1', at: 1, customer })).toBeNull()
  })

  it('clears each part of an address when the whole address is null', () => {
    expect(readEvent({ id: 'evt_1', at: 1, customer: { address: null } })?.values).toEqual({
      'address.street': null,
      'address.city': null,
      'address.state': null,
      'address.postalCode': null,
      'address.country': null,
    })
  })
})

describe('G8 · the state that one run hands to the next', () => {
  it('gets initial values for keys that an older version did not have, and keeps the keys of a newer version', () => {
    const { unknownSignals: _, ...earlier } = onboarded().state
    const stored: object = { ...earlier, addedLater: 1 }
    const { state } = new Customer('cus_1', stored)
    expect(state).toMatchObject({ unknownSignals: [], addedLater: 1, isAssociated: true })
  })

  it('is migrated from version to version, and a newer version is left as it is', () => {
    const migrations = {
      0: ({ customerId }: object & { customerId?: string }) => ({ customerId: `${customerId}-1` }),
      1: ({ customerId }: object & { customerId?: string }) => ({ customerId: `${customerId}-2` }),
    }
    const state = migrateState('cus_1', { version: 0, customerId: 'cus_1' }, migrations)
    expect(state).toMatchObject({ version: 2, customerId: 'cus_1-1-2' })
    expect(migrateState('cus_1', { version: 3, customerId: 'cus_1' }, migrations).version).toBe(3)
    expect(() => migrateState('cus_1', { version: 0, customerId: 'cus_1' })).toThrow('version 0')
  })

  it('stays below 64 KiB, even with the longest values and ids', () => {
    const customer = onboarded()
    // This character takes three bytes in UTF-8, the most for each character that the limits count.
    const text = (length: number) => '\uFFEE'.repeat(length)
    for (let index = 0; index < 500; index++) {
      const id = `${index}`.padStart(256, '\uFFEE')
      const values = Object.fromEntries(FIELD_NAMES.map((field) => [field, text(FIELDS[field].limit)]))
      customer.events.update({ id, at: index * 1000, values, organizationId: id })
      for (const field of FIELD_NAMES) {
        customer.parking.park(
          'contact-update',
          { reason: 'refused-by-hubspot', message: 'x'.repeat(250), fields: [field], correlationId: null },
          values,
        )
      }
      customer.events.malformed()
      customer.commands.correct({ values, organizationId: id }, { by: `${index}`.padStart(40, 'x') })
      customer.associationReviewed({ companyId: '801', finding: 'other-companies', note: text(300) })
      customer.associated(customer.association.draft(), {
        ...associated,
        correlationId: '0193b0a0-0000-7000-8000-000000000000',
      })
    }
    const companyIds = Array.from({ length: 20 }, (_, index) => String(index).padStart(20, '9'))
    const companies = { companyIds, primaryId: '9'.repeat(20), at: Date.now() }
    const long = { ...created, companies, url: 'x'.repeat(512) }
    const organization = { companyId: '9'.repeat(20), companyKey: text(READ_LIMIT), organizationId: text(READ_LIMIT) }
    customer.companyCreated(customer.company.draft(), { ...long, ...organization, foundBy: 'key' })
    customer.contactCreated(customer.contact.draft(), { ...long, contactId: '9'.repeat(20) })
    for (const record of [customer.company, customer.contact])
      record.unanswered(Object.fromEntries(FIELD_NAMES.map((field) => [field, null])))
    expect(Buffer.byteLength(JSON.stringify(customer.state))).toBeLessThan(64 * 1024)
  })
})

describe('G12 · a registration that has filled in an existing company', () => {
  const filledIn = { ...existed, foundBy: 'key' as const, companyId: '801', companyKey: 'k', organizationId: null }
  const registered = () => {
    const customer = new Customer('cus_1')
    customer.events.register({ ...ada, values: { ...ada.values, 'company.phone': '1' } })
    return customer
  }

  it('has skipped the fields for which another registration had a newer value at the same time', () => {
    const customer = registered()
    customer.companyCreated(customer.company.draft(), { ...filledIn, skipped: ['company.phone'] })
    expect(statesOf(customer)).toMatchObject({ 'company.phone': 'skipped', 'company.name': 'written' })
  })

  it('judges later events by the event times of its own write and of the others’', () => {
    const customer = registered()
    customer.companyCreated(customer.company.draft(), { ...filledIn, ownEventAt: 1000, othersEventAt: 800 })
    customer.events.update(update('evt_2', 900, { 'company.website': 'https://late.example' }))
    expect(customer.company.change()).toMatchObject({ ownEventAt: 1000, othersEventAt: 800 })
  })
})

describe('a review of the associations', () => {
  const review = (companyId: string, finding: 'other-companies' | 'without-primary') => ({
    companyId,
    finding,
    note: 'n',
  })

  it('makes the association due again when no company is the primary one', () => {
    const customer = onboarded()
    customer.associationReviewed(review('801', 'other-companies'))
    expect(customer.phase).toBe('onboarded')
    customer.associationReviewed(review('801', 'without-primary'))
    expect(customer.phase).toBe('association')
    expect(customer.association.draft().pair.companies).toBeNull()
  })

  it('has no effect when it is about a former company, or when the customer is erased', () => {
    const moved = onboarded()
    const before = JSON.stringify(moved.state)
    moved.associationReviewed(review('800', 'without-primary'))
    expect(JSON.stringify(moved.state)).toBe(before)

    const erased = onboarded()
    erased.events.erase()
    const erasing = JSON.stringify(erased.state)
    erased.associationReviewed(review('801', 'without-primary'))
    expect(JSON.stringify(erased.state)).toBe(erasing)
  })

  it.for([
    null,
    'text',
    {},
    { companyId: 7, finding: 'other-companies', note: 'n' },
    { companyId: '8', finding: 'x', note: 'n' },
  ])('that is %j cannot be read', (payload) => {
    expect(readAssociationReview(payload)).toBeNull()
  })
})

describe('an association whose response was lost', () => {
  const known = { companyIds: ['802'], primaryId: '802', at: 0 }
  const withCompanies = (companies: ContactOutcome['companies']) => {
    const customer = new Customer('cus_1')
    customer.events.register(ada)
    const company = { ...created, foundBy: 'key' as const, companyId: '801', companyKey: 'k', organizationId: null }
    customer.companyCreated(customer.company.draft(), company)
    customer.contactCreated(customer.contact.draft(), { ...existed, contactId: '701', companies })
    return customer
  }
  const found = { outcome: 'associated' as const, isOwn: false, correlationId: null, unanswered: true as const }

  it('is onramp’s own when the contact did not have the company before', () => {
    const customer = withCompanies(known)
    customer.associated(customer.association.draft(), found)
    expect(customer.state.ownAssociation).toBe('801')
  })

  it('counts as one of HubSpot users when nothing is known of the time before', () => {
    const customer = withCompanies(null)
    customer.associated(customer.association.draft(), found)
    expect(customer.state.ownAssociation).toBeNull()
  })
})

describe('a company that may be the customer’s alone', () => {
  const company = (standsFor: 'organization' | 'customer', organizationId: string | null = null) => ({
    ...created,
    standsFor,
    foundBy: 'key' as const,
    companyId: `80${organizationId ?? ''}`,
    companyKey: 'k',
    organizationId,
  })
  const registered = () => {
    const customer = new Customer('cus_1')
    customer.events.register(ada)
    return customer
  }

  it('is ruled out only when each company stood for an organization', () => {
    const customer = registered()
    expect(customer.state.ownCompany).toBe('unknown')
    customer.companyCreated(customer.company.draft(), company('organization'))
    expect(customer.state.ownCompany).toBe('none')
  })

  it('stays possible after a move, and after a create without a response', () => {
    const moved = registered()
    moved.companyCreated(moved.company.draft(), company('customer'))
    moved.events.update(at('evt_2', 2000, 'org_2', { 'company.name': 'Two' }))
    moved.companyCreated(moved.company.draft(), company('organization', 'org_2'))
    expect(moved.state.ownCompany).toBe('possible')

    const cancelled = registered()
    cancelled.company.createUnanswered(cancelled.company.draft())
    cancelled.companyCreated(cancelled.company.draft(), company('organization'))
    expect(cancelled.state.ownCompany).toBe('possible')
  })
})

describe('the company that a look-up has found', () => {
  const lookUp = (customer: Customer) => ({ customerId: 'cus_1', company: customer.company.draft() })
  const found = { ...existed, foundBy: 'key' as const, companyId: '801', companyKey: 'k', organizationId: null }
  const registered = () => {
    const customer = new Customer('cus_1')
    customer.events.register(ada)
    return customer
  }

  it('needs no further call when nothing is missing on it', () => {
    const customer = registered()
    customer.found(lookUp(customer), { outcome: 'new', company: found, hint: null, correlationId: null })
    expect(customer.phase).toBe('contact')
  })

  it('is a hint for the create of the same organization only', () => {
    const customer = registered()
    const hint = { companyId: '801', at: 5000 }
    customer.found(lookUp(customer), { outcome: 'new', company: null, hint, correlationId: null })
    expect(customer.company.draft().lookedUp).toEqual(hint)
    customer.events.update(at('evt_2', 2000, 'org_2', {}))
    expect(customer.company.draft().lookedUp).toBeUndefined()
  })

  it('has no effect when an event has named another organization meanwhile', () => {
    const customer = registered()
    const sent = lookUp(customer)
    customer.events.update(at('evt_2', 2000, 'org_2', { 'company.name': 'Two' }))
    customer.found(sent, { outcome: 'new', company: found, hint: null, correlationId: null })
    expect([customer.phase, customer.company.reference]).toEqual(['company', null])
  })
})
