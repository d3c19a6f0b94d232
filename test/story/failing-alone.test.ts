// G9 · A step that fails for one customer for a day, while it succeeds for others, parks that customer; an outage parks nobody.

import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect } from 'vitest'
import { HUBSPOT_CALLS, onrampWith } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { workflowOf } from '../support/story.ts'

const HOURS = 60 * 60 * 1000
let ahead = 0
const now = () => Date.now() + ahead
const it = onrampWith({ now })
const itWithShortRuns = onrampWith({ now, settings: { continueAsNewAtEvents: 12 } })

/** One more attempt, after hours have passed; HubSpot asks for a second of pause. */
const laterAttempt = async ({ portal }: Onramp, hours: number) => {
  const attempts = async () =>
    (await portal.requests(HUBSPOT_CALLS.updateContact)).filter(({ status }) => status === 500)
  const before = (await attempts()).length
  ahead += hours * HOURS
  await expect.poll(async () => (await attempts()).length).toBeGreaterThan(before)
}

const withBrokenValue = async (onramp: Onramp) => {
  await onramp.registered()
  await onramp.reaches('onboarded')
  await onramp.portal.fault({
    method: 'PATCH',
    path: `/contacts/${onramp.customerId}$`,
    times: null,
    effect: { kind: 'status', status: 500, retryAfterSeconds: 1 },
  })
  await onramp.updated({ phone: 'a value over which HubSpot breaks' })
  await laterAttempt(onramp, 0)
}

/** Another customer, for whom the step succeeds. */
const succeedsForAnother = async (onramp: Onramp, customerId: string, phone: string) => {
  await onramp.updated({ customerId, phone })
  await expect.poll(async () => (await onramp.status(customerId)).fields.phone?.state).toBe('written')
}

/** So many signals come that the run cancels the step and continues as new. Nothing is parked for their reason. */
const cancelsStep = async (onramp: Onramp) => {
  const handle = workflowOf(onramp)
  const runId = async () => (await handle.describe()).runId
  const before = await runId()
  for (let index = 0; index < 15; index += 1) {
    await handle.signal('attentionResumed', { reason: 'email-taken', by: null })
  }
  await expect.poll(runId, { interval: 30 }).not.toBe(before)
}

describe('G9 · a step that fails for one customer for a day', () => {
  beforeEach(() => {
    ahead = 0
  })

  it('parks that customer when it succeeds for others, and the message names HubSpot’s status', async ({ onramp }) => {
    await withBrokenValue(onramp)
    const other = `cus_${randomUUID()}`
    await onramp.registered({ customerId: other, email: 'grace@example.com' })
    await onramp.reaches('onboarded', other)
    for (const hours of [0, 11, 11, 3]) {
      ahead += hours * HOURS
      await succeedsForAnother(onramp, other, `${hours} hours later, at ${ahead}`)
      await laterAttempt(onramp, 0)
    }
    await expect.poll(async () => (await onramp.status()).attention?.reason).toBe('hubspot-unexplained')
    expect((await onramp.status()).attention?.message).toContain('HubSpot has answered 500 to this step')
  })

  itWithShortRuns(
    'parks that customer, also when so many events arrive that a run cancels the step',
    async ({ onramp }) => {
      await withBrokenValue(onramp)
      const other = `cus_${randomUUID()}`
      await onramp.registered({ customerId: other, email: 'grace@example.com' })
      await onramp.reaches('onboarded', other)
      await succeedsForAnother(onramp, other, '1')
      await laterAttempt(onramp, 0)

      // In each of these runs the step fails for less than a day.
      for (let run = 1; run <= 4 && (await onramp.status()).attention === null; run += 1) {
        for (const hours of [11, 22]) {
          ahead += 11 * HOURS
          await succeedsForAnother(onramp, other, `after ${hours} hours in run ${run}`)
        }
        await cancelsStep(onramp)
      }
      await expect.poll(async () => (await onramp.status()).attention?.reason).toBe('hubspot-unexplained')
    },
  )

  it('parks nobody when it succeeds for nobody', async ({ onramp }) => {
    await withBrokenValue(onramp)
    for (const hours of [9, 9, 9]) await laterAttempt(onramp, hours)
    await laterAttempt(onramp, 0)
    expect(await onramp.status()).toMatchObject({ phase: 'onboarded', parked: [] })
  })
})
