// Changes one customer again and again without a pause, then reads from Temporal's histories that no run grew too long and nothing was lost where one run handed over to the next.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import type { EmulatorControl } from 'hubspot-emulator/control'
import { onboardingId } from '../../domain/ids.ts'

export interface SoakOptions {
  customerId: string
  updates: number
  /** How many events are on their way at a time. */
  senders: number
  /** Sends one event; resolves when it is accepted. */
  send: (event: { type: string; timestamp: string; data: Record<string, unknown> }) => Promise<void>
  portal: EmulatorControl
  client: Client
}

/** What came out; `lostAtSeams` and `wrong` must be 0. */
export interface SoakReport {
  updates: number
  seconds: number
  runs: number
  /** History of the longest run, in events. */
  longestRun: number
  /** From an event's sending to its 202, in milliseconds. */
  callP99Ms: number
  slowestCallMs: number
  /** Calls to HubSpot that wrote an update. */
  writes: number
  /** Events that Temporal has not, and hand-overs that forgot the last event of their run. */
  lostAtSeams: number
  /** 1 when HubSpot does not have the newest values in the end. */
  wrong: number
}

const SETTLES_WITHIN_MS = 60_000

export async function soak(options: SoakOptions): Promise<SoakReport> {
  const { customerId, updates, portal } = options
  const begun = Date.now()
  await options.send({
    type: 'customer.registered',
    timestamp: new Date(begun).toISOString(),
    data: { customerId, email: `${customerId}@people.example`, company: { name: `Firm of ${customerId}` } },
  })
  const calls = await sendAll(options, begun)

  const newest = String(updates)
  const isWritten = async () =>
    (await portal.records()).contacts.some(
      ({ properties }) => properties['onramp_customer_id'] === customerId && properties['phone'] === newest,
    )
  const isRight = await within(SETTLES_WITHIN_MS, isWritten)
  const seconds = (Date.now() - begun) / 1000

  const runs = await runsOf(options.client, customerId)
  const signals = runs.reduce((sum, run) => sum + run.eventTimes.length, 0)
  const forgotten = runs.filter(
    ({ eventTimes, handedOver }) => handedOver !== null && Math.max(0, ...eventTimes) > handedOver,
  )
  calls.sort((one, other) => one - other)
  return {
    updates,
    seconds,
    runs: runs.length,
    longestRun: Math.max(...runs.map(({ length }) => length)),
    callP99Ms: Math.round(calls[Math.floor(calls.length * 0.99)] ?? 0),
    slowestCallMs: Math.round(calls.at(-1) ?? 0),
    writes: (await portal.requests({ method: 'PATCH', path: '/contacts/\\d+$' })).length,
    lostAtSeams: updates + 1 - signals + forgotten.length,
    wrong: isRight ? 0 : 1,
  }
}

/** @returns how long each call took, in milliseconds */
async function sendAll({ customerId, updates, senders, send }: SoakOptions, begun: number): Promise<number[]> {
  const calls: number[] = []
  let next = 1
  const sendOneByOne = async () => {
    for (let index = next++; index <= updates; index = next++) {
      const sent = performance.now()
      await send({
        type: 'customer.updated',
        timestamp: new Date(begun + index).toISOString(),
        data: { customerId, phone: String(index), address: { city: `City ${index}` } },
      })
      calls.push(performance.now() - sent)
    }
  }
  await Promise.all(Array.from({ length: senders }, sendOneByOne))
  return calls
}

interface RecordedRun {
  length: number
  /** Event times of the signals in this run's history. */
  eventTimes: number[]
  /** Time of the newest event in what it handed to the next run; `null` for the last. */
  handedOver: number | null
}

interface Payloads {
  payloads?: { data: string }[]
}

/** From the histories themselves, since the workflow's own word would not prove much. */
async function runsOf(client: Client, customerId: string): Promise<RecordedRun[]> {
  const runs: RecordedRun[] = []
  for await (const { workflowId, runId } of client.workflow.list({
    query: `WorkflowId = '${onboardingId(customerId)}'`,
  })) {
    const history = JSON.parse(historyToJSON(await client.workflow.getHandle(workflowId, runId).fetchHistory())) as {
      events: {
        workflowExecutionSignaledEventAttributes?: { input?: Payloads }
        workflowExecutionContinuedAsNewEventAttributes?: { input?: Payloads }
      }[]
    }
    const inputs = <Input>(of: (event: (typeof history.events)[number]) => Payloads | undefined) =>
      history.events.flatMap((event) => {
        const data = of(event)?.payloads?.[0]?.data
        return data === undefined ? [] : [JSON.parse(Buffer.from(data, 'base64').toString()) as Input]
      })
    const facts = inputs<{ at: number }>((event) => event.workflowExecutionSignaledEventAttributes?.input)
    const next = inputs<{ state: { lastEventAt: number } }>(
      (event) => event.workflowExecutionContinuedAsNewEventAttributes?.input,
    )
    runs.push({
      length: history.events.length,
      eventTimes: facts.map(({ at }) => at),
      handedOver: next[0]?.state.lastEventAt ?? null,
    })
  }
  return runs
}

async function within(ms: number, isSo: () => Promise<boolean>): Promise<boolean> {
  for (const deadline = Date.now() + ms; Date.now() < deadline; await sleep(100)) if (await isSo()) return true
  return false
}
