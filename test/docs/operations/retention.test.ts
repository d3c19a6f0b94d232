// docs/operations/retention.md: the page's commands, and a customer whose runs Temporal has deleted.

import { describe, expect } from 'vitest'
import { onboardingId } from '../../../domain/ids.ts'
import { ownNamespace } from '../../support/namespace.ts'
import { onrampWith, recordsIn } from '../../support/onramp.ts'
import { runPage } from '../../support/page-commands.ts'
import { ask } from '../../support/sender.ts'
import { waitUntilCompleted, workflowOf } from '../../support/story.ts'

const PAGE = 'operations/retention.md'
const it = onrampWith({ time: 'skips', namespace: 'own' })

describe('the retention of a namespace', () => {
  it('is shown and changed by the page’s commands', async () => {
    const env = { TEMPORAL_NAMESPACE: await ownNamespace() }
    expect(await runPage(PAGE, 'temporal operator namespace describe', env)).toMatch(/Retention\S*\s+(24h|1 ?d)/)
    await runPage(PAGE, 'temporal operator namespace update', env)
    const shown = () => runPage(PAGE, 'temporal operator namespace describe', env)
    await expect.poll(shown).toMatch(/Retention\S*\s+(720h|30 ?d)/)
  })
})

describe('a completed customer after the retention', () => {
  it('has no status, and the next event finds the records in HubSpot', async ({ onramp }) => {
    await onramp.registered()
    await waitUntilCompleted(onramp)
    const status = async () => (await ask(onramp.app, `/v1/customers/${onramp.customerId}`)).status
    await expect.poll(status).toBe(200)
    const { hubspot } = await onramp.status()

    // As Temporal does at the end of the retention.
    const { workflowService, options } = onramp.client
    const { runId } = await workflowOf(onramp).describe()
    await workflowService.deleteWorkflowExecution({
      namespace: options.namespace,
      workflowExecution: { workflowId: onboardingId(onramp.customerId), runId },
    })
    await expect.poll(status).toBe(404)

    await onramp.updated({ phone: '1' })
    await expect.poll(async () => (await recordsIn(onramp.portal)).contacts[0]?.phone).toBe('1')
    const { contacts, companies, associations } = await recordsIn(onramp.portal)
    expect([contacts.length, companies.length, associations.length]).toEqual([1, 1, 1])
    expect(contacts[0]?.id).toBe(hubspot.contactId)
  })
})
