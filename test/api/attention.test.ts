// /v1/attention: counts of parked customers and a resume of all. In a namespace of its own, since that resumes all customers.

import { randomUUID } from 'node:crypto'
import { describe, expect } from 'vitest'
import { HUBSPOT_CALLS, onrampWith, recordsIn } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import type { AttentionCounts } from '../../api/contract/attention.ts'
import { onboardingId } from '../../domain/ids.ts'
import { ParkedCustomers } from '../../api/temporal/parked-customers.ts'
import { aContactInHubSpot, aRunningBatchOperation, resume } from '../support/given.ts'
import { ask, sendCommand } from '../support/sender.ts'

const it = onrampWith({ namespace: 'own' })

const attention = async ({ app }: Onramp) => (await ask(app, '/v1/attention')).json()
const resumeAll = async ({ app }: Onramp, reason: string) =>
  await sendCommand(app, 'POST', `/v1/attention/${reason}/resume`)
const emailOf = (customerId: string) => `${customerId.replaceAll('-', '')}@example.com`

/** Customers whose e-mail addresses belong to contacts of other customers in HubSpot. */
async function parkedCustomers(onramp: Onramp, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => `cus_${randomUUID()}`)
  for (const customerId of ids) {
    await aContactInHubSpot(onramp, { email: emailOf(customerId), onramp_customer_id: `other_${customerId}` })
    await onramp.registered({ customerId, email: emailOf(customerId) })
  }
  return ids
}

/** One more parked customer, whose data HubSpot rejects. */
async function rejectedCustomer(onramp: Onramp): Promise<void> {
  await onramp.portal.fault({ ...HUBSPOT_CALLS.createCompany, effect: { kind: 'status', status: 400 } })
  await onramp.registered({ company: { name: 'Rejected', domain: 'rejected.example' } })
  await expect.poll(async () => (await onramp.status()).attention?.reason).toBe('refused-by-hubspot')
}

describe('GET /v1/attention answers 200', () => {
  const counts = {
    customers: 3,
    attention: [
      { reason: 'contact-of-another-customer', count: 2, steps: [{ step: 'contact', count: 2 }] },
      { reason: 'refused-by-hubspot', count: 1, steps: [{ step: 'company', count: 1 }] },
    ],
  }

  it('with the parked customers by reason and step, the most frequent reason first', async ({ onramp }) => {
    expect(await attention(onramp)).toMatchObject({ customers: 0, attention: [] })
    await rejectedCustomer(onramp)
    await parkedCustomers(onramp, 2)
    await expect.poll(() => attention(onramp)).toMatchObject(counts)
    // With more customers than one page of Temporal's holds, each number is a query of its own.
    const most = mostCountsAtATime(onramp)
    const withoutUi = (await new ParkedCustomers(onramp.client, { countedRuns: 2 }).counts()) as object
    expect(withoutUi).toMatchObject({ ...counts, links: { temporal: null } })
    // Temporal limits how many it accepts in a second.
    expect(most()).toBe(4)

    // The Temporal UI lists the same customers, also after a run with its attributes has continued as new.
    const { links, attention: reasons } = (await attention(onramp)) as AttentionCounts
    const runId = async () => (await onramp.client.workflow.getHandle(onboardingId(onramp.customerId)).describe()).runId
    const before = await runId()
    await onramp.client.workflow.getHandle(onboardingId(onramp.customerId)).signal('versionDeployed')
    await expect.poll(runId).not.toBe(before)
    const listed = async (link: string | null) => {
      const url = new URL(link ?? '')
      expect(link).not.toContain("'")
      expect(url.pathname).toBe(`/namespaces/${onramp.client.options.namespace}/workflows`)
      return (await onramp.client.workflow.count(url.searchParams.get('query') ?? '')).count
    }
    await expect.poll(() => listed(links.temporal)).toBe(3)
    await expect.poll(() => listed(reasons[0]!.links.temporal)).toBe(2)
    await expect.poll(() => listed(reasons[1]!.links.temporal)).toBe(1)
  })

  it('without a customer who has gone on', async ({ onramp }) => {
    await rejectedCustomer(onramp)
    await expect.poll(() => attention(onramp)).toMatchObject({ customers: 1 })
    expect((await resume(onramp)).status).toBe(202)
    await onramp.reaches('onboarded')
    await expect.poll(() => attention(onramp)).toMatchObject({ customers: 0, attention: [] })
    // Nor does the Temporal UI show anybody.
    const all = "OnboardingAttention IS NOT NULL AND ExecutionStatus = 'Running'"
    await expect.poll(async () => (await onramp.client.workflow.count(all)).count).toBe(0)
  })
})

