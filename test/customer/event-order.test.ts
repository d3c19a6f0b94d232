// G4, G5, G6 · The records end the same for any order and repetition of events, and for any moments of the writes to HubSpot.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { entriesOf } from '../../domain/fields.ts'
import type { Field, Values } from '../../domain/fields.ts'
import { Customer } from '../../workflows/customer/customer.ts'
import type { FieldValue } from '../../workflows/customer/field-values.ts'
import type { ReceivedEvent } from '../../workflows/customer/signal-payload.ts'
import { fieldsOf } from '../../workflows/customer/state.ts'

/** A double of HubSpot with one company and one contact, in which HubSpot users may have entered values before. */
class HubSpotDouble {
  readonly company: Values
  readonly contact: Values
  readonly #existed: boolean

  constructor(usersValues: Values | null) {
    this.#existed = usersValues !== null
    this.company = { 'company.phone': usersValues?.['company.phone'] ?? null }
    this.contact = { phone: usersValues?.phone ?? null }
  }

  /** Runs the onboarding's next step; returns false when there is none. */
  runStep(customer: Customer): boolean {
    const outcome = this.#existed ? ('existed' as const) : ('created' as const)
    const records = { standsFor: 'organization' as const, companies: null, url: null }
    const response = { outcome, ...records, correlationId: null, rejected: [] }
    if (customer.phase === 'awaiting-registration') return false
    if (customer.phase === 'company') {
      const draft = customer.company.draft()
      const kept = fillIn(this.company, draft.values)
      customer.companyCreated(draft, {
        ...response,
        kept,
        foundBy: 'key',
        companyId: '801',
        companyKey: 'id:org_1',
        organizationId: null,
      })
      return true
    }
    if (customer.phase === 'contact') {
      const draft = customer.contact.draft()
      const kept = fillIn(this.contact, draft.values)
      customer.contactCreated(draft, { ...response, kept, contactId: '701' })
      return true
    }
    if (customer.phase === 'association') {
      customer.associated(customer.association.draft(), { outcome: 'associated', isOwn: true, correlationId: null })
      return true
    }
    return this.#update(customer)
  }

  #update(customer: Customer): boolean {
    const written = { outcome: 'written' as const, correlationId: null, skipped: [], kept: [], rejected: [] }
    const company = customer.company.change()
    const contact = customer.contact.change()
    if (company) {
      Object.assign(this.company, company.values)
      customer.changed(customer.company, company, { ...written, recordId: '801' })
    }
    if (contact) {
      Object.assign(this.contact, contact.values)
      customer.changed(customer.contact, contact, { ...written, recordId: '701' })
    }
    return company !== null || contact !== null
  }
}

/** Fills in the fields that are empty; returns the fields that keep another value. */
function fillIn<Name extends Field>(record: Values, values: Values<Name>): Name[] {
  const kept = entriesOf(values).filter(([field, value]) => record[field] != null && record[field] !== value)
  for (const [field, value] of entriesOf(values)) record[field] ??= value
  return kept.map(([field]) => field)
}

type SentEvent = ReceivedEvent & { type: 'registration' | 'update' }

const value = fc.option(fc.constantFrom('x', 'y', 'z'))
const values = fc.record({ phone: value, firstName: value, 'company.phone': value }, { requiredKeys: [] })
// All registrations of a product carry the same fields. A field that only an early registration carries would count as an
// update's when that registration arrives last.
const registeredValues = fc.record({ phone: value, firstName: value, 'company.phone': value })
const event = fc.record({
  type: fc.constantFrom('registration' as const, 'update' as const, 'update' as const),
  at: fc.integer({ min: 0, max: 5 }),
  values,
  registeredValues,
})
const events = fc.tuple(event, fc.array(event, { maxLength: 7 })).map(([first, others]): SentEvent[] =>
  [{ ...first, type: 'registration' as const }, ...others].map(({ type, at, ...sent }, index) => ({
    type,
    id: `evt_${index}`,
    at,
    // HubSpot identifies the contact by its address, so another address would be another contact.
    values:
      type === 'update'
        ? sent.values
        : { ...sent.registeredValues, email: 'ada@example.com', 'company.name': 'Engines' },
    organizationId: null,
  })),
)

/**
 * Delivers the events, and checks the states of the fields after each one.
 *
 * @param writes how many steps run after each event
 */
function deliver(list: SentEvent[], writes: number[], usersValues: Values | null): HubSpotDouble {
  const customer = new Customer('cus_1')
  const hubSpot = new HubSpotDouble(usersValues)
  for (const [index, sent] of list.entries()) {
    if (sent.type === 'registration') customer.events.register(sent)
    else customer.events.update(sent)
    for (let count = writes[index] ?? 0; count > 0; count -= 1) hubSpot.runStep(customer)
    expectTrueStates(customer, hubSpot)
  }
  let hasMore = true
  while (hasMore) hasMore = hubSpot.runStep(customer)
  expectTrueStates(customer, hubSpot)
  expect(states(customer)).not.toContain('pending')
  return hubSpot
}

/** G12 · A field is `written` only while HubSpot has its value, and `kept` only while HubSpot has another one. */
function expectTrueStates({ state }: Customer, { company, contact }: HubSpotDouble): void {
  const inHubSpot = { ...company, ...contact }
  for (const [field, known] of Object.entries(fieldsOf(state)) as [Field, FieldValue][]) {
    if (known.state === 'written') expect(inHubSpot[field] ?? null).toBe(known.value)
    if (known.state === 'kept') expect(inHubSpot[field] ?? null).not.toBe(known.value)
  }
}

function states({ state }: Customer): string[] {
  return Object.values(fieldsOf(state)).map((value) => value.state)
}

describe('G4 · the records of a customer', () => {
  it('end the same for any order, repetition and batching of the same events', () => {
    const deliveries = events.chain((list) =>
      fc.tuple(
        fc.constant(list),
        fc.shuffledSubarray([...list, ...list], { minLength: list.length * 2 }),
        fc.array(fc.nat(4), { minLength: list.length * 2, maxLength: list.length * 2 }),
        fc.option(fc.record({ phone: fc.constant('user'), 'company.phone': fc.constant('user') })),
      ),
    )
    fc.assert(
      fc.property(deliveries, ([inOrder, shuffled, writes, usersValues]) => {
        const { company, contact } = deliver(inOrder, [], usersValues)
        const other = deliver(shuffled, writes, usersValues)
        expect(other.company).toEqual(company)
        expect(other.contact).toEqual(contact)
      }),
      { numRuns: 1000 },
    )
  })
})
