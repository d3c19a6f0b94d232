// G1, G7 · Signals that this version cannot read: malformed ones are counted, unknown ones are kept, and the customer continues.

import { encode } from '@temporalio/common/lib/internal-non-workflow/index.js'
import { describe, expect, inject } from 'vitest'
import { onboardingId } from '../../domain/ids.ts'
import { storyWithoutUpdates } from '../support/changed-story.ts'
import { keptByOlderWorker } from '../support/scenarios.ts'
import { it, onrampWith, recordsIn } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { workflowOf } from '../support/story.ts'

/** Sends a signal directly to Temporal, without the API and its checks. onramp's own key encrypts it, unless it says that it is. */
async function signal(
  { client, customerId }: Onramp,
  signalName: string,
  { encoding, data }: { encoding: string; data: string },
): Promise<void> {
  const payload = { metadata: { encoding: Buffer.from(encoding) }, data: Buffer.from(data) }
  const { payloadCodecs } = client.options.loadedDataConverter
  const workflowId = onboardingId(customerId)
  const context = { type: 'workflow' as const, namespace: inject('temporalNamespace'), workflowId }
  await client.workflowService.signalWorkflowExecution({
    namespace: inject('temporalNamespace'),
    workflowExecution: { workflowId },
    signalName,
    input: { payloads: encoding === 'binary/encrypted' ? [payload] : await encode(payloadCodecs, [payload], context) },
  })
}

describe('G7 · a malformed signal', () => {
  it.for([
    ['JSON of another shape', 'customerUpdated', { encoding: 'json/plain', data: '{"id":1}' }],
    ['no payload', 'customerUpdated', { encoding: 'binary/null', data: '' }],
    ['broken JSON', 'customerUpdated', { encoding: 'json/plain', data: '{"id":' }],
    ['an unknown encoding', 'customerRegistered', { encoding: 'binary/encrypted', data: 'x' }],
    [
      'a registration without an address',
      'customerRegistered',
      { encoding: 'json/plain', data: '{"id":"evt_9","at":1,"customer":{}}' },
    ],
  ] as const)('with %s does not stop the customer, and is counted', async ([, name, payload], { onramp }) => {
    await onramp.updated({ phone: '1' })
    await signal(onramp, name, payload)
    await onramp.registered()

    const status = await onramp.reaches('onboarded')
    expect(status.malformedEvents).toBe(1)
    expect((await recordsIn(onramp.portal)).contacts).toMatchObject([{ firstname: 'Ada', phone: '1' }])

    const { events } = await workflowOf(onramp).fetchHistory()
    expect(events?.some((event) => event.workflowTaskFailedEventAttributes)).toBe(false)
  })
})

describe('G1 · an event of a type that an older worker does not know', () => {
  const itOnAWorkerOfItsOwn = onrampWith({ worker: 'own' })

  itOnAWorkerOfItsOwn('is kept and shown, and takes effect on a worker that knows it', async ({ onramp }) => {
    await onramp.stopWorker()
    await onramp.startWorker({ code: await storyWithoutUpdates() })
    await onramp.registered()
    await onramp.reaches('onboarded')
    await onramp.updated({ phone: '2' })
    await expect
      .poll(async () => await onramp.status())
      .toMatchObject({ unknownEvents: 1, malformedEvents: 0, fields: { email: { state: 'written' } } })
    expect((await recordsIn(onramp.portal)).contacts[0]?.phone).toBeUndefined()

    await keptByOlderWorker(onramp)
    await onramp.stopWorker()
    await onramp.startWorker()
    await workflowOf(onramp).signal('versionDeployed')
    await expect.poll(async () => (await recordsIn(onramp.portal)).contacts).toMatchObject([{ phone: '2' }])
    await expect.poll(async () => (await onramp.status()).unknownEvents).toBe(0)
  })
})

describe('G7 · three thousand unreadable signals among valid ones', () => {
  // A run continues as new at 200 events, so the counts must survive many runs.
  const itWithShortRuns = onrampWith({ settings: { continueAsNewAtEvents: 200 } })
  const UNREADABLE = [
    { name: 'customerUpdated', payload: { encoding: 'json/plain', data: '{"id":' } },
    { name: 'customerUpdated', payload: { encoding: 'json/plain', data: '[[[]]]' } },
    { name: 'customerRegistered', payload: { encoding: 'binary/encrypted', data: '\u0000' } },
    { name: 'customerRegistered', payload: { encoding: 'json/protobuf', data: '{}' } },
    { name: 'attentionResumed', payload: { encoding: 'binary/encrypted', data: 'x' } },
    { name: 'customerExploded', payload: { encoding: 'json/plain', data: '"boo"' } },
  ] as const

  itWithShortRuns('fail no workflow task, and every unreadable event is counted', async ({ onramp }) => {
    await onramp.registered()
    for (let batch = 0; batch < 60; batch += 1) {
      const signals = Array.from({ length: 50 }, (_, index) => UNREADABLE[index % UNREADABLE.length] ?? UNREADABLE[0])
      await Promise.all(signals.map(async ({ name, payload }) => await signal(onramp, name, payload)))
      await onramp.updated({ phone: String(batch) })
    }
    // One of the six kinds is not malformed: the unknown name is kept.
    const malformed = 60 * (50 - 8)
    await expect
      .poll(async () => await onramp.status())
      .toMatchObject({ malformedEvents: malformed, unknownEvents: 60 * 8 })
    await expect.poll(async () => (await recordsIn(onramp.portal)).contacts).toMatchObject([{ phone: '59' }])

    const failureCauses: number[] = []
    for await (const run of onramp.client.workflow.list({
      query: `WorkflowId = '${onboardingId(onramp.customerId)}'`,
    })) {
      const { events } = await onramp.client.workflow.getHandle(run.workflowId, run.runId).fetchHistory()
      const failed = events?.flatMap(({ workflowTaskFailedEventAttributes: failure }) => failure ?? []) ?? []
      failureCauses.push(...failed.map(({ cause }) => cause ?? 0).filter((cause) => !SERVER_CAUSES.includes(cause)))
    }
    expect(failureCauses).toEqual([])
  })
})

// The server itself fails a task in two cases: a signal arrives while the run continues as new (UNHANDLED_COMMAND), or more
// than a hundred arrive within one task (FORCE_CLOSE_COMMAND). Values of temporal.api.enums.v1.WorkflowTaskFailedCause.
const SERVER_CAUSES = [1, 17]