/** Observes how many counts Temporal is asked for at a time. */
function mostCountsAtATime({ client: { workflow } }: Onramp): () => number {
  const count = workflow.count.bind(workflow)
  let [asked, most] = [0, 0]
  Object.assign(workflow, {
    count: async (query: string) => {
      asked += 1
      most = Math.max(most, asked)
      return await count(query).finally(() => (asked -= 1))
    },
  })
  return () => most
}

describe('POST /v1/attention/{reason}/resume answers 202', () => {
  it('and resumes all customers who are parked for the reason, and no others', async ({ onramp }) => {
    await rejectedCustomer(onramp)
    const ids = await parkedCustomers(onramp, 3)
    const { contacts } = await recordsIn(onramp.portal)
    await expect
      .poll(async () => JSON.stringify(await attention(onramp)))
      .toContain('"contact-of-another-customer","count":3')
    // HubSpot users find that the three contacts belong to no customer.
    for (const { id } of contacts) await releaseContact(onramp, id)

    const response = await resumeAll(onramp, 'contact-of-another-customer')
    expect(response.status).toBe(202)
    const { job, ...resumed } = (await response.json()) as { job: string }
    expect(resumed).toEqual({ reason: 'contact-of-another-customer', count: 3 })
    expect(response.headers.get('location')).toBe(`/v1/attention/contact-of-another-customer/resume/${job}`)

    for (const id of ids) await onramp.reaches('onboarded', id)
    await expect
      .poll(async () => (await ask(onramp.app, response.headers.get('location')!)).json())
      .toEqual({
        reason: 'contact-of-another-customer',
        state: 'completed',
        total: 3,
        signalled: 3,
        failed: 0,
        since: expect.stringMatching(/^20\d\d-/) as string,
      })
    expect(await onramp.status()).toMatchObject({ attention: { reason: 'refused-by-hubspot' } })
    await expect
      .poll(() => attention(onramp))
      .toMatchObject({ attention: [{ reason: 'refused-by-hubspot', count: 1 }] })
  })
})

async function releaseContact({ hubspotUrl }: Onramp, id: string): Promise<void> {
  const response = await fetch(`${hubspotUrl}/crm/v3/objects/contacts/${id}`, {
    method: 'PATCH',
    headers: { authorization: 'Bearer hubspot-user', 'content-type': 'application/json' },
    body: JSON.stringify({ properties: { onramp_customer_id: '' } }),
  })
  expect(response.status).toBe(200)
}

describe('POST /v1/attention/{reason}/resume', () => {
  it('answers 409 when no customer is parked for the reason', async ({ onramp }) => {
    const response = await resumeAll(onramp, 'hubspot-unexplained')
    expect(response.status).toBe(409)
    expect(await response.json()).toMatchObject({ code: 'nothing-parked' })
  })

  it('answers 404 for a reason that does not exist', async ({ onramp }) => {
    expect((await resumeAll(onramp, 'bad-luck')).status).toBe(404)
  })

  it('answers 503 with Retry-After while another batch operation is running', async ({ onramp }) => {
    await rejectedCustomer(onramp)
    await aRunningBatchOperation(onramp)
    await expect.poll(async () => (await resumeAll(onramp, 'refused-by-hubspot')).status).toBe(503)
    const response = await resumeAll(onramp, 'refused-by-hubspot')
    expect(response.headers.get('retry-after')).toBe('5')
    expect(await response.json()).toMatchObject({ code: 'resume-running' })
    await expect.poll(async () => (await resumeAll(onramp, 'refused-by-hubspot')).status).toBe(202)
  })
})

describe('GET /v1/attention/{reason}/resume/{job} answers 404', () => {
  it('for a job that does not exist, or that belongs to another reason', async ({ onramp }) => {
    await rejectedCustomer(onramp)
    await expect.poll(async () => (await resumeAll(onramp, 'refused-by-hubspot')).status).toBe(202)
    const { job } = await lastJob(onramp)
    const statusAt = async (path: string) => (await ask(onramp.app, `/v1/attention/${path}`)).status
    expect(await statusAt(`refused-by-hubspot/resume/${job}`)).toBe(200)
    expect(await statusAt(`email-taken/resume/${job}`)).toBe(404)
    expect(await statusAt(`refused-by-hubspot/resume/refused-by-hubspot-${randomUUID()}`)).toBe(404)
    expect(await statusAt(`refused-by-hubspot/resume/onboarding%2F${onramp.customerId}`)).toBe(404)
  })
})

async function lastJob({ client }: Onramp): Promise<{ job: string }> {
  const { namespace } = client.options
  const { operationInfo } = await client.workflowService.listBatchOperations({ namespace, pageSize: 1 })
  return { job: operationInfo[0]?.jobId ?? '' }
}
