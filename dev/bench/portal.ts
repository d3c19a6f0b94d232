// The emulator as the HubSpot of a measurement: its limits, its calls by route, and what it has of the customers.

import type { EmulatorControl, Measurements, Records } from 'hubspot-emulator/control'
import { companyNameOf, emailOf } from './load.ts'

/** The limits of a private app in a portal of the Professional plan: HubSpot's own headers name them. */
const LIMITED = {
  enforceLimits: true,
  callsPer10s: 190,
  associationCallsPer10s: 150,
  searchesPerSecond: 5,
  callsPerDay: 625_000,
}

/** The headers name limits that nobody reaches, since an app that follows the headers would wait otherwise. */
const UNLIMITED = {
  enforceLimits: false,
  callsPer10s: 1_000_000,
  associationCallsPer10s: 1_000_000,
  searchesPerSecond: 100_000,
  callsPerDay: 1_000_000_000,
}

export type Limits = 'limited' | 'unlimited'

export async function setPortal(portal: EmulatorControl, limits: Limits, latencyMs: number): Promise<void> {
  await portal.settings({ ...(limits === 'limited' ? LIMITED : UNLIMITED), latencyMs })
}

/** The calls between two measurements. */
export interface Calls {
  /** Calls that HubSpot let through, by route such as `POST contacts`. */
  byRoute: Record<string, number>
  total: number
  /** Answers of 429. */
  over: number
}

export function callsBetween(before: Measurements['requests'], after: Measurements['requests']): Calls {
  const calls: Calls = { byRoute: {}, total: 0, over: 0 }
  for (const [request, count] of Object.entries(after)) {
    const [method = '', route = '', status] = request.split(' ')
    const added = count - (before[request] ?? 0)
    if (added === 0) continue
    if (status === '429') {
      calls.over += added
      continue
    }
    const key = `${method} ${withoutFamily(route)}`
    calls.byRoute[key] = (calls.byRoute[key] ?? 0) + added
    calls.total += added
  }
  return calls
}

/** `contacts/{id}` for a route of any version of the API, and for the singular that HubSpot accepts as well. */
function withoutFamily(route: string): string {
  return route
    .replace(/^\/crm\/(objects\/[^/]+|v\d\/objects)\//, '')
    .replace(/^\/crm\/(associations\/[^/]+|v\d\/associations)\//, 'associations/')
    .replaceAll(/(?<=^|\/)contact(?=\/|$)/g, 'contacts')
    .replaceAll(/(?<=^|\/)company(?=\/|$)/g, 'companies')
}

/** `lost` have no associated contact. `doubled` counts contacts, companies and associations beyond one for each customer. */
export function lostAndDoubled(records: Records, customerIds: string[]): { lost: number; doubled: number } {
  const contactIds = groups(records.contacts, ({ properties }) => properties['email'] ?? '')
  const companyIds = groups(records.companies, ({ properties }) => properties['name'] ?? '')
  const associated = new Map<string, number>()
  for (const { contactId } of records.associations) associated.set(contactId, (associated.get(contactId) ?? 0) + 1)

  let [lost, doubled] = [0, 0]
  for (const customerId of customerIds) {
    const contacts = contactIds.get(emailOf(customerId)) ?? []
    const companies = companyIds.get(companyNameOf(customerId)) ?? []
    const associations = contacts.reduce((sum, id) => sum + (associated.get(id) ?? 0), 0)
    if (associations === 0) lost += 1
    for (const count of [contacts.length, companies.length, associations]) doubled += Math.max(0, count - 1)
  }
  return { lost, doubled }
}

/** When each customer's contact was associated, in milliseconds since 1970; customers without an association are absent. */
export async function associationTimes(portal: EmulatorControl, customerIds: string[]): Promise<Map<string, number>> {
  const [{ contacts }, times] = [await portal.records(), await portal.associationTimes()]
  const contactIds = groups(contacts, ({ properties }) => properties['email'] ?? '')
  return new Map(
    customerIds.flatMap((customerId) => {
      const at = (contactIds.get(emailOf(customerId)) ?? []).flatMap((id) => times[id] ?? [])
      return at.length === 0 ? [] : [[customerId, Math.min(...at)] as const]
    }),
  )
}

function groups<Item extends { id: string }>(items: Item[], keyOf: (item: Item) => string): Map<string, string[]> {
  const ids = new Map<string, string[]>()
  for (const item of items) ids.set(keyOf(item), [...(ids.get(keyOf(item)) ?? []), item.id])
  return ids
}
