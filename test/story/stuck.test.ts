// Stuck runs: attention counts them, the status says so, and one reset sends all of them on, with nothing doubled or lost.

import { randomUUID } from 'node:crypto'
import { describe, expect } from 'vitest'
import type { AttentionCounts } from '../../api/contract/attention.ts'
import { StuckRuns } from '../../api/temporal/stuck-runs.ts'
import { onboardingId } from '../../domain/ids.ts'
import { testApi } from '../support/api.ts'
import { changedStory } from '../support/changed-story.ts'
import { against } from '../support/customer-cli.ts'
import { aContactInHubSpot, callAsHubSpotUser } from '../support/given.ts'
import { HUBSPOT_CALLS, onrampWith, recordsIn } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { ask, sendCommand } from '../support/sender.ts'
import { correct, resume } from '../../workflows/messages.ts'

const it = onrampWith({ namespace: 'own', worker: 'own' })

const emailOf = (customerId: string) => `${customerId.replaceAll('-', '')}@example.com`

async function attention(app: Onramp['app']): Promise<AttentionCounts> {
  return (await (await ask(app, '/v1/attention')).json()) as AttentionCounts
}

const hoursAgo = (hours: number) => Date.now() - hours * 3_600_000
const timeOf = (at: number) => new Date(at).toISOString()

async function register(onramp: Onramp, customerId: string, email = emailOf(customerId)): Promise<void> {
  const data = { customerId, email, company: { name: customerId } }
  await onramp.registered(data, { timestamp: timeOf(hoursAgo(3)) })
}

async function versionOf({ client }: Onramp, customerId: string) {
  const { raw, runId } = await client.workflow.getHandle(onboardingId(customerId)).describe()
  const { deploymentVersion, behavior, versioningOverride } = raw.workflowExecutionInfo?.versioningInfo ?? {}
  return { runId, version: deploymentVersion?.buildId, behavior, override: versioningOverride ?? null }
}

// temporal.api.enums.v1.VersioningBehavior
const PINNED = 1

describe('customers whose histories do not fit the code of the workers', () => {
  it('are counted as stuck, and go on after one reset', async ({ onramp }) => {
    const idOf = (name: string) => `cus_${name}_${randomUUID()}`
    const [done, parked, corrected, waiting] = [idOf('done'), idOf('parked'), idOf('corrected'), idOf('waiting')]
    const isParked = async (id: string) =>
      await expect.poll(async () => (await onramp.status(id)).attention?.reason).toBe('contact-of-another-customer')
    const runOf = (id: string) => onramp.client.workflow.getHandle(onboardingId(id))
    const twoHoursAgo = { by: null, at: hoursAgo(2) }

    await register(onramp, done)
    await onramp.reaches('onboarded', done)
    // A reset repeats the correction, and must not write it over the newer value.
    await runOf(done).executeUpdate(correct, { args: [{ ...twoHoursAgo, customer: { lastName: 'Corrected' } }] })
    await onramp.updated({ customerId: done, lastName: 'Newest' }, { timestamp: timeOf(hoursAgo(1)) })

    const contactId = await aContactInHubSpot(onramp, { email: emailOf(parked), onramp_customer_id: 'another' })
    await register(onramp, parked)
    await isParked(parked)

    // A reset repeats the resume before the customer is parked, and must not reject its correction.
    await register(onramp, corrected, emailOf(parked))
    await isParked(corrected)
    const customer = { email: emailOf(corrected) }
    await runOf(corrected).executeUpdate(resume, { args: [{ ...twoHoursAgo, customer }] })
    await onramp.reaches('onboarded', corrected)

    await onramp.portal.fault({ ...HUBSPOT_CALLS.createContact, times: null, effect: { kind: 'status', status: 503 } })
    await register(onramp, waiting)
    await expect.poll(async () => (await onramp.status(waiting)).pendingStep?.step).toBe('contact')
    await onramp.stopWorker()

    await onramp.startWorker({ code: await changedStory() })
    const all = [done, parked, corrected, waiting]
    for (const customerId of all) await onramp.updated({ customerId, phone: '2' })
    const causes = [{ kind: 'task-fails', cause: 'NonDeterministicError', count: 4, customerIds: all }]
    await expect.poll(() => attention(onramp.app)).toMatchObject({ customers: 1, stuck: { customers: 4, causes } })
    expect(await (await ask(onramp.app, `/v1/customers/${done}`)).json()).toMatchObject({
      code: 'hung',
      detail: expect.stringContaining('reset-stuck'),
    })

    await onramp.portal.clearFaults()
    const { output, exitCode } = await against(onramp, ['reset-stuck'])
    expect(output).toContain('4 of 4 customers go on, 0 are stuck again, 0 have no answer.')
    expect(exitCode).toBe(0)

    const written = async () =>
      (await recordsIn(onramp.portal)).contacts
        .map(({ email, phone = '', lastname = '' }) => `${email} ${phone} ${lastname}`.trim())
        .toSorted()
    const expected = [`${emailOf(done)} 2 Newest`, emailOf(parked), `${emailOf(corrected)} 2`, `${emailOf(waiting)} 2`]
    await expect.poll(written).toEqual(expected.toSorted())
    await isParked(parked)
    await expect.poll(() => attention(onramp.app)).toMatchObject({ customers: 1, stuck: { customers: 0, causes: [] } })

    await callAsHubSpotUser(onramp, 'PATCH', `/crm/v3/objects/contacts/${contactId}`, {
      properties: { onramp_customer_id: '' },
    })
    expect((await sendCommand(onramp.app, 'POST', `/v1/customers/${parked}/resume`)).status).toBe(202)
    await onramp.reaches('onboarded', parked)
    const { contacts, companies, associations } = await recordsIn(onramp.portal)
    expect([contacts.length, companies.length, associations.length]).toEqual([4, 4, 4])
  })
})

