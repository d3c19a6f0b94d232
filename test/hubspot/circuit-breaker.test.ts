// G9 · A refused token: a handful of calls, no customer, and traffic again by itself.

import { beforeEach, describe, expect, it, vi } from 'vitest'
import { CircuitBreaker } from '../../hubspot/client/circuit-breaker.ts'
import { HubSpotError } from '../../hubspot/client/hubspot-error.ts'

const answer = (status: number) => new HubSpotError({ status, headers: {}, text: '{}' })
const refused = async () => {
  throw answer(401)
}

describe('G9 · a gate before HubSpot', () => {
  const onChange = vi.fn<(isOpen: boolean) => void>()
  const gate = () => new CircuitBreaker({ probeSeconds: 30, onChange })

  beforeEach(() => {
    onChange.mockClear()
    vi.useFakeTimers()
    return () => vi.useRealTimers()
  })

  it('lets nobody through after one refusal, and says so once', async () => {
    const closed = gate()
    await expect(closed.run(refused)).rejects.toMatchObject({ status: 401, retryAfterSeconds: 30 })
    const call = vi.fn<() => Promise<string>>(async () => 'called')
    for (let customer = 0; customer < 100; customer++)
      await expect(closed.run(call)).rejects.toMatchObject({ status: 401 })
    expect(call).not.toHaveBeenCalled()
    expect(onChange.mock.calls).toEqual([[true]])
  })

  it('lets one call try again after the pause, and opens for all when it is let in', async () => {
    const closed = gate()
    await expect(closed.run(refused)).rejects.toBeInstanceOf(HubSpotError)
    vi.advanceTimersByTime(30_000)

    const probe = Promise.withResolvers<string>()
    const passing = closed.run(() => probe.promise)
    await expect(closed.run(async () => 'second')).rejects.toMatchObject({ status: 401 })
    probe.resolve('first')
    expect(await passing).toBe('first')
    expect(await closed.run(async () => 'third')).toBe('third')
    expect(onChange.mock.calls).toEqual([[true], [false]])
  })

  it('stays closed when the call that tries again is refused or not answered', async () => {
    const closed = gate()
    await expect(closed.run(refused)).rejects.toBeInstanceOf(HubSpotError)
    for (const failure of [answer(403), answer(503), HubSpotError.withoutResponse('ECONNRESET')]) {
      vi.advanceTimersByTime(30_000)
      await expect(
        closed.run(async () => {
          throw failure
        }),
      ).rejects.toBeInstanceOf(HubSpotError)
      expect(closed.isOpen).toBe(true)
    }
    expect(onChange).toHaveBeenCalledTimes(1)
  })

  it('opens when the call that tries again is let in, though it found nothing', async () => {
    const closed = gate()
    await expect(closed.run(refused)).rejects.toBeInstanceOf(HubSpotError)
    vi.advanceTimersByTime(30_000)
    await expect(
      closed.run(async () => {
        throw answer(404)
      }),
    ).rejects.toMatchObject({ status: 404 })
    expect(closed.isOpen).toBe(false)
  })

  it('is not opened by a call that was under way when it closed', async () => {
    const closed = gate()
    const early = Promise.withResolvers<string>()
    const underWay = closed.run(() => early.promise)
    await expect(closed.run(refused)).rejects.toBeInstanceOf(HubSpotError)
    early.resolve('late')
    await underWay
    expect(closed.isOpen).toBe(true)
  })
})
