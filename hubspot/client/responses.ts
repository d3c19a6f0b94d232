// Reads HubSpot's responses: records, bodies and correlation ids.

import { HubSpotError } from './hubspot-error.ts'

/** The raw response, which the SDK returns beside the decoded one. */
export interface HubSpotResponse {
  headers: Record<string, string>
  body: { text(): Promise<string> }
}

/** A company or contact; a property that is not set is `null`. `url` opens the record in HubSpot. */
export interface HubSpotRecord {
  id: string
  properties: Record<string, string | null>
  url: string | null
  correlationId: string | null
}

export async function recordIn(response: HubSpotResponse): Promise<HubSpotRecord> {
  return recordOf(await bodyOf(response), response)
}

/** The body as HubSpot sent it. The SDK's decoder would drop a record's `url`. */
export async function bodyOf(response: HubSpotResponse): Promise<Record<string, unknown>> {
  return JSON.parse(await response.body.text()) as Record<string, unknown>
}

/** @throws HubSpotError when the body holds no record */
export function recordOf(body: Record<string, unknown>, response: HubSpotResponse): HubSpotRecord {
  if (typeof body['id'] !== 'string') throw HubSpotError.unusableResponse('a response without a record')
  return {
    id: body['id'],
    properties: (body['properties'] ?? {}) as HubSpotRecord['properties'],
    url: typeof body['url'] === 'string' ? body['url'] : null,
    correlationId: correlationIdOf(response),
  }
}

export function correlationIdOf({ headers }: HubSpotResponse): string | null {
  return headers['x-hubspot-correlation-id'] ?? null
}
