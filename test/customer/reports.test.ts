// G12 · What is reported of a customer, once each: the written values of events, the onboarding, what is parked, and commands.

import { afterEach, describe, expect, it, vi } from 'vitest'
import type { ContactChange, WriteOutcome } from '../../domain/crm.ts'
import type { Command, Progress } from '../../domain/progress.ts'
import { Customer } from '../../workflows/customer/customer.ts'
import type { CustomerState, StoredState } from '../../workflows/customer/state.ts'

const ada = {
  id: 'evt_1',
  at: 1000,
  values: { email: 'ada@example.com', phone: '1', 'company.name': 'Analytical Engines' },
  organizationId: 'org_1',
}
const created = {
  outcome: 'created' as const,
  standsFor: 'organization' as const,
  companies: null,
  url: null,
  correlationId: null,
  kept: [],
  rejected: [],
}
const written: WriteOutcome = {
  outcome: 'written',
  recordId: '701',
  skipped: [],
  kept: [],
  rejected: [],
  correlationId: null,
}
const operator = { by: null }

/** Registers the company of the customer's organization, and associates the contact with it. */
function joins(customer: Customer, companyId: string): void {
  const draft = customer.company.draft()
  const { organizationId } = draft
  const outcome = { ...created, foundBy: 'key' as const, companyId, companyKey: `key of ${companyId}`, organizationId }
  customer.companyCreated(draft, outcome)
  if (!customer.contact.reference)
    customer.contactCreated(customer.contact.draft(), { ...created, contactId: `contact of ${companyId}` })
  customer.associated(customer.association.draft(), { outcome: 'associated', isOwn: true, correlationId: null })
}

function onboarded(): Customer {
  const customer = new Customer('cus_1')
  customer.events.register(ada)
  joins(customer, '801')
  return customer
}

const update = (at: number, values: object, organizationId: string | null = null) => ({
  id: `evt_${at}`,
  at,
  values,
  organizationId,
})
const isOf = (what: Progress['what']) => (entry: Progress) => entry.what === what
const writtenTimes = (customer: Customer) =>
  customer.unreported.take().flatMap((entry) => (entry.what === 'written' ? entry.eventTimes : []))
const onboardings = (customer: Customer) => customer.unreported.take().filter(isOf('onboarded')).length
const writes = (customer: Customer, outcome: WriteOutcome = written) =>
  customer.changed(customer.contact, customer.contact.change() as ContactChange, outcome)

afterEach(() => {
  vi.useRealTimers()
})

describe('G12 · the written values of an event', () => {
  it('are reported when HubSpot gets them', () => {
    const customer = onboarded()
    expect(writtenTimes(customer)).toEqual([1000, 1000])
    customer.events.update(update(2000, { phone: '2' }))
    writes(customer)
    expect(writtenTimes(customer)).toEqual([2000])
  })

  it('are reported when an operator has resumed a rejected value', () => {
    const customer = onboarded()
    customer.events.update(update(2000, { phone: '2' }))
    writtenTimes(customer)
    writes(customer, {
      ...written,
      rejected: [{ field: 'phone', reason: 'refused-by-hubspot', message: 'INVALID' }],
    })
    expect(writtenTimes(customer)).toEqual([])
    customer.commands.resume(operator)
    writes(customer)
    expect(writtenTimes(customer)).toEqual([2000])
  })

  it.each<[string, (customer: Customer) => void]>([
    ['a resync', (customer) => customer.commands.resync(operator)],
    ['two resyncs', (customer) => [1, 2].forEach(() => customer.commands.resync(operator))],
    ['a read-back', sentWithoutResponse],
  ])('are not reported again by %s, even in a later run; a newer value beside them is', (_, again) => {
    const before = onboarded()
    again(before)
    const customer = new Customer('cus_1', stored(before))
    customer.events.update(update(2000, { firstName: 'Ada' }))
    expect(Object.keys(customer.contact.change()?.values ?? {})).toContain('phone')
    writes(customer)
    expect(writtenTimes(customer)).toEqual([2000])
  })

  it('are not reported again when a deleted contact is re-created', () => {
    const customer = onboarded()
    customer.events.update(update(2000, { phone: '2' }))
    writtenTimes(customer)
    writes(customer, { outcome: 'missing', correlationId: null })
    joins(customer, '801')
    expect(writtenTimes(customer)).toEqual([2000])
  })

  it('are not reported again by a move to which they belong', () => {
    const customer = onboarded()
    customer.events.update(update(3000, { 'company.phone': '3' }))
    customer.changed(customer.company, customer.company.change()!, { ...written, recordId: '801' })
    writtenTimes(customer)
    // The event about the move arrives late: the phone number is one of the new company.
    customer.events.update(update(2000, { 'company.name': 'Two' }, 'org_2'))
    joins(customer, '802')
    expect(writtenTimes(customer)).toEqual([2000])
  })
})

