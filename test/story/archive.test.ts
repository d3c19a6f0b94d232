// An erasure on a Temporal server with an archive, such as a production server whose other namespaces use it. It answers questions about
// a deleted history in its own way.

import { afterAll, beforeAll, expect } from 'vitest'
import { stateOfCompleted } from '../../api/temporal/newest-run.ts'
import { onboardingId } from '../../domain/ids.ts'
import { onrampWith } from '../support/onramp.ts'
import { workflowOf } from '../support/story.ts'
import { startTemporalWithArchive } from '../support/temporal-proxy.ts'

let temporal: Awaited<ReturnType<typeof startTemporalWithArchive>>
beforeAll(async () => {
  temporal = await startTemporalWithArchive()
})
afterAll(() => temporal.stop())

const it = onrampWith({ temporalAddress: () => temporal.address })

it('deletes each run although the one before is deleted already', async ({ onramp }) => {
  const runIds = async () => {
    const query = `WorkflowId = '${onboardingId(onramp.customerId)}'`
    const ids: string[] = []
    for await (const { runId } of onramp.client.workflow.list({ query })) ids.push(runId)
    return ids
  }
  const currentRunId = async () => (await workflowOf(onramp).describe()).runId
  await onramp.registered()
  await onramp.reaches('onboarded')
  await onramp.erased()
  await onramp.reaches('erased')
  const tombstone = await currentRunId()
  await expect.poll(runIds).toEqual([tombstone])

  // The run that follows the late event asks for its predecessor, the tombstone, whose own predecessor is deleted.
  await onramp.updated({ phone: '1' })
  await expect.poll(currentRunId).not.toBe(tombstone)
  await expect.poll(runIds).toEqual([await currentRunId()])
  expect(await onramp.status()).toMatchObject({ phase: 'erased', lateEvents: 1 })
})

it('answers that the customer is unknown when the run is deleted while it is read', async ({ onramp }) => {
  const { client, customerId } = onramp
  await onramp.registered()
  await onramp.reaches('onboarded')
  const { runId } = await workflowOf(onramp).describe()
  const { namespace } = client.options
  const workflowExecution = { workflowId: onboardingId(customerId), runId }
  await client.workflowService.deleteWorkflowExecution({ namespace, workflowExecution })
  const answer = () => stateOfCompleted(client, customerId, runId).catch((error: unknown) => error)
  await expect.poll(answer).toMatchObject({ code: 'unknown-customer' })
})
