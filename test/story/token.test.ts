// G9 · A token that HubSpot rejects: it costs a few calls, parks nobody, and customers continue by themselves.

import { randomUUID } from 'node:crypto'
import { describe, expect, onTestFinished } from 'vitest'
import { onrampWith } from '../support/onramp.ts'
import { workflowOf } from '../support/story.ts'
import { startWorkerProcess } from '../support/worker-process.ts'

const it = onrampWith({ worker: 'none' })

describe('G9 · a token that is revoked while customers register', () => {
  it.for([401, 403])('costs fewer than six calls and parks no customer (%i)', async (status, { onramp }) => {
    const worker = await startWorkerProcess(onramp, { HUBSPOT_PROBE_SECONDS: '2' })
    onTestFinished(() => worker.kill())
    await onramp.portal.fault({ times: null, effect: { kind: 'status', status } })
    const before = (await onramp.portal.requests()).length

    const customers = Array.from({ length: 20 }, () => `cus_${randomUUID()}`)
    const register = (customerId: string) =>
      onramp.registered({ customerId, email: `${customerId}@example.com`, company: { name: 'A' } })
    const [first = '', ...others] = customers
    const since = performance.now()
    await register(first)
    await expect.poll(() => worker.ready()).toMatchObject({ status: 503, body: { failing: ['hubspot-token'] } })
    await expect.poll(() => worker.metrics()).toContain('onramp_hubspot_locked_out 1')

    for (const customerId of others) await register(customerId)
    await expect.poll(() => onramp.status(others.at(-1)).then(({ phase }) => phase)).toBe('company')
    // The first rejection, then one probe every two seconds for all customers together. A busy machine takes longer to register them.
    const calls = (await onramp.portal.requests()).length - before
    expect(calls).toBeLessThan(Math.max(6, 4 + (performance.now() - since) / 2000))
    expect(worker.output().match(/HubSpot rejects the token/g)).toHaveLength(1)
    // The API still accepts events.
    expect((await onramp.app.request('/health/ready')).status).toBe(200)

    await onramp.portal.clearFaults()
    for (const customerId of customers)
      expect(await onramp.reaches('onboarded', customerId)).toMatchObject({ parked: [] })
    await expect.poll(() => worker.ready()).toMatchObject({ status: 200 })
    await expect.poll(() => worker.output()).toContain('HubSpot accepts the token again')
  })
})

describe('G9 · a worker without a customer who calls HubSpot', () => {
  it('is ready again by itself once HubSpot accepts the token', async ({ onramp }) => {
    const worker = await startWorkerProcess(onramp, { HUBSPOT_PROBE_SECONDS: '1' })
    onTestFinished(() => worker.kill())
    await onramp.portal.fault({ times: null, effect: { kind: 'status', status: 401 } })
    await onramp.registered()
    await expect.poll(() => worker.ready()).toMatchObject({ status: 503, body: { failing: ['hubspot-token'] } })
    await workflowOf(onramp).terminate('nobody calls HubSpot any more')

    await onramp.portal.clearFaults()
    await expect.poll(() => worker.ready()).toEqual({ status: 200, body: { status: 'ok' } })
  })
})
