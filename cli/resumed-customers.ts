// Follows customers after a resume, until each has gone on, is parked again or waits for HubSpot.

import { setTimeout as sleep } from 'node:timers/promises'
import { inParallel } from './in-parallel.ts'
import { resultOfResume } from '../domain/resume-result.ts'
import type { Resume, ResumeResult, StatusAfterResume } from '../domain/resume-result.ts'

// The same result that many polls in a row counts. A step that is done may be followed by another one in a moment, and a status
// between the two looks as if the customer had gone on.
const POLLS: { [result in Exclude<ResumeResult, 'none'>]: number } = {
  'went-on': 3,
  'parked-again': 1,
  waiting: 3,
  'still-parked': 5,
}
const PAUSE_MS = 1000
// The API serves 16 requests of operators at a time, and others send some, too.
const CONCURRENCY = 4
// Each poll is a query, for which a worker may have to replay the run. So thousands of customers are polled in turn.
const POLLS_A_ROUND = 200

interface Followed {
  result: ResumeResult
  /** How many polls in a row have had the result. */
  polls: number
  /** Why the customer is parked now. */
  reasons: string[]
}

export interface FollowOptions {
  resume: Resume
  /** `null`: there was no answer this time. `gone`: Temporal has deleted the customer's run. */
  statusOf: (customerId: string) => Promise<StatusAfterResume | 'gone' | null>
  /** Whether all customers have been signalled; called before each round of polls. */
  isSignalled: () => Promise<boolean>
  /** Called after each round. */
  onRound: () => void
  /** When to stop, in milliseconds since the epoch. */
  endsAt: number
}

/** The customers of a resume, each with its result so far. */
export class ResumedCustomers {
  readonly #customers = new Map<string, Followed>()

  constructor(customerIds: string[]) {
    this.add(customerIds)
  }

  /** Returns when each customer has a result, or at the time `endsAt`. Customers who wait for HubSpot are polled to the end. */
  async follow({ resume, statusOf, isSignalled, onRound, endsAt }: FollowOptions): Promise<void> {
    for (;;) {
      const isAllSignalled = await isSignalled()
      const open = [...this.#customers.keys()].filter((id) => ['none', 'waiting'].includes(this.#resultOf(id)))
      await inParallel(open.slice(0, POLLS_A_ROUND), CONCURRENCY, async (id) => {
        if (Date.now() >= endsAt) return
        const status = await statusOf(id)
        if (status === null) this.#moveToEnd(id)
        else this.#note(id, resultNow(status, resume, isAllSignalled), status)
      })
      onRound()
      if ((isAllSignalled && this.of('none').length === 0) || Date.now() >= endsAt) return
      await sleep(Math.min(PAUSE_MS, Math.max(0, endsAt - Date.now())))
    }
  }

  /** Follows these customers, too. */
  add(customerIds: string[]): void {
    for (const id of customerIds) this.#customers.set(id, { result: 'none', polls: 0, reasons: [] })
  }

  has(customerId: string): boolean {
    return this.#customers.has(customerId)
  }

  get size(): number {
    return this.#customers.size
  }

  /** The customers with a result, each with the reasons for which they are parked now. */
  of(result: ResumeResult): { customerId: string; reasons: string[] }[] {
    const ids = [...this.#customers.keys()].filter((id) => this.#resultOf(id) === result)
    return ids.map((customerId) => ({ customerId, reasons: this.#customers.get(customerId)?.reasons ?? [] }))
  }

  #note(customerId: string, result: ResumeResult, status: StatusAfterResume | 'gone'): void {
    const before = this.#customers.get(customerId)
    const polls = before?.result === result ? before.polls + 1 : 1
    const reasons = status === 'gone' ? [] : [...new Set(status.parked.map(({ reason }) => reason))]
    this.#customers.set(customerId, { result, polls, reasons })
    this.#moveToEnd(customerId)
  }

  /** Others are polled before this customer is polled again. */
  #moveToEnd(customerId: string): void {
    const customer = this.#customers.get(customerId)
    this.#customers.delete(customerId)
    if (customer) this.#customers.set(customerId, customer)
  }

  #resultOf(customerId: string): ResumeResult {
    const { result, polls } = this.#customers.get(customerId) ?? { result: 'none', polls: 0 }
    return result === 'none' || polls < POLLS[result] ? 'none' : result
  }
}

function resultNow(status: StatusAfterResume | 'gone', resume: Resume, isAllSignalled: boolean): ResumeResult {
  if (status === 'gone') return 'went-on'
  const result = resultOfResume(status, resume)
  // While Temporal signals customers, the signal of this one may be on its way.
  return result === 'still-parked' && !isAllSignalled ? 'none' : result
}
