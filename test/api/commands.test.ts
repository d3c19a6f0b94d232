// Operators' commands for one customer: resync, resume, erase and lift-erasure.

import { randomUUID } from 'node:crypto'
import type { WorkflowHandle } from '@temporalio/client'
import { describe, expect } from 'vitest'
import { onboardingId } from '../../domain/ids.ts'
import { aCompanyInHubSpot, aContactInHubSpot, callAsHubSpotUser } from '../support/given.ts'
import { HUBSPOT_CALLS, it, onrampWith, recordsIn } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { testApi } from '../support/api.ts'
import { quickest } from '../support/quick.ts'
import { ask, OPERATOR_TOKEN, send, sendCommand } from '../support/sender.ts'

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
    expect(await response.json()).toEqual({
      customerId: onramp.customerId,
      status: 'accepted',
      fields: ['email', 'firstName', 'company.name', 'company.domain'],
    })
    await expect.poll(() => firstContact(onramp)).toMatchObject({ id: hubspot.contactId, firstname: 'Ada' })
  })

  const itSoon = onrampWith({ settings: { idleDays: 2 / 86_400 } })
  itSoon('also after the run has completed (idle), and the new run starts with its state', async ({ onramp }) => {
    await onramp.registered()
    const { hubspot, timeline } = await onramp.reaches('onboarded')
    await expect.poll(async () => (await handleOf(onramp).describe()).status.name).toBe('COMPLETED')
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

const correct = async ({ app, customerId }: Onramp, body: unknown) =>
  await app.request(`/v1/customers/${customerId}/correct`, {
    method: 'POST',
    headers: { authorization: `Bearer ${OPERATOR_TOKEN}` },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

describe('POST /v1/customers/{customerId}/correct answers 202', () => {
  it('and replaces a wrong value that HubSpot took, though nothing is parked', async ({ onramp }) => {
    await onramp.registered({ phone: 'wrong' })
    await onramp.reaches('onboarded')
    const response = await correct(onramp, { customer: { phone: '+44 20 7946 0000' } })
    expect(response.status).toBe(202)
    expect(await response.json()).toEqual({ customerId: onramp.customerId, status: 'accepted', fields: ['phone'] })
    await expect.poll(() => firstContact(onramp)).toMatchObject({ phone: '+44 20 7946 0000' })
    await expect.poll(async () => (await onramp.status()).fields.phone?.state).toBe('written')
  })

  it('to a parked customer, who is tried again', async ({ onramp }) => {
    await aContactInHubSpot(onramp, { email: 'ada@example.com', onramp_customer_id: 'cus_other' })
    await onramp.registered()
    await expect.poll(async () => (await onramp.status()).attention?.reason).toBe('contact-of-another-customer')
    expect((await correct(onramp, { customer: { email: 'ada@correct.example' } })).status).toBe(202)
    await onramp.reaches('onboarded')
  })

  const itSoon = onrampWith({ settings: { idleDays: 2 / 86_400 } })
  itSoon('also after the run has completed (idle), and the new run starts with its state', async ({ onramp }) => {
    await onramp.registered({ phone: 'wrong' })
    const { hubspot } = await onramp.reaches('onboarded')
    await expect.poll(async () => (await handleOf(onramp).describe()).status.name).toBe('COMPLETED')
    expect((await correct(onramp, { customer: { phone: '2' } })).status).toBe(202)
    await expect.poll(() => firstContact(onramp)).toMatchObject({ id: hubspot.contactId, phone: '2' })
    expect((await onramp.status()).hubspot).toEqual(hubspot)
  })
})

describe('POST /v1/customers/{customerId}/correct answers', () => {
  it('404 to a customer without an event', async ({ onramp }) => {
    const response = await correct(onramp, { customer: { phone: '2' } })
    expect(await problem(response)).toMatchObject({ status: 404, code: 'unknown-customer' })
  })

  it('409 erased to an erased customer', async ({ onramp }) => {
    await onramp.erased()
    await onramp.reaches('erased')
    const response = await correct(onramp, { customer: { phone: '2' } })
    expect(await problem(response)).toMatchObject({ status: 409, code: 'erased' })
  })

  it.for([
    ['', 400, 'not-json'],
    ['{}', 422, 'invalid-correction'],
    ['{"customer":{}}', 422, 'invalid-correction'],
    ['{"customer":{"emial":"ada@example.com"}}', 422, 'invalid-correction'],
    ['{"customer":{"email":null}}', 422, 'invalid-correction'],
  ] as const)('to %j with %i %s, and changes nothing', async ([body, status, code], { onramp }) => {
    await onramp.registered()
    const before = await onramp.reaches('onboarded')
    expect(await problem(await correct(onramp, body))).toMatchObject({ status, code })
    expect(await onramp.status()).toEqual(before)
  })
})

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
    await expect.poll(ended).toBe('COMPLETED')
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

  it('to a customer whom onramp knows, also while HubSpot is unavailable', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    await hubSpotIsUnavailable(onramp)
    expect((await erase(onramp)).status).toBe(202)
  })

  it('to a customer whose run was terminated', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    await handleOf(onramp).terminate('by hand')
    await hubSpotIsUnavailable(onramp)
    expect((await erase(onramp)).status).toBe(202)
  })

  it('again to a customer who is erased', async ({ onramp }) => {
    await onramp.erased()
    await onramp.reaches('erased')
    expect((await erase(onramp)).status).toBe(202)
  })

  it('with unknown=true to an id that nobody knows, without asking HubSpot', async ({ onramp }) => {
    await hubSpotIsUnavailable(onramp)
    const { app, customerId } = onramp
    expect((await sendCommand(app, 'DELETE', `/v1/customers/${customerId}?unknown=true`)).status).toBe(202)
    expect((await described(onramp)).status).toBe('RUNNING')
    await handleOf(onramp).terminate('the test is over')
  })
})

