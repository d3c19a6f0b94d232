// Sends 10,000 registrations over 500 connections. Reports how many the API accepts and rejects, how fast it answers, and how
// much memory it uses.

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { ThrowAwayStack } from '../launcher/throw-away-stack.ts'
import { median, ms, percentile, table } from './figures.ts'
import { sendAtOnce, signedRegistrations } from './load.ts'
import { startProbe } from './probe.ts'

export interface BenchOptions {
  rounds: number
  events: number
  connections: number
  say: (line: string) => void
}

const SAMPLE_EVERY_MS = 500
const WARM_UP = 200

/** All rounds send to the same process, so that the memory of the later rounds would show a leak. */
export async function benchOverload(stack: ThrowAwayStack, options: BenchOptions): Promise<void> {
  const { events, connections, rounds, say } = options
  await sendAtOnce(`${stack.apiUrl}/webhooks/customers`, signedRegistrations(WARM_UP, stack.secrets.webhookSecret), 10)
  say(`${events} registrations over ${connections} connections, ${rounds} rounds …`)

  const results: Awaited<ReturnType<typeof oneRound>>[] = []
  for (let round = 0; round < rounds; round += 1) results.push(await oneRound(stack, options))

  const row = (name: string, of: (result: (typeof results)[number]) => string) => [name, ...results.map(of)]
  const lines = table([
    row('accepted (202)', ({ accepted }) => String(accepted)),
    row('rejected (503)', ({ rejected }) => String(rejected)),
    row('other', ({ other }) => String(other)),
    row('seconds', ({ seconds }) => seconds.toFixed(1)),
    row('accepted a second', ({ accepted, seconds }) => (accepted / seconds).toFixed(0)),
    row('accept p50', ({ acceptMs }) => ms(percentile(acceptMs, 0.5))),
    row('accept p99', ({ acceptMs }) => ms(percentile(acceptMs, 0.99))),
    row('slowest response', ({ slowestMs }) => ms(slowestMs)),
    row('/health/live p99', ({ liveMs }) => ms(percentile(liveMs, 0.99))),
    row('/health/live slowest', ({ liveMs }) => ms(percentile(liveMs, 1))),
    row('RSS before', ({ rss }) => `${rss[0]} MiB`),
    row('RSS peak', ({ rss }) => `${Math.max(...rss)} MiB`),
    row('RSS after', ({ rss }) => `${rss.at(-1)} MiB`),
  ])
  for (const line of ['', ...lines, '']) say(line)
  say(`Median of /health/live p99: ${ms(median(results.map(({ liveMs }) => percentile(liveMs, 0.99))))}`)
}

async function oneRound({ apiUrl, apiPid, secrets }: ThrowAwayStack, { events, connections }: BenchOptions) {
  const requests = signedRegistrations(events, secrets.webhookSecret)
  const rss = [await rssOf(apiPid)]
  const sampling = setInterval(() => void rssOf(apiPid).then((value) => rss.push(value)), SAMPLE_EVERY_MS)
  const probe = startProbe(`${apiUrl}/health/live`)

  const startedAt = performance.now()
  const responses = await sendAtOnce(`${apiUrl}/webhooks/customers`, requests, connections)
  const seconds = (performance.now() - startedAt) / 1000

  const liveMs = await probe.stop()
  clearInterval(sampling)
  rss.push(await rssOf(apiPid))
  const accepted = responses.filter(({ status }) => status === 202)
  const rejected = responses.filter(({ status }) => status === 503)
  return {
    accepted: accepted.length,
    rejected: rejected.length,
    other: responses.length - accepted.length - rejected.length,
    seconds,
    acceptMs: accepted.map(({ tookMs }) => tookMs),
    slowestMs: Math.max(...responses.map(({ tookMs }) => tookMs)),
    liveMs,
    rss,
  }
}

/** The resident memory of a process, in MiB. */
async function rssOf(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)])
  return Math.round(Number(stdout) / 1024)
}
