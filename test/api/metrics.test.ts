// The metrics of the API: the customers as Temporal counts them, and its own counters.

import { randomUUID } from 'node:crypto'
import { describe, expect, onTestFinished } from 'vitest'
// Registers the counters with their first values.
import '../../api/middleware/count-webhooks.ts'
import { SampledCounts } from '../../api/temporal/sampled-counts.ts'
import { onboardingId } from '../../domain/ids.ts'
import { observeCustomers } from '../../platform/gauges.ts'
import { apiRegistry } from '../../platform/metrics.ts'
import { testApi } from '../support/api.ts'
import { HUBSPOT_CALLS, onrampWith } from '../support/onramp.ts'
import { sendUntilAccepted } from '../support/sender.ts'

const it = onrampWith({ namespace: 'own' })

describe('the metrics of the API', () => {
  it('count the customers by phase and the parked ones by reason, and know the task queue', async ({ onramp }) => {
    const { client, taskQueue } = onramp
    await onramp.registered({ customerId: `cus_${randomUUID()}`, email: 'ada@example.com' })
    await onramp.portal.fault({ ...HUBSPOT_CALLS.createCompany, effect: { kind: 'status', status: 400 } })
    await onramp.registered({ company: { name: 'Rejected', domain: 'rejected.example' } })
    await onramp.updated({ customerId: `cus_${randomUUID()}`, phone: '1' })
    const sample = async () => await new SampledCounts(client, taskQueue).newest()
    await expect.poll(sample).toMatchObject({
      phases: {
        'awaiting-registration': 1,
        company: 1,
        contact: 0,
        association: 0,
        onboarded: 1,
        erasing: 0,
        erased: 0,
      },
      parked: { 'refused-by-hubspot': 1, 'email-taken': 0 },
      waiting: 0,
      stuck: 0,
      backlog: { workflow: 0, activity: 0 },
      pollers: 1,
    })

    const counts = new SampledCounts(client, taskQueue)
    observeCustomers(() => counts.newest())
    onTestFinished(() => observeCustomers(async () => null))
    const text = await apiRegistry.metrics()
    for (const line of [
      'onramp_customers{phase="onboarded"} 1',
      'onramp_customers_parked{reason="refused-by-hubspot"} 1',
      'onramp_customers_parked{reason="email-taken"} 0',
      'onramp_workflows_stuck 0',
      'onramp_task_queue_pollers 1',
      'onramp_oldest_unwritten_event_seconds 0',
    ])
      expect(text).toContain(`${line}\n`)
    expect(await counts.newest()).toBe(await counts.newest())
  })

  it('show how long an event has waited for a worker, and that none is there', async ({ onramp: { client } }) => {
    const taskQueue = `nobody-${randomUUID()}`
    const { app, client: own } = testApi({ taskQueue, namespace: client.options.namespace })
    const customerId = `cus_${randomUUID()}`
    await sendUntilAccepted(app, { type: 'customer.updated', data: { customerId, phone: '1' } })
    onTestFinished(async () => void (await own.workflow.getHandle(onboardingId(customerId)).terminate()))
    const sample = async () => await new SampledCounts(client, taskQueue).newest()
    await expect.poll(sample).toMatchObject({ backlog: { workflow: 1 }, pollers: 0 })
    await expect.poll(async () => (await sample())?.backlogSeconds).toBeGreaterThanOrEqual(1)
  })

  it('have no value while Temporal does not answer, instead of an old one', async () => {
    const counts = new SampledCounts(testApi({ address: '127.0.0.1:1' }).client, 'nobody-listens')
    observeCustomers(() => counts.newest())
    onTestFinished(() => observeCustomers(async () => null))
    const text = await apiRegistry.metrics()
    expect(text).toContain('# TYPE onramp_customers gauge')
    expect(text).not.toMatch(/^onramp_(customers|task_queue|workflows|oldest)/m)
  })

  it('have each outcome of an event from the start, so that an alert sees its first increase', async () => {
    const text = await apiRegistry.metrics()
    for (const labels of [
      'outcome="accepted",cause=""',
      'outcome="backlog-full",cause=""',
      'outcome="unsigned",cause="no-match"',
    ])
      expect(text).toContain(`onramp_webhooks_total{${labels}} `)
    expect(text).toContain('onramp_broken_requests_total{outcome="too-slow"} ')
    expect(text).toContain('onramp_ignored_fields_total{field="other"} ')
  })
})
