// What people did in HubSpot before a test begins, through HubSpot's own API.

import type { Onramp } from './onramp.ts'

type Properties = Record<string, string>

/** @returns the id that HubSpot gave the contact */
export async function aContactInHubSpot(onramp: Onramp, properties: Properties): Promise<string> {
  return await create(onramp, 'contacts', properties)
}

export async function aCompanyInHubSpot(onramp: Onramp, properties: Properties): Promise<string> {
  return await create(onramp, 'companies', properties)
}

/** What people, or the portal's other apps, ask of HubSpot by themselves. */
export async function askHubSpot(
  { hubspotUrl }: Onramp,
  method: string,
  path: string,
  body?: unknown,
): Promise<Response> {
  return await fetch(hubspotUrl + path, {
    method,
    headers: { authorization: 'Bearer people', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

async function create(onramp: Onramp, object: 'contacts' | 'companies', properties: Properties): Promise<string> {
  const response = await askHubSpot(onramp, 'POST', `/crm/v3/objects/${object}`, { properties })
  const body = (await response.json()) as { id: string; message?: string }
  if (response.status !== 201) throw new Error(`HubSpot answered ${response.status}: ${body.message ?? ''}`)
  return body.id
}
