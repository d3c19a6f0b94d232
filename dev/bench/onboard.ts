// Onboards customers through an app, and measures what that takes.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Part, RunningApp } from './apps/app.ts'
import { sendAtOnce, sendAtPace, signedRegistrations } from './load.ts'
import type { TimedResponse } from './load.ts'
import { callsBetween, setPortal } from './portal.ts'
import type { Calls } from './portal.ts'

export interface Load {
  customers: number
  /** Customers a second; `at-once` sends as fast as 32 connections can. */
  pace: number | 'at-once'
  domains?: 'with-domains' | 'without-domains'
}

export interface Onboarded {
  responses: TimedResponse[]
  customerIds: string[]
  /** From the first event sent to the last association in HubSpot. */
  seconds: number
  calls: Calls
  /** CPU time of each part a customer, in milliseconds; `null` when unknown. */
  cpuMs: Record<Part, number | null>
}

export const CONNECTIONS = 32

const POLL_EVERY_MS = 250
// Temporal's default pause before a retry grows to 100 s, and a killed worker's activity may end only after a minute.
export const STALLED_MS = 180_000
// Time for the last responses and for what an app does after them, so that they count.
const SETTLE_MS = 1_000
// HubSpot counts the calls of the last ten seconds.
const WINDOW_MS = 10_500

/**
 * Sends registrations and returns when HubSpot has all of these customers.
 *
 * @throws Error when an event is not accepted, or HubSpot gets no more customers and lacks some
 */
export async function onboard(app: RunningApp, load: Load): Promise<Onboarded> {
  const { customers, domains = 'without-domains', pace } = load
  const { webhookSecret, webhookUrl } = app
  const events = signedRegistrations({ count: customers, webhookSecret, domains })
  const before = await app.portal.measurements()
  const usageBefore = app.usage()

  const responses =
    pace === 'at-once'
      ? await sendAtOnce(webhookUrl, events, { connections: CONNECTIONS, rejected: 'send-again' })
      : await sendAtPace(webhookUrl, events, { perSecond: pace, rejected: 'send-again' })
  const unaccepted = responses.filter(({ status }) => status !== 202)
  if (unaccepted.length > 0) {
    throw new Error(`${app.name} accepted ${customers - unaccepted.length} of ${customers} events.`)
  }
  const expected = before.associatedContacts + customers
  const isDone = await associationsReach(app, expected)
  // The emulator counts a call when it answers, which is after the write.
  await sleep(SETTLE_MS)
  const after = await app.portal.measurements()
  if (!isDone) {
    const missing = expected - after.associatedContacts
    throw new Error(
      `With ${app.name}, HubSpot lacks ${missing} of ${customers} customers, and got none for ${STALLED_MS / 1000} s.`,
    )
  }
  const usageAfter = app.usage()
  const startedAt = Math.min(...responses.map(({ sentAt }) => sentAt))
  const cpuOf = (part: Part) => {
    const [from, to] = [usageBefore[part].cpuMs, usageAfter[part].cpuMs]
    return from === null || to === null ? null : (to - from) / customers
  }
  return {
    responses,
    customerIds: events.map(({ customerId }) => customerId),
    seconds: ((after.lastAssociatedAt ?? Number.NaN) - startedAt) / 1000,
    calls: callsBetween(before.requests, after.requests),
    cpuMs: { api: cpuOf('api'), worker: cpuOf('worker'), temporal: cpuOf('temporal') },
  }
}

/** Waits until HubSpot has this many associated contacts. Returns `false` when it gets no more of them for three minutes. */
export async function associationsReach(app: RunningApp, expected: number): Promise<boolean> {
  for (let [latest, latestAt] = [-1, Date.now()]; ; await sleep(POLL_EVERY_MS)) {
    const { associatedContacts } = await app.portal.measurements()
    if (associatedContacts >= expected) return true
    if (associatedContacts !== latest) [latest, latestAt] = [associatedContacts, Date.now()]
    if (Date.now() - latestAt > STALLED_MS) return false
  }
}

/** Loads the code of all processes, so that no measurement has the cost of their first customers. */
export async function warmUp(app: RunningApp, customers: number): Promise<void> {
  await setPortal(app.portal, 'unlimited', 0)
  if (customers > 0) await onboard(app, { customers, pace: 'at-once' })
}

/** Turns HubSpot's limits on. The app sees them in the answers to one customer's calls, and then has all of the quota. */
export async function limitPortal(app: RunningApp, latencyMs: number): Promise<void> {
  await setPortal(app.portal, 'limited', latencyMs)
  await sleep(WINDOW_MS)
  await onboard(app, { customers: 1, pace: 'at-once' })
  await sleep(WINDOW_MS)
}
