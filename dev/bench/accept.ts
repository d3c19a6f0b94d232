// Measures how long the API takes to accept an event. A bare route that only reads the event is the baseline.

import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { EmulatorControl } from 'hubspot-emulator/control'
import { freePort } from '../launcher/free-ports.ts'
import type { ThrowAwayStack } from '../launcher/throw-away-stack.ts'
import { median, ms, percentile, table } from './figures.ts'
import { sendAtOnce, sendAtPace, signedRegistrations } from './load.ts'
import type { TimedResponse } from './load.ts'
import type { BenchOptions } from './overload.ts'

const PER_SECOND = 20
const AT_PACE = 300
// As many connections as the API's concurrency limit, so that no event is rejected and none waits for a slot.
const CONNECTIONS = 64
const AT_ONCE = 1_500
const WARM_UP = 200
const DRAIN_TIMEOUT_MS = 180_000

type Send = (url: string, count: number) => Promise<TimedResponse[]>

export async function benchAccept(stack: ThrowAwayStack, { rounds, say }: BenchOptions): Promise<void> {
  const { webhookSecret } = stack.secrets
  const send: Record<'atPace' | 'atOnce', Send> = {
    atPace: (url, count) => sendAtPace(url, signedRegistrations(count, webhookSecret), PER_SECOND),
    atOnce: (url, count) => sendAtOnce(url, signedRegistrations(count, webhookSecret), CONNECTIONS),
  }
  const onramp = `${stack.apiUrl}/webhooks/customers`
  const bare = await startBareRoute()
  try {
    for (const url of [onramp, bare.url]) await send.atOnce(url, WARM_UP)
    say(
      `${rounds} rounds of ${AT_PACE} events at ${PER_SECOND} a second, then of ${AT_ONCE} over ${CONNECTIONS} connections …`,
    )
    for (const [what, how, count] of [
      [`${PER_SECOND} events a second`, send.atPace, AT_PACE],
      [`saturation, ${CONNECTIONS} connections`, send.atOnce, AT_ONCE],
    ] as const) {
      const measured: { onramp: Round[]; bare: Round[] } = { onramp: [], bare: [] }
      for (let round = 0; round < rounds; round += 1) {
        await waitUntilOnboarded(stack)
        measured.onramp.push(await roundOf(how, onramp, count))
        await waitUntilOnboarded(stack)
        measured.bare.push(await roundOf(how, bare.url, count))
      }
      for (const line of report(what, measured)) say(line)
    }
  } finally {
    bare.stop()
  }
}

interface Round {
  p50: number
  p99: number
  perSecond: number
}

/** @throws Error when an event is not accepted, since the figures would not be comparable */
async function roundOf(send: Send, url: string, count: number): Promise<Round> {
  const startedAt = performance.now()
  const responses = await send(url, count)
  const seconds = (performance.now() - startedAt) / 1000
  const rejected = responses.filter(({ status }) => status !== 202).length
  if (rejected > 0) throw new Error(`${rejected} of ${count} events were not accepted.`)
  const times = responses.map(({ tookMs }) => tookMs)
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99), perSecond: count / seconds }
}

function report(what: string, { onramp, bare }: { onramp: Round[]; bare: Round[] }): string[] {
  const figure = (rounds: Round[], of: keyof Round) => median(rounds.map((round) => round[of]))
  const row = (name: string, of: 'p50' | 'p99') => {
    const [ours, theirs] = [figure(onramp, of), figure(bare, of)]
    return [name, ms(ours), ms(theirs), `${(ours / theirs).toFixed(1)} ×`]
  }
  const perSecond = [onramp, bare].map((rounds) => figure(rounds, 'perSecond').toFixed(0))
  return [
    '',
    `At ${what}, medians of ${onramp.length} rounds:`,
    '',
    ...table([
      ['', 'onramp', 'bare route', 'ratio'],
      row('p50', 'p50'),
      row('p99', 'p99'),
      ['a second', ...perSecond, ''],
    ]),
  ]
}

/** Waits until HubSpot has all accepted customers, so that no round measures the load of the previous one. */
async function waitUntilOnboarded({ emulatorUrl }: ThrowAwayStack): Promise<void> {
  const portal = new EmulatorControl(emulatorUrl)
  const deadline = Date.now() + DRAIN_TIMEOUT_MS
  for (let before = -1; Date.now() < deadline; await sleep(1_500)) {
    const { associations } = await portal.records()
    if (associations.length === before) return
    before = associations.length
  }
}

async function startBareRoute(): Promise<{ url: string; stop: () => void }> {
  const port = await freePort()
  const child = spawn(process.execPath, [fileURLToPath(new URL('bare-route.ts', import.meta.url)), String(port)], {
    stdio: 'inherit',
  })
  const origin = `http://127.0.0.1:${port}`
  while (!(await fetch(origin).then(Boolean, () => false))) {
    if (child.exitCode !== null) throw new Error(`The bare route exited with code ${child.exitCode}.`)
    await sleep(50)
  }
  return { url: `${origin}/webhooks/customers`, stop: () => void child.kill() }
}
