// Decides when each call to HubSpot goes out: searches keep within their quota, all other calls go out at once.

import pThrottle from 'p-throttle'

/** The object and verb of a call, as `<object>.<verb>`. The kind decides which quota the call counts against. */
export type CallKind =
  | 'contact.read'
  | 'contact.create'
  | 'contact.update'
  | 'contact.erase'
  | 'company.read'
  | 'company.search'
  | 'company.upsert'
  | 'company.update'
  | 'association.read'
  | 'association.create'
  | 'association.delete'
  | 'property.read'
  | 'property.create'
  | 'account.read'

/** Runs a call when the quota allows it, and returns the call's result. */
export type Schedule = <T>(kind: CallKind, call: () => Promise<T>) => Promise<T>

// HubSpot allows five searches a second per portal. onramp leaves one of them to the portal's other apps.
const SEARCHES_PER_SECOND = 4

/** A scheduler that sends each call at once, except for searches, which have a quota of their own. */
export function createScheduler(): Schedule {
  const paced = pThrottle({ limit: SEARCHES_PER_SECOND, interval: 1000, strict: true })
  const search = paced(async (call: () => Promise<unknown>) => await call())

  return async function schedule<T>(kind: CallKind, call: () => Promise<T>): Promise<T> {
    return kind === 'company.search' ? ((await search(call)) as T) : await call()
  }
}
