// The metrics of the API: the customers as Temporal counts them, and its own counters.

import { randomUUID } from 'node:crypto'
import { describe, expect, onTestFinished, vi } from 'vitest'
// Registers the counters with their first values.
import '../../api/middleware/count-webhooks.ts'
import { SampledCounts } from '../../api/temporal/sampled-counts.ts'
import { onboardingId } from '../../domain/ids.ts'
import { observeCustomers } from '../../platform/gauges.ts'
import { apiRegistry } from '../../platform/metrics.ts'
import { testApi } from '../support/api.ts'
import { HUBSPOT_CALLS, onrampWith } from '../support/onramp.ts'
import { sendUntilAccepted } from '../support/sender.ts'

/** Without the pauses between the counts. */
const AT_ONCE = { pauseMs: 0 }

const it = onrampWith({ namespace: 'own' })

describe('the metrics of the API', () => {
  it('count the customers by phase and the parked ones by reason, and know the task queue', async ({ onramp }) => {
    const { client, taskQueue } = onramp
    await onramp.registered({ customerId: `cus_${randomUUID()}`, email: 'ada@example.com' })
    await onramp.portal.fault({ ...HUBSPOT_CALLS.createCompany, effect: { kind: 'status', status: 400 } })
    await onramp.registered({ company: { name: 'Rejected', domain: 'rejected.example' } })
    await onramp.updated({ customerId: `cus_${randomUUID()}`, phone: '1' })
    const sample = async () => await new SampledCounts(client, taskQueue, AT_ONCE).newest()
    await expect.poll(sample).toMatchObject({
      customers: {
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
        withoutWorkers: 0,
      },
      queue: { backlog: { workflow: 0, activity: 0 }, pollers: 1 },
    })

    const counts = new SampledCounts(client, taskQueue)
    observeCustomers(() => counts.newest())
    onTestFinished(() => observeCustomers(null))
    const text = await apiRegistry.metrics()
    for (const line of [
      'onramp_customers{phase="onboarded"} 1',
      'onramp_customers_parked{reason="refused-by-hubspot"} 1',
      'onramp_customers_parked{reason="email-taken"} 0',
      'onramp_workflows_stuck 0',
      'onramp_workflows_without_workers 0',
      'onramp_task_queue_pollers 1',
      'onramp_oldest_unwritten_event_seconds 0',
    ])
      expect(text).toContain(`${line}\n`)
    expect(text).toMatch(/^onramp_customers_counted_seconds \d/m)
  })

  it('come from few counts, one at a time, since Temporal allows a namespace ten a second', async ({ onramp }) => {
    const { client, taskQueue } = onramp
    const inNamespace = client.workflow.count.bind(client.workflow)
    let running = 0
    const atOnce: number[] = []
    const count = vi.spyOn(client.workflow, 'count').mockImplementation(async (query) => {
      atOnce.push((running += 1))
      try {
        return await inNamespace(query)
      } finally {
        running -= 1
      }
    })
    onTestFinished(() => count.mockRestore())
    const counts = new SampledCounts(client, taskQueue, { pauseMs: 10 })
    const [one, other] = await Promise.all([counts.newest(), counts.newest()])
    expect(one.customers).toMatchObject({ parked: { 'email-taken': 0 } })
    expect(one.customers?.phases).toBe(other.customers?.phases)
    // Seven phases, those who wait, those who are stuck in either way, and all who are parked.
    expect(atOnce).toEqual(Array.from({ length: 11 }, () => 1))
  })

  it('stay for some minutes while Temporal rejects the counts, with their age', async ({ onramp }) => {
    const { client, taskQueue } = onramp
    const counts = new SampledCounts(client, taskQueue, { ...AT_ONCE, sampleMs: 0 })
    const forgets = new SampledCounts(client, taskQueue, { ...AT_ONCE, sampleMs: 0, keptMs: 0 })
    const first = await counts.newest()
    await forgets.newest()
    expect(first).toMatchObject({ customers: { waiting: 0 }, queue: { pollers: 1 } })

    const count = vi.spyOn(client.workflow, 'count').mockRejectedValue(new Error('over the limit'))
    onTestFinished(() => count.mockRestore())
    const { customers, queue } = await counts.newest()
    expect(count).toHaveBeenCalled()
    expect(customers).toEqual({ ...first.customers, ageSeconds: expect.any(Number) as number })
    expect(customers?.ageSeconds).toBeGreaterThan(first.customers!.ageSeconds)
    expect(queue).toMatchObject({ pollers: 1 })
    expect(await forgets.newest()).toMatchObject({ customers: null, queue: { pollers: 1 } })
  })

  it('do not keep Prometheus waiting for a Temporal that is slow', async ({ onramp }) => {
    const { client, taskQueue } = onramp
    const count = vi.spyOn(client.workflow, 'count').mockReturnValue(new Promise(() => {}))
    onTestFinished(() => count.mockRestore())
    const counts = new SampledCounts(client, taskQueue, { ...AT_ONCE, patienceMs: 10 })
    await expect
      .poll(() => counts.newest())
      .toMatchObject({ customers: null, queue: { pollers: expect.any(Number) as number } })
  })

  it('show how long an event has waited for a worker, and that none is there', async ({ onramp: { client } }) => {
    const taskQueue = `nobody-${randomUUID()}`
    const { app, client: own } = testApi({ taskQueue, namespace: client.options.namespace })
    const customerId = `cus_${randomUUID()}`
    await sendUntilAccepted(app, { type: 'customer.updated', data: { customerId, phone: '1' } })
    onTestFinished(async () => void (await own.workflow.getHandle(onboardingId(customerId)).terminate()))
    const queue = async () => (await new SampledCounts(client, taskQueue, AT_ONCE).newest()).queue
    await expect.poll(queue).toMatchObject({ backlog: { workflow: 1 }, pollers: 0 })
    await expect.poll(async () => (await queue())?.backlogSeconds).toBeGreaterThanOrEqual(1)
  })

  it('have no value while Temporal has never answered', async () => {
    const counts = new SampledCounts(testApi({ address: '127.0.0.1:1' }).client, 'nobody-listens')
    observeCustomers(() => counts.newest())
    onTestFinished(() => observeCustomers(null))
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
