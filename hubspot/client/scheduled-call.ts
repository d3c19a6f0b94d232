// One call in the scheduler: who waits for it, how long it may wait, and what becomes of it when its caller is cancelled.

import { AsyncLocalStorage } from 'node:async_hooks'
import type { CallContext } from './batch-kind.ts'
import type { Clock } from './clock.ts'
import { HubSpotError } from './hubspot-error.ts'
import { sendings } from './sending.ts'
import type { Sending } from './sending.ts'

/** How a call wants to be scheduled. */
export interface Terms {
  /** `first`: a call of onramp's own that decides about the others, such as the neutral call. */
  priority: CallContext['priority'] | 'first'
  maxWaitMs: CallContext['maxWaitMs']
  /** Cancels this call, and no other one. */
  signal: AbortSignal | undefined
  /** Called each time before the call is sent. @throws HubSpotError when it must not be sent */
  admit: () => void
  /** Called when a request with the call goes out. The returned function is called when the request has ended. */
  onSend?: () => () => void
  /** Called when a batch with the call, a write, got no response. The call may be sent again. */
  onUnanswered?: () => void
}

export type Priority = Terms['priority']

export interface CallDraft {
  /** The order of arrival. */
  sequence: number
  terms: Terms
  /** The row of a call that can share a request. */
  row: unknown
  /** Calls with a record in common never share a request; empty for a call that may go with any other, or always goes alone. */
  records: readonly string[]
  perform: () => Promise<unknown>
}

export class ScheduledCall {
  readonly sequence: number
  readonly terms: Terms
  readonly row: unknown
  readonly records: readonly string[]
  readonly outcome: Promise<unknown>
  /** By the scheduler's clock. */
  readonly arrivedAt: number
  readonly #perform: () => Promise<unknown>
  // The call may be sent while another activity runs. Its own code must see its own activity.
  readonly #inOwnContext = AsyncLocalStorage.snapshot()
  readonly #clock: Clock
  readonly #deadline: number
  readonly #settle: { resolve: (answer: unknown) => void; reject: (error: unknown) => void }
  #state: 'waiting' | 'sent-alone' | 'sent-together' | 'settled' = 'waiting'
  #leave: () => void = () => {}
  #stopTimer: () => void = () => {}
  #isListening = false
  #hasGoneTogether = false

  constructor({ sequence, terms, row, records, perform }: CallDraft, clock: Clock) {
    this.sequence = sequence
    this.terms = terms
    this.row = row
    this.records = records
    this.#perform = perform
    this.#clock = clock
    this.arrivedAt = clock.now()
    this.#deadline = terms.maxWaitMs === null ? Infinity : this.arrivedAt + terms.maxWaitMs
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    this.outcome = promise
    this.#settle = { resolve, reject }
  }

  get isSettled(): boolean {
    return this.#state === 'settled'
  }

  /** Whether the call was a row of a request that decided nothing about it. */
  get hasGoneTogether(): boolean {
    return this.#hasGoneTogether
  }

  get isWaiting(): boolean {
    return this.#state === 'waiting'
  }

  /** The call waits in the queue, for the first time or again. @param leave takes the call out of the queue */
  wait(leave: () => void): void {
    this.#state = 'waiting'
    this.#leave = leave
    this.#listen()
    if (this.terms.signal?.aborted) return this.#cancel()
    if (this.#deadline !== Infinity) {
      this.#stopTimer = this.#clock.after(Math.max(0, this.#deadline - this.#clock.now()), () => this.#giveUp())
    }
  }

  /** Whether the call may still go out. Settles a call that may not. */
  admit(): boolean {
    if (this.isSettled) return false
    try {
      this.terms.admit()
      return true
    } catch (error) {
      this.reject(error)
      return false
    }
  }

  /** Sends the call alone, in the context of its caller. */
  sendAlone(sending: Sending): Promise<unknown> {
    this.#stopTimer()
    this.#state = 'sent-alone'
    sending.signal = this.terms.signal
    return this.#inOwnContext(() => sendings.run(sending, this.#perform))
  }

  /** The call goes out with others. When its caller is cancelled, the others' request goes on. */
  sentTogether(): void {
    this.#stopTimer()
    this.#state = 'sent-together'
    this.#hasGoneTogether = true
    this.#listen()
  }

  resolve(answer: unknown): void {
    this.#end()
    this.#settle.resolve(answer)
  }

  reject(error: unknown): void {
    this.#end()
    this.#settle.reject(error)
  }

  rejectUnsent(why: string): void {
    this.reject(HubSpotError.notSent(null, why, { finding: 'not-sent', pauseSeconds: null }))
  }

  /** @param pauseMs the time until the next probe */
  rejectForTheDay(pauseMs: number): void {
    // A probe that is due may take a moment to be sent.
    const pauseSeconds = Math.max(1, Math.ceil(pauseMs / 1000))
    const why = 'HubSpot’s daily limit is reached'
    this.reject(HubSpotError.notSent(null, why, { finding: 'daily-limit', pauseSeconds }))
  }

  #listen(): void {
    if (this.#isListening || this.terms.signal === undefined) return
    this.#isListening = true
    this.terms.signal.addEventListener('abort', this.#cancel)
  }

  /** A call that is sent alone is cancelled by the transport. */
  readonly #cancel = (): void => {
    if (this.#state === 'sent-together') this.reject(HubSpotError.unusableResponse('the call was cancelled'))
    if (this.#state !== 'waiting') return
    this.#leave()
    this.rejectUnsent('The call was cancelled')
  }

  #giveUp(): void {
    this.#leave()
    const why = 'HubSpot’s quota is used up for longer than the call may wait'
    this.reject(HubSpotError.notSent(null, why, { finding: 'quota-short', pauseSeconds: null }))
  }

  #end(): void {
    this.#state = 'settled'
    this.#stopTimer()
    if (this.#isListening) this.terms.signal?.removeEventListener('abort', this.#cancel)
  }
}
