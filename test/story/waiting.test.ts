// G12 · Waiting is as visible as failing: the status, the list and Temporal say which step waits, since when and for whose answer.

import { describe, expect, onTestFinished } from 'vitest'
import type { CustomerStatus } from '../../api/contract/customer-status.ts'
import { HUBSPOT_CALLS, it, onrampWith } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { ask } from '../support/sender.ts'
import { workflowOf } from '../support/story.ts'
import { startWorkerProcess } from '../support/worker-process.ts'

const itOnWorkerProcesses = onrampWith({ worker: 'none' })

async function statusOf({ app, customerId }: Onramp): Promise<CustomerStatus> {
  const response = await ask(app, `/v1/customers/${customerId}`)
  return (await response.json()) as CustomerStatus
}

const waitingOf = async (onramp: Onramp) => (await statusOf(onramp)).waiting

/** Whether the list of those who wait at the step has the customer. */
async function isListed({ app, customerId }: Onramp, step: string): Promise<boolean> {
  const response = await ask(app, `/v1/customers?waiting=${step}`)
  const { customers } = (await response.json()) as { customers: { customerId: string }[] }
  return customers.some((each) => each.customerId === customerId)
}

/** The events of the history that cost Temporal a write to Visibility. */
async function upserts(onramp: Onramp): Promise<number> {
  const { events } = await workflowOf(onramp).fetchHistory()
  return (events ?? []).filter((event) => event.upsertWorkflowSearchAttributesEventAttributes).length
}

async function detailsInTemporal(onramp: Onramp): Promise<string> {
  const metadata = await workflowOf(onramp).query<{ currentDetails?: string }>('__temporal_workflow_metadata')
  return metadata.currentDetails ?? ''
}

const isTime = (text: string | null | undefined) => !Number.isNaN(Date.parse(text ?? ''))

describe('G12 · a customer for whom HubSpot answers 503', () => {
  it('waits, with attempts, next attempt and the last answer, until HubSpot is back', async ({ onramp }) => {
    await onramp.portal.fault({ ...HUBSPOT_CALLS.createContact, times: null, effect: { kind: 'status', status: 503 } })
    await onramp.registered()
    await expect.poll(() => waitingOf(onramp)).toMatchObject({ step: 'contact', answeredBy: 'hubspot', status: 503 })
    await expect.poll(async () => (await waitingOf(onramp))?.attempts ?? 0).toBeGreaterThan(1)
    // In between, an attempt may be on its way.
    await expect.poll(async () => isTime((await waitingOf(onramp))?.nextAttemptAt)).toBe(true)
    const status = await statusOf(onramp)
    expect(status).toMatchObject({ phase: 'contact', attention: null, parked: [] })
    expect(isTime(status.waiting?.since)).toBe(true)
    expect(status.waiting?.message).toContain('503')
    expect(JSON.stringify(status)).not.toContain('ada@example.com')
    await expect.poll(() => isListed(onramp, 'contact')).toBe(true)
    expect(await isListed(onramp, 'company')).toBe(false)
    const details = await detailsInTemporal(onramp)
    expect(details).toMatch(/^\*\*contact\*\*: the company is there, and the contact comes next\n/)
    expect(details).toContain('Waits at contact since ')
    expect(details).toMatch(/^Company \[\d+\]\(https?:\/\/\S+\), created$/m)
    const { waiting } = status.links
    const query = new URL(waiting ?? '').searchParams.get('query') ?? ''
    const listed = async () =>
      (await onramp.client.workflow.count(`${query} AND WorkflowId = '${workflowOf(onramp).workflowId}'`)).count
    await expect.poll(listed).toBe(1)

    await onramp.portal.clearFaults()
    await onramp.reaches('onboarded')
    expect(await waitingOf(onramp)).toBeNull()
    await expect.poll(() => isListed(onramp, 'contact')).toBe(false)
    const after = await detailsInTemporal(onramp)
    expect(after).toMatch(/^\*\*onboarded\*\*: company, contact and association are there/)
    expect(after).not.toContain('Waits')
  })

  it('waits at the update, when HubSpot fails after the onboarding', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    await onramp.portal.fault({ ...HUBSPOT_CALLS.updateContact, times: null, effect: { kind: 'status', status: 503 } })
    await onramp.updated({ phone: '2' })
    await expect
      .poll(() => waitingOf(onramp))
      .toMatchObject({ step: 'contact-update', answeredBy: 'hubspot', status: 503 })
    expect((await statusOf(onramp)).fields.phone).toMatchObject({ state: 'pending' })
    await expect.poll(() => isListed(onramp, 'contact-update')).toBe(true)
  })

  it('still waits since the first failure after the run has continued as new', async ({ onramp }) => {
    await onramp.portal.fault({ ...HUBSPOT_CALLS.createContact, times: null, effect: { kind: 'status', status: 503 } })
    await onramp.registered()
    await expect.poll(() => waitingOf(onramp)).toMatchObject({ step: 'contact' })
    const since = (await waitingOf(onramp))?.since
    const { runId } = await workflowOf(onramp).describe()
    // An erasure cancels the call, and so does a history of three times the length.
    const handle = workflowOf(onramp)
    const signal = async (index: number) =>
      await handle.signal('customerUpdated', { id: `evt_${index}`, at: Date.now(), customer: { phone: `${index}` } })
    for (let index = 0; index < 460; index += 1) await signal(index)
    await expect.poll(async () => (await workflowOf(onramp).describe()).runId).not.toBe(runId)
    await expect.poll(() => waitingOf(onramp)).toMatchObject({ step: 'contact', since })
  })
})

