// Generates the customers of a chaos proof from a seed, and the records that HubSpot must have for them in the end.

import { Random } from 'hubspot-emulator/random'

/** A customer with their events and the expected records. */
export interface PlannedCustomer {
  customerId: string
  registration: Record<string, unknown> & { email: string }
  /** The update is sent right after the registration, so that both meet the same faults. */
  update: { phone: string } | null
  /** The properties of a contact that a HubSpot user created before; `null` when there is none. */
  existingContact: Record<string, string> | null
  expected: { companyKey: string; firstName: string; phone: string }
}

/** Some customers share a company, some have an existing contact, and some get an update right after the registration. */
export function planCustomers(count: number, seed: number): PlannedCustomer[] {
  const random = new Random(seed)
  return Array.from({ length: count }, (_, index) => {
    const customerId = `cus_${seed}_${index}`
    const email = `customer-${index}@people.example`
    const company = planCompany(random, customerId, Math.floor(index / 4))
    const isExisting = random.next() < 0.1
    const update = random.next() < 0.3 ? { phone: `new-${index}` } : null
    return {
      customerId,
      registration: { email, firstName: 'Ada', phone: `old-${index}`, company: company.data },
      update,
      existingContact: isExisting ? { email, firstname: 'Existing' } : null,
      // A registration keeps the values of HubSpot users; an update overwrites them.
      expected: {
        companyKey: company.key,
        firstName: isExisting ? 'Existing' : 'Ada',
        phone: update?.phone ?? `old-${index}`,
      },
    }
  })
}

/** A company is identified in one of three ways: by the product's id, by its domain, or by its only customer. */
function planCompany(
  random: Random,
  customerId: string,
  number: number,
): { key: string; data: Record<string, string> } {
  const draw = random.next()
  const name = `Company ${number}`
  if (draw < 0.5) return { key: `id:org_${number}`, data: { id: `org_${number}`, name } }
  if (draw < 0.8) {
    return { key: `domain:company${number}.example`, data: { name, domain: `www.company${number}.example` } }
  }
  return { key: `customer:${customerId}`, data: { name: `Company of ${customerId}` } }
}
