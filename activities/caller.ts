// One attempt of a step, as the CRM's client sees it: how its calls are scheduled, and what has become of them.

import { Context } from '@temporalio/activity'
import type { Priority } from '../domain/step-call.ts'

/** How the calls of an attempt are scheduled. */
export interface CallerTerms {
  priority: Priority
  /** How long the next call may wait for quota, in milliseconds. */
  maxWaitMs: number
  /** Asked before each call is sent. A write that may go counts as sent: it may still wait for a probe of the circuit breaker. */
  maySend: (verb: 'read' | 'write') => boolean
  /** Called when a call goes out. The returned function is called when the call has ended. */
  onSend: (verb: 'read' | 'write') => () => void
  /** Called when a write got no response and is sent again by the CRM's client. */
  onUnanswered: () => void
}

// A regular activity ends after five minutes (workflows/activities.ts), and a call takes up to 100 s (HUBSPOT_TIMEOUT_MS). All waits
// of an attempt for quota end early enough that the last call can end as well. The next attempt then waits again.
const MAX_WAIT_MS = 3 * 60_000

export class Caller {
  readonly #priority: Priority
  readonly #cancellation = new AbortController()
  readonly #startedAt = performance.now()
  #out = 0
  #outSince = 0
  #answeredMs = 0
  #isAsked = false
  #hasWritten = false
  #isUnanswered = false
  #isHeld = false

  constructor(priority: Priority) {
    this.#priority = priority
  }

  /** Cancels the calls of the attempt. */
  get cancellation(): AbortSignal {
    return this.#cancellation.signal
  }

  cancel(): void {
    this.#cancellation.abort()
  }

  /** The client of a CRM asks for the terms of each call. Nothing is known of the calls of a client that does not ask. */
  terms(): CallerTerms {
    this.#isAsked = true
    return {
      priority: this.#priority,
      maxWaitMs: Math.max(0, this.#startedAt + MAX_WAIT_MS - performance.now()),
      maySend: (verb) => {
        if (!this.#isHeld) this.#hasWritten ||= verb === 'write'
        return !this.#isHeld
      },
      onSend: (verb) => this.#send(verb),
      onUnanswered: () => {
        this.#isUnanswered = true
      },
    }
  }

  /**
   * How long the CRM has taken for the calls that have ended, in milliseconds. Time in which several calls ran side by side counts
   * once. When nothing is known of the calls, it is the whole time of the attempt.
   */
  get answeredMs(): number {
    return this.#isAsked ? this.#answeredMs : performance.now() - this.#startedAt
  }

  /** Whether a write was sent, or may have been sent. The CRM may execute it at any later time. */
  get hasWritten(): boolean {
    return this.#hasWritten || !this.#isAsked
  }

  /** Whether a write got no response before the CRM's client sent it again. The CRM may execute the first one late. */
  get isUnanswered(): boolean {
    return this.#isUnanswered
  }

  /** Calls that wait keep their places in the queue, but none is sent until `release`. */
  hold(): void {
    this.#isHeld = true
  }

  release(): void {
    this.#isHeld = false
  }

  get isHeld(): boolean {
    return this.#isHeld
  }

  #send(verb: 'read' | 'write'): () => void {
    this.#hasWritten ||= verb === 'write'
    if (this.#out === 0) this.#outSince = performance.now()
    this.#out += 1
    return () => {
      this.#out -= 1
      if (this.#out === 0) this.#answeredMs += performance.now() - this.#outSince
    }
  }
}

const callers = new WeakMap<Context, Caller>()

/** Introduces the caller of the running activity to the CRM's client. */
export function introduce(context: Context, caller: Caller): void {
  callers.set(context, caller)
}

/** The signal that cancels the calls of the running activity; `undefined` outside of one, as in the setup. */
export function currentCancellation(): AbortSignal | undefined {
  const context = currentContext()
  return context && (callers.get(context)?.cancellation ?? context.cancellationSignal)
}

/** The customer and the step of the running activity; `undefined` outside of one. The customer is the id of their workflow. */
export function currentCaller(): { customer: string; step: string } | undefined {
  const context = currentContext()
  return context && callerOf(context)
}

/** How the calls of the running activity are scheduled; `undefined` outside of one, and in an activity that calls no CRM. */
export function currentTerms(): CallerTerms | undefined {
  const context = currentContext()
  return context && callers.get(context)?.terms()
}

export function callerOf({ info }: Context): { customer: string; step: string } {
  return { customer: info.workflowExecution?.workflowId ?? '', step: info.activityType }
}

function currentContext(): Context | undefined {
  try {
    return Context.current()
  } catch {
    return undefined
  }
}
