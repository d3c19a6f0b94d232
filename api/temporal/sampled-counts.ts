// Counts customers and looks at the task queue for the metrics, at most once in a while.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import { ATTENTION_REASONS } from '../../domain/attention.ts'
import type { AttentionReason } from '../../domain/attention.ts'
import type { ApiCounts, CustomerCounts, QueueCounts } from '../../platform/gauges.ts'
import { parkedBy } from './parked-customers.ts'
import { countOpen, runCounter } from './phase-counts.ts'
import type { CountRuns } from './phase-counts.ts'
import { StuckRuns } from './stuck-runs.ts'
import { describeTaskQueue } from './task-queue.ts'

export interface SamplingOptions {
  /** The pause before each count. */
  pauseMs?: number
  /** The age at which a sample is replaced. */
  sampleMs?: number
  /** How long a caller waits for a sample. */
  patienceMs?: number
  /** How long the last good counts stay while newer ones fail. */
  keptMs?: number
}

const DEFAULTS: Required<SamplingOptions> = {
  // A Temporal server allows a namespace ten calls to Visibility a second by default. Operators and other API processes need some.
  pauseMs: 200,
  // Prometheus asks each API process every 15 to 60 s. A sample costs Temporal eleven counts, and seven more when somebody is parked.
  sampleMs: 20_000,
  // Prometheus waits for ten seconds by default, and the API's own counters must not get lost with these.
  patienceMs: 5000,
  // Longer than an overload lasts; the age of the counts is a metric of its own.
  keptMs: 5 * 60_000,
}

export class SampledCounts {
  readonly #client: Client
  readonly #taskQueue: string
  readonly #options: Required<SamplingOptions>
  readonly #countRuns: CountRuns
  readonly #stuckRuns: StuckRuns
  #sampling: Promise<void> | null = null
  #startedAt = -Infinity
  #customers: { counts: Omit<CustomerCounts, 'ageSeconds'>; countedAt: number } | null = null
  #queue: QueueCounts | null = null

  constructor(client: Client, taskQueue: string, options: SamplingOptions = {}) {
    this.#client = client
    this.#taskQueue = taskQueue
    this.#stuckRuns = new StuckRuns({ client, taskQueue })
    this.#options = { ...DEFAULTS, ...options }
    const count = runCounter(client)
    this.#countRuns = async (query) => {
      await sleep(this.#options.pauseMs)
      return await count(query)
    }
  }

  /**
   * The newest sample. The counts of customers may be some minutes old when Temporal rejects newer ones; what is `null` is not known.
   */
  async newest(): Promise<ApiCounts> {
    const { sampleMs, patienceMs, keptMs } = this.#options
    const now = performance.now()
    if (this.#sampling === null && now - this.#startedAt >= sampleMs) {
      this.#startedAt = now
      this.#sampling = this.#sample().finally(() => (this.#sampling = null))
    }
    if (this.#sampling !== null) await Promise.race([this.#sampling, sleep(patienceMs, undefined, { ref: false })])
    const ageMs = this.#customers === null ? Infinity : performance.now() - this.#customers.countedAt
    const isKept = this.#customers !== null && ageMs <= keptMs
    return {
      customers: isKept ? { ...this.#customers!.counts, ageSeconds: ageMs / 1000 } : null,
      queue: this.#queue,
    }
  }

  /** Never fails. The state of the queue is not kept: an old one would hide that the last worker is gone. */
  async #sample(): Promise<void> {
    const customers = async () => {
      const countedAt = performance.now()
      const counts = await this.#countCustomers().catch(() => null)
      if (counts !== null) this.#customers = { counts, countedAt }
    }
    const queue = async () => {
      this.#queue = await this.#describeQueue().catch(() => null)
    }
    await Promise.all([customers(), queue()])
  }

  async #countCustomers(): Promise<Omit<CustomerCounts, 'ageSeconds'>> {
    const { phases, waiting, stuck } = await countOpen(this.#countRuns)
    const parked = await this.#countParked()
    const withoutWorkers = await this.#stuckRuns.countWithoutWorkers(this.#countRuns).catch(() => null)
    return { phases, waiting, stuck, withoutWorkers, parked }
  }

  async #countParked(): Promise<{ [reason in AttentionReason]?: number }> {
    const all = await this.#countRuns(parkedBy(...ATTENTION_REASONS))
    const parked: { [reason in AttentionReason]?: number } = {}
    for (const reason of ATTENTION_REASONS) parked[reason] = all === 0 ? 0 : await this.#countRuns(parkedBy(reason))
    return parked
  }

  async #describeQueue(): Promise<QueueCounts> {
    const { workflow, activity, workers } = await describeTaskQueue(this.#client, this.#taskQueue)
    return {
      backlog: { workflow: workflow.backlog, activity: activity.backlog },
      backlogSeconds: Math.max(workflow.backlogSeconds, activity.backlogSeconds),
      pollers: workers.length,
    }
  }
}
