// The customers of a proof run, drawn by a seed, and what HubSpot must hold in the end.

import { Random } from 'hubspot-emulator/random'

/** One customer: what the product sends about them, and how they end. */
export interface PlannedCustomer {
  customerId: string
  registration: Record<string, unknown> & { email: string }
  /** Sent right after the registration, so that it meets the same trouble. */
  update: { phone: string } | null
  /** Typed into HubSpot by people before; `null` for somebody new. */
  typedIn: Record<string, string> | null
  expected: { companyKey: string; firstName: string; phone: string }
}

/** Customers of whom some share a company, some are in HubSpot already, and some change at once. */
export function planCustomers(count: number, seed: number): PlannedCustomer[] {
  const random = new Random(seed)
  return Array.from({ length: count }, (_, index) => {
    const customerId = `cus_${seed}_${index}`
    const email = `customer-${index}@people.example`
    const company = planCompany(random, customerId, Math.floor(index / 4))
    const isKnown = random.next() < 0.1
    const update = random.next() < 0.3 ? { phone: `new-${index}` } : null
    return {
      customerId,
      registration: { email, firstName: 'Ada', phone: `old-${index}`, company: company.data },
      update,
      typedIn: isKnown ? { email, firstname: 'Typed in' } : null,
      // What people typed stays; an update overwrites.
      expected: {
        companyKey: company.key,
        firstName: isKnown ? 'Typed in' : 'Ada',
        phone: update?.phone ?? `old-${index}`,
      },
    }
  })
}

/** By the product's id, by domain, or the customer's own: the three ways to tell a firm. */
function planCompany(random: Random, customerId: string, firm: number): { key: string; data: Record<string, string> } {
  const draw = random.next()
  if (draw < 0.5) return { key: `id:org_${firm}`, data: { id: `org_${firm}`, name: `Firm ${firm}` } }
  if (draw < 0.8)
    return { key: `domain:firm${firm}.example`, data: { name: `Firm ${firm}`, domain: `www.firm${firm}.example` } }
  return { key: `customer:${customerId}`, data: { name: `Firm of ${customerId}` } }
}
