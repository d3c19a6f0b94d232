// What the Temporal UI shows of an onboarding: the summaries of its timers and activities, and the current details.

import { describe, expect, it as itself } from 'vitest'
import { timeText } from '../../workflows/temporal-ui/time-text.ts'
import { aContactInHubSpot } from '../support/given.ts'
import { HUBSPOT_CALLS, onrampWith } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { workflowOf } from '../support/story.ts'

const it = onrampWith({ worker: 'own', payloadKeys: 'none' })

/** The summaries of the timers and of the regular activities, in the order of their start. */
async function summariesOf(onramp: Onramp): Promise<string[]> {
  const { events } = await workflowOf(onramp).fetchHistory()
  return (events ?? [])
    .filter((event) => event.timerStartedEventAttributes || event.activityTaskScheduledEventAttributes)
    .map(({ userMetadata }) => JSON.parse(Buffer.from(userMetadata?.summary?.data ?? '""').toString()) as string)
}

const DAY_MS = 24 * 60 * 60 * 1000
const inDays = (days: number) => timeText(Date.now() + days * DAY_MS, Date.now())

describe('the timers of an onboarding', () => {
  it('say until when an onboarded customer is idle', async ({ onramp }) => {
    const days = [inDays(30), inDays(30.01)]
    await onramp.registered()
    await onramp.reaches('onboarded')
    const summary = async () => (await summariesOf(onramp)).at(-1)
    await expect.poll(summary).toMatch(/^Idle until /)
    expect(days.map((day) => `Idle until ${day}`)).toContain(await summary())
  })

  it('say when the registration of an update is overdue', async ({ onramp }) => {
    await onramp.updated({ phone: '1' })
    const summary = /^Waits until .+, then asks for attention, since the registration is missing$/
    await expect.poll(async () => (await summariesOf(onramp)).at(-1)).toMatch(summary)
  })

  it('say when a rejected address is tried again', async ({ onramp }) => {
    await aContactInHubSpot(onramp, { email: 'ada@example.com', onramp_customer_id: 'cus_other' })
    await onramp.registered()
    await expect
      .poll(async () => (await summariesOf(onramp)).at(-1))
      .toMatch(/^Waits until \d\d:\d\d:\d\d UTC, then tries again what is parked$/)
  })

  it('say that a slow step is shown as waiting soon, beside the sentence of its activity', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    await onramp.portal.fault({ ...HUBSPOT_CALLS.updateContact, effect: { kind: 'delay', ms: 2500 } })
    await onramp.updated({ phone: '2' })
    await expect
      .poll(() => summariesOf(onramp))
      .toEqual(
        expect.arrayContaining([
          'Writes changes to the contact',
          expect.stringMatching(/^Waits for contact-update until \d\d:\d\d:\d\d UTC, then shows it as waiting$/),
        ]),
      )
  })
})

describe('a time in the Temporal UI', () => {
  const now = Date.UTC(2026, 10, 26, 9, 0)
  itself.for([
    [now + 30 * DAY_MS, '26 December 2026'],
    [now + DAY_MS, '27 November 2026'],
    [now + DAY_MS - 1000, '08:59:59 UTC'],
    [Date.UTC(2027, 0, 1), '1 January 2027'],
  ] as const)('%s is %s', ([at, text]) => {
    expect(timeText(at, now)).toBe(text)
  })
})
