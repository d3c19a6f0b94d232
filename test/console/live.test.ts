// Questions to Temporal are shared by all who look, and asked only while somebody looks.

import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Live, LiveByKey } from '../../api/console/live.ts'

afterEach(() => void vi.useRealTimers())

describe('a value that pages show', () => {
  it('is read once for a hundred pages that open together, and once in each interval for all who watch', async () => {
    let reads = 0
    const live = new Live(async () => await Promise.resolve((reads += 1)), 50)
    await Promise.all(Array.from({ length: 100 }, () => live.latest()))
    expect(reads).toBe(1)

    const seen: number[] = []
    const stops = Array.from({ length: 100 }, () => live.watch(({ value }) => seen.push(value ?? 0)))
    await expect.poll(() => reads).toBe(3)
    for (const stop of stops) stop()
    expect(seen.length).toBeLessThanOrEqual(reads * 100)
    expect(new Set(seen).size).toBeLessThanOrEqual(reads)
  })

  it('is not read while nobody watches', async () => {
    let reads = 0
    const live = new Live(async () => await Promise.resolve((reads += 1)), 10)
    const stop = live.watch(() => {})
    await expect.poll(() => reads).toBeGreaterThan(1)
    stop()
    await sleep(30)
    const before = reads
    await sleep(100)
    expect(reads).toBe(before)
  })

  it('stays as it was when the next question fails, with the failure', async () => {
    let isBroken = false
    const live = new Live(async () => {
      if (isBroken) throw new Error('broken by the test')
      return await Promise.resolve('a value')
    }, 1)
    const { at } = await live.latest()
    isBroken = true
    live.expire()
    expect(await live.latest()).toEqual({ value: 'a value', at, failure: new Error('broken by the test') })
    isBroken = false
    live.expire()
    expect(await live.latest()).toMatchObject({ value: 'a value', failure: null })
  })

  it('that takes long is asked less often', async () => {
    let reads = 0
    const live = new Live(async () => {
      await sleep(100)
      return (reads += 1)
    }, 1)
    await live.latest()
    await sleep(50)
    await live.latest()
    expect(reads).toBe(1)
  })

  it('that takes very long is asked again after half a minute', async () => {
    vi.useFakeTimers()
    let reads = 0
    const live = new Live(async () => {
      reads += 1
      await new Promise((resolve) => setTimeout(resolve, 60_000))
    }, 1)
    void live.latest()
    await vi.advanceTimersByTimeAsync(60_000 + 29_000)
    void live.latest()
    expect(reads).toBe(1)
    await vi.advanceTimersByTimeAsync(1_000)
    void live.latest()
    expect(reads).toBe(2)
  })

  it('is read again after a command, also when a read has begun before it', async () => {
    let state = 'before'
    const answers: (() => void)[] = []
    const live = new Live(async () => {
      const read = state
      await new Promise<void>((resolve) => answers.push(resolve))
      return read
    }, 60_000)
    const early = live.latest()
    state = 'after'
    live.expire()
    const late = live.latest()
    expect(answers).toHaveLength(2)
    answers[1]?.()
    expect(await late).toMatchObject({ value: 'after' })
    answers[0]?.()
    expect(await early).toMatchObject({ value: 'after' })
    expect(await live.latest()).toMatchObject({ value: 'after' })
  })

  it('reports a failure once until it changes', async () => {
    const reports: string[] = []
    const messages = ['one', 'one', 'two', null, 'two']
    const read = async () => {
      const message = messages.shift()
      if (typeof message === 'string') throw new Error(message)
      return await Promise.resolve('a value')
    }
    const live = new Live(read, 60_000, ({ message }) => reports.push(message))
    while (messages.length > 0) {
      live.expire()
      await live.latest()
    }
    expect(reports).toEqual(['one', 'two', 'two'])
  })

  it('is forgotten when nobody watches it and another one is asked for', async () => {
    const byKey = new LiveByKey<string>()
    const read = async () => await Promise.resolve('a value')
    const watched = byKey.of('watched', read, 1000)
    const stop = watched.watch(() => {})
    const other = byKey.of('other', read, 1000)
    expect(byKey.of('watched', read, 1000)).toBe(watched)
    expect(byKey.of('other', read, 1000)).not.toBe(other)
    stop()
  })
})
