// Counts customers and looks at the task queue for the metrics, at most once in a while.

import type { Client } from '@temporalio/client'
import { ATTENTION_REASONS } from '../../domain/attention.ts'
import type { AttentionReason } from '../../domain/attention.ts'
import type { CustomerCounts } from '../../platform/gauges.ts'
import type { AttentionCounts } from '../contract/attention.ts'
import { ParkedCustomers } from './parked-customers.ts'
import { countPhases } from './phase-counts.ts'
import { describeTaskQueue } from './task-queue.ts'

// Prometheus asks each API process every 15 to 60 s. A sample costs Temporal about ten counts.
const SAMPLE_MS = 20_000

export class SampledCounts {
  readonly #client: Client
  readonly #taskQueue: string
  readonly #parked: ParkedCustomers
  #sample: Promise<CustomerCounts | null> | null = null
  #sampledAt = -Infinity

  constructor(client: Client, taskQueue: string) {
    this.#client = client
    this.#taskQueue = taskQueue
    this.#parked = new ParkedCustomers(client)
  }

  /** The newest sample; `null` when Temporal did not answer. */
  async newest(): Promise<CustomerCounts | null> {
    const now = performance.now()
    if (this.#sample === null || now - this.#sampledAt >= SAMPLE_MS) {
      this.#sampledAt = now
      this.#sample = this.#count().catch(() => null)
    }
    return await this.#sample
  }

  async #count(): Promise<CustomerCounts> {
    const [{ phases, waiting, stuck }, parked, queue] = await Promise.all([
      countPhases(this.#client),
      this.#parked.counts(),
      describeTaskQueue(this.#client, this.#taskQueue),
    ])
    return {
      phases,
      waiting,
      parked: Object.fromEntries(ATTENTION_REASONS.map((reason) => [reason, countOf(parked, reason)])),
      stuck,
      backlog: { workflow: queue.workflow.backlog, activity: queue.activity.backlog },
      backlogSeconds: Math.max(queue.workflow.backlogSeconds, queue.activity.backlogSeconds),
      pollers: queue.workers.length,
    }
  }
}

function countOf({ attention }: AttentionCounts, reason: AttentionReason): number {
  return attention.find((each) => each.reason === reason)?.count ?? 0
}
