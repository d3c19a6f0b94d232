// G10 · The daily limit is reached and the token is rejected at the same time: each has probes, and neither may block the other.

import { expect, it, onTestFinished, vi } from 'vitest'
import { createCalls } from '../../hubspot/client/calls.ts'
import { HubSpotError } from '../../hubspot/client/hubspot-error.ts'
import { QuotaScheduler } from '../../hubspot/client/scheduler.ts'
import { sendings } from '../../hubspot/client/sending.ts'
import { FakeClock } from '../support/fake-clock.ts'

const MINUTE_MS = 60_000

it('calls go on when the limit has ended and the token is valid again', async () => {
  const clock = new FakeClock()
  const now = vi.spyOn(performance, 'now').mockImplementation(() => clock.now())
  onTestFinished(() => now.mockRestore())
  const hubspot = { isOverLimit: true, isTokenValid: true }
  const answer = async () => {
    sendings.getStore()?.onRequest()
    const error = (status: number, body: object) =>
      new HubSpotError({ status, headers: {}, text: JSON.stringify({ status: 'error', correlationId: 'x', ...body }) })
    if (!hubspot.isTokenValid) throw error(401, {})
    if (hubspot.isOverLimit) throw error(429, { policyName: 'DAILY' })
    return 'answered'
  }
  const context = () => ({ priority: 'live' as const, maxWaitMs: 4 * MINUTE_MS })
  const circuitBreaker = { probeSeconds: 30, onChange: () => {} }
  const calls = createCalls({ scheduler: new QuotaScheduler({ clock }), circuitBreaker, context }, answer)
  const call = () => calls.call('contact.read', answer).catch(() => null)

  void call()
  await clock.advance(MINUTE_MS)
  hubspot.isTokenValid = false
  for (let minute = 0; minute < 70; minute += 1) {
    void call()
    await clock.advance(MINUTE_MS)
  }
  expect(calls.state().circuit.state).toBe('open')

  Object.assign(hubspot, { isTokenValid: true, isOverLimit: false })
  const outcomes: unknown[] = []
  for (let minute = 0; minute < 120; minute += 1) {
    void call().then((outcome) => outcomes.push(outcome))
    await clock.advance(MINUTE_MS)
  }
  expect(outcomes).toContain('answered')
})
