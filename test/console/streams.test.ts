// The stream of a live page while the question behind it takes long.

import { Hono } from 'hono'
import { html } from 'hono/html'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Live } from '../../api/console/live.ts'
import { Sessions } from '../../api/console/sessions.ts'
import { ageOf } from '../../api/console/stale.ts'
import { Streams } from '../../api/console/streams.ts'

const SESSION = { id: 'a session', name: null, scope: 'full', expiresAt: Infinity } as const

afterEach(() => void vi.useRealTimers())

/** What the stream sends, chunk by chunk. */
async function streamFrom(live: Live<string>) {
  const streams = new Streams(new Sessions([], []))
  const render = ({ value, at, failure }: Awaited<ReturnType<typeof live.latest>>) => ({
    value: html`${value}`,
    stale: ageOf(at, failure),
  })
  const app = new Hono().get('/', (c) => streams.send(c, { session: SESSION, live, render }))
  const reader = (await app.request('/')).body!.getReader()
  return {
    next: async () => new TextDecoder().decode((await reader.read()).value),
    rest: async () => {
      let text = ''
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return text
        text += new TextDecoder().decode(value)
      }
    },
    end: async () => await reader.cancel(),
  }
}

describe('a stream', () => {
  it('has an event for each heartbeat, since a browser’s script sees no comment', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const stream = await streamFrom(new Live(async () => await Promise.resolve('a value'), 60_000))
    expect(await stream.next()).toContain('a value')
    const next = stream.next()
    await vi.advanceTimersByTimeAsync(4_000)
    expect(await next).toBe('event: heartbeat\ndata: \n\n')
    await stream.end()
  })

  it('ends after a minute, so that the browser connects again with the cookie that it has by then', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const stream = await streamFrom(new Live(async () => await Promise.resolve('a value'), 60_000))
    const rest = stream.rest()
    await vi.advanceTimersByTimeAsync(59_000)
    expect(await Promise.race([rest, Promise.resolve('open')])).toBe('open')
    await vi.advanceTimersByTimeAsync(5_000)
    expect(await rest).not.toContain('logged-out')
  })

  it('has heartbeats before the first answer, so that no proxy and no server closes it', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const stream = await streamFrom(new Live(() => new Promise(() => {}), 1_000))
    const first = stream.next()
    await vi.advanceTimersByTimeAsync(9_000)
    expect(await Promise.race([first, Promise.resolve().then(() => 'nothing')])).toBe('event: heartbeat\ndata: \n\n')
    await stream.end()
  })

  it('says when its numbers are old, although no newer ones have come', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    let isSlow = false
    const live = new Live(async () => (isSlow ? await new Promise<string>(() => {}) : 'a value'), 60_000)
    const stream = await streamFrom(live)
    expect(await stream.next()).toContain('a value')
    isSlow = true
    let text = ''
    for (let beats = 0; beats < 3; beats += 1) {
      expect(text).not.toContain('<time')
      const next = stream.next()
      await vi.advanceTimersByTimeAsync(4_000)
      text += await next
    }
    expect(text).toContain('hx-target="#stale"')
    expect(text).toContain('<time')
    await stream.end()
  })
})