describe('the event customer.erased of the product is answered 202', () => {
  it('also about an id that nobody knows, while no worker runs', async () => {
    const { app } = testApi()
    const event = { type: 'customer.erased', data: { customerId: `cus_${randomUUID()}` } }
    expect((await send(app, event)).status).toBe(202)
  })
})

async function hubSpotIsUnavailable({ portal }: Onramp): Promise<void> {
  await portal.fault({ path: '/', times: 1000, effect: { kind: 'status', status: 503 } })
}

describe('DELETE /v1/customers/{customerId} answers 404', () => {
  it('to an id that HubSpot takes for another customer’s, since the portal ignores letter case', async ({ onramp }) => {
    await onramp.portal.settings({ uniqueValuesIgnoreCase: true })
    await onramp.registered()
    await onramp.reaches('onboarded')
    const mistyped = onramp.customerId.replace('cus_', 'CUS_')
    const response = await sendCommand(onramp.app, 'DELETE', `/v1/customers/${mistyped}`)
    expect(await problem(response)).toMatchObject({ status: 404, code: 'unknown-customer' })
    expect((await recordsIn(onramp.portal)).contacts).toMatchObject([{ firstname: 'Ada' }])
  })

  it('to an id that no customer can have', async ({ onramp }) => {
    expect((await sendCommand(onramp.app, 'DELETE', '/v1/customers/ada@example.com')).status).toBe(404)
  })

  it('to an id that neither onramp nor HubSpot knows, whose later registration reaches HubSpot', async ({ onramp }) => {
    for (const query of ['', '?unknown=false']) {
      const response = await sendCommand(onramp.app, 'DELETE', `/v1/customers/${onramp.customerId}${query}`)
      const { detail, ...rejected } = (await problem(response)) as { detail?: string }
      expect(rejected).toMatchObject({ status: 404, code: 'unknown-customer' })
      expect(detail).toContain('unknown=true')
    }
    await onramp.registered()
    await onramp.reaches('onboarded')
    expect((await recordsIn(onramp.portal)).contacts).toMatchObject([{ firstname: 'Ada' }])
  })
})

describe('the question whether HubSpot has a customer', () => {
  const itAlone = onrampWith({ namespace: 'own' })

  /** Observes the workflows that the API starts by itself. */
  function startedWorkflows({ client }: Onramp): WorkflowHandle[] {
    const handles: WorkflowHandle[] = []
    const start = client.workflow.start.bind(client.workflow)
    client.workflow.start = async (...args: Parameters<typeof start>) => {
      const handle = await start(...args)
      handles.push(handle)
      return handle as never
    }
    return handles
  }

  itAlone('leaves nothing in Temporal, and is on no list', async ({ onramp }) => {
    const questions = startedWorkflows(onramp)
    const company = await aCompanyInHubSpot(onramp, { name: 'Analytical Engines', onramp_company_key: 'id:org_1' })
    const { customerId } = onramp
    const contact = await aContactInHubSpot(onramp, { email: 'ada@example.com', onramp_customer_id: customerId })
    const path = `/crm/v4/objects/contacts/${contact}/associations/default/companies/${company}`
    expect((await callAsHubSpotUser(onramp, 'PUT', path)).status).toBe(200)

    expect((await erase(onramp)).status).toBe(202)
    expect((await sendCommand(onramp.app, 'DELETE', '/v1/customers/cus_nobody')).status).toBe(404)
    expect(questions.map(({ workflowId }) => workflowId.split('/')[0])).toEqual(['customer-lookup', 'customer-lookup'])
    for (const question of questions) await isGone(question)
    const list = async () =>
      ((await (await ask(onramp.app, '/v1/customers')).json()) as { customers: object[] }).customers
    await expect.poll(list).toMatchObject([{ customerId }])
    await handleOf(onramp).terminate('the test is over')
  })

  const itWithout = onrampWith({ worker: 'none' })
  itWithout('ends when nobody waits for the answer any more', async ({ onramp }) => {
    const questions = startedWorkflows(onramp)
    expect((await erase(onramp)).status).toBe(503)
    expect(questions).toHaveLength(1)
    await isGone(questions[0]!)
  })

  async function isGone(handle: WorkflowHandle): Promise<void> {
    const describeIt = async () => await handle.describe().catch((error: unknown) => (error as Error).name)
    await expect.poll(describeIt).toBe('WorkflowNotFoundError')
  }
})

