// The search for companies by domain: one domain alone, or many in one query. Searches have a quota of five per second.

import { domainToUnicode } from 'node:url'
import { FilterOperatorEnum } from '@hubspot/api-client/lib/codegen/crm/companies/index.js'
import type { PublicObjectSearchRequest } from '@hubspot/api-client/lib/codegen/crm/companies/index.js'
import { organizationDomain } from '../../company-key.ts'
import { COMPANY_READ } from '../../properties.ts'
import type { BatchKind, RowOutcome } from '../batch-kind.ts'
import { bodyOf, recordOf } from '../responses.ts'
import type { HubSpotRecord, HubSpotResponse } from '../responses.ts'
import { decoded } from './rows.ts'

interface SearchApi {
  doSearchWithHttpInfo(request: PublicObjectSearchRequest): Promise<HubSpotResponse>
}

// 50 domains of 50 characters fit into one request. With four searches a second, 200 new companies a second can be looked for.
const MAX_ROWS = 50
// HubSpot takes 3,000 characters; the rest is left for what the SDK may add.
const BODY_LIMIT_BYTES = 2900
// Two are enough to know that there are several.
const COMPANIES_PER_DOMAIN = 2
// The most that HubSpot puts on a page.
const COMPANIES_PER_PAGE = 200

/** Each row is a domain in ASCII, as `organizationDomain` returns it. The answer has at most two companies. */
export function companySearch(api: SearchApi): BatchKind<string, HubSpotRecord[]> {
  async function find(domains: readonly string[], limit: number) {
    const response = await decoded(api.doSearchWithHttpInfo(requestFor(domains, limit)))
    const { results, total } = await bodyOf(response)
    const companies = Array.isArray(results) ? results.map((row: unknown) => recordOf(row, response)) : []
    return { companies, isComplete: total === companies.length }
  }

  return {
    kind: 'company.search',
    maxRows: MAX_ROWS,
    groupOf: () => '',
    recordsOf: () => [],
    sendOne: async (domain) => (await find([domain], COMPANIES_PER_DOMAIN)).companies,
    async sendMany(domains) {
      const asked = fitting([...new Set(domains)])
      const { companies, isComplete } = await find(asked, COMPANIES_PER_PAGE)
      const found = Map.groupBy(companies, ({ properties }) => organizationDomain(properties['domain']) ?? '')
      // A company whose domain is none of those asked for may belong to any of them.
      const isDecided = isComplete && [...found.keys()].every((domain) => asked.includes(domain))
      return domains.map((domain): RowOutcome<HubSpotRecord[]> => {
        const answer = (found.get(domain) ?? []).slice(0, COMPANIES_PER_DOMAIN)
        const isAnswered = answer.length === COMPANIES_PER_DOMAIN || (isDecided && asked.includes(domain))
        return isAnswered ? { outcome: 'answered', answer } : { outcome: 'undecided' }
      })
    },
  }
}

function requestFor(domains: readonly string[], limit: number): PublicObjectSearchRequest {
  const filters = [{ propertyName: 'domain', operator: FilterOperatorEnum.In, values: domains.flatMap(spellingsOf) }]
  return { filterGroups: [{ filters }], properties: COMPANY_READ, limit }
}

/** HubSpot users may have entered the domain in Unicode. */
function spellingsOf(domain: string): string[] {
  return [...new Set([domain, domainToUnicode(domain)])]
}

/** The first domains, as many as fit into one request. */
function fitting(domains: readonly string[]): readonly string[] {
  let bytes = Buffer.byteLength(JSON.stringify(requestFor([], COMPANIES_PER_PAGE)))
  const excess = domains.findIndex((domain) => {
    bytes += Buffer.byteLength(JSON.stringify(spellingsOf(domain)))
    return bytes > BODY_LIMIT_BYTES
  })
  return excess === -1 ? domains : domains.slice(0, Math.max(1, excess))
}
