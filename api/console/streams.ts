// The live parts of the pages: a page is rendered in named parts, and its stream sends each part that has changed.

import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import { html, raw } from 'hono/html'
import { streamSSE } from 'hono/streaming'
import { Problem } from '../problems/problem.ts'
import { markupOf } from './markup.ts'
import type { Html } from './markup.ts'
import type { Live, Snapshot } from './live.ts'
import type { Session, Sessions } from './sessions.ts'
import { withQuery } from './words.ts'

/** The parts of a page by their ids. Each is replaced as a whole, so an input belongs to a part that changes rarely. */
export type Parts = { [id: string]: Html }

// A proxy or our own server closes a connection on which nothing is sent for ten seconds (server.ts), and a page that hears nothing
// for three heartbeats says that it is not live (assets/console.js).
const HEARTBEAT_MS = 4_000
// The browser connects again, with the cookie that it has by then: a logout in another API process has deleted it.
const LONGEST_STREAM_MS = 60_000
// Each costs a connection, of which the server has 2,000, and events of the product must always find one.
const MAX_STREAMS = 200
const NO_STORE = { 'cache-control': 'no-store' }

/** The parts as they stand in the page. */
export function placed(parts: Parts): { [id: string]: Html } {
  return Object.fromEntries(Object.entries(parts).map(([id, part]) => [id, html`<div id="${id}">${part}</div>`]))
}

/** Names what a page shows, so that its stream sends only what differs. */
export function streamOf(path: string, parts: Parts, query: [string, string][] = []): string {
  return withQuery(path, [...query, ['seen', seenIn(parts)]])
}

interface StreamOptions<T> {
  session: Session
  live: Live<T>
  render: (snapshot: Snapshot<T>) => Parts
}

/** The open streams of this process. */
export class Streams {
  readonly #sessions: Sessions
  #open = 0

  constructor(sessions: Sessions) {
    this.#sessions = sessions
  }

  /**
   * Sends the parts that differ from those of the page, and then each that changes, for a minute or until the session ends. HEAD
   * gets no stream, since nobody would read it.
   *
   * @throws Problem 503 `overloaded`
   */
  send<T>(c: Context, { session, live, render }: StreamOptions<T>): Response {
    if (this.#open >= MAX_STREAMS) throw new Problem('overloaded')
    if (c.req.method === 'HEAD') return c.body(null, 200, { 'content-type': 'text/event-stream', ...NO_STORE })
    const seen = readSeen(c.req.header('last-event-id') ?? c.req.query('seen') ?? '')
    this.#open += 1
    c.header('x-accel-buffering', 'no')
    const response = streamSSE(c, async (stream) => {
      const mailbox = new Mailbox<Snapshot<T>>()
      const unwatch = live.watch((snapshot) => mailbox.put(snapshot))
      stream.onAbort(() => mailbox.close())
      try {
        // Without an answer there are heartbeats.
        void live.latest().then((snapshot) => mailbox.put(snapshot))
        let snapshot: Snapshot<T> | null = null
        const endsAt = performance.now() + LONGEST_STREAM_MS
        while (!mailbox.isClosed && performance.now() < endsAt) {
          // Without a newer answer the page says how old its own is.
          snapshot = (await mailbox.next(HEARTBEAT_MS)) ?? snapshot
          if (this.#sessions.hasEnded(session)) return await stream.writeSSE({ event: 'logged-out', data: '' })
          if (snapshot === null) await sendHeartbeat()
          else await sendChanges(render(snapshot))
        }
      } finally {
        unwatch()
        this.#open -= 1
      }

      async function sendChanges(parts: Parts): Promise<void> {
        const changed = Object.entries(parts).filter(([id, part]) => seen.get(id) !== hashOf(part))
        for (const [id, part] of changed) seen.set(id, hashOf(part))
        if (changed.length === 0) return await sendHeartbeat()
        const data = changed.map(([id, part]) => partial(id, part)).join('')
        await stream.writeSSE({ id: seenIn(parts), data })
      }

      // An event and no comment, since the browser's script sees no comment.
      async function sendHeartbeat(): Promise<void> {
        await stream.writeSSE({ event: 'heartbeat', data: '' })
      }
    })
    // `streamSSE` sets another one.
    response.headers.set('cache-control', NO_STORE['cache-control'])
    return response
  }
}

/** htmx replaces the part with this id. */
function partial(id: string, part: Html): string {
  return markupOf(html`<hx-partial hx-target="#${id}" hx-swap="innerMorph">${raw(markupOf(part))}</hx-partial>`)
}

function seenIn(parts: Parts): string {
  return Object.entries(parts)
    .map(([id, part]) => `${id}.${hashOf(part)}`)
    .join(',')
}

function readSeen(text: string): Map<string, string> {
  return new Map(text.split(',').map((entry) => entry.split('.', 2) as [string, string]))
}

function hashOf(part: Html): string {
  return createHash('sha256').update(markupOf(part)).digest('base64url').slice(0, 8)
}

/** Holds the newest message alone, since a slow reader needs no older ones. */
class Mailbox<T> {
  #message: T | null = null
  #wake: () => void = () => {}
  isClosed = false

  put(message: T): void {
    this.#message = message
    this.#wake()
  }

  close(): void {
    this.isClosed = true
    this.#wake()
  }

  /** The newest message; `null` when none has come in this time. */
  async next(withinMs: number): Promise<T | null> {
    if (this.#message === null && !this.isClosed) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, withinMs)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    const message = this.#message
    this.#message = null
    return message
  }
}
