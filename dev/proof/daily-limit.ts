// Reaches the portal's daily limit in the middle of a burst, shortly before the portal's midnight, and sees the burst go on after it.
//
// onramp calls with the token of an OAuth app: HubSpot states no daily limit to those, so that the 429 and its `Retry-After` alone
// say when the day ends. With the headers of a private app, onramp looks again an hour later (test/hubspot/daily-limit.test.ts).

import { setTimeout as sleep } from 'node:timers/promises'
import type { EmulatorControl } from 'hubspot-emulator/control'
import { awaitAssociated, onboardedAmong, registerCrowd } from './crowd.ts'
import { callsBetween, limitsOf } from './limits.ts'
import type { CallFigures } from './limits.ts'
import { changedStrangers, createStrangers } from './strangers.ts'

export interface DailyLimitOptions {
  /** Part of every id and address. */
  name: string
  customers: number
  /** How many calls the day has left when the customers register. */
  callsLeft: number
  /** How long the day has left then. */
  secondsLeft: number
  portal: EmulatorControl
  hubspotUrl: string
  send: (event: { type: string; data: Record<string, unknown> }) => Promise<void>
  /** Starts the only worker, with this token for HubSpot; resolves when it is ready. */
  startWorker: (accessToken: string) => Promise<WatchedWorker>
  timeoutMs: number
}

interface WatchedWorker {
  /** Everything that it has logged. */
  log: () => string
  /** Its metrics in Prometheus' text format. */
  metrics: () => Promise<string>
}

export interface DailyLimitReport extends CallFigures {
  customers: number
  onboardedBefore: number
  /** How long no call was allowed. */
  secondsWaited: number
  /** Calls in that time, without those that were on their way when the limit was reached. */
  callsWhileWaiting: number
  /** From midnight until the last customer was onboarded. */
  secondsAfterMidnight: number
  /** What operators saw: the lines of the log, and the gauge before and after midnight. */
  linesReached: number
  linesOver: number
  gaugeWhileWaiting: number
  gaugeAfter: number
  lost: number
  doubled: number
  foreign: number
}

const DAY_MS = 24 * 60 * 60_000
// Calls that are on their way when the limit is reached have ended by then.
const SETTLED_MS = 2000
const POLL_EVERY_MS = 100

export async function runDailyLimit(options: DailyLimitOptions): Promise<DailyLimitReport> {
  const { portal, name, customers, callsLeft, secondsLeft, timeoutMs } = options
  const ample = { ...limitsOf(190), oauthCallsPer10s: 190 }
  await portal.settings({ ...ample, sendRetryAfter: true, timeZone: 'UTC', accessTokenSeconds: 2 * 86_400 })
  const strangers = await createStrangers(portal, name)
  const worker = await options.startWorker(await oauthToken(options))

  await portal.advanceClock(DAY_MS - (Date.now() % DAY_MS) - secondsLeft * 1000)
  const midnight = Date.now() + secondsLeft * 1000
  await portal.settings({ callsPerDay: (await callsToday(options)) + callsLeft })
  const before = await portal.measurements()
  const count = async () => callsBetween(before, await portal.measurements()).calls
  await registerCrowd(options.send, name, customers)
  await until(async () => (await portal.measurements()).overLimit > before.overLimit, midnight)
  const reachedAt = Date.now()
  await sleep(SETTLED_MS)
  const [settled, { associatedContacts }] = [await count(), await portal.measurements()]

  await sleep(Math.max(0, midnight - 500 - Date.now()))
  const callsWhileWaiting = (await count()) - settled
  const gaugeWhileWaiting = gaugeIn(await worker.metrics())
  await sleep(Math.max(0, midnight - Date.now()))
  // The next day has as many calls as it takes.
  await portal.settings(ample)
  await awaitAssociated(portal, before, customers, timeoutMs)
  const secondsAfterMidnight = (Date.now() - midnight) / 1000
  const linesOf = (sentence: RegExp) => worker.log().match(sentence)?.length ?? 0
  await until(() => Promise.resolve(linesOf(OVER) > 0), Date.now() + 5000)
  return {
    customers,
    onboardedBefore: associatedContacts - before.associatedContacts,
    secondsWaited: (midnight - reachedAt) / 1000,
    callsWhileWaiting,
    secondsAfterMidnight,
    linesReached: linesOf(REACHED),
    linesOver: linesOf(OVER),
    gaugeWhileWaiting,
    gaugeAfter: gaugeIn(await worker.metrics()),
    ...callsBetween(before, await portal.measurements()),
    ...(await onboardedAmong(portal, name, customers)),
    foreign: await changedStrangers(portal, strangers),
  }
}

const REACHED = /daily limit is reached/g
const OVER = /daily limit has ended/g

/** Each broken promise of the report, as a sentence. */
export function brokenBy(report: DailyLimitReport): string[] {
  const { customers, onboardedBefore, callsWhileWaiting, secondsWaited } = report
  return [
    // A probe now and then is no hot loop.
    ...(callsWhileWaiting > 2 + secondsWaited / 10 ? [`${callsWhileWaiting} calls while none was allowed.`] : []),
    ...(onboardedBefore >= customers ? ['The daily limit was not reached.'] : []),
    ...(report.linesReached === 1 && report.linesOver === 1 ? [] : ['The log does not have one line for each change.']),
    ...(report.gaugeWhileWaiting === 1 && report.gaugeAfter === 0 ? [] : ['The metric does not show the limit.']),
  ]
}

async function oauthToken({ hubspotUrl }: DailyLimitOptions): Promise<string> {
  const response = await fetch(`${hubspotUrl}/oauth/v1/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: 'any',
      client_id: 'any',
      client_secret: 'any',
    }),
  })
  const { access_token: token } = (await response.json()) as { access_token?: string }
  if (token === undefined) throw new Error(`The emulator issued no token: ${response.status}`)
  return token
}

/** The calls of the portal's day, this one included. */
async function callsToday({ hubspotUrl }: DailyLimitOptions): Promise<number> {
  const { headers } = await fetch(`${hubspotUrl}/crm/v3/objects/contacts?limit=1`, {
    headers: { authorization: 'Bearer hubspot-user' },
  })
  const header = (name: string) => Number(headers.get(`x-hubspot-ratelimit-daily${name}`))
  return header('') - header('-remaining')
}

function gaugeIn(metrics: string): number {
  return Number(/^onramp_hubspot_daily_limit_reached(?:\{.*\})? (\d+)$/m.exec(metrics)?.[1] ?? Number.NaN)
}

async function until(condition: () => Promise<boolean>, deadline: number): Promise<void> {
  while (!(await condition()) && Date.now() < deadline) await sleep(POLL_EVERY_MS)
}