describe('G12 · a customer whose run completes (idle) when HubSpot is back', () => {
  const itWithIdleCustomers = onrampWith({ settings: { idleDays: 2 / (24 * 60 * 60) } })

  itWithIdleCustomers('no longer waits, in the list either', async ({ onramp }) => {
    await onramp.portal.fault({ ...HUBSPOT_CALLS.updateContact, times: null, effect: { kind: 'status', status: 503 } })
    await onramp.registered()
    await onramp.reaches('onboarded')
    // It changes no value, so that only its time is to be written, right before the run completes.
    await onramp.updated({ firstName: 'Ada' })
    await expect.poll(() => isListed(onramp, 'contact-update')).toBe(true)

    await onramp.portal.clearFaults()
    await expect.poll(async () => (await workflowOf(onramp).describe()).status.name).toBe('COMPLETED')
    await expect.poll(() => isListed(onramp, 'contact-update')).toBe(false)
  })
})

describe('G12 · a customer for whom HubSpot does not answer', () => {
  it('waits, and nobody has answered', async ({ onramp }) => {
    await onramp.portal.fault({ ...HUBSPOT_CALLS.createContact, times: null, effect: { kind: 'hang' } })
    await onramp.registered()
    await expect
      .poll(() => waitingOf(onramp))
      .toMatchObject({
        step: 'contact',
        answeredBy: null,
        status: null,
        message: expect.stringMatching(/no response/i),
      })
  })

  itOnWorkerProcesses('waits from the fifth second on, also without a failure', async ({ onramp }) => {
    const worker = await startWorkerProcess(onramp)
    onTestFinished(() => worker.kill())
    await onramp.registered()
    await onramp.reaches('onboarded')
    await onramp.portal.fault({ ...HUBSPOT_CALLS.updateContact, effect: { kind: 'delay', ms: 9_000 } })
    await onramp.updated({ phone: '2' })
    await expect
      .poll(() => waitingOf(onramp))
      .toMatchObject({ step: 'contact-update', attempts: 1, nextAttemptAt: null, answeredBy: null })
    await expect.poll(() => waitingOf(onramp)).toBeNull()
    expect((await statusOf(onramp)).fields.phone).toMatchObject({ state: 'written' })
  })
})

describe('G12 · a customer whose worker is killed during a call', () => {
  itOnWorkerProcesses('waits for another attempt, which Temporal has started', async ({ onramp }) => {
    const first = await startWorkerProcess(onramp)
    await onramp.portal.fault({ ...HUBSPOT_CALLS.createContact, times: null, effect: { kind: 'hang' } })
    await onramp.registered()
    const started = async () => (await workflowOf(onramp).describe()).raw.pendingActivities?.[0]?.lastStartedTime
    await expect.poll(started).toBeTruthy()
    await first.kill()
    const next = await startWorkerProcess(onramp)
    onTestFinished(() => next.kill())
    await expect.poll(() => waitingOf(onramp)).toMatchObject({ step: 'contact', answeredBy: 'temporal', attempts: 2 })
  })
})

describe('G12 · a customer without trouble', () => {
  it('never waits, and costs Temporal one write to Visibility, also after an update', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    expect(await waitingOf(onramp)).toBeNull()
    expect(await upserts(onramp)).toBe(1)

    await onramp.updated({ phone: '2' })
    await expect.poll(async () => (await statusOf(onramp)).fields.phone?.state).toBe('written')
    expect(await waitingOf(onramp)).toBeNull()
    expect(await upserts(onramp)).toBe(1)
  })
})
