// A call that a local activity has started belongs to the regular activity that goes on with it, and to nobody else.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Caller } from '../../activities/caller.ts'
import { StartedCalls } from '../../activities/started-calls.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const cancelled: string[] = []
const call = (name: string) => {
  const caller = new Caller('live')
  caller.cancellation.addEventListener('abort', () => cancelled.push(name))
  return { result: new Promise(() => {}), caller }
}

describe('a call that a local activity has started', () => {
  it('is cancelled when no regular activity goes on with it', () => {
    const calls = new StartedCalls()
    calls.keep('key', call('abandoned'))
    vi.advanceTimersByTime(10_000)
    expect([cancelled.splice(0), calls.take('key')]).toEqual([['abandoned'], null])
  })

  it('is not cancelled once a regular activity has it, also when another call has its key by then', () => {
    const calls = new StartedCalls()
    calls.keep('key', call('first'))
    calls.take('key')
    vi.advanceTimersByTime(9_900)
    calls.keep('key', call('second'))
    vi.advanceTimersByTime(200)
    expect(cancelled).toEqual([])
    expect(calls.take('key')).not.toBeNull()
  })
})
