// G10, G12 · HubSpot's daily limit is reached: customers wait for the next probe, visibly, and hold nothing back meanwhile.

import { randomUUID } from 'node:crypto'
import { describe, expect, onTestFinished } from 'vitest'
import { onboardingId } from '../../domain/ids.ts'
import { onrampWith } from '../support/onramp.ts'
import { messageOf } from '../support/payload-keys.ts'
import { startWorkerProcess } from '../support/worker-process.ts'

const it = onrampWith({ worker: 'none' })

describe('G10 · customers who register while HubSpot’s daily limit is reached', () => {
  it('wait in Temporal with the reason and the time of their next attempt, after the first one’s calls', async ({
    onramp,
  }) => {
    const worker = await startWorkerProcess(onramp)
    onTestFinished(() => worker.kill())
    await onramp.portal.fault({ times: null, effect: { kind: 'status', status: 429, policy: 'DAILY' } })
    const before = (await onramp.portal.requests()).length

    const customers = Array.from({ length: 10 }, () => `cus_${randomUUID()}`)
    const register = (customerId: string) =>
      onramp.registered({ customerId, email: `${customerId}@example.com`, company: { name: 'A' } })
    const pendingOf = async (customerId: string) => {
      const { raw } = await onramp.client.workflow.getHandle(onboardingId(customerId)).describe()
      return await Promise.all(
        (raw.pendingActivities ?? []).map(async ({ lastFailure, scheduledTime }) => ({
          type: lastFailure?.applicationFailureInfo?.type,
          message: await messageOf(onramp.client, onboardingId(customerId), lastFailure),
          minutesToNext: Math.round((Number(scheduledTime?.seconds) * 1000 - Date.now()) / 60_000),
        })),
      )
    }
    const waits = (customerId: string) =>
      expect
        .poll(() => pendingOf(customerId))
        .toEqual([
          {
            type: 'HubSpotDailyLimit',
            message: 'HubSpot’s daily limit is reached, so the call was not sent',
            minutesToNext: expect.toSatisfy((minutes: number) => minutes > 0 && minutes <= 72),
          },
        ])
    const [first = '', ...others] = customers
    await register(first)
    await waits(first)
    for (const customerId of others) await register(customerId)
    for (const customerId of others) await waits(customerId)
    // The first customer's two reads were on their way together. The others sent nothing.
    expect((await onramp.portal.requests()).length - before).toBeLessThanOrEqual(2)
    expect(await worker.metrics()).toContain('onramp_hubspot_queue{priority="live"} 0')
    expect(worker.output().match(/daily limit is reached/g)).toHaveLength(1)
  })
})
