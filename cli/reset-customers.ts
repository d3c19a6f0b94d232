// Follows customers after a reset of their runs, until each goes on or is stuck again.

import { setTimeout as sleep } from 'node:timers/promises'
import { inParallel } from './in-parallel.ts'

/** What the status of a customer says: it is answered, the run is stuck, or nobody answers. */
export type Answer = 'goes-on' | 'stuck' | 'none'

// The same answer that many times in a row counts. A run that has just been reset is answered for as stuck until its first workflow
// task is done, and one that answers may get stuck at its next step.
const POLLS: { [answer in Answer]: number } = { 'goes-on': 2, stuck: 5, none: Infinity }
const PAUSE_MS = 1000
// The API serves 16 requests of operators at a time, and others send some, too.
const CONCURRENCY = 4

interface FollowOptions {
  answerOf: (customerId: string) => Promise<Answer>
  /** Whether all runs have been reset; called before each round of questions. */
  isReset: () => Promise<boolean>
  /** When to stop, in milliseconds since the epoch. */
  endsAt: number
}

/** The customers of a reset, each with the last answer and how often it came in a row. */
export class ResetCustomers {
  readonly #customers: Map<string, { answer: Answer; polls: number }>

  constructor(customerIds: string[]) {
    this.#customers = new Map(customerIds.map((id) => [id, { answer: 'none', polls: 0 }]))
  }

  /** Returns when each customer has a result, or at the time `endsAt`. */
  async follow({ answerOf, isReset, endsAt }: FollowOptions): Promise<void> {
    for (;;) {
      // Before its reset, a run is stuck.
      if (await isReset()) {
        await inParallel(this.of('none'), CONCURRENCY, async (id) => {
          if (Date.now() < endsAt) this.#note(id, await answerOf(id))
        })
        if (this.of('none').length === 0) return
      }
      if (Date.now() >= endsAt) return
      await sleep(Math.min(PAUSE_MS, Math.max(0, endsAt - Date.now())))
    }
  }

  get size(): number {
    return this.#customers.size
  }

  /** The customers with this result; `none` for those without one. */
  of(result: Answer): string[] {
    return [...this.#customers].flatMap(([id, { answer, polls }]) => {
      const isSure = polls >= POLLS[answer]
      return (isSure ? answer : 'none') === result ? [id] : []
    })
  }

  #note(id: string, answer: Answer): void {
    const last = this.#customers.get(id)
    this.#customers.set(id, { answer, polls: last?.answer === answer ? last.polls + 1 : 1 })
  }
}
