// The key under which an organization's company is unique in HubSpot.

import providers from 'email-providers/all.json' with { type: 'json' }
import { getDomain } from 'tldts'
import type { CompanyDraft } from '../domain/crm.ts'

// Customers who share one of these domains are of different organizations. This list has the mail providers. `tldts` knows the
// hosters that give each customer a subdomain (github.io, myshopify.com).
const SHARED_DOMAINS = new Set<string>(providers)

/**
 * `id:` with the product's own id of the company, else `domain:` with the registrable domain, else `customer:`.
 * The domain is the one that the product gives for the company, never that of an e-mail address.
 */
export function companyKey({ customerId, organizationId, values }: CompanyDraft): string {
  if (organizationId !== null) return `id:${organizationId}`
  const domain = organizationDomain(values['company.domain'])
  return domain === null ? `customer:${customerId}` : `domain:${domain}`
}

/** The product's id in a key; `null` for a key of another form. */
export function organizationIdIn(key: string): string | null {
  return key.startsWith('id:') ? key.slice('id:'.length) : null
}

/** The registrable domain: `www.analytical.example` → `analytical.example`; `null` when it identifies no organization. */
export function organizationDomain(domain: string | null | undefined): string | null {
  const registrable = domain ? getDomain(domain, { allowPrivateDomains: true }) : null
  return registrable === null || SHARED_DOMAINS.has(registrable) ? null : registrable
}
