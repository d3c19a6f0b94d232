// Steps are local activities while HubSpot answers promptly, and regular activities, which the Temporal UI shows, when it does not.

import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { Worker } from '@temporalio/worker'
import { describe, expect, inject } from 'vitest'
import { onboardingId } from '../../domain/ids.ts'
import { dataConverter } from '../../platform/payloads/data-converter.ts'
import { HUBSPOT_CALLS, it, onrampWith, recordsIn } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { messageOf, PAYLOAD_KEYS, ringOf } from '../support/payload-keys.ts'
import { firstContact, workflowOf } from '../support/story.ts'
import { startWorkerProcess } from '../support/worker-process.ts'
import { progressSinks } from '../../worker/progress.ts'

type Event = NonNullable<Awaited<ReturnType<ReturnType<typeof workflowOf>['fetchHistory']>>['events']>[number]

async function pendingActivities(onramp: Onramp) {
  return (await workflowOf(onramp).describe()).raw.pendingActivities ?? []
}

describe('an onboarding without trouble', () => {
  it('is one workflow task and at most twelve events', async ({ onramp }) => {
    // On a busy machine the SDK may have to keep a workflow task alive, which adds events. One of several customers has none.
    let count = 0
    let events: Event[] = []
    const onboardOneMore = async () => {
      count += 1
      const customerId = `${onramp.customerId}-${count}`
      await onramp.registered({ customerId, email: `customer-${count}@example.com` })
      await onramp.reaches('onboarded', customerId)
      const handle = onramp.client.workflow.getHandle(onboardingId(customerId))
      events = (await handle.fetchHistory()).events ?? []
      return events.length
    }
    await expect.poll(onboardOneMore).toBeLessThanOrEqual(12)
    expect(events.filter((event) => event.workflowTaskCompletedEventAttributes)).toHaveLength(1)
    expect(events.filter((event) => event.activityTaskScheduledEventAttributes)).toEqual([])
  })
})

describe('an onboarding whose workflow task the SDK keeps alive', () => {
  it('replays', async ({ onramp }) => {
    // Together longer than four fifths of a task's four seconds, and each below the deadline of a second.
    await onramp.portal.fault({ times: null, effect: { kind: 'delay', ms: 900 } })
    await onramp.registered()
    await onramp.reaches('onboarded')
    const history = await workflowOf(onramp).fetchHistory()
    const keptAlive = (history.events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes)
    expect(keptAlive.length).toBeGreaterThan(1)
    const workflowBundle = { codePath: inject('workflowBundlePath') }
    const ring = ringOf(PAYLOAD_KEYS)
    const converter = dataConverter({ ring, namespace: inject('temporalNamespace'), unreadableMessages: 'mark' })
    await Worker.runReplayHistory(
      { workflowBundle, sinks: progressSinks(), dataConverter: converter },
      JSON.parse(historyToJSON(history)),
      onboardingId(onramp.customerId),
    )
  })
})

describe('a step that fails', () => {
  it('shows in Temporal as a pending activity with its attempts and its last failure', async ({ onramp }) => {
    await onramp.portal.fault({ ...HUBSPOT_CALLS.createContact, times: null, effect: { kind: 'status', status: 503 } })
    await onramp.registered()
    await expect
      .poll(() => pendingActivities(onramp))
      .toEqual([expect.objectContaining({ activityType: { name: 'createContact' }, lastFailure: expect.anything() })])
    const [{ lastFailure } = {}] = await pendingActivities(onramp)
    expect(await messageOf(onramp.client, onboardingId(onramp.customerId), lastFailure)).toContain('503')
    expect(await onramp.status()).toMatchObject({ phase: 'contact' })
    await onramp.portal.clearFaults()
    await onramp.reaches('onboarded')
  })
})

describe('a call that takes long', () => {
  const itOnWorkerProcesses = onrampWith({ worker: 'none' })

  itOnWorkerProcesses('goes on as a regular activity, which Temporal shows, and is sent once', async ({ onramp }) => {
    const { hubspotUrl, taskQueue, portal } = onramp
    const worker = await startWorkerProcess({ hubspotUrl, taskQueue })
    await portal.fault({ ...HUBSPOT_CALLS.createContact, effect: { kind: 'delay', ms: 4000 } })
    await onramp.registered()
    await expect
      .poll(() => pendingActivities(onramp))
      .toEqual([expect.objectContaining({ activityType: { name: 'createContact' } })])
    expect(await onramp.status()).toMatchObject({ phase: 'contact' })

    await onramp.reaches('onboarded')
    expect(await portal.requests(HUBSPOT_CALLS.createContact)).toHaveLength(1)
    await worker.stop()
  })

  itOnWorkerProcesses('is repeated safely when its worker is killed meanwhile', async ({ onramp }) => {
    const { hubspotUrl, taskQueue, portal } = onramp
    const worker = await startWorkerProcess({ hubspotUrl, taskQueue })
    await portal.fault({ ...HUBSPOT_CALLS.createContact, effect: { kind: 'delay', ms: 4000 } })
    await onramp.registered()
    await expect.poll(() => pendingActivities(onramp)).toHaveLength(1)
    await worker.kill()
    const next = await startWorkerProcess({ hubspotUrl, taskQueue })
    await onramp.reaches('onboarded')
    const { contacts, companies, associations } = await recordsIn(portal)
    expect([contacts, companies, associations].map(({ length }) => length)).toEqual([1, 1, 1])
    await next.stop()
  })
})

const BURSTS = [
  { what: '300 events', count: 300, text: 'x' },
  { what: '40 events of 64 KB each', count: 40, text: 'x'.repeat(64_000) },
]

/** Returns the milliseconds that it took. */
async function sendBurst(onramp: Onramp, { count, text }: { count: number; text: string }): Promise<number> {
  const startedAt = Date.now()
  const handle = workflowOf(onramp)
  const customer = (index: number) => ({ phone: `${index}`, company: { phone: `${index}` }, ignored: text })
  await Promise.all(
    Array.from({ length: count }, (_, index) =>
      handle.signal('customerUpdated', { id: `evt_${index}`, at: startedAt + index, customer: customer(index) }),
    ),
  )
  return Date.now() - startedAt
}

describe('a burst of events', () => {
  it.for(BURSTS)('of $what during a slow onboarding loses nothing', async (burst, { onramp }) => {
    await onramp.portal.fault({ ...HUBSPOT_CALLS.createContact, times: null, effect: { kind: 'delay', ms: 800 } })
    await onramp.registered()
    await sendBurst(onramp, burst)
    await expect.poll(() => firstContact(onramp)).toMatchObject({ phone: `${burst.count - 1}` })
    await onramp.reaches('onboarded')
    const { contacts, companies, associations } = await recordsIn(onramp.portal)
    expect([contacts, companies, associations].map(({ length }) => length)).toEqual([1, 1, 1])
    expect(await onramp.reaches('onboarded')).toMatchObject({ parked: [] })
  })

  it.for(BURSTS)('of $what during a slow update repeats no call', async (burst, { onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    await onramp.portal.fault({ ...HUBSPOT_CALLS.updateContact, times: null, effect: { kind: 'delay', ms: 800 } })
    const sendingMs = await sendBurst(onramp, burst)
    await expect.poll(() => firstContact(onramp)).toMatchObject({ phone: `${burst.count - 1}` })
    // One call after the other, each of 800 ms. On a busy machine the events arrive during more of them.
    const calls = (await onramp.portal.requests(HUBSPOT_CALLS.updateContact)).length
    expect(calls).toBeLessThanOrEqual(Math.max(6, 3 + sendingMs / 800))
  })
})
