// G4, G12 · A write without a response is read back exactly twice, and its fields count as pending until the first time.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Customer } from '../../workflows/customer/customer.ts'
import type { ReceivedEvent } from '../../workflows/customer/signal-payload.ts'
import { statusOf } from '../../workflows/customer/status.ts'

const MINUTE_MS = 60 * 1000
const correlationId = null
const written = { outcome: 'written' as const, recordId: '701', skipped: [], kept: [], rejected: [], correlationId }
const unanswered = { ...written, unanswered: true as const }

const event = (id: string, at: number, values: ReceivedEvent['values']) => ({ id, at, values, organizationId: null })

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-24T09:00:00.000Z') })
})
afterEach(() => {
  vi.useRealTimers()
})
const pass = (ms: number) => vi.setSystemTime(Date.now() + ms)

function onboarded(contact: 'created' | 'existed' = 'created'): Customer {
  const customer = new Customer('cus_1')
  const records = { standsFor: 'organization' as const, companies: null, url: null }
  const created = { outcome: 'created' as const, ...records, correlationId, kept: [], rejected: [] }
  customer.events.register(event('evt_1', 1000, { email: 'ada@example.com', phone: '1', 'company.name': 'Engines' }))
  const found = { foundBy: 'key' as const, companyId: '801', companyKey: 'customer:cus_1', organizationId: null }
  customer.companyCreated(customer.company.draft(), { ...created, ...found })
  customer.contactCreated(customer.contact.draft(), { ...created, outcome: contact, contactId: '701' })
  customer.associated(customer.association.draft(), { outcome: 'associated', isOwn: true, correlationId })
  return customer
}

/** Writes the pending change of the contact; returns what was sent. */
function write(customer: Customer, outcome: typeof written | typeof unanswered) {
  const change = customer.contact.change()
  if (change) customer.changed(customer.contact, change, outcome)
  return change
}

const stateOfPhone = (customer: Customer) => statusOf(customer).fields.phone?.state

describe('a value that was sent without a response', () => {
  it('is pending for a minute, and written once it is read back', () => {
    const customer = onboarded()
    customer.events.update(event('evt_2', 2000, { phone: '2' }))
    write(customer, unanswered)
    expect([stateOfPhone(customer), customer.hasWork, customer.isIdle]).toEqual(['pending', false, false])

    pass(MINUTE_MS)
    expect(write(customer, written)).toMatchObject({ values: { phone: '2' }, onlyDifferent: true })
    expect([stateOfPhone(customer), customer.isIdle]).toEqual(['written', false])
  })

  it('is read back a second time after five minutes, and no third time, even if HubSpot stores it in another form', () => {
    const customer = onboarded()
    customer.events.update(event('evt_2', 2000, { phone: '2' }))
    write(customer, unanswered)
    pass(MINUTE_MS)
    write(customer, written)
    pass(4 * MINUTE_MS - 1)
    expect(customer.contact.change()).toBeNull()
    pass(1)
    expect(write(customer, written)).toMatchObject({ values: { phone: '2' }, onlyDifferent: true })
    expect([customer.contact.change(), customer.isIdle]).toEqual([null, true])
  })

  it('has its newest value written by the read-back', () => {
    const customer = onboarded()
    customer.events.update(event('evt_2', 2000, { phone: 'old' }))
    write(customer, unanswered)
    customer.events.update(event('evt_3', 3000, { phone: 'new' }))
    expect(write(customer, written)).toMatchObject({ values: { phone: 'new' } })
    // HubSpot may execute the older write over the newer value.
    expect(stateOfPhone(customer)).toBe('pending')
    pass(MINUTE_MS)
    expect(customer.contact.change()).toMatchObject({ values: { phone: 'new' }, onlyDifferent: true })
  })

  it('is pending, compared and then written, when HubSpot users’ value was kept and a late write has replaced it', () => {
    const customer = onboarded()
    customer.events.update(event('evt_2', 2000, { phone: '2' }))
    const keeps = { ...unanswered, kept: ['phone' as const] }
    const first = customer.contact.change()!
    customer.changed(customer.contact, first, keeps)
    expect(stateOfPhone(customer)).toBe('pending')

    pass(MINUTE_MS)
    const readBack = customer.contact.change()!
    expect(readBack).toMatchObject({ values: {}, compared: { phone: '2' }, onlyDifferent: true })
    const after = (outcome: { present?: 'phone'[] }) => {
      const copy = new Customer('cus_1', structuredClone(customer.state))
      copy.changed(copy.contact, readBack, { ...written, ...outcome })
      return stateOfPhone(copy)
    }
    // A worker of an older version compares nothing.
    expect([after({ present: ['phone'] }), after({ present: [] }), after({})]).toEqual(['written', 'kept', 'kept'])
  })

  it('is read back in the next run as well', () => {
    const customer = onboarded()
    customer.events.update(event('evt_2', 2000, { phone: '2' }))
    write(customer, unanswered)
    const next = new Customer('cus_1', JSON.parse(JSON.stringify(customer.state)) as typeof customer.state)
    expect(next.nextDueAt).toBe(Date.now() + MINUTE_MS)
  })

  it('starts over when the read-back itself has no response', () => {
    const customer = onboarded()
    customer.events.update(event('evt_2', 2000, { phone: '2' }))
    write(customer, unanswered)
    pass(MINUTE_MS)
    write(customer, unanswered)
    expect([stateOfPhone(customer), customer.nextDueAt]).toEqual(['pending', Date.now() + MINUTE_MS])
  })
})

describe('an update that HubSpot answers', () => {
  it('leaves nothing that is due', () => {
    const customer = onboarded()
    customer.events.update(event('evt_2', 2000, { phone: '2' }))
    write(customer, written)
    expect([stateOfPhone(customer), customer.nextDueAt, customer.isIdle]).toEqual(['written', null, true])
  })
})

