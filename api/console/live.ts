// One question to Temporal for all who look at the same thing: its answer is shared, and asked for again only while somebody watches.

import { setTimeout as sleep } from 'node:timers/promises'

/** The newest answer, with the time when it came, and why the last question has failed; `null` when it has not. */
export interface Snapshot<T> {
  value: T | null
  /** Milliseconds since the epoch; `null` before the first answer. */
  at: number | null
  failure: Error | null
}

/** Called with each new answer, and when the question has failed. */
type Watcher<T> = (snapshot: Snapshot<T>) => void

type Report = (failure: Error) => void

const PAUSE_PER_ANSWER = 4
const LONGEST_PAUSE_MS = 30_000

/** A value that is read at most once in `everyMs`, however many pages show it. */
export class Live<T> {
  readonly #read: () => Promise<T>
  readonly #everyMs: number
  readonly #watchers = new Set<Watcher<T>>()
  #isRunning = false
  #reading: Promise<Snapshot<T>> | null = null
  #latest: Snapshot<T> = { value: null, at: null, failure: null }
  #askedAt = 0
  #commands = 0
  #pauseMs: number
  readonly #report: Report

  /** @param report gets each failure that differs from the one before */
  constructor(read: () => Promise<T>, everyMs: number, report: Report = () => {}) {
    this.#read = read
    this.#report = report
    this.#everyMs = everyMs
    this.#pauseMs = everyMs
  }

  get isWatched(): boolean {
    return this.#watchers.size > 0
  }

  /** Whether the question was answered or has failed so far. */
  get isAsked(): boolean {
    return this.#askedAt > 0
  }

  /**
   * The newest answer if it is not older than `everyMs`, else a new one.
   *
   * @param withinMs how long to wait for the new answer; then the former one is returned, and the new one is there for the next reader
   */
  async latest(withinMs?: number): Promise<Snapshot<T>> {
    if (Date.now() - this.#askedAt < this.#pauseMs) return this.#latest
    const answer = this.#ask()
    if (withinMs === undefined) return await answer
    await Promise.race([answer, sleep(withinMs)])
    return this.#latest
  }

  /** Has the next reader ask again, after a command. An answer to a question from before the command is not used. */
  expire(): void {
    this.#commands += 1
    this.#reading = null
    this.#askedAt = 0
  }

  /** Calls the watcher with each answer until the returned function is called. */
  watch(watcher: Watcher<T>): () => void {
    this.#watchers.add(watcher)
    if (!this.#isRunning) void this.#run()
    return () => void this.#watchers.delete(watcher)
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    while (this.isWatched) {
      await sleep(this.#pauseMs)
      if (!this.isWatched) break
      const snapshot = await this.latest()
      for (const watcher of this.#watchers) watcher(snapshot)
    }
    this.#isRunning = false
  }

  /** Concurrent callers share one question. */
  async #ask(): Promise<Snapshot<T>> {
    if (this.#reading !== null) return await this.#reading
    const reading = this.#readOnce()
    this.#reading = reading
    void reading.finally(() => {
      if (this.#reading === reading) this.#reading = null
    })
    return await reading
  }

  async #readOnce(): Promise<Snapshot<T>> {
    const [startedAt, commands] = [Date.now(), this.#commands]
    const answer = await this.#answer()
    if (commands !== this.#commands) return await this.latest()
    const former = this.#latest.failure
    this.#latest = { ...this.#latest, ...answer }
    if (answer.failure && answer.failure.message !== former?.message) this.#report(answer.failure)
    this.#askedAt = Date.now()
    // A question that takes long, such as a count of very many customers, is asked less often.
    const pauseMs = PAUSE_PER_ANSWER * (this.#askedAt - startedAt)
    this.#pauseMs = Math.max(this.#everyMs, Math.min(pauseMs, LONGEST_PAUSE_MS))
    return this.#latest
  }

  /** After a failure the former answer stays on the pages, with a word about its age. */
  async #answer(): Promise<Partial<Snapshot<T>>> {
    try {
      return { value: await this.#read(), at: Date.now(), failure: null }
    } catch (error) {
      return { failure: error as Error }
    }
  }
}

/** Values of one kind, such as the status of each customer that somebody watches. One that nobody watches is forgotten. */
export class LiveByKey<T> {
  readonly #live = new Map<string, Live<T>>()
  readonly #report: Report

  constructor(report: Report = () => {}) {
    this.#report = report
  }

  /** @param read is kept for the key until nobody watches any more */
  of(key: string, read: () => Promise<T>, everyMs: number): Live<T> {
    for (const [other, live] of this.#live) if (!live.isWatched && other !== key) this.#live.delete(other)
    const live = this.#live.get(key) ?? new Live(read, everyMs, this.#report)
    this.#live.set(key, live)
    return live
  }
}
