// Operators' commands for one customer: resync, resume and erase.

import { randomUUID } from 'node:crypto'
import { describe, expect } from 'vitest'
import { onboardingId } from '../../domain/ids.ts'
import { aContactInHubSpot } from '../support/given.ts'
import { HUBSPOT_CALLS, it, onrampWith, recordsIn } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { testApi } from '../support/api.ts'
import { OPERATOR_TOKEN, sendCommand } from '../support/sender.ts'

const resync = async ({ app, customerId }: Onramp) =>
  await sendCommand(app, 'POST', `/v1/customers/${customerId}/resync`)
const erase = async ({ app, customerId }: Onramp) => await sendCommand(app, 'DELETE', `/v1/customers/${customerId}`)
const firstContact = async ({ portal }: Onramp) => (await recordsIn(portal)).contacts[0]
const problem = async (response: Response) => ({ status: response.status, ...((await response.json()) as object) })
const handleOf = ({ client, customerId }: Onramp) => client.workflow.getHandle(onboardingId(customerId))

/** A HubSpot user enters another first name. */
async function renameInHubSpot({ hubspotUrl }: Onramp, contactId: string | null): Promise<void> {
  const response = await fetch(`${hubspotUrl}/crm/v3/objects/contacts/${contactId}`, {
    method: 'PATCH',
    headers: { authorization: 'Bearer hubspot-user', 'content-type': 'application/json' },
    body: JSON.stringify({ properties: { firstname: 'Augusta' } }),
  })
  expect(response.status).toBe(200)
}

describe('POST /v1/customers/{customerId}/resync answers 202', () => {
  it('and overwrites what HubSpot users changed', async ({ onramp }) => {
    await onramp.registered()
    const { hubspot } = await onramp.reaches('onboarded')
    await renameInHubSpot(onramp, hubspot.contactId)

    const response = await resync(onramp)
    expect(response.status).toBe(202)
    expect(await response.json()).toEqual({ customerId: onramp.customerId, status: 'accepted' })
    await expect.poll(() => firstContact(onramp)).toMatchObject({ id: hubspot.contactId, firstname: 'Ada' })
  })

  const itSoon = onrampWith({ settings: { idleDays: 2 / 86_400 } })
  itSoon('also after the run has completed (idle), and the new run starts with its state', async ({ onramp }) => {
    await onramp.registered()
    const { hubspot, timeline } = await onramp.reaches('onboarded')
    await expect
      .poll(async () => (await handleOf(onramp).describe()).status.name, { timeout: 10_000 })
      .toBe('COMPLETED')
    await renameInHubSpot(onramp, hubspot.contactId)

    expect((await resync(onramp)).status).toBe(202)
    const { status, typedSearchAttributes, staticSummary } = await described(onramp)
    expect({ status, phase: typedSearchAttributes['OnboardingPhase'], staticSummary }).toEqual({
      status: 'RUNNING',
      phase: 'onboarded',
      staticSummary: `Onboarding of ${onramp.customerId}`,
    })
    await expect.poll(() => firstContact(onramp)).toMatchObject({ id: hubspot.contactId, firstname: 'Ada' })
    const after = await onramp.status()
    expect(after.timeline.slice(0, timeline.length)).toEqual(timeline)
    expect(after.hubspot).toEqual(hubspot)
    const { contacts, companies } = await recordsIn(onramp.portal)
    expect([contacts.length, companies.length]).toEqual([1, 1])
  })
})

async function described(onramp: Onramp) {
  const { status, typedSearchAttributes, staticSummary } = await handleOf(onramp).describe()
  return {
    status: status.name,
    typedSearchAttributes: Object.fromEntries(
      typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]),
    ),
    staticSummary: await staticSummary(),
  }
}

describe('POST /v1/customers/{customerId}/resync answers 404', () => {
  it('to a customer without an event', async ({ onramp }) => {
    expect(await problem(await resync(onramp))).toMatchObject({ status: 404, code: 'unknown-customer' })
  })
})

describe('POST /v1/customers/{customerId}/resync answers 409', () => {
  it('erased to an erased customer', async ({ onramp }) => {
    await onramp.erased()
    await onramp.reaches('erased')
    expect(await problem(await resync(onramp))).toMatchObject({ status: 409, code: 'erased' })
  })

  it('ended to a customer whose last run was terminated', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    await handleOf(onramp).terminate('by hand')
    expect(await problem(await resync(onramp))).toMatchObject({ status: 409, code: 'ended' })
  })

  it('ended to a customer whose last run has no result', async ({ onramp }) => {
    await completeWithoutResult(onramp)
    expect(await problem(await resync(onramp))).toMatchObject({ status: 409, code: 'ended' })
  })
})

/** Starts and completes a run without a result, which ours never do. */
async function completeWithoutResult({ client, customerId }: Onramp): Promise<void> {
  const COMPLETE_WORKFLOW_EXECUTION = 4
  const { namespace } = client.options
  const name = randomUUID()
  await client.workflow.start('onboardCustomer', { workflowId: onboardingId(customerId), taskQueue: name })
  const { taskToken } = await client.withDeadline(Date.now() + 10_000, () =>
    client.workflowService.pollWorkflowTaskQueue({ namespace, taskQueue: { name } }),
  )
  await client.workflowService.respondWorkflowTaskCompleted({
    namespace,
    taskToken,
    commands: [{ commandType: COMPLETE_WORKFLOW_EXECUTION, completeWorkflowExecutionCommandAttributes: {} }],
  })
}

