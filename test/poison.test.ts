// G7 · Signals that nobody can understand: counted and noted, and the customer goes on.

import { describe, expect } from 'vitest'
import { onboardingId } from '../domain/ids.ts'
import { it, recordsOf } from './support/onramp.ts'
import type { Onramp } from './support/onramp.ts'

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
    ['a name that nobody knows', 'customerExploded', { encoding: 'json/plain', data: '{}' }],
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
