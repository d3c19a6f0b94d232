// The key under which an organization's company is unique in HubSpot, and the domain that identifies it as well.

import { domainToASCII } from 'node:url'
import providers from 'email-providers/all.json' with { type: 'json' }
import { getDomain } from 'tldts'
import type { CompanyDraft } from '../domain/crm.ts'
import type { HubSpotRecord } from './client/responses.ts'
import { COMPANY_KEY } from './properties.ts'

// Customers who share one of these domains are of different organizations. This list has the mail providers. `tldts` knows the
// hosters that give each customer a subdomain (github.io, myshopify.com).
const SHARED_DOMAINS = new Set<string>(providers)

const EXACT = 'exact:'

/**
 * `id:` with the product's own id of the company, else `domain:` with the registrable domain, else `customer:`.
 * The domain is the one that the product gives for the company, never that of an e-mail address.
 */
export function companyKey({ customerId, organizationId, values }: Omit<CompanyDraft, 'lastEventAt'>): string {
  if (organizationId !== null) return `id:${organizationId}`
  const domain = organizationDomain(values['company.domain'])
  return domain === null ? customerCompanyKey(customerId) : `domain:${domain}`
}

/** The key of a company that stands for one customer alone. */
export function customerCompanyKey(customerId: string): string {
  return `customer:${customerId}`
}

/**
 * The key without capital letters, each of which becomes `^` and the small letter. A portal that ignores letter case in unique
 * values takes `id:ORG_1` for `id:org_1`, and these forms of the two still differ.
 */
export function exactKey(key: string): string {
  return EXACT + key.replaceAll(/[\^A-Z]/g, (letter) => `^${letter.toLowerCase()}`)
}

/** The key on a company in its plain form, such as `id:ORG_1`; `''` when it has none. */
export function keyOn(company: HubSpotRecord): string {
  const key = company.properties[COMPANY_KEY] ?? ''
  return key.startsWith(EXACT)
    ? key.slice(EXACT.length).replaceAll(/\^(.)/g, (_, letter: string) => letter.toUpperCase())
    : key
}

/** The product's id in a plain key; `null` for a key of another form. */
export function organizationIdIn(key: string): string | null {
  return key.startsWith('id:') ? key.slice('id:'.length) : null
}

/** Whether two plain keys name one organization with this domain: one by the product's id, the other by the domain. */
export function isSameOrganization(one: string, other: string, domain: string): boolean {
  const isPair = (a: string, b: string) => a.startsWith('id:') && b === `domain:${domain}`
  return one === other || isPair(one, other) || isPair(other, one)
}

/**
 * The registrable domain in ASCII: `www.bücher.example` → `xn--bcher-kva.example`; `null` when it identifies no organization.
 */
export function organizationDomain(domain: string | null | undefined): string | null {
  const registrable = domain ? getDomain(domain, { allowPrivateDomains: true }) : null
  const ascii = registrable === null ? '' : domainToASCII(registrable)
  return ascii === '' || SHARED_DOMAINS.has(ascii) ? null : ascii
}