describe('DELETE /v1/customers/{customerId} answers 503', () => {
  it('temporal-unavailable when Temporal does not answer', async () => {
    const { app } = testApi({ address: '127.0.0.1:1' })
    const response = await sendCommand(app, 'DELETE', '/v1/customers/cus_1')
    expect(await problem(response)).toMatchObject({ status: 503, code: 'temporal-unavailable' })
  })

  it.for([
    ['answers 503', { kind: 'status', status: 503 }],
    ['asks for a long pause', { kind: 'status', status: 503, retryAfterSeconds: 600 }],
    ['rejects the token', { kind: 'status', status: 401 }],
    ['does not answer', { kind: 'hang' }],
  ] as const)(
    'hubspot-unavailable within 3.5 s about an unknown customer while HubSpot %s, and erases nobody',
    async ([, effect], { onramp }) => {
      await onramp.portal.fault({ path: '/', times: 1000, effect })
      const { result: response, tookMs } = await quickest(3500, () => erase(onramp))
      expect(tookMs).toBeLessThan(3500)
      expect(response.headers.get('retry-after')).toBe('5')
      expect(await problem(response)).toMatchObject({ status: 503, code: 'hubspot-unavailable' })
      expect((await ask(onramp.app, `/v1/customers/${onramp.customerId}`)).status).toBe(404)
    },
  )

  const itWithout = onrampWith({ worker: 'none' })
  itWithout('no-worker within 3.5 s about an unknown customer when no worker runs', async ({ onramp }) => {
    const { result: response, tookMs } = await quickest(3500, () => erase(onramp))
    expect(tookMs).toBeLessThan(3500)
    expect(response.headers.get('retry-after')).toBe('5')
    expect(await problem(response)).toMatchObject({ status: 503, code: 'no-worker' })
  })
})

const lift = async ({ app, customerId }: Onramp) =>
  await sendCommand(app, 'DELETE', `/v1/customers/${customerId}/erasure`)

describe('DELETE /v1/customers/{customerId}/erasure answers 202', () => {
  it('to an erased customer, whose later registration reaches HubSpot', async ({ onramp }) => {
    await onramp.erased()
    await onramp.reaches('erased')
    const response = await lift(onramp)
    expect(response.status).toBe(202)
    expect(await response.json()).toEqual({ customerId: onramp.customerId, status: 'accepted' })
    await onramp.registered()
    await onramp.reaches('onboarded')
  })
})

describe('DELETE /v1/customers/{customerId}/erasure answers 404', () => {
  it('to a customer without an event', async ({ onramp }) => {
    expect(await problem(await lift(onramp))).toMatchObject({ status: 404, code: 'unknown-customer' })
  })
})

describe('DELETE /v1/customers/{customerId}/erasure answers 409', () => {
  it('not-erased to a customer who is not erased', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    expect(await problem(await lift(onramp))).toMatchObject({ status: 409, code: 'not-erased' })
  })

  const itSoon = onrampWith({ settings: { idleDays: 1 / 86_400 } })
  itSoon('not-erased to a customer whose run has completed (idle)', async ({ onramp }) => {
    await onramp.registered()
    await expect.poll(async () => (await handleOf(onramp).describe()).status.name).toBe('COMPLETED')
    expect(await problem(await lift(onramp))).toMatchObject({ status: 409, code: 'not-erased' })
  })

  it('ended to a customer whose last run was terminated', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    await handleOf(onramp).terminate('by hand')
    expect(await problem(await lift(onramp))).toMatchObject({ status: 409, code: 'ended' })
  })
})
