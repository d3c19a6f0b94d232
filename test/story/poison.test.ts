// G1, G7 · Signals that this version cannot read: malformed ones are counted, unknown ones are kept; the customer goes on.

import { describe, expect } from 'vitest'
import { onboardingId } from '../../domain/ids.ts'
import { storyWithoutUpdates } from '../support/changed-story.ts'
import { keptByOlderWorker } from '../support/scenarios.ts'
import { it, onrampWith, recordsOf } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'

/** A signal straight to Temporal, past the front door and its checks. */
async function signal(
  { client, customerId }: Onramp,
  signalName: string,
  payload: { encoding: string; data: string },
): Promise<void> {
  await client.workflowService.signalWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: onboardingId(customerId) },
    signalName,
    input: { payloads: [{ metadata: { encoding: Buffer.from(payload.encoding) }, data: Buffer.from(payload.data) }] },
  })
}

describe('G7 · a malformed signal', () => {
  it.for([
    ['JSON of another shape', 'customerUpdated', { encoding: 'json/plain', data: '{"id":1}' }],
    ['nothing', 'customerUpdated', { encoding: 'binary/null', data: '' }],
    ['broken JSON', 'customerUpdated', { encoding: 'json/plain', data: '{"id":' }],
    ['an encoding that nobody knows', 'customerRegistered', { encoding: 'binary/encrypted', data: 'x' }],
    [
      'a registration without an address',
      'customerRegistered',
      { encoding: 'json/plain', data: '{"id":"evt_9","at":1,"customer":{}}' },
    ],
  ] as const)('with %s stops nothing and is counted', async ([, name, payload], { onramp }) => {
    await onramp.updated({ phone: '1' })
    await signal(onramp, name, payload)
    await onramp.registered()

    const status = await onramp.reaches('onboarded')
    expect(status.malformedEvents).toBe(1)
    expect((await recordsOf(onramp.portal)).contacts).toMatchObject([{ firstname: 'Ada', phone: '1' }])

    const { events } = await onramp.client.workflow.getHandle(onboardingId(onramp.customerId)).fetchHistory()
    expect(events?.some((event) => event.workflowTaskFailedEventAttributes)).toBe(false)
  })
})

describe('G1 · an event of a type that an older worker does not know', () => {
  it('is kept, shown, and takes effect once a worker knows it', async ({ onramp }) => {
    await onramp.stopWorker()
    await onramp.startWorker({ code: await storyWithoutUpdates() })
    await onramp.registered()
    await onramp.reaches('onboarded')
    await onramp.updated({ phone: '2' })
    await expect
      .poll(async () => await onramp.status())
      .toMatchObject({ unknownEvents: 1, malformedEvents: 0, fields: { email: { state: 'written' } } })
    expect((await recordsOf(onramp.portal)).contacts[0]?.phone).toBeUndefined()

    await keptByOlderWorker(onramp)
    await onramp.stopWorker()
    await onramp.startWorker()
    await onramp.client.workflow.getHandle(onboardingId(onramp.customerId)).signal('versionDeployed')
    await expect.poll(async () => (await recordsOf(onramp.portal)).contacts).toMatchObject([{ phone: '2' }])
    await expect.poll(async () => (await onramp.status()).unknownEvents).toBe(0)
  })
})

describe('G7 · three thousand malformed signals among good ones', () => {
  // Far more than fit into one run, so that they are counted over the seams as well.
  const itOften = onrampWith({ settings: { continueAsNewAtEvents: 200 } })
  const NONSENSE = [
    { name: 'customerUpdated', payload: { encoding: 'json/plain', data: '{"id":' } },
    { name: 'customerUpdated', payload: { encoding: 'json/plain', data: '[[[]]]' } },
    { name: 'customerRegistered', payload: { encoding: 'binary/encrypted', data: '\u0000' } },
    { name: 'customerRegistered', payload: { encoding: 'json/protobuf', data: '{}' } },
    { name: 'attentionResumed', payload: { encoding: 'binary/encrypted', data: 'x' } },
    { name: 'customerExploded', payload: { encoding: 'json/plain', data: '"boo"' } },
  ] as const

  itOften('fail no workflow task, and are counted one by one', { timeout: 60_000 }, async ({ onramp }) => {
    await onramp.registered()
    for (let batch = 0; batch < 60; batch += 1) {
      const signals = Array.from({ length: 50 }, (_, index) => NONSENSE[index % NONSENSE.length] ?? NONSENSE[0])
      await Promise.all(signals.map(async ({ name, payload }) => await signal(onramp, name, payload)))
      await onramp.updated({ phone: String(batch) })
    }
    // One in six has an unknown name and is kept; another one resumes a reason for which nothing is parked.
    const malformed = 60 * (50 - 8 - 8)
    await expect
      .poll(async () => await onramp.status(), { timeout: 20_000 })
      .toMatchObject({ malformedEvents: malformed, unknownEvents: 60 * 8 })
    await expect.poll(async () => (await recordsOf(onramp.portal)).contacts).toMatchObject([{ phone: '59' }])

    const failures: number[] = []
    for await (const run of onramp.client.workflow.list({
      query: `WorkflowId = '${onboardingId(onramp.customerId)}'`,
    })) {
      const { events } = await onramp.client.workflow.getHandle(run.workflowId, run.runId).fetchHistory()
      const failed = events?.flatMap(({ workflowTaskFailedEventAttributes: failure }) => failure ?? []) ?? []
      failures.push(...failed.map(({ cause }) => cause ?? 0).filter((cause) => !OF_THE_SERVER.includes(cause)))
    }
    expect(failures).toEqual([])
  })
})

// Two failures are the server's own way to cope with a flood: a signal came while a run renewed itself, or more than a
// hundred came within one task. (temporal.api.enums.v1.WorkflowTaskFailedCause: UNHANDLED_COMMAND, FORCE_CLOSE_COMMAND)
const OF_THE_SERVER = [1, 17]
