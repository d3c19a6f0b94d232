// G9 · A 403: the token's, one customer's own, or that of a kind of call which then waits.

import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createCalls } from '../../hubspot/client/calls.ts'
import { HubSpotError } from '../../hubspot/client/hubspot-error.ts'
import type { CallKind } from '../../hubspot/client/call-kind.ts'
import { QuotaScheduler } from '../../hubspot/client/scheduler.ts'

const correlationId = '0193b0a0-0000-7000-8000-000000000000'
const failure = (status: number | null) =>
  new HubSpotError({ status, headers: {}, text: JSON.stringify({ status: 'error', correlationId }) })
const answers = (status: number | null) => async () => {
  throw failure(status)
}
const own = { status: 403, finding: null }
const waits = { status: 403, finding: 'calls-forbidden' }

describe('G9 · a 403', () => {
  const onForbidden = vi.fn<(kind: CallKind, change: string) => void>()
  const readAny = vi.fn<() => Promise<unknown>>()
  let customer: string | undefined
  const create = () =>
    createCalls(
      {
        circuitBreaker: { probeSeconds: 30, onChange: () => {} },
        caller: () => (customer === undefined ? undefined : { customer, step: 'updateContact' }),
        onForbidden,
        scheduler: new QuotaScheduler(),
      },
      readAny,
    )
  const callOf = async (name: string, { call }: ReturnType<typeof create>, perform: () => Promise<unknown>) => {
    customer = name
    return await call('contact.update', perform)
  }
  const forbiddenFor = async (calls: ReturnType<typeof create>, names: string[]) => {
    for (const name of names) await callOf(name, calls, answers(403)).catch(() => {})
  }

  beforeEach(() => {
    onForbidden.mockClear()
    readAny.mockReset().mockResolvedValue({})
    vi.useFakeTimers()
    return () => vi.useRealTimers()
  })

  it('is the customer’s own when the neutral call succeeds', async () => {
    const calls = create()
    await expect(callOf('cus_1', calls, answers(403))).rejects.toMatchObject(own)
    expect(calls.state().circuit.state).toBe('closed')
  })

  it.each([401, 403])('opens the circuit when the neutral call gets %i', async (status) => {
    const calls = create()
    readAny.mockImplementation(answers(status))
    await expect(callOf('cus_1', calls, answers(403))).rejects.toMatchObject({ finding: 'token-rejected' })
    expect(calls.state().circuit.state).toBe('open')
  })

  it.each([null, 503, 429])('is retried, with the circuit closed, when the neutral call gets %s', async (status) => {
    const calls = create()
    readAny.mockImplementation(answers(status))
    const error = callOf('cus_1', calls, answers(403)).catch((thrown: unknown) => thrown)
    // After a 429 the neutral call waits for quota, but not for long.
    await vi.advanceTimersByTimeAsync(10_000)
    expect(await error).toMatchObject({ finding: 'unconfirmed' })
    expect(calls.state().circuit.state).toBe('closed')
  })

  it('shares one neutral call with others at the same time', async () => {
    const calls = create()
    const neutral = Promise.withResolvers<void>()
    readAny.mockReturnValue(neutral.promise)
    const both = [callOf('cus_1', calls, answers(403)), callOf('cus_2', calls, answers(403))]
    const settled = Promise.allSettled(both)
    neutral.resolve()
    expect(await settled).toMatchObject([{ reason: own }, { reason: own }])
    expect(readAny).toHaveBeenCalledTimes(1)
  })

  it('is thrown as it is outside of an activity, without a neutral call', async () => {
    const calls = create()
    customer = undefined
    for (let repeat = 0; repeat < 5; repeat++) {
      await expect(calls.call('contact.read', answers(403))).rejects.toMatchObject(own)
    }
    expect(readAny).not.toHaveBeenCalled()
  })

  it('makes calls of the kind wait from the third customer in a row on, which is reported once', async () => {
    const calls = create()
    await expect(callOf('cus_1', calls, answers(403))).rejects.toMatchObject(own)
    await expect(callOf('cus_1', calls, answers(403))).rejects.toMatchObject(own)
    await expect(callOf('cus_2', calls, answers(403))).rejects.toMatchObject(own)
    await expect(callOf('cus_3', calls, answers(403))).rejects.toMatchObject({ ...waits, retryAfterSeconds: 30 })

    const call = vi.fn<() => Promise<string>>(async () => 'called')
    await expect(callOf('cus_4', calls, call)).rejects.toMatchObject({ ...waits, retryAfterSeconds: 30 })
    expect(call).not.toHaveBeenCalled()
    expect(await calls.call('contact.read', async () => 'another kind')).toBe('another kind')
    expect(calls.state().forbiddenKinds).toEqual(['contact.update'])
    expect(onForbidden.mock.calls).toEqual([['contact.update', 'waits']])
  })

  it.each([
    ['a success', async () => 'done'],
    ['an answer of HubSpot about the data', answers(400)],
  ])('does not count in a row after %s of the kind', async (_, perform) => {
    const calls = create()
    await forbiddenFor(calls, ['cus_1', 'cus_2'])
    await callOf('cus_9', calls, perform).catch(() => {})
    await expect(callOf('cus_3', calls, answers(403))).rejects.toMatchObject(own)
    expect(calls.state().forbiddenKinds).toEqual([])
  })

  it('lets one customer’s call through as a trial after the pause, and all calls when HubSpot accepts it', async () => {
    const calls = create()
    await forbiddenFor(calls, ['cus_1', 'cus_2', 'cus_3'])
    vi.advanceTimersByTime(30_000)
    const answer = Promise.withResolvers<string>()
    const trial = callOf('cus_4', calls, () => answer.promise)
    await expect(callOf('cus_5', calls, async () => 'too early')).rejects.toMatchObject(waits)
    answer.resolve('accepted')
    expect(await trial).toBe('accepted')
    expect(await callOf('cus_5', calls, async () => 'accepted')).toBe('accepted')
    expect(onForbidden.mock.calls).toEqual([
      ['contact.update', 'waits'],
      ['contact.update', 'resumes'],
    ])
  })

  it('of a trial parks nobody, and its customer waits longer, so that the next trial is another’s', async () => {
    const calls = create()
    await forbiddenFor(calls, ['cus_1', 'cus_2', 'cus_3'])
    for (let trial = 0; trial < 3; trial++) {
      vi.advanceTimersByTime(30_000)
      await expect(callOf('cus_3', calls, answers(403))).rejects.toMatchObject({ ...waits, retryAfterSeconds: 60 })
      await expect(callOf('cus_4', calls, answers(403))).rejects.toMatchObject({ ...waits, retryAfterSeconds: 30 })
    }
    expect(onForbidden).toHaveBeenCalledTimes(1)
  })
})
