// The parked customers with what their status says: since when, the message and the rejected fields.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Attention } from '../../domain/onboarding-status.ts'
import type { CustomerStatus } from '../contract/customer-status.ts'
import type { StuckCounts } from '../contract/stuck.ts'
import { Problem } from '../problems/problem.ts'
import type { ParkedGroup, ParkedList } from '../temporal/parked-list.ts'

// A status is a query, for which a worker may have to replay the run.
const SHOWN_OF_GROUP = 25
const CONCURRENCY = 4
// For all statuses of a page together, so that a page without workers comes before the browser's and the server's time is over.
const STATUSES_WITHIN_MS = 2_500
const KEPT_MS = 10_000

/** One parked customer. `attention` is `null` when no worker says more. */
export interface ParkedRow {
  customerId: string
  attention: Attention | null
}

export interface ParkedRows extends Pick<ParkedGroup, 'reason' | 'step'> {
  /** How many customers are parked for this, of whom `rows` shows the first. */
  count: number
  /** The oldest first. */
  rows: ParkedRow[]
}

export interface ParkedPage extends Pick<ParkedList, 'hasMore'> {
  groups: ParkedRows[]
}

export interface AttentionPage extends ParkedPage {
  /** The address of the same list in the Temporal UI; `null` when there is none. */
  inTemporal: string | null
  /** `null` when this Temporal does not say. */
  stuck: StuckCounts | null
}

type StatusOf = (customerId: string) => Promise<CustomerStatus>

/** Reads statuses, each at most once in some seconds, since a parked customer changes rarely. */
export class ParkedStatuses {
  readonly #statusOf: StatusOf
  readonly #kept = new Map<string, { status: CustomerStatus; at: number }>()

  constructor(statusOf: StatusOf) {
    this.#statusOf = statusOf
  }

  async rowsOf({ groups, hasMore }: ParkedList): Promise<ParkedPage> {
    const shown = groups.map(({ customerIds, ...group }) => ({
      ...group,
      count: customerIds.length,
      ids: customerIds.slice(0, SHOWN_OF_GROUP),
    }))
    await this.#read([...new Set(shown.flatMap(({ ids }) => ids))])
    return {
      hasMore,
      groups: shown.map(({ ids, ...group }) => ({
        ...group,
        rows: ids.map((id) => this.#rowOf(id, group)).toSorted(byAge),
      })),
    }
  }

  #rowOf(customerId: string, { reason, step }: Pick<ParkedGroup, 'reason' | 'step'>): ParkedRow {
    const parked = this.#kept.get(customerId)?.status.parked ?? []
    return { customerId, attention: parked.find((each) => each.reason === reason && each.step === step) ?? null }
  }

  async #read(ids: string[]): Promise<void> {
    for (const [id, { at }] of this.#kept) if (Date.now() - at > KEPT_MS) this.#kept.delete(id)
    const missing = ids.filter((id) => !this.#kept.has(id))
    // Without an answer nothing is kept, so that the next page asks again.
    for (const [id, status] of await statusesOf(this.#statusOf, missing)) this.#kept.set(id, { status, at: Date.now() })
  }
}

/**
 * Reads statuses, a few at a time, for as long as a page may wait for all of them. The result has no customer for whom nobody has
 * answered by then.
 */
export async function statusesOf(
  statusOf: StatusOf,
  customerIds: string[],
  withinMs = STATUSES_WITHIN_MS,
): Promise<Map<string, CustomerStatus>> {
  const answered = new Map<string, CustomerStatus>()
  const answerBy = Date.now() + withinMs
  const reading = inParallel(customerIds, async (id) => {
    if (Date.now() >= answerBy) return
    const status = await statusOrNull(statusOf, id)
    if (status !== null) answered.set(id, status)
  })
  await Promise.race([reading, sleep(withinMs, undefined, { ref: false })])
  // An answer that comes later does not change the result.
  return new Map(answered)
}

/** `null` when nobody answers for this customer. */
async function statusOrNull(statusOf: StatusOf, customerId: string): Promise<CustomerStatus | null> {
  try {
    return await statusOf(customerId)
  } catch (error) {
    if (error instanceof Problem) return null
    throw error
  }
}

/** Does something for each item, for a few at a time. */
export async function inParallel<T>(items: T[], act: (item: T) => Promise<void>): Promise<void> {
  // All loops take from the same iterator, so that each item is taken once.
  const rest = items.values()
  const loops = Array.from({ length: CONCURRENCY }, async () => {
    for (const item of rest) await act(item)
  })
  await Promise.all(loops)
}

function byAge(one: ParkedRow, other: ParkedRow): number {
  return (one.attention?.since ?? '').localeCompare(other.attention?.since ?? '')
}
