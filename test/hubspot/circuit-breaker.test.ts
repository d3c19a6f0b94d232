// G9 · The circuit breaker: a rejected token stops all calls, one probe at a time is sent, and calls resume by themselves.

import { beforeEach, describe, expect, it, vi } from 'vitest'
import { CircuitBreaker } from '../../hubspot/client/circuit-breaker.ts'
import { HubSpotError } from '../../hubspot/client/hubspot-error.ts'

const failure = (status: number) => new HubSpotError({ status, headers: {}, text: '{}' })
const rejectedCall = async () => {
  throw failure(401)
}

describe('G9 · the circuit breaker', () => {
  const onChange = vi.fn<(isOpen: boolean) => void>()
  const createBreaker = () => new CircuitBreaker({ probeSeconds: 30, onChange })

  beforeEach(() => {
    onChange.mockClear()
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

  it('sends one probe after the pause, and closes for all calls when HubSpot accepts the token', async () => {
    const breaker = createBreaker()
    await expect(breaker.run(rejectedCall)).rejects.toBeInstanceOf(HubSpotError)
    vi.advanceTimersByTime(30_000)

    const probe = Promise.withResolvers<string>()
    const probeCall = breaker.run(() => probe.promise)
    await expect(breaker.run(async () => 'second')).rejects.toMatchObject({ status: 401 })
    probe.resolve('first')
    expect(await probeCall).toBe('first')
    expect(await breaker.run(async () => 'third')).toBe('third')
    expect(onChange.mock.calls).toEqual([[true], [false]])
  })

  it('stays open when the probe is rejected, fails with 503 or gets no response', async () => {
    const breaker = createBreaker()
    await expect(breaker.run(rejectedCall)).rejects.toBeInstanceOf(HubSpotError)
    for (const error of [failure(403), failure(503), HubSpotError.unusableResponse('ECONNRESET')]) {
      vi.advanceTimersByTime(30_000)
      await expect(
        breaker.run(async () => {
          throw error
        }),
      ).rejects.toBeInstanceOf(HubSpotError)
      expect(breaker.isOpen).toBe(true)
    }
    expect(onChange).toHaveBeenCalledTimes(1)
  })

  it('closes when the probe gets a 404, since that proves the token valid', async () => {
    const breaker = createBreaker()
    await expect(breaker.run(rejectedCall)).rejects.toBeInstanceOf(HubSpotError)
    vi.advanceTimersByTime(30_000)
    await expect(
      breaker.run(async () => {
        throw failure(404)
      }),
    ).rejects.toMatchObject({ status: 404 })
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
