// Updates one customer without a pause. Then checks in Temporal's histories that no run is too long, and that no event is lost
// when a run continues as new.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import type { EmulatorControl } from 'hubspot-emulator/control'
import { onboardingId } from '../../domain/ids.ts'
import { valuesOf } from './payload-values.ts'

export interface SoakOptions {
  customerId: string
  updates: number
  /** How many events are sent at a time. */
  senders: number
  /** Sends an event; resolves when it is accepted. */
  send: (event: { type: string; timestamp: string; data: Record<string, unknown> }) => Promise<void>
  portal: EmulatorControl
  client: Client
}

/** The result; `lost` and `wrong` must be 0. */
export interface SoakReport {
  updates: number
  seconds: number
  runs: number
  /** Events in the history of the longest run. */
  longestRun: number
  /** 99th percentile of the time until the API answers 202 to an event, in milliseconds. */
  callP99Ms: number
  slowestCallMs: number
  /** Calls to HubSpot that wrote an update. */
  writes: number
  /** Events that are in no history, and runs whose newest event did not reach the next run. */
  lost: number
  /** 1 when HubSpot does not have the newest values in the end, else 0. */
  wrong: number
}

const TIME_LIMIT_MS = 300_000

export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  const { customerId, updates, portal } = options
  const startedAt = Date.now()
  await options.send({
    type: 'customer.registered',
    timestamp: new Date(startedAt).toISOString(),
    data: { customerId, email: `${customerId}@people.example`, company: { name: `Company of ${customerId}` } },
  })
  const calls = await sendAll(options, startedAt)

  const newest = String(updates)
  const isWritten = async () =>
    (await portal.records()).contacts.some(
      ({ properties }) => properties['onramp_customer_id'] === customerId && properties['phone'] === newest,
    )
  const isRight = await within(TIME_LIMIT_MS, isWritten)
  const seconds = (Date.now() - startedAt) / 1000

  const runs = await runsOf(options.client, customerId)
  // Temporal may have stored an event that was answered 503, so that its repetition is a second signal.
  const received = new Set(runs.flatMap(({ events }) => events.map(({ id }) => id)))
  const forgetful = runs.filter(
    ({ events, newestPassedOn }) =>
      newestPassedOn !== null && Math.max(0, ...events.map(({ at }) => at)) > newestPassedOn,
  )
  calls.sort((one, other) => one - other)
  return {
    updates,
    seconds,
    runs: runs.length,
    longestRun: Math.max(...runs.map(({ length }) => length)),
    callP99Ms: Math.round(calls[Math.floor(calls.length * 0.99)] ?? 0),
    slowestCallMs: Math.round(calls.at(-1) ?? 0),
    writes: (await portal.requests({ method: 'PATCH', path: '/contacts/[^/]+$' })).length,
    lost: updates + 1 - received.size + forgetful.length,
    wrong: isRight ? 0 : 1,
  }
}

/** @returns how long each call took, in milliseconds */
async function sendAll({ customerId, updates, senders, send }: SoakOptions, startedAt: number): Promise<number[]> {
  const calls: number[] = []
  let next = 1
  const sendOneByOne = async () => {
    for (let index = next++; index <= updates; index = next++) {
      const sentAt = performance.now()
      await send({
        type: 'customer.updated',
        timestamp: new Date(startedAt + index).toISOString(),
        data: { customerId, phone: String(index), address: { city: `City ${index}` } },
      })
      calls.push(performance.now() - sentAt)
    }
  }
  await Promise.all(Array.from({ length: senders }, sendOneByOne))
  return calls
}

interface RecordedRun {
  length: number
  /** The events that this run received as signals, with their times. */
  events: { id: string; at: number }[]
  /** Time of the newest event in the state that this run passed to the next run; `null` for the last run. */
  newestPassedOn: number | null
}

/**
 * Reads the histories, since the workflow's own status would not prove that nothing was lost. Each run names the next one, so no
 * run is missing here that Temporal's list does not have yet.
 */
async function runsOf(client: Client, customerId: string): Promise<RecordedRun[]> {
  const workflowId = onboardingId(customerId)
  const { raw } = await client.workflow.getHandle(workflowId).describe()
  const runs: RecordedRun[] = []
  let runId = raw.workflowExecutionInfo?.firstRunId
  while (runId) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory()
    const signals: RecordedRun['events'] = []
    const next: { state: { lastEventAt: number } }[] = []
    runId = undefined
    for (const event of events ?? []) {
      const signal = event.workflowExecutionSignaledEventAttributes?.input?.payloads
      const continued = event.workflowExecutionContinuedAsNewEventAttributes
      signals.push(...((await valuesOf(client, workflowId, signal)) as typeof signals))
      next.push(...((await valuesOf(client, workflowId, continued?.input?.payloads)) as typeof next))
      runId ??= continued?.newExecutionRunId
    }
    runs.push({
      length: events?.length ?? 0,
      events: signals,
      newestPassedOn: next[0]?.state.lastEventAt ?? null,
    })
  }
  return runs
}

async function within(ms: number, condition: () => Promise<boolean>): Promise<boolean> {
  for (const deadline = Date.now() + ms; Date.now() < deadline; await sleep(100)) if (await condition()) return true
  return false
}
