// G4, G5, G6 · Whatever the order, the repetitions and the moments at which HubSpot is written to: the same records in the end.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { entriesOf } from '../../domain/fields.ts'
import type { Field, Values } from '../../domain/fields.ts'
import { Customer } from '../../workflows/customer/customer.ts'
import type { FieldValue } from '../../workflows/customer/field-values.ts'
import type { ReceivedEvent } from '../../workflows/customer/received-event.ts'
import { fieldsOf } from '../../workflows/customer/state.ts'

/** A HubSpot of two records, as far as an onboarding can tell: HubSpot users may have written something into either before. */
class Records {
  readonly company: Values
  readonly contact: Values
  readonly #existed: boolean

  constructor(usersValues: Values | null) {
    this.#existed = usersValues !== null
    this.company = { 'company.phone': usersValues?.['company.phone'] ?? null }
    this.contact = { phone: usersValues?.phone ?? null }
  }

  /** Does the next thing that the onboarding would do; returns whether there was any. */
  write(customer: Customer): boolean {
    const outcome = this.#existed ? ('existed' as const) : ('created' as const)
    const response = { outcome, url: null, correlationId: null, rejected: [] }
    if (customer.phase === 'awaiting-registration') return false
    if (customer.phase === 'company') {
      const draft = customer.company.draft()
      const kept = fillIn(this.company, draft.values)
      customer.companyCreated(draft, { ...response, kept, foundBy: 'key', companyId: '801', organizationId: null })
      return true
    }
    if (customer.phase === 'contact') {
      const draft = customer.contact.draft()
      const kept = fillIn(this.contact, draft.values)
      customer.contactCreated(draft, { ...response, kept, contactId: '701' })
      return true
    }
    if (customer.phase === 'association') {
      customer.associated({ outcome: 'associated', correlationId: null })
      return true
    }
    return this.#update(customer)
  }

  #update(customer: Customer): boolean {
    const written = { outcome: 'written' as const, correlationId: null, skipped: [], rejected: [] }
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

/** Writes the values whose fields are empty; returns the fields that keep another value. */
function fillIn<Name extends Field>(record: Values, values: Values<Name>): Name[] {
  const kept = entriesOf(values).filter(([field, value]) => record[field] != null && record[field] !== value)
  for (const [field, value] of entriesOf(values)) record[field] ??= value
  return kept.map(([field]) => field)
}

type Sent = ReceivedEvent & { is: 'registration' | 'update' }

const value = fc.option(fc.constantFrom('x', 'y', 'z'))
const values = fc.record({ phone: value, firstName: value, 'company.phone': value }, { requiredKeys: [] })
// A product's registrations carry the same fields each time. Where an early one that arrives last had a field of its own,
// that would be written as an update's.
const registeredValues = fc.record({ phone: value, firstName: value, 'company.phone': value })
const event = fc.record({
  is: fc.constantFrom('registration' as const, 'update' as const, 'update' as const),
  at: fc.integer({ min: 0, max: 5 }),
  values,
  registeredValues,
})
const events = fc.tuple(event, fc.array(event, { maxLength: 7 })).map(([first, others]): Sent[] =>
  [{ ...first, is: 'registration' as const }, ...others].map(({ is, at, ...sent }, index) => ({
    is,
    id: `evt_${index}`,
    at,
    // The address is what HubSpot knows the contact by: with another one it would be another contact.
    values:
      is === 'update' ? sent.values : { ...sent.registeredValues, email: 'ada@example.com', 'company.name': 'Engines' },
    organizationId: null,
  })),
)

/** Delivers the events; after each, HubSpot is written to as often as the list says. Checks that the status is true. */
function deliver(list: Sent[], writes: number[], usersValues: Values | null): Records {
  const customer = new Customer('cus_1')
  const records = new Records(usersValues)
  for (const [index, sent] of list.entries()) {
    if (sent.is === 'registration') customer.intake.register(sent)
    else customer.intake.update(sent)
    for (let count = writes[index] ?? 0; count > 0; count -= 1) records.write(customer)
    expectTruth(customer, records)
  }
  let isUnderWay = true
  while (isUnderWay) isUnderWay = records.write(customer)
  expectTruth(customer, records)
  expect(states(customer)).not.toContain('pending')
  return records
}

/** G12 · A field is `written` only while HubSpot has its value, and `kept` only while HubSpot has another one. */
function expectTruth({ state }: Customer, { company, contact }: Records): void {
  const inHubSpot = { ...company, ...contact }
  for (const [field, known] of Object.entries(fieldsOf(state)) as [Field, FieldValue][]) {
    if (known.state === 'written') expect(inHubSpot[field] ?? null).toBe(known.value)
    if (known.state === 'kept') expect(inHubSpot[field] ?? null).not.toBe(known.value)
  }
}

function states({ state }: Customer): string[] {
  return Object.values(fieldsOf(state)).map((value) => value.state)
}

describe('G4 · HubSpot in the end', () => {
  it('is the same for any order, repetition and batching of the same events', () => {
    const anyhow = events.chain((list) =>
      fc.tuple(
        fc.constant(list),
        fc.shuffledSubarray([...list, ...list], { minLength: list.length * 2 }),
        fc.array(fc.nat(4), { minLength: list.length * 2, maxLength: list.length * 2 }),
        fc.option(fc.record({ phone: fc.constant('typed'), 'company.phone': fc.constant('typed') })),
      ),
    )
    fc.assert(
      fc.property(anyhow, ([inOrder, shuffled, writes, usersValues]) => {
        const { company, contact } = deliver(inOrder, [], usersValues)
        const other = deliver(shuffled, writes, usersValues)
        expect(other.company).toEqual(company)
        expect(other.contact).toEqual(contact)
      }),
      { numRuns: 1000 },
    )
  })
})
