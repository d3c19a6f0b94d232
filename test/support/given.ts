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

async function create(
  { hubspotUrl }: Onramp,
  object: 'contacts' | 'companies',
  properties: Properties,
): Promise<string> {
  const response = await fetch(`${hubspotUrl}/crm/v3/objects/${object}`, {
    method: 'POST',
    headers: { authorization: 'Bearer test', 'content-type': 'application/json' },
    body: JSON.stringify({ properties }),
  })
  const body = (await response.json()) as { id: string; message?: string }
  if (response.status !== 201) throw new Error(`HubSpot answered ${response.status}: ${body.message ?? ''}`)
  return body.id
}
