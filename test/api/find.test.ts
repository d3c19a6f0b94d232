// POST /v1/customers/find: the customer of an e-mail address or of a contact id, of which no trace stays in Temporal or in a log.

import type { WorkflowHandle } from '@temporalio/client'
import { describe, expect, onTestFinished } from 'vitest'
import { aContactInHubSpot, callAsHubSpotUser } from '../support/given.ts'
import { it, onrampWith } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { OPERATOR_TOKEN, READ_TOKEN } from '../support/sender.ts'
import { startWorkerProcess } from '../support/worker-process.ts'

async function find({ app }: Pick<Onramp, 'app'>, body: object | string, token = OPERATOR_TOKEN) {
  const response = await app.request('/v1/customers/find', {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: response.status, body: (await response.json()) as object }
}

const nobody = { status: 200, body: { customers: [], next: null } }

describe('POST /v1/customers/find answers 200', () => {
  it('with the customer of a contact, by each of its addresses and by its id', async ({ onramp }) => {
    await onramp.registered()
    const { hubspot } = await onramp.reaches('onboarded')
    await callAsHubSpotUser(onramp, 'PATCH', `/crm/v3/objects/contacts/${hubspot.contactId}`, {
      properties: { hs_additional_emails: 'countess@example.com' },
    })
    const found = {
      status: 200,
      body: { customers: [{ customerId: onramp.customerId, phase: 'onboarded', attention: [] }], next: null },
    }
    await expect.poll(() => find(onramp, { email: ' ADA@example.com ' })).toEqual(found)
    expect(await find(onramp, { email: 'countess@example.com' })).toEqual(found)
    expect(await find(onramp, { contactId: hubspot.contactId })).toEqual(found)
    expect(await find(onramp, { email: 'ada@example.com' }, READ_TOKEN)).toEqual(found)
  })

  it('with a parked customer, and why', async ({ onramp }) => {
    const customerId = `${onramp.customerId}-bob`
    await onramp.registered({ customerId, email: 'bob@example.com' })
    await onramp.reaches('onboarded', customerId)
    await aContactInHubSpot(onramp, { email: 'ada@example.com' })
    await onramp.updated({ customerId, email: 'ada@example.com' })
    await expect
      .poll(() => find(onramp, { email: 'bob@example.com' }))
      .toMatchObject({ body: { customers: [{ customerId, phase: 'onboarded', attention: ['email-taken'] }] } })
  })

  it('with a customer whose runs Temporal has deleted, without a phase', async ({ onramp }) => {
    const { customerId } = onramp
    await aContactInHubSpot(onramp, { email: 'ada@example.com', onramp_customer_id: customerId })
    expect(await find(onramp, { email: 'ada@example.com' })).toEqual({
      status: 200,
      body: { customers: [{ customerId, phase: null, attention: [] }], next: null },
    })
  })

  it('with nobody for an address and an id that HubSpot does not have, at once', async ({ onramp }) => {
    expect(await find(onramp, { email: 'nobody@example.com' })).toEqual(nobody)
    expect(await find(onramp, { contactId: '999999999' })).toEqual(nobody)
  })

  it('with nobody for a contact of HubSpot users, also when they have entered some text as its customer id', async ({
    onramp,
  }) => {
    const contactId = await aContactInHubSpot(onramp, { email: 'ada@example.com' })
    await aContactInHubSpot(onramp, { email: 'bob@example.com', onramp_customer_id: 'bob@example.com' })
    expect(await find(onramp, { contactId })).toEqual(nobody)
    expect(await find(onramp, { email: 'bob@example.com' })).toEqual(nobody)
  })
})

describe('POST /v1/customers/find answers 422', () => {
  it.for([
    [{}, ''],
    [{ email: 'ada@example.com', contactId: '701' }, ''],
    [{ email: 'ada' }, 'email'],
    [{ contactId: '7/../8' }, 'contactId'],
    [{ emial: 'ada@example.com' }, 'emial'],
  ] as const)('invalid-body to %j, and repeats no value', async ([body, path], { onramp }) => {
    const rejected = await find(onramp, body)
    expect(rejected).toMatchObject({
      status: 422,
      body: { code: 'invalid-body', errors: expect.arrayContaining([expect.objectContaining({ path })]) },
    })
    expect(JSON.stringify(rejected.body)).not.toContain('ada')
  })
})

describe('POST /v1/customers/find answers 503', () => {
  it('hubspot-unavailable when HubSpot does not say whose contact it is', async ({ onramp }) => {
    await onramp.portal.fault({ path: '/', times: 1000, effect: { kind: 'status', status: 503 } })
    const { status, body } = await find(onramp, { email: 'ada@example.com' })
    expect({ status, body }).toMatchObject({ status: 503, body: { code: 'hubspot-unavailable' } })
    expect(JSON.stringify(body)).toContain('nobody was found')
  })
})

describe('G11 · the address in a search', () => {
  const CANARY = 'canary-search@example.com'
  const itAlone = onrampWith({ worker: 'none' })

  itAlone('is in no id, no search attribute, no failure and no log, and its history is deleted', async ({ onramp }) => {
    const worker = await startWorkerProcess(onramp, { LOG_LEVEL: 'trace' })
    onTestFinished(() => worker.kill())
    const searches = startedWorkflows(onramp)
    await expect.poll(() => find(onramp, { email: CANARY })).toEqual(nobody)
    const page = `<html>${CANARY}</html>`
    await onramp.portal.fault({
      path: '/contacts',
      times: null,
      effect: { kind: 'body', status: 500, contentType: 'text/html', body: page },
    })
    const unavailable = { status: 503, body: { code: 'hubspot-unavailable' } }
    await expect.poll(() => find(onramp, { email: CANARY })).toMatchObject(unavailable)

    const ids = searches.map(({ workflowId }) => workflowId)
    // The lines of a process arrive some time after its answers.
    await expect.poll(worker.output).toMatch(/customer-lookup\/.*findCustomerOf|findCustomerOf.*customer-lookup\//)
    const seen = [worker.output(), await worker.metrics(), ...ids].join('\n')
    expect(seen).not.toContain('canary')
    for (const search of searches) await isGone(search)
  })

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

  async function isGone(handle: WorkflowHandle): Promise<void> {
    const describeIt = async () => await handle.describe().catch((error: unknown) => (error as Error).name)
    await expect.poll(describeIt).toBe('WorkflowNotFoundError')
  }
})
