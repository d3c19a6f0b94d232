// G4, G5, G6 · Whatever the order, the repetitions and the moments at which HubSpot is written to: the same records in the end.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Values } from '../../domain/crm.ts'
import type { Fact } from '../../workflows/customer/received-event.ts'
import { Customer } from '../../workflows/customer/customer.ts'

/** A HubSpot of two records, as far as an onboarding can tell: people may have typed something into either before. */
class Records {
  readonly company: Values
  readonly contact: Values
  readonly #isTypedIn: boolean

  constructor(typedIn: Values | null) {
    this.#isTypedIn = typedIn !== null
    this.company = { 'company.phone': typedIn?.['company.phone'] ?? null }
    this.contact = { phone: typedIn?.phone ?? null }
  }

  /** Does the next thing that the onboarding would do; answers whether there was any. */
  write(customer: Customer): boolean {
    const answer = { url: null, correlationId: null, refused: [] }
    const outcome = this.#isTypedIn ? ('existed' as const) : ('created' as const)
    if (customer.phase === 'awaiting-registration') return false
    if (customer.phase === 'company') {
      const draft = customer.companyDraft()
      fillIn(this.company, draft.values)
      customer.companyFound(draft, { ...answer, outcome, by: 'key', companyId: '801', productCompanyId: null })
      return true
    }
    if (customer.phase === 'contact') {
      const draft = customer.contactDraft()
      fillIn(this.contact, draft.values)
      customer.contactFound(draft, { ...answer, outcome, contactId: '701' })
      return true
    }
    if (customer.phase === 'association') {
      customer.associated({ outcome: 'associated', correlationId: null })
      return true
    }
    return this.#update(customer)
  }

  #update(customer: Customer): boolean {
    const written = { outcome: 'written' as const, correlationId: null, refused: [] }
    const company = customer.companyChange()
    const contact = customer.contactChange()
    if (company) {
      Object.assign(this.company, company.values)
      customer.written('company-update', company, { ...written, recordId: '801' })
    }
    if (contact) {
      Object.assign(this.contact, contact.values)
      customer.written('contact-update', contact, { ...written, recordId: '701' })
    }
    return company !== null || contact !== null
  }
}

function fillIn(record: Values, values: Values): void {
  for (const [field, value] of Object.entries(values) as [keyof Values, string | null][]) record[field] ??= value
}

type Sent = Fact & { is: 'registration' | 'update' }

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
    productCompanyId: null,
  })),
)

/** Delivers the events; after each, HubSpot is written to as often as the list says. */
function deliver(list: Sent[], writes: number[], typedIn: Values | null): Records {
  const customer = new Customer('cus_1')
  const records = new Records(typedIn)
  for (const [index, fact] of list.entries()) {
    if (fact.is === 'registration') customer.register(fact)
    else customer.update(fact)
    for (let count = writes[index] ?? 0; count > 0; count -= 1) records.write(customer)
  }
  let isUnderWay = true
  while (isUnderWay) isUnderWay = records.write(customer)
  return records
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
      fc.property(anyhow, ([inOrder, shuffled, writes, typedIn]) => {
        const { company, contact } = deliver(inOrder, [], typedIn)
        const other = deliver(shuffled, writes, typedIn)
        expect(other.company).toEqual(company)
        expect(other.contact).toEqual(contact)
      }),
      { numRuns: 1000 },
    )
  })
})
