// Onboards a burst of customers under a limit that others use as well: a second worker, or another app in bursts.

import { setTimeout as sleep } from 'node:timers/promises'
import type { EmulatorControl } from 'hubspot-emulator/control'
import { awaitAssociated, onboardedAmong, registerCrowd } from './crowd.ts'
import { limitsOf } from './limits.ts'
import type { CallFigures } from './limits.ts'
import { NeighbourApp } from './neighbour-app.ts'
import { changedStrangers, createStrangers } from './strangers.ts'

export interface SharedQuotaOptions {
  /** Part of every id and address. */
  name: string
  customers: number
  callsPer10s: number
  /** The token of onramp, when another app uses half of its quota: HubSpot counts the calls of each token. `null`: no other app. */
  neighbourToken: string | null
  portal: EmulatorControl
  hubspotUrl: string
  /** Sends an event; resolves when it is accepted. */
  send: (event: { type: string; data: Record<string, unknown> }) => Promise<void>
  timeoutMs: number
}

/** `calls` and `over` are onramp's own. */
export interface SharedQuotaReport extends CallFigures {
  customers: number
  seconds: number
  callsPerCustomer: number
  /** Calls of the other app, and those of them over the limit. */
  othersCalls: number
  othersOver: number
  /** The percentage of the quota that others left, without the reserve, that onramp used in its busiest ten seconds. */
  usedPercent: number
  lost: number
  doubled: number
  foreign: number
}

const LATENCY = { latencyMs: 100, latencySpreadMs: 50 }
const WINDOW_MS = 10_000
// HUBSPOT_RESERVE
const RESERVE = 0.05

export async function runSharedQuota(options: SharedQuotaOptions): Promise<SharedQuotaReport> {
  const { portal, name, customers, callsPer10s, neighbourToken, hubspotUrl, timeoutMs } = options
  await portal.settings({ ...LATENCY, ...limitsOf(callsPer10s) })
  const strangers = await createStrangers(portal, name)
  const before = await portal.measurements()
  const earlier = (await portal.requests()).length

  const neighbour =
    neighbourToken === null ? null : new NeighbourApp({ hubspotUrl, token: neighbourToken, callsPer10s })
  // Its first calls are there before onramp's, as in a portal in use.
  if (neighbour) await sleep(1000)
  const startedAt = Date.now()
  await registerCrowd(options.send, name, customers)
  await awaitAssociated(portal, before, customers, timeoutMs)
  const seconds = (Date.now() - startedAt) / 1000
  await neighbour?.stop()

  const requests = (await portal.requests()).slice(earlier)
  const others = requests.filter((request) => NeighbourApp.isItsOwn(request))
  const own = requests.filter((request) => !NeighbourApp.isItsOwn(request))
  const isOver = ({ status }: { status: number | null }) => status === 429
  return {
    customers,
    seconds,
    callsPerCustomer: own.length / customers,
    calls: own.length,
    batches: own.filter(({ path }) => path.includes('/batch/')).length,
    over: own.filter(isOver).length,
    othersCalls: others.length,
    othersOver: others.filter(isOver).length,
    usedPercent: usedPercent(own, others, callsPer10s),
    ...(await onboardedAmong(portal, name, customers)),
    foreign: await changedStrangers(portal, strangers),
  }
}

/** At most 1 % of onramp's calls, or one call when there are few. */
export function isSeldomOver({ calls, over }: CallFigures): boolean {
  return over <= Math.max(1, calls / 100)
}

interface TimedRequest {
  at: string
  path: string
  status: number | null
}

/** Searches have a limit of their own. */
function usedPercent(own: TimedRequest[], others: TimedRequest[], callsPer10s: number): number {
  const timesOf = (requests: TimedRequest[]) =>
    requests.filter(({ path, status }) => !path.endsWith('/search') && status !== 429).map(({ at }) => Date.parse(at))
  const [ownTimes, othersTimes] = [timesOf(own), timesOf(others)]
  const within = (times: number[], start: number) => times.filter((at) => at >= start && at < start + WINDOW_MS).length
  const shares = ownTimes.map(
    (start) => within(ownTimes, start) / (callsPer10s * (1 - RESERVE) - within(othersTimes, start)),
  )
  return Math.round(100 * Math.max(0, ...shares))
}
