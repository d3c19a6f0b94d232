// An e-mail address that another contact has is tried again by itself, so that it is written once the other contact gives it up.

import { describe, expect } from 'vitest'
import { aContactInHubSpot, callAsHubSpotUser, resume } from '../support/given.ts'
import { it, onrampWith, recordsIn } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { waitUntilParkedAt } from '../support/story.ts'

const HOUR_MS = 60 * 60 * 1000

// Temporal skips the hours before each attempt.
const itWithTimeSkipping = onrampWith({ time: 'skips', settings: { idleDays: null } })

const emailOf = async ({ portal }: Onramp, contactId: string | null) =>
  (await recordsIn(portal)).contacts.find(({ id }) => id === contactId)?.email

describe('a customer who takes over the address of another customer', () => {
  itWithTimeSkipping(
    'gets it without an operator when the other one has changed to a new address',
    async ({ onramp }) => {
      const bob = `${onramp.customerId}-bob`
      await onramp.registered({ customerId: bob, email: 'shared@example.com' })
      await onramp.reaches('onboarded', bob)
      await onramp.registered()
      const { hubspot } = await onramp.reaches('onboarded')
      await onramp.updated({ email: 'shared@example.com' })
      await waitUntilParkedAt(onramp, 'contact-update')

      await onramp.updated({ customerId: bob, email: 'bob@example.com' })
      await expect.poll(() => emailOf(onramp, hubspot.contactId)).toBe('shared@example.com')
      await expect.poll(async () => (await onramp.status()).parked).toEqual([])
    },
  )

  itWithTimeSkipping('is onboarded without an operator when the address is free', async ({ onramp }) => {
    const other = await aContactInHubSpot(onramp, { email: 'ada@example.com', onramp_customer_id: 'cus_other' })
    await onramp.registered()
    await waitUntilParkedAt(onramp, 'contact')
    await callAsHubSpotUser(onramp, 'DELETE', `/crm/v3/objects/contacts/${other}`)
    await onramp.reaches('onboarded')
  })
})

describe('an address that stays taken', () => {
  const parkedSince = async (onramp: Onramp) => {
    const { attention } = await onramp.status()
    return { since: Date.parse(attention?.since ?? ''), nextAttemptAt: Date.parse(attention?.nextAttemptAt ?? '') }
  }

  it('is tried again after an hour, and a resume starts over', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    await aContactInHubSpot(onramp, { email: 'taken@example.com' })
    await onramp.updated({ email: 'taken@example.com' })
    await waitUntilParkedAt(onramp, 'contact-update')
    const { since, nextAttemptAt } = await parkedSince(onramp)
    expect(nextAttemptAt - since).toBeLessThanOrEqual(HOUR_MS + 100)
    expect(nextAttemptAt - since).toBeGreaterThanOrEqual(HOUR_MS)
    expect((await resume(onramp)).status).toBe(202)
    await expect.poll(async () => (await parkedSince(onramp)).since).toBeGreaterThan(since)
  })

  itWithTimeSkipping(
    'is tried again every day in the end, and stays visible since the first time',
    async ({ onramp }) => {
      await onramp.registered()
      await onramp.reaches('onboarded')
      await aContactInHubSpot(onramp, { email: 'taken@example.com' })
      await onramp.updated({ email: 'taken@example.com' })
      const attempts = async () => {
        const { timeline } = await onramp.status()
        return timeline.filter(({ outcome }) => outcome.startsWith('parked')).map(({ at }) => Date.parse(at))
      }
      let known: number[] = []
      await expect.poll(async () => (known = await attempts()).length).toBeGreaterThanOrEqual(8)
      const [first = 0, ...others] = known.slice(0, 8)
      const pauses = others.map((at, index) => Math.round((at - (others[index - 1] ?? first)) / HOUR_MS))
      expect(pauses).toEqual([1, 2, 4, 8, 16, 24, 24])
      await expect.poll(async () => (await parkedSince(onramp)).since).toBe(first)
    },
  )
})