describe('POST /v1/customers/{customerId}/resync answers 503', () => {
  it('no-worker when no worker runs', async () => {
    const { app, client } = testApi()
    const customerId = `cus_${randomUUID()}`
    await client.workflow.start('onboardCustomer', {
      workflowId: onboardingId(customerId),
      taskQueue: 'nobody-listens',
      args: [{ customerId }],
    })
    const response = await sendCommand(app, 'POST', `/v1/customers/${customerId}/resync`)
    expect(await problem(response)).toMatchObject({ status: 503, code: 'no-worker' })
  })
})

describe('POST /v1/customers/{customerId}/resume answers 409', () => {
  const resume = async ({ app, customerId }: Onramp) =>
    await sendCommand(app, 'POST', `/v1/customers/${customerId}/resume`)

  const itThirtyDays = onrampWith({ time: 'skips' })
  itThirtyDays('nothing-parked to a customer whose run has completed (idle)', async ({ onramp }) => {
    await onramp.registered()
    const ended = async () => (await handleOf(onramp).describe()).status.name
    await expect.poll(ended, { timeout: 10_000 }).toBe('COMPLETED')
    expect(await problem(await resume(onramp))).toMatchObject({ status: 409, code: 'nothing-parked' })
  })

  it('ended to a customer whose last run was terminated', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    await handleOf(onramp).terminate('by hand')
    expect(await problem(await resume(onramp))).toMatchObject({ status: 409, code: 'ended' })
  })
})

/** Sends a body to `resume` for a parked customer, whom a resume without corrections would unpark. */
async function resumeParked(onramp: Onramp, body: string | Uint8Array<ArrayBuffer>): Promise<Response> {
  await onramp.portal.fault({ ...HUBSPOT_CALLS.createContact, effect: { kind: 'status', status: 400 } })
  await onramp.registered()
  await expect.poll(async () => (await onramp.status()).parked.length).toBe(1)
  return await onramp.app.request(`/v1/customers/${onramp.customerId}/resume`, {
    method: 'POST',
    headers: { authorization: `Bearer ${OPERATOR_TOKEN}` },
    body,
  })
}

describe('POST /v1/customers/{customerId}/resume answers 400', () => {
  it('not-json to a body that is not UTF-8, and resumes nothing', async ({ onramp }) => {
    const name = new Uint8Array([0xff])
    const body = Buffer.concat([Buffer.from('{"customer":{"firstName":"'), name, Buffer.from('"}}')])
    expect(await problem(await resumeParked(onramp, body))).toMatchObject({ status: 400, code: 'not-json' })
    expect(await onramp.status()).toMatchObject({ phase: 'contact', attention: { reason: 'refused-by-hubspot' } })
  })
})

describe('POST /v1/customers/{customerId}/resume answers 422', () => {
  it.for([
    ['{"email":"x@y.example"}', 'email'],
    ['{"custommer":{}}', 'custommer'],
    ['{"customer":{"phone":"1","emial":"x"}}', 'customer.emial'],
  ] as const)(
    'invalid-correction to the misspelt %s, names the field and resumes nothing',
    async ([body, path], { onramp }) => {
      const rejected = await problem(await resumeParked(onramp, body))
      expect(rejected).toMatchObject({ status: 422, code: 'invalid-correction', errors: [{ path }] })
      expect(await onramp.status()).toMatchObject({ phase: 'contact', attention: { reason: 'refused-by-hubspot' } })
    },
  )
})

describe('DELETE /v1/customers/{customerId} answers 202', () => {
  it('and deletes the contact in HubSpot', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    const response = await erase(onramp)
    expect(response.status).toBe(202)
    expect(await response.json()).toEqual({ customerId: onramp.customerId, status: 'accepted' })
    await onramp.reaches('erased')
    expect((await recordsIn(onramp.portal)).contacts).toEqual([])
  })

  it('also to a customer whom only HubSpot knows', async ({ onramp }) => {
    await aContactInHubSpot(onramp, { email: 'ada@example.com', onramp_customer_id: onramp.customerId })
    expect((await erase(onramp)).status).toBe(202)
    await expect.poll(async () => (await recordsIn(onramp.portal)).contacts).toEqual([])
    await onramp.reaches('erased')
    await handleOf(onramp).terminate('the test is over')
  })
})

describe('DELETE /v1/customers/{customerId} answers 404', () => {
  it('to an id that no customer can have', async ({ onramp }) => {
    expect((await sendCommand(onramp.app, 'DELETE', '/v1/customers/ada@example.com')).status).toBe(404)
  })
})

describe('DELETE /v1/customers/{customerId} answers 503', () => {
  it('temporal-unavailable when Temporal does not answer', async () => {
    const { app } = testApi({ address: '127.0.0.1:1' })
    const response = await sendCommand(app, 'DELETE', '/v1/customers/cus_1')
    expect(await problem(response)).toMatchObject({ status: 503, code: 'temporal-unavailable' })
  })
})
