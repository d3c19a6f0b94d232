// G9 · The circuit breaker: a rejected token stops all calls, a neutral call probes, and calls resume by themselves.

import { beforeEach, describe, expect, it, vi } from 'vitest'
import { CircuitBreaker } from '../../hubspot/client/circuit-breaker.ts'
import { HubSpotError } from '../../hubspot/client/hubspot-error.ts'
import type { NeutralOutcome } from '../../hubspot/client/neutral-call.ts'

const failure = (status: number) => new HubSpotError({ status, headers: {}, text: '{}' })
const rejectedCall = async () => {
  throw failure(401)
}

describe('G9 · the circuit breaker', () => {
  const onChange = vi.fn<(isOpen: boolean) => void>()
  const neutralCall = vi.fn<() => Promise<NeutralOutcome>>()
  const createBreaker = () => new CircuitBreaker({ probeSeconds: 30, onChange }, neutralCall)

  beforeEach(() => {
    onChange.mockClear()
    neutralCall.mockReset().mockResolvedValue('succeeded')
    vi.useFakeTimers()
    return () => vi.useRealTimers()
  })

  it('opens after one rejection: no further call is sent, and the change is reported once', async () => {
    const breaker = createBreaker()
    await expect(breaker.run(rejectedCall)).rejects.toMatchObject({ status: 401, retryAfterSeconds: 30 })
    const call = vi.fn<() => Promise<string>>(async () => 'called')
    for (let customer = 0; customer < 100; customer++)
      await expect(breaker.run(call)).rejects.toMatchObject({ status: 401 })
    expect(call).not.toHaveBeenCalled()
    expect(onChange.mock.calls).toEqual([[true]])
  })

  it('probes with one neutral call after the pause, and closes for all calls when HubSpot accepts the token', async () => {
    const breaker = createBreaker()
    await expect(breaker.run(rejectedCall)).rejects.toBeInstanceOf(HubSpotError)
    vi.advanceTimersByTime(30_000)

    const probe = Promise.withResolvers<NeutralOutcome>()
    neutralCall.mockReturnValueOnce(probe.promise)
    const first = breaker.run(async () => 'first')
    await expect(breaker.run(async () => 'second')).rejects.toMatchObject({ status: 401 })
    probe.resolve('succeeded')
    expect(await first).toBe('first')
    expect(await breaker.run(async () => 'third')).toBe('third')
    expect(neutralCall).toHaveBeenCalledTimes(1)
    expect(onChange.mock.calls).toEqual([[true], [false]])
  })

  it.each(['rejected', 'failed'] as const)(
    'stays open when the neutral call is %s, and sends no customer’s call',
    async (outcome) => {
      const breaker = createBreaker()
      await expect(breaker.run(rejectedCall)).rejects.toBeInstanceOf(HubSpotError)
      neutralCall.mockResolvedValue(outcome)
      const call = vi.fn<() => Promise<string>>(async () => 'called')
      for (let probe = 0; probe < 3; probe++) {
        vi.advanceTimersByTime(30_000)
        await expect(breaker.run(call)).rejects.toMatchObject({ finding: 'token-rejected', retryAfterSeconds: 30 })
      }
      expect(call).not.toHaveBeenCalled()
      expect(breaker.isOpen).toBe(true)
      expect(onChange).toHaveBeenCalledTimes(1)
    },
  )

  it('closes when HubSpot has read the neutral call, as behind a proxy that does not serve it', async () => {
    const breaker = createBreaker()
    await expect(breaker.run(rejectedCall)).rejects.toBeInstanceOf(HubSpotError)
    neutralCall.mockResolvedValue('answered')
    vi.advanceTimersByTime(30_000)
    expect(await breaker.run(async () => 'called')).toBe('called')
    expect(breaker.isOpen).toBe(false)
  })

  it('probes after the pause also when the clock of the machine is set back', async () => {
    const breaker = createBreaker()
    await expect(breaker.run(rejectedCall)).rejects.toBeInstanceOf(HubSpotError)
    vi.advanceTimersByTime(30_000)
    vi.setSystemTime(Date.now() - 24 * 60 * 60 * 1000)
    expect(await breaker.run(async () => 'called')).toBe('called')
  })

  it('stays closed for a 403, which may be about one record', async () => {
    const breaker = createBreaker()
    const forbidden = async () => {
      throw failure(403)
    }
    await expect(breaker.run(forbidden)).rejects.toMatchObject({ status: 403, finding: null })
    expect(breaker.isOpen).toBe(false)
  })

  it('is not closed by a call that started before the circuit opened', async () => {
    const breaker = createBreaker()
    const earlyResponse = Promise.withResolvers<string>()
    const earlyCall = breaker.run(() => earlyResponse.promise)
    await expect(breaker.run(rejectedCall)).rejects.toBeInstanceOf(HubSpotError)
    earlyResponse.resolve('late')
    await earlyCall
    expect(breaker.isOpen).toBe(true)
  })
})
