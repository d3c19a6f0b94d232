// G12 · An outage of HubSpot and its end are one line in the worker's log and a gauge each.

import { randomUUID } from 'node:crypto'
import { describe, expect, onTestFinished } from 'vitest'
import { onrampWith } from '../support/onramp.ts'
import { startWorkerProcess } from '../support/worker-process.ts'

const it = onrampWith({ worker: 'none' })

describe('G12 · HubSpot that is unavailable for several customers', () => {
  it.for([
    ['answers 503', { kind: 'status', status: 503 }],
    ['closes every connection', { kind: 'cut' }],
  ] as const)('is one line and a gauge, and so is its end: HubSpot %s', async ([, effect], { onramp }) => {
    const worker = await startWorkerProcess(onramp)
    onTestFinished(() => worker.kill())
    const lines = (text: string) => worker.output().split(text).length - 1
    await onramp.portal.fault({ times: null, effect })
    const customers = Array.from({ length: 6 }, () => `cus_${randomUUID()}`)
    const register = async (customerId: string) =>
      await onramp.registered({ customerId, email: `${customerId}@example.com`, company: { name: 'A' } })

    for (const customerId of customers.slice(0, 2)) await register(customerId)
    await expect.poll(() => onramp.status(customers[1]).then(({ phase }) => phase)).toBe('company')
    expect(await worker.metrics()).toContain('onramp_hubspot_unavailable 0')

    for (const customerId of customers.slice(2)) await register(customerId)
    await expect.poll(() => worker.metrics()).toContain('onramp_hubspot_unavailable 1')
    await expect.poll(() => lines('HubSpot is unavailable')).toBe(1)

    await onramp.portal.clearFaults()
    for (const customerId of customers) await onramp.reaches('onboarded', customerId)
    expect(await worker.metrics()).toContain('onramp_hubspot_unavailable 0')
    await expect.poll(() => lines('HubSpot answers again')).toBe(1)
    expect(lines('HubSpot is unavailable')).toBe(1)
  })

  it('is no outage when HubSpot only rejects the token', async ({ onramp }) => {
    const worker = await startWorkerProcess(onramp, { HUBSPOT_PROBE_SECONDS: '1' })
    onTestFinished(() => worker.kill())
    await onramp.portal.fault({ times: null, effect: { kind: 'status', status: 401 } })
    const customers = Array.from({ length: 5 }, () => `cus_${randomUUID()}`)
    for (const customerId of customers) await onramp.registered({ customerId, email: `${customerId}@example.com` })
    await expect.poll(() => worker.metrics()).toContain('onramp_hubspot_locked_out 1')
    for (const customerId of customers) {
      const isLate = async () => (await onramp.status(customerId)).pendingStep?.isLate
      await expect.poll(isLate).toBe(true)
    }
    expect(await worker.metrics()).toContain('onramp_hubspot_unavailable 0')
  })
})