describe('a customer of a version that no worker has any more', () => {
  it('is counted as stuck, and moves to the current version, and later to the next one', async ({ onramp }) => {
    const { client, taskQueue, customerId } = onramp
    const { namespace } = client.options
    const runVersion = async (buildId: string) => {
      await onramp.stopWorker()
      await onramp.startWorker(undefined, undefined, { deploymentName: taskQueue, buildId, behavior: 'PINNED' })
    }
    const deploy = async (buildId: string) => {
      await runVersion(buildId)
      const request = { namespace, deploymentName: taskQueue, buildId }
      const makeCurrent = async () => await client.workflowService.setWorkerDeploymentCurrentVersion(request)
      await expect
        .poll(() =>
          makeCurrent().then(
            () => 'current',
            () => 'unknown',
          ),
        )
        .toBe('current')
    }
    // The workers of a stopped version count as gone at once.
    const { app } = testApi({ taskQueue, namespace, goneAfterMs: 1 })

    await deploy('one')
    await onramp.registered()
    await onramp.reaches('onboarded')
    await deploy('two')
    await onramp.updated({ phone: '2' })
    // Temporal still lists the workers of the former version, which may have polled a moment ago.
    expect((await attention(onramp.app)).stuck).toMatchObject({ customers: 0 })
    const cause = `${taskQueue}:one`
    await expect
      .poll(() => attention(app))
      .toMatchObject({
        stuck: { customers: 1, causes: [{ kind: 'version-without-workers', cause, customerIds: [customerId] }] },
      })
    expect(await (await ask(app, '/v1/stuck')).json()).toEqual({
      customers: [{ customerId, kind: 'version-without-workers', cause }],
      hasMore: false,
    })

    // The gauge counts the same runs.
    const stuckRuns = new StuckRuns({ client, taskQueue, goneAfterMs: 1 })
    expect(await stuckRuns.countWithoutWorkers(async (query) => (await client.workflow.count(query)).count)).toBe(1)

    const reset = await sendCommand(app, 'POST', '/v1/stuck/reset')
    expect(reset.status).toBe(202)
    await expect.poll(async () => (await recordsIn(onramp.portal)).contacts[0]?.phone).toBe('2')
    const location = reset.headers.get('location') ?? ''
    await expect
      .poll(async () => (await ask(app, location)).json())
      .toMatchObject({ state: 'completed', total: 1, reset: 1, failed: 0 })
    expect(await versionOf(onramp, customerId)).toMatchObject({ version: 'two', behavior: PINNED, override: null })
    await expect.poll(() => attention(app)).toMatchObject({ stuck: { customers: 0 } })

    await deploy('three')
    await runVersion('two')
    const { runId } = await versionOf(onramp, customerId)
    await client.workflow.getHandle(onboardingId(customerId)).signal('versionDeployed')
    await expect.poll(async () => (await versionOf(onramp, customerId)).runId).not.toBe(runId)
    await runVersion('three')
    await expect.poll(async () => (await versionOf(onramp, customerId)).version).toBe('three')
  })
})
