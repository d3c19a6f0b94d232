// Reads HubSpot's responses: records, bodies and correlation ids.

import { FIELDS } from '../../domain/fields.ts'
import { clipped } from './clipped.ts'
import { HubSpotError } from './hubspot-error.ts'
import { isObject } from './json.ts'

/** The raw response, which the SDK returns beside the decoded one. */
export interface HubSpotResponse {
  headers: Record<string, string>
  body: { text(): Promise<string> }
}

/** A company or contact; a property that is not set is `null`. `url` opens the record in HubSpot. */
export interface HubSpotRecord {
  id: string
  properties: Record<string, string | null>
  /** By HubSpot's clock, in milliseconds since the epoch; `null` when the response does not say it. */
  createdAt: number | null
  url: string | null
  correlationId: string | null
}

export async function recordIn(response: HubSpotResponse): Promise<HubSpotRecord> {
  return recordOf(await bodyOf(response), response)
}

/**
 * The body as HubSpot sent it. The SDK's decoder would drop a record's `url`.
 *
 * @throws HubSpotError when the body is no object
 */
export async function bodyOf(response: HubSpotResponse): Promise<Record<string, unknown>> {
  const body: unknown = JSON.parse(await response.body.text())
  if (!isObject(body)) throw HubSpotError.unusableResponse('a response that is no object')
  return body
}

/** @throws HubSpotError when the body holds no record */
export function recordOf(body: unknown, response: HubSpotResponse): HubSpotRecord {
  if (!isObject(body) || typeof body['id'] !== 'string')
    throw HubSpotError.unusableResponse('a response without a record')
  return {
    id: body['id'],
    properties: propertiesOf(body),
    createdAt: timeIn(body['createdAt']),
    url: isShort(body['url']) ? body['url'] : null,
    correlationId: correlationIdOf(response),
  }
}

// A list, whose single addresses are clipped where they are read.
const OTHER_EMAILS = 'hs_additional_emails'

/** The properties of a record, with clipped texts; without those that are no text. */
export function propertiesOf({ properties }: Record<string, unknown>): HubSpotRecord['properties'] {
  const entries = isObject(properties) ? Object.entries(properties) : []
  return Object.fromEntries(
    entries.flatMap(([name, value]): [string, string | null][] => {
      if (typeof value !== 'string') return value === null ? [[name, value]] : []
      return [[name, name === OTHER_EMAILS ? value : clipped(value)]]
    }),
  )
}

/** A contact's primary and secondary e-mail addresses, in lower case. */
export function addressesOf({ properties }: Pick<HubSpotRecord, 'properties'>): string[] {
  const addresses = [properties['email'] ?? '', ...(properties[OTHER_EMAILS] ?? '').split(';')]
  return addresses.map((address) => clipped(address.trim(), FIELDS.email.limit + 1).toLowerCase())
}

// The ids enter the state of an onboarding, which is bounded (G8). The companies of a contact with more are read again; this is rare.
const COMPANIES = 20

// HubSpot names an association type by its direction. This one, without more words, is the primary company.
const PRIMARY_COMPANY = 'contact_to_company'

/**
 * The companies in the `associations` of a contact, which HubSpot leaves out when there are none. `null` when the companies are
 * on several pages, when there are many, or when none of them is marked as the primary one. A read of the associations shows them.
 */
export function companiesIn(associations: unknown): { companyIds: string[]; primaryId: string | null } | null {
  if (associations === undefined) return { companyIds: [], primaryId: null }
  const companies = isObject(associations) ? associations['companies'] : null
  if (!isObject(companies) || companies['paging'] !== undefined || !Array.isArray(companies['results'])) return null
  const rows = companies['results'].filter(isObject)
  const primary = rows.find(({ type }) => type === PRIMARY_COMPANY)
  const companyIds = [...new Set(rows.map(({ id }) => String(id)))]
  if (primary === undefined || companyIds.length > COMPANIES) return null
  return { companyIds, primaryId: String(primary['id']) }
}

export function correlationIdOf({ headers }: HubSpotResponse): string | null {
  const id = headers['x-hubspot-correlation-id']
  return id !== undefined && /^[\w-]{1,64}$/.test(id) ? id : null
}

function timeIn(text: unknown): number | null {
  const time = typeof text === 'string' ? Date.parse(text) : Number.NaN
  return Number.isNaN(time) ? null : time
}

/** HubSpot's URLs have about 80 characters. They enter the state of an onboarding, which is bounded (G8). */
function isShort(url: unknown): url is string {
  return typeof url === 'string' && url.length <= 512
}
