// The state of HubSpot, as the worker says that answers first.

import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import type { CrmStateOfWorker } from '../../domain/crm-state.ts'
import { CRM_STATE_WORKFLOW, crmStateId } from '../../domain/ids.ts'
import { Problem } from '../problems/problem.ts'
import { askWorkflow } from './ask-workflow.ts'

// Each question is a workflow, which costs Temporal about ten writes.
const ASK_EVERY_MS = 10_000
const ANSWER_WITHIN_MS = 2_500
// Without a worker the other numbers of a page do not wait for this one.
const READER_WAITS_MS = 700
const OLD_AFTER_MS = 30_000

/** Asks at most once in ten seconds, and only when somebody reads. */
export class CrmStates {
  readonly #client: Client
  readonly #taskQueue: string
  #newest: { answer: CrmStateOfWorker; at: number } | null = null
  #askedAt = 0
  #asking: Promise<void> | null = null
  #unexpected: Error | null = null

  constructor(client: Client, taskQueue: string) {
    this.#client = client
    this.#taskQueue = taskQueue
  }

  /**
   * The newest answer; `null` when no worker has answered for half a minute.
   *
   * @throws an error that no state of Temporal or of the workers explains
   */
  async latest(): Promise<CrmStateOfWorker | null> {
    if (this.#asking === null && Date.now() - this.#askedAt >= ASK_EVERY_MS) {
      this.#askedAt = Date.now()
      this.#asking = this.#ask().finally(() => (this.#asking = null))
    }
    // Nobody has read for a while, or no worker answers.
    if (this.#answer() === null) await Promise.race([this.#asking, sleep(READER_WAITS_MS)])
    if (this.#unexpected !== null) throw this.#unexpected
    return this.#answer()
  }

  #answer(): CrmStateOfWorker | null {
    const { answer = null, at = 0 } = this.#newest ?? {}
    return Date.now() - at < OLD_AFTER_MS ? answer : null
  }

  async #ask(): Promise<void> {
    try {
      const answer = await askWorkflow<CrmStateOfWorker>(this.#client, {
        workflow: CRM_STATE_WORKFLOW,
        workflowId: crmStateId(randomUUID()),
        args: [],
        taskQueue: this.#taskQueue,
        answerBy: Date.now() + ANSWER_WITHIN_MS,
      })
      this.#newest = { answer, at: Date.now() }
      this.#unexpected = null
    } catch (error) {
      // Without an answer the former one grows old. The overview says itself that no worker polls, or that Temporal is unavailable.
      this.#unexpected = error instanceof Problem || isFailed(error) ? null : (error as Error)
    }
  }
}

/** A worker of an older version does not know the workflow, and one that is stuck lets it time out. */
function isFailed(error: unknown): boolean {
  return error instanceof Error && error.name === 'WorkflowFailedError'
}
