// The data of the pages. All pages that show the same data share one question to Temporal.

import { causeOf } from '../../platform/error-cause.ts'
import type { Logger } from '../../platform/logger.ts'
import { Problem } from '../problems/problem.ts'
import type { AttentionReason } from '../../domain/attention.ts'
import type { CustomerStatus } from '../contract/customer-status.ts'
import type { EventRate } from '../middleware/event-rate.ts'
import type { CustomerList } from '../temporal/customer-list.ts'
import type { Installation } from '../temporal/installation.ts'
import type { Onboardings } from '../temporal/onboardings.ts'
import type { ParkedCustomers } from '../temporal/parked-customers.ts'
import type { StuckRuns } from '../temporal/stuck-runs.ts'
import type { CustomerPage, ListQuery } from './customers.ts'
import { Live, LiveByKey } from './live.ts'
import type { Snapshot } from './live.ts'
import type { Overview } from './overview.ts'
import { ParkedStatuses, statusesOf } from './parked-rows.ts'
import type { AttentionPage } from './parked-rows.ts'
import { countResults, resultOf, resultOfAll } from './resumed.ts'
import type { ResultOfAll, ResumedCustomer, ResumeOfAll } from './resumed.ts'

// A customer moves from step to step in fractions of a second; people follow no faster than this.
const CUSTOMER_MS = 1_000
const COUNTS_MS = 2_000
const LISTS_MS = 3_000
// Temporal takes seconds to count very many customers. A page shows the rest meanwhile, and the numbers when they are there.
const READER_WAITS_MS = 1_000
// At first there is nothing to show. This is longer than Temporal's deadline, so that the page can say that Temporal is unavailable.
const FIRST_READER_WAITS_MS = 3_000
// The numbers of a resume that have not changed in so many questions in a row are its result. A step that is done may be followed by
// another one, and Visibility lags.
const SETTLED_AFTER = 4

interface SourcesOptions {
  onboardings: Onboardings
  customerList: CustomerList
  parkedCustomers: ParkedCustomers
  stuckRuns: StuckRuns
  installation: Installation
  eventRate: EventRate
  logger: Logger
}

export class Sources {
  readonly overview: Live<Overview>
  readonly attention: Live<AttentionPage>
  readonly #options: SourcesOptions
  readonly #customers: LiveByKey<CustomerStatus>
  readonly #lists: LiveByKey<CustomerPage>
  readonly #resumed: LiveByKey<ResumedCustomer[]>
  readonly #resumesOfAll: LiveByKey<ResumeOfAll>

  constructor(options: SourcesOptions) {
    const { onboardings, parkedCustomers, stuckRuns, installation, eventRate } = options
    this.#options = options
    const report = (failure: Error) => logFailure(options.logger, failure)
    this.#customers = new LiveByKey(report)
    this.#lists = new LiveByKey(report)
    this.#resumed = new LiveByKey(report)
    this.#resumesOfAll = new LiveByKey(report)
    const counts = new Live(async () => await installation.phaseCounts(), COUNTS_MS, report)
    const countAttention = async () => {
      const [parked, stuck] = await Promise.all([parkedCustomers.counts(), stuckRuns.counts()])
      return { ...parked, stuck }
    }
    const parked = new Live(countAttention, COUNTS_MS, report)
    const taskQueue = new Live(async () => await installation.taskQueue(), COUNTS_MS, report)
    const crm = new Live(async () => await installation.hubSpot(), COUNTS_MS, report)
    this.overview = new Live(
      async () => {
        const [hubSpot, ...snapshots] = await Promise.all([soon(crm), soon(counts), soon(parked), soon(taskQueue)])
        // With nothing to show, the page says why.
        const [{ value, failure }] = snapshots
        if (value === null && failure !== null) throw failure
        const [ofCounts, ofParked, ofTaskQueue] = snapshots
        return {
          // An unexpected error says nothing about HubSpot, so that the former answer is not shown as the state of now.
          hubSpot: hubSpot.failure === null ? hubSpot.value : null,
          counts: ofCounts,
          attention: ofParked,
          taskQueue: ofTaskQueue,
          eventsAMinute: eventRate.lastMinute(),
          stuckList: installation.temporalUi.stuck(),
        }
      },
      COUNTS_MS,
      report,
    )
    const statuses = new ParkedStatuses((id) => onboardings.status(id))
    this.attention = new Live(
      async () => {
        const [parked, stuck] = await Promise.all([installation.parked(), stuckRuns.counts()])
        const page = await statuses.rowsOf(parked)
        return { ...page, stuck, inTemporal: installation.temporalUi.parked() }
      },
      LISTS_MS,
      report,
    )
  }

