// Calls that a local activity has started and that take long: the regular activity of the same step goes on with them.

import type { Caller } from './caller.ts'

/** A call that runs, and its caller. */
export interface StartedCall {
  result: Promise<unknown>
  caller: Caller
}

// The workflow asks for the regular activity at once, and Temporal gives it to this worker in most cases. If another worker has it,
// the call there repeats this one, which is safe (G2).
const KEEP_MS = 10_000

export class StartedCalls {
  readonly #calls = new Map<string, StartedCall>()

  /** Keeps a call for a while; then it is cancelled. An earlier one with the same key is cancelled at once. */
  keep(key: string, call: StartedCall): void {
    this.take(key)?.caller.cancel()
    this.#calls.set(key, call)
    // A held call that fails has written nothing. The regular activity starts the step from the beginning.
    call.result.catch(() => {
      if (call.caller.isHeld) this.#drop(key, call)
    })
    setTimeout(() => this.#drop(key, call)?.caller.cancel(), KEEP_MS).unref()
  }

  /** The call with this key, which then belongs to the caller; `null` when this worker has none. */
  take(key: string): StartedCall | null {
    const call = this.#calls.get(key) ?? null
    this.#calls.delete(key)
    return call
  }

  /** The call, when it is still kept. */
  #drop(key: string, call: StartedCall): StartedCall | null {
    return this.#calls.get(key) === call ? this.take(key) : null
  }
}