describe('an erasure', () => {
  const erase = (customer: Customer) => {
    customer.events.erase()
    customer.erasure.begin()
    customer.erasure.looked({ outcome: 'erased', correlationId, callTimeoutMs: 10_000 })
  }

  it('ends at once when every call had a response', () => {
    const customer = onboarded()
    customer.erasure.onboarded()
    erase(customer)
    expect([customer.phase, customer.nextDueAt]).toEqual(['erased', null])
  })

  it('looks again when it arrived during the onboarding: a killed worker may have created the contact before', () => {
    const customer = onboarded()
    erase(customer)
    expect([customer.phase, customer.erasure.looksAgainAt]).toEqual(['erasing', Date.now() + 10_000 + MINUTE_MS])
  })

  it('looks again after the deadline and a minute, and after an hour, with nothing but the contact’s id', () => {
    const customer = onboarded()
    customer.events.update(event('evt_2', 2000, { phone: '2' }))
    write(customer, unanswered)
    erase(customer)
    expect([customer.phase, customer.nextDueAt]).toEqual(['erasing', Date.now() + 10_000 + MINUTE_MS])
    expect(customer.state).toMatchObject({ contact: { fields: {}, reference: { contactId: '701' } }, memberships: [] })
    expect(customer.erasure.isLookDue).toBe(false)

    pass(10_000 + MINUTE_MS)
    expect(customer.erasure.isLookDue).toBe(true)
    customer.erasure.looked({ outcome: 'erased', correlationId, callTimeoutMs: 10_000 })
    pass(60 * MINUTE_MS)
    customer.erasure.looked({ outcome: 'erased', correlationId, callTimeoutMs: 10_000 })
    expect([customer.phase, customer.nextDueAt, customer.contact.reference]).toEqual(['erased', null, null])
  })
})

describe('an erasure while onramp is about to create the contact, which a killed worker may have done unseen', () => {
  const rejected = { reason: 'refused-by-hubspot' as const, message: '', fields: [], correlationId }
  const registered = () => {
    const customer = new Customer('cus_1')
    customer.events.register(event('evt_1', 1000, { email: 'ada@example.com', 'company.name': 'Engines' }))
    return customer
  }
  /** Whether the erasure looks again, in the run that follows the request. */
  const looksAgain = (customer: Customer) => {
    customer.events.erase()
    const next = new Customer('cus_1', JSON.parse(JSON.stringify(customer.state)) as typeof customer.state)
    next.erasure.begin()
    next.erasure.looked({ outcome: 'erased', correlationId, callTimeoutMs: 10_000 })
    return next.erasure.looksAgainAt !== null
  }

  it('looks again, however long ago the customer has registered', () => {
    const customer = registered()
    pass(3 * 24 * 60 * MINUTE_MS)
    expect(looksAgain(customer)).toBe(true)
  })

  it('looks again after an operator has resumed or corrected the customer', () => {
    const resumed = registered()
    resumed.parking.park('contact', rejected, {})
    resumed.commands.resume({ by: null })
    const corrected = registered()
    corrected.parking.park('contact', rejected, {})
    corrected.commands.correct({ values: { email: 'ada@engines.example' }, organizationId: null }, { by: null })
    expect([looksAgain(resumed), looksAgain(corrected)]).toEqual([true, true])
  })

  it('looks again when HubSpot users deleted the contact, and a new run is about to re-create it', () => {
    const customer = onboarded()
    const change = { customerId: 'cus_1', contactId: '701', companyKey: null, values: {}, lastEventAt: 2000 }
    customer.changed(customer.contact, change, { outcome: 'missing', correlationId })
    expect(customer.contact.isDeleted).toBe(true)
    const next = new Customer('cus_1', JSON.parse(JSON.stringify(customer.state)) as typeof customer.state)
    expect(looksAgain(next)).toBe(true)
    // Temporal has seen each call of a run that was onboarded before.
    customer.erasure.onboarded()
    expect(looksAgain(customer)).toBe(false)
  })

  it('ends at once when the customer is parked before that, or has not registered', () => {
    const atCompany = registered()
    atCompany.parking.park('company', rejected, {})
    const atContact = registered()
    atContact.parking.park('contact', rejected, {})
    const unregistered = new Customer('cus_1')
    unregistered.events.update(event('evt_1', 1000, { email: 'ada@example.com' }))
    expect([atCompany, atContact, unregistered].map(looksAgain)).toEqual([false, false, false])
  })
})

describe('G4 · a value of an existing contact that is changed within ninety seconds of its registration', () => {
  it('is read back once, since nobody sees the end of a local activity whose worker was killed', () => {
    const customer = onboarded('existed')
    customer.events.update(event('evt_2', 2000, { phone: '2' }))
    write(customer, written)
    const shown = [stateOfPhone(customer), customer.hasWork, customer.contact.readBackAt !== null, customer.isIdle]
    expect(shown).toEqual(['written', false, true, true])

    pass(1.5 * MINUTE_MS)
    expect(write(customer, written)).toMatchObject({ values: { phone: '2' }, onlyDifferent: true })
    expect(customer.contact.readBackAt).toBeNull()
  })

  it('is not read back when it changes later, or when onramp has created the contact', () => {
    const later = onboarded('existed')
    pass(2 * MINUTE_MS)
    later.events.update(event('evt_2', 2000, { phone: '2' }))
    write(later, written)
    const created = onboarded('created')
    created.events.update(event('evt_2', 2000, { phone: '2' }))
    write(created, written)
    expect([later.contact.readBackAt, created.contact.readBackAt]).toEqual([null, null])
  })
})
