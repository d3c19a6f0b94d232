// Far more events than the machine can take: how many the API accepts and rejects, how fast it answers, and whether it leaks.

import type { RunningApp } from '../apps/app.ts'
import { percentile } from '../figures.ts'
import type { Figure } from '../figures.ts'
import { sendAtOnce, signedRegistrations } from '../load.ts'
import { startProbe } from '../probe.ts'
import { BOTH } from '../row.ts'
import type { Row } from '../row.ts'

const EVENTS = 10_000
const CONNECTIONS = 500
const SAMPLE_EVERY_MS = 500

export const overload: Row = {
  ...BOTH,
  apps: ['onramp'],
  run: 'by-name',
  name: 'overload',
  title: `${EVENTS.toLocaleString('en-US')} events over ${CONNECTIONS} connections that never pause, twice`,
  // Both bursts go to the same process, so that the memory after the second one would show a leak.
  measure: async (app) => [...(await measureOverload(app, 'first: ')), ...(await measureOverload(app, 'second: '))],
}

async function measureOverload(app: RunningApp, name: string): Promise<Figure[]> {
  const { webhookSecret, webhookUrl, liveUrl } = app
  const events = signedRegistrations({ count: EVENTS, webhookSecret, domains: 'without-domains' })
  const memoryMb = () => app.usage().api.memoryMb ?? Number.NaN
  const memory = [memoryMb()]
  const sampling = setInterval(() => memory.push(memoryMb()), SAMPLE_EVERY_MS)
  const probe = startProbe(liveUrl)

  const startedAt = performance.now()
  const responses = await sendAtOnce(webhookUrl, events, { connections: CONNECTIONS, rejected: 'leave' })
  const seconds = (performance.now() - startedAt) / 1000

  const liveMs = await probe.stop()
  clearInterval(sampling)
  memory.push(memoryMb())
  const withStatus = (...statuses: number[]) => responses.filter(({ status }) => statuses.includes(status))
  const accepted = withStatus(202)
  const acceptMs = accepted.map(({ tookMs }) => tookMs)
  return [
    { name: `${name}answers of 202`, unit: 'count', value: accepted.length },
    { name: `${name}answers of 503`, unit: 'count', value: withStatus(503).length },
    { name: `${name}other answers`, unit: 'count', value: EVENTS - withStatus(202, 503).length },
    { name: `${name}accepted a second`, unit: 'a second', value: accepted.length / seconds },
    { name: `${name}accepted, p50`, unit: 'ms', value: percentile(acceptMs, 0.5) },
    { name: `${name}accepted, p99`, unit: 'ms', value: percentile(acceptMs, 0.99) },
    { name: `${name}slowest answer`, unit: 'ms', value: Math.max(...responses.map(({ tookMs }) => tookMs)) },
    { name: `${name}/health/live, p99`, unit: 'ms', value: percentile(liveMs, 0.99) },
    { name: `${name}memory of the API before`, unit: 'MB', value: memory[0] ?? null },
    { name: `${name}memory of the API, most`, unit: 'MB', value: Math.max(...memory) },
    { name: `${name}memory of the API after`, unit: 'MB', value: memory.at(-1) ?? null },
  ]
}
