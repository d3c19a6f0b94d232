// Updates that wait for a registration for too long come under attention, until the registration arrives.

import { describe, expect } from 'vitest'
import { resume } from '../support/given.ts'
import { it, onrampWith, recordsIn } from '../support/onramp.ts'
import { itWithTimeSkipping, workflowOf } from '../support/story.ts'
import { sendCommand, ask } from '../support/sender.ts'

const HOUR_MS = 60 * 60 * 1000

describe('a customer whose updates wait for their registration', () => {
  itWithTimeSkipping('comes under attention after a day, and leaves it with the registration', async ({ onramp }) => {
    const { startTime } = await onramp.updated({ phone: '2' }).then(() => workflowOf(onramp).describe())
    await expect
      .poll(async () => (await onramp.status()).attention)
      .toMatchObject({ reason: 'registration-missing', step: 'company' })
    const { phase, attention } = await onramp.status()
    expect(phase).toBe('awaiting-registration')
    expect(Date.parse(attention?.since ?? '') - startTime.getTime()).toBeGreaterThanOrEqual(24 * HOUR_MS)
    const reasons = async () => {
      const { typedSearchAttributes } = await workflowOf(onramp).describe()
      return typedSearchAttributes.getAll().find(({ key }) => key.name === 'OnboardingAttention')?.value ?? []
    }
    await expect.poll(reasons).toContain('registration-missing')

    await onramp.registered()
    expect(await onramp.reaches('onboarded')).toMatchObject({ attention: null, parked: [] })
    expect((await recordsIn(onramp.portal)).contacts).toMatchObject([{ phone: '2' }])
    await expect.poll(reasons).toEqual([])
  })

  itWithTimeSkipping(
    'stays under attention when an operator resumes, since nothing can be tried',
    async ({ onramp }) => {
      await onramp.updated({ phone: '2' })
      const reason = async () => (await onramp.status()).attention?.reason
      await expect.poll(reason).toBe('registration-missing')
      const response = await resume(onramp)
      expect(response.status).toBe(409)
      expect(await response.json()).toMatchObject({ code: 'nothing-parked' })
      await onramp.updated({ phone: '3' })
      await workflowOf(onramp).signal('attentionResumed', { reason: 'registration-missing', by: null })
      expect(await reason()).toBe('registration-missing')
    },
  )

  const itSoon = onrampWith({ time: 'skips', settings: { registrationOverdueHours: 2 } })
  itSoon('does so after REGISTRATION_OVERDUE_HOURS, counted from the first update', async ({ onramp }) => {
    await onramp.updated({ phone: '2' })
    const { startTime } = await workflowOf(onramp).describe()
    await expect.poll(async () => (await onramp.status()).attention?.since).toBeTruthy()
    const since = Date.parse((await onramp.status()).attention?.since ?? '') - startTime.getTime()
    expect(since).toBeGreaterThanOrEqual(2 * HOUR_MS)
    expect(since).toBeLessThan(3 * HOUR_MS)
  })

  const itAlone = onrampWith({ settings: { registrationOverdueHours: 0.000_1 }, namespace: 'own' })
  itAlone('is counted for operators, and is gone from the counts once it is erased', async ({ onramp }) => {
    await onramp.updated({ phone: '2' })
    const counts = async () => (await ask(onramp.app, '/v1/attention')).json()
    await expect.poll(counts).toMatchObject({ attention: [{ reason: 'registration-missing', count: 1 }] })
    expect((await sendCommand(onramp.app, 'DELETE', `/v1/customers/${onramp.customerId}`)).status).toBe(202)
    await expect.poll(counts).toMatchObject({ customers: 0, attention: [] })
  })
})

describe('a customer who registers at once', () => {
  it('has no timer for a registration', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    expect((await onramp.status()).attention).toBeNull()
    const { events } = await workflowOf(onramp).fetchHistory()
    // The only timer is the one of the idle time.
    expect((events ?? []).filter((event) => event.timerStartedEventAttributes)).toHaveLength(1)
  })
})
