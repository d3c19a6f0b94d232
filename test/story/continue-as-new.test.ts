// G8 · A run continues as new before its history grows long, and nothing is lost between two runs.

import { describe, expect } from 'vitest'
import { resume } from '../support/given.ts'
import { HUBSPOT_CALLS, onrampWith } from '../support/onramp.ts'
import { firstContact, workflowOf } from '../support/story.ts'

describe('G8 · a run whose history grows', () => {
  const itWithShortRuns = onrampWith({ settings: { continueAsNewAtEvents: 30 } })

  itWithShortRuns('continues as new, and no event is lost between two runs', async ({ onramp }) => {
    await onramp.registered()
    for (let index = 1; index <= 60; index += 1) await onramp.updated({ phone: String(index) })
    await expect.poll(() => firstContact(onramp)).toMatchObject({ phone: '60', firstname: 'Ada' })

    const { status, historyLength } = await workflowOf(onramp).describe()
    expect(status.name).toBe('RUNNING')
    expect(historyLength).toBeLessThan(100)
    expect((await onramp.status()).hubspot.contactOutcome).toBe('created')
  })
})

describe('G8 · a run whose history grows while HubSpot is unavailable', () => {
  const itWithShortRuns = onrampWith({ settings: { continueAsNewAtEvents: 60 } })

  itWithShortRuns('continues as new, and the newest values are written afterwards', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    await onramp.portal.fault({
      ...HUBSPOT_CALLS.updateContact,
      times: null,
      effect: { kind: 'status', status: 503 },
    })
    const lengths: number[] = []
    for (let index = 1; index <= 400; index += 1) {
      await onramp.updated({ phone: String(index) })
      const { historyLength } = await workflowOf(onramp).describe()
      lengths.push(historyLength)
    }
    expect(Math.max(...lengths)).toBeLessThan(60 * 3 * 2)
    await onramp.portal.clearFaults()
    await expect.poll(() => firstContact(onramp)).toMatchObject({ phone: '400' })
  })
})

describe('G8 · a customer who is parked while the run continues as new', () => {
  const itWithShortRuns = onrampWith({ settings: { continueAsNewAtEvents: 40 } })

  itWithShortRuns('stays parked once, and does not try the contact again', async ({ onramp }) => {
    await onramp.portal.fault({ ...HUBSPOT_CALLS.createContact, effect: { kind: 'status', status: 400 } })
    await onramp.registered()
    await expect.poll(async () => (await onramp.status()).parked.length).toBe(1)
    const callsBefore = (await onramp.portal.requests(HUBSPOT_CALLS.createContact)).length

    const handle = workflowOf(onramp)
    const runId = async () => (await handle.describe()).runId
    const before = await runId()
    // Nothing is parked for this reason, so the signals only lengthen the history.
    for (let index = 0; index < 30; index += 1) {
      await handle.signal('attentionResumed', { reason: 'email-taken', by: null })
    }
    await expect.poll(runId).not.toBe(before)
    await expect.poll(async () => (await onramp.status()).parked).toHaveLength(1)
    expect((await onramp.portal.requests(HUBSPOT_CALLS.createContact)).length).toBe(callsBefore)
    expect((await resume(onramp)).status).toBe(202)
    await onramp.reaches('onboarded')
  })
})
