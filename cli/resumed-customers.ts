// Follows customers after a resume, until each has gone on, is parked again or waits for HubSpot.

import { setTimeout as sleep } from 'node:timers/promises'
import type { CustomerStatus } from '../api/contract/customers.ts'
import { inParallel } from './in-parallel.ts'

/** What came of the resume of one customer. `still-parked`: the signal has not reached the customer. `none`: nothing so far. */
export type Result = 'went-on' | 'parked-again' | 'waiting' | 'still-parked' | 'none'

/** A step that is retried, in a status; absent in that of an API without it. */
export type FollowedStatus = CustomerStatus & {
  waiting?: { attempts: number; nextAttemptAt: string | null } | null
}

/** The resume that is followed. `since`: when it started, by Temporal's clock. */
export interface Resume {
  reason: string
  since: string
}

/** How one status looks. */
type Look = Result | 'blocked'

// The same look that many polls in a row counts. A step that is done may be followed by another one in a moment, and a status between
// the two looks as if the customer had gone on.
const POLLS: { [look in Exclude<Look, 'none'>]: number } = {
  'went-on': 2,
  'parked-again': 1,
  waiting: 3,
  blocked: 3,
  'still-parked': 5,
}
const PAUSE_MS = 1000
// The API serves 16 requests of operators at a time, and others send some, too.
const CONCURRENCY = 4
// Each poll is a query, for which a worker may have to replay the run. So thousands of customers are polled in turn.
const POLLS_A_ROUND = 200

interface Followed {
  look: Look
  /** How many polls in a row have had the look. */
  polls: number
  /** Why the customer is parked now. */
  reasons: string[]
}

export interface FollowOptions {
  resume: Resume
  /** `null`: there was no answer this time. `gone`: Temporal has deleted the customer's run. */
  statusOf: (customerId: string) => Promise<FollowedStatus | 'gone' | null>
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
        else this.#note(id, lookOf(status, resume, isAllSignalled), status)
      })
      onRound()
      if ((isAllSignalled && this.of('none').length === 0) || Date.now() >= endsAt) return
      await sleep(Math.min(PAUSE_MS, Math.max(0, endsAt - Date.now())))
    }
  }

  /** Follows these customers, too. */
  add(customerIds: string[]): void {
    for (const id of customerIds) this.#customers.set(id, { look: 'none', polls: 0, reasons: [] })
  }

  has(customerId: string): boolean {
    return this.#customers.has(customerId)
  }

  get size(): number {
    return this.#customers.size
  }

  /** The customers with a result, each with the reasons for which they are parked now. */
  of(result: Result): { customerId: string; reasons: string[] }[] {
    const ids = [...this.#customers.keys()].filter((id) => this.#resultOf(id) === result)
    return ids.map((customerId) => ({ customerId, reasons: this.#customers.get(customerId)?.reasons ?? [] }))
  }

  #note(customerId: string, look: Look, status: FollowedStatus | 'gone'): void {
    const before = this.#customers.get(customerId)
    const polls = before?.look === look ? before.polls + 1 : 1
    const reasons = status === 'gone' ? [] : [...new Set(status.parked.map(({ reason }) => reason))]
    this.#customers.set(customerId, { look, polls, reasons })
    this.#moveToEnd(customerId)
  }

  /** Others are polled before this customer is polled again. */
  #moveToEnd(customerId: string): void {
    const customer = this.#customers.get(customerId)
    this.#customers.delete(customerId)
    if (customer) this.#customers.set(customerId, customer)
  }

  #resultOf(customerId: string): Result {
    const { look, polls } = this.#customers.get(customerId) ?? { look: 'none', polls: 0 }
    if (look === 'none' || polls < POLLS[look]) return 'none'
    // Something else keeps the customer where it is: a registration that has not come, or what was parked before the resume.
    return look === 'blocked' ? 'went-on' : look
  }
}

/** Whether the resume is about the customer: parked for the reason when it started, or signalled by it. */
export function isOfResume({ parked, timeline }: FollowedStatus, { reason, since }: Resume): boolean {
  const startedAt = Date.parse(since)
  const wasParked = parked.some((each) => each.reason === reason && Date.parse(each.since) < startedAt)
  const wasSignalled = ({ what, outcome, at }: FollowedStatus['timeline'][number]) =>
    what === 'resume' && outcome === `all with ${reason}` && Date.parse(at) >= startedAt
  return wasParked || timeline.some(wasSignalled)
}

function lookOf(status: FollowedStatus | 'gone', { reason, since }: Resume, isAllSignalled: boolean): Look {
  if (status === 'gone') return 'went-on'
  const isOlder = (time: string) => Date.parse(time) < Date.parse(since)
  const { parked, phase, fields, waiting } = status
  if (parked.some((each) => !isOlder(each.since))) return 'parked-again'
  if (parked.some((each) => each.reason === reason)) return isAllSignalled ? 'still-parked' : 'none'
  // A first attempt that is on its way may succeed at any moment.
  if (waiting && (waiting.attempts > 1 || waiting.nextAttemptAt !== null)) return 'waiting'
  if (waiting) return 'none'
  if (parked.length > 0 || phase === 'awaiting-registration') return 'blocked'
  const isWritten = Object.values(fields).every(({ state }) => state !== 'pending')
  const isThere = ['onboarded', 'erasing', 'erased'].includes(phase)
  return isThere && isWritten ? 'went-on' : 'none'
}