  customer(customerId: string): Live<CustomerStatus> {
    return this.#customers.of(customerId, () => this.#options.onboardings.status(customerId), CUSTOMER_MS)
  }

  list(query: ListQuery): Live<CustomerPage> {
    return this.#lists.of(JSON.stringify(query), () => this.#options.customerList.page(query), LISTS_MS)
  }

  resumed(customerIds: string[]): Live<ResumedCustomer[]> {
    const read = async () => {
      const statuses = await this.#statusesOf(customerIds)
      return customerIds.map((customerId) => {
        const status = statuses.get(customerId)
        return { customerId, result: status === undefined ? null : resultOf(status) }
      })
    }
    return this.#resumed.of(customerIds.join(), read, CUSTOMER_MS)
  }

  resumeOfAll(reason: AttentionReason, job: string): Live<ResumeOfAll> {
    let last = { numbers: '', times: 0 }
    const known = new Map<string, ResultOfAll>()
    const read = async () => {
      const { progress, ...rest } = await this.#resultOfAll(reason, job, known)
      const numbers = JSON.stringify([progress, rest])
      last = { numbers, times: last.numbers === numbers ? last.times + 1 : 1 }
      const isSettled = progress.state !== 'running' && rest.open + rest.unknown === 0 && last.times >= SETTLED_AFTER
      return { progress, ...rest, isSettled }
    }
    return this.#resumesOfAll.of(job, read, CUSTOMER_MS)
  }

  /**
   * Among those who are parked or wait now, finds those whom this resume has reached: their timelines say so.
   *
   * @param known the results of former questions, for customers who do not answer in time now
   */
  async #resultOfAll(reason: AttentionReason, job: string, known: Map<string, ResultOfAll>) {
    const { parkedCustomers, customerList, installation } = this.#options
    const progress = await parkedCustomers.progress(reason, job)
    // Temporal signals the customers for as long as that takes; what comes of it is looked for afterwards.
    if (progress.state === 'running') return { progress, ...countResults(new Map()), isPartial: false }
    const [{ groups, hasMore }, { customers: waiting, next }] = await Promise.all([
      installation.parked(),
      customerList.page({ waiting: 'any', runs: 'open' }),
    ])
    const listed = new Set([
      ...groups.flatMap(({ customerIds }) => customerIds),
      ...waiting.map(({ customerId }) => customerId),
    ])
    // Those without a result come first, so that each has one after some questions, however many they are.
    const ids = [...listed].toSorted((one, other) => Number(known.has(one)) - Number(known.has(other)))
    for (const [id, status] of await this.#statusesOf(ids)) known.set(id, resultOfAll(status, progress))
    const results = new Map(ids.map((id) => [id, known.get(id) ?? null]))
    return { progress, ...countResults(results), isPartial: hasMore || next !== null }
  }

  async #statusesOf(customerIds: string[]) {
    return await statusesOf((id) => this.#options.onboardings.status(id), customerIds)
  }
}

/** Logs what nobody expects, since the page says that it was logged. */
function logFailure(logger: Logger, failure: Error): void {
  if (!(failure instanceof Problem))
    return logger.error({ cause: causeOf(failure) }, 'a question of the console failed')
  const { code, options } = failure
  if (options.internal) logger.error({ ...options.internal, code }, 'Temporal rejected a question of the console')
}

async function soon<T>(live: Live<T>): Promise<Snapshot<T>> {
  return await live.latest(live.isAsked ? READER_WAITS_MS : FIRST_READER_WAITS_MS)
}
