// G10 · What the CRM's client learns of an attempt, and what the attempt learns of its calls.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Caller } from '../../activities/caller.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('the calls of one attempt', () => {
  it('wait for quota for three minutes together, so that no wait ends an activity whose call is out', () => {
    const caller = new Caller('live')
    expect(caller.terms().maxWaitMs).toBe(180_000)
    vi.advanceTimersByTime(170_000)
    expect(caller.terms().maxWaitMs).toBe(10_000)
    vi.advanceTimersByTime(20_000)
    expect(caller.terms().maxWaitMs).toBe(0)
  })

  it('count the time that the CRM took, side by side once, and no wait before or between', () => {
    const caller = new Caller('bulk')
    vi.advanceTimersByTime(5000)
    const one = caller.terms().onSend('read')
    vi.advanceTimersByTime(100)
    const other = caller.terms().onSend('read')
    vi.advanceTimersByTime(100)
    one()
    vi.advanceTimersByTime(100)
    other()
    vi.advanceTimersByTime(5000)
    const third = caller.terms().onSend('write')
    vi.advanceTimersByTime(200)
    third()
    expect(caller.answeredMs).toBe(500)
  })

  it('count as written once a write may go, since it may still wait for a probe of the token', () => {
    const caller = new Caller('live')
    expect([caller.terms().maySend('read'), caller.hasWritten]).toEqual([true, false])
    expect([caller.terms().maySend('write'), caller.hasWritten]).toEqual([true, true])
  })

  it('count as unwritten when the attempt is held before a write may go', () => {
    const caller = new Caller('live')
    caller.hold()
    expect([caller.terms().maySend('write'), caller.hasWritten]).toEqual([false, false])
  })

  it('count as written and for the whole time when the CRM says nothing about them', () => {
    const caller = new Caller('live')
    vi.advanceTimersByTime(500)
    expect([caller.hasWritten, caller.answeredMs]).toEqual([true, 500])
    caller.terms().onSend('read')()
    expect([caller.hasWritten, caller.answeredMs]).toEqual([false, 0])
    caller.terms().onSend('write')()
    expect(caller.hasWritten).toBe(true)
  })
})
