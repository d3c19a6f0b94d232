// Rejects events of a customer whose backlog is full: no worker reads their events, and Temporal holds only so many of them.

import { WorkflowNotFoundError } from '@temporalio/client'
import type { Client } from '@temporalio/client'
import { onboardingId } from '../../domain/ids.ts'
import { Problem } from '../problems/problem.ts'

export interface BacklogLimits {
  /** Length of a run's history, in events. */
  historyEvents: number
  /** Size of a run's history, in bytes. */
  historyBytes: number
  /** How many events of one customer the API accepts before it asks Temporal for the two again. */
  checkEvery: number
}

/**
 * Temporal terminates a run at 50 MB of history, and with it loses the events that no worker has read. It rejects signals after
 * the 10,000th. Temporal does not report how many are unread, but each is one event of the history, so the length of the history
 * is an upper bound. The bound is close: a run that workers read continues as new at about 300 events, or 1,800 (workflows/run.ts), so a
 * history of thousands of events is nearly all backlog.
 *
 * The last answer of Temporal does not show up to three times `checkEvery` events of each API process: those that were on
 * their way, those that waited for the answer, and those since. An event is below 17 KB (domain/fields.ts, three bytes for each
 * character). So one process keeps below 5,000 events and 20 MB, and ten keep below the limits of Temporal.
 */
export const BACKLOG_LIMITS: BacklogLimits = { historyEvents: 4_500, historyBytes: 16_000_000, checkEvery: 64 }

// While a backlog is full, senders repeat their events. Temporal is asked once in this time.
const ASK_AGAIN_MS = 1_000
// About 2 MB of memory.
const MAX_CUSTOMERS = 10_000

interface CustomerBacklog {
  /** Events since the last answer of Temporal. */
  unchecked: number
  isFull: boolean
  /** When Temporal answered, in milliseconds since the epoch. */
  checkedAt: number
  /** The question that is open; concurrent events share it. */
  check: Promise<void> | null
}

/** The backlogs as this process knows them: of the customers whose events it has accepted last. */
export class Backlog {
  readonly #client: Client
  readonly #limits: BacklogLimits
  /** The customer of the oldest event comes first. */
  readonly #customers = new Map<string, CustomerBacklog>()

  constructor(client: Client, limits: BacklogLimits = BACKLOG_LIMITS) {
    this.#client = client
    this.#limits = limits
  }

  /**
   * Counts an event that is to be stored, and asks Temporal when it is time.
   *
   * @throws Problem 503 `backlog-full`; the errors of Temporal's client
   */
  async assertNotFull(customerId: string): Promise<void> {
    const backlog = this.#backlogOf(customerId)
    backlog.unchecked += 1
    if (backlog.isFull ? isOld(backlog) : backlog.unchecked >= this.#limits.checkEvery) {
      // The count stays until Temporal has answered, so that a failed question is asked again.
      backlog.check ??= this.#check(customerId, backlog).finally(() => (backlog.check = null))
      await backlog.check
    }
    if (backlog.isFull) throw new Problem('backlog-full')
  }

  #backlogOf(customerId: string): CustomerBacklog {
    const known = this.#customers.get(customerId)
    // A count that starts anywhere asks after one in 64 events, even if this process forgets the customer between any two.
    const unchecked = Math.floor(Math.random() * this.#limits.checkEvery)
    const backlog = known ?? { unchecked, isFull: false, checkedAt: 0, check: null }
    this.#customers.delete(customerId)
    this.#customers.set(customerId, backlog)
    const [oldest] = this.#customers.keys()
    if (this.#customers.size > MAX_CUSTOMERS && oldest !== undefined) this.#customers.delete(oldest)
    return backlog
  }

  async #check(customerId: string, backlog: CustomerBacklog): Promise<void> {
    const run = await this.#newestRun(customerId)
    const { historyEvents, historyBytes } = this.#limits
    const isLong = run !== null && (run.historyLength >= historyEvents || (run.historySize ?? 0) >= historyBytes)
    backlog.isFull = isLong && run.status.name === 'RUNNING'
    backlog.checkedAt = Date.now()
    backlog.unchecked = 0
  }

  /** `null` when the customer has no run, so that the event starts one. */
  async #newestRun(customerId: string) {
    try {
      return await this.#client.workflow.getHandle(onboardingId(customerId)).describe()
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return null
      throw error
    }
  }
}

function isOld({ checkedAt }: CustomerBacklog): boolean {
  return Date.now() - checkedAt >= ASK_AGAIN_MS
}