describe('G12 · an onboarding', () => {
  const moves = (customer: Customer) => {
    customer.events.update(update(2000, { 'company.name': 'Two' }, 'org_2'))
    joins(customer, '802')
  }
  const withoutTimeline = (state: StoredState): StoredState => ({ ...state, timeline: [] })

  it('is reported once, even when the timeline no longer shows it', () => {
    const first = onboarded()
    expect(onboardings(first)).toBe(1)
    const customer = new Customer('cus_1', withoutTimeline(stored(first)))
    moves(customer)
    expect(onboardings(customer)).toBe(0)
  })

  it('is not reported again for a state of an older version', () => {
    const { wasOnboarded: _, ...older } = stored(onboarded())
    const customer = new Customer('cus_1', withoutTimeline(older))
    moves(customer)
    expect(onboardings(customer)).toBe(0)
  })
})

describe('G12 · a rejected value', () => {
  const isParked = isOf('parked')
  const rejected = { field: 'phone', reason: 'refused-by-hubspot', message: 'In words.' } as const

  it.each([
    ['with HubSpot’s code', { ...rejected, code: 'INVALID_PHONE' }, ['INVALID_PHONE']],
    ['without a code that a worker of an older version has not reported', rejected, []],
  ])('is reported %s', (_, field, codes) => {
    const customer = onboarded()
    customer.events.update(update(2000, { phone: '2' }))
    writes(customer, { ...written, rejected: [field], correlationId: 'c1' })
    const { message, reason } = rejected
    expect(customer.unreported.take().filter(isParked)).toEqual([
      { what: 'parked', step: 'contact-update', reason, fields: ['phone'], codes, message, correlationId: 'c1' },
    ])
  })
})

describe('G12 · a command of an operator', () => {
  const grace = { by: 'grace' }
  const parked = () => {
    const customer = onboarded()
    customer.events.update(update(2000, { phone: '2' }))
    writes(customer, {
      ...written,
      rejected: [{ field: 'phone', reason: 'refused-by-hubspot', message: 'In words.' }],
    })
    return customer
  }
  const erased = () => {
    const customer = parked()
    customer.events.erase()
    return customer
  }

  it.each<[Command, Customer, (customer: Customer) => void]>([
    ['resume', parked(), ({ commands }) => commands.resume(grace)],
    ['resume-all', parked(), ({ commands }) => commands.resumeAll('refused-by-hubspot', grace)],
    ['correct', parked(), ({ commands }) => commands.correct({ values: { phone: '3' }, organizationId: null }, grace)],
    ['resync', parked(), ({ commands }) => commands.resync(grace)],
    ['erase', parked(), ({ commands }) => commands.erase(grace)],
    ['lift-erasure', erased(), ({ commands }) => commands.liftErasure(grace)],
  ])('is reported once, with the name of the operator’s token: %s', (command, customer, give) => {
    customer.unreported.take()
    give(customer)
    expect(customer.unreported.take().filter(isOf('command'))).toEqual([{ what: 'command', command, by: 'grace' }])
  })

  it.each<[string, Customer, (customer: Customer) => void]>([
    ['the erasure of an erased customer', erased(), ({ commands }) => commands.erase(grace)],
    ['a resume of another reason', parked(), ({ commands }) => commands.resumeAll('email-taken', grace)],
    ['an erasure by the product', parked(), ({ events }) => events.erase()],
  ])('is not reported when it has no effect, nor without an operator: %s', (_, customer, act) => {
    customer.unreported.take()
    act(customer)
    expect(customer.unreported.take().filter(isOf('command'))).toEqual([])
  })
})

/** A write of the phone number got no response, and the read-back is due. */
function sentWithoutResponse({ contact }: Customer): void {
  vi.useFakeTimers()
  contact.unanswered({ phone: '1' })
  vi.advanceTimersByTime(60_000)
}

function stored({ state }: Customer): CustomerState {
  return JSON.parse(JSON.stringify(state)) as CustomerState
}
