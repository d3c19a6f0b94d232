// G9 · A step that fails for one customer for a day, while it succeeds for others, parks that customer; an outage parks nobody.

import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect } from 'vitest'
import { HUBSPOT_CALLS, onrampWith } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'

const HOURS = 60 * 60 * 1000
let ahead = 0
const it = onrampWith({ now: () => Date.now() + ahead })

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
      await onramp.updated({ customerId: other, phone: `${hours} hours later, at ${ahead}` })
      await expect.poll(async () => (await onramp.status(other)).fields.phone?.state).toBe('written')
      await laterAttempt(onramp, 0)
    }
    await expect.poll(async () => (await onramp.status()).attention?.reason).toBe('hubspot-unexplained')
    expect((await onramp.status()).attention?.message).toContain('HubSpot has answered 500 to this step')
  })

  it('parks nobody when it succeeds for nobody', async ({ onramp }) => {
    await withBrokenValue(onramp)
    for (const hours of [9, 9, 9]) await laterAttempt(onramp, hours)
    await laterAttempt(onramp, 0)
    expect(await onramp.status()).toMatchObject({ phase: 'onboarded', parked: [] })
  })
})
