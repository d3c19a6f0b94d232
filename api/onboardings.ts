// Onboardings as the API knows them: an event is told, a question asked, an order given.

import { WorkflowUpdateFailedError } from '@temporalio/client'
import type { Client } from '@temporalio/client'
import { ApplicationFailure, defineSearchAttributeKey } from '@temporalio/common'
import type { CustomerDetails, CustomerEvent } from '../domain/customer.ts'
import { ONBOARDING_WORKFLOW, onboardingId } from '../domain/ids.ts'
import type { Phase } from '../domain/onboarding.ts'
import { temporalProblem } from '../platform/temporal.ts'
import type { TemporalProblem } from '../platform/temporal.ts'
import {
  correct,
  customerErased,
  customerRegistered,
  customerUpdated,
  onboardingStatus,
  resume,
} from '../workflows/messages.ts'
import type { RunSettings } from '../workflows/messages.ts'
import { askTemporal } from './ask-temporal.ts'
import type { CustomerStatus } from './contract/customers.ts'
import { Problem } from './middleware/problem.ts'

const PHASE = defineSearchAttributeKey('OnboardingPhase', 'KEYWORD')

const SIGNALS = {
  'customer.registered': customerRegistered,
  'customer.updated': customerUpdated,
  'customer.erased': customerErased,
} as const

export interface OnboardingsOptions {
  client: Client
  taskQueue: string
  /** Where people open Temporal's web page; `null` gives no links. */
  temporalUiUrl: string | null
  /** How new onboardings are run. */
  settings?: RunSettings
}

/** The onboardings of one namespace. Every method answers within some 3 s or throws a `Problem` of 503. */
export class Onboardings {
  readonly #client: Client
  readonly #taskQueue: string
  readonly #settings: RunSettings
  readonly #temporalUiUrl: string | null
  #probe: Promise<TemporalProblem> | null = null

  constructor({ client, taskQueue, temporalUiUrl, settings = {} }: OnboardingsOptions) {
    this.#client = client
    this.#taskQueue = taskQueue
    this.#settings = settings
    this.#temporalUiUrl = temporalUiUrl
  }

  /**
   * Hands an event to its customer's onboarding, starting that when there is none. Returns only when Temporal has stored
   * the event (G1); after an error it may have been stored as well, and the sender's repeat has no further effect (G5).
   *
   * @param answerBy when its sender stops waiting, in milliseconds since the epoch
   */
  async tell(event: CustomerEvent, eventId: string, answerBy = Infinity): Promise<void> {
    const { customerId, ...customer } = event.data
    const phase: Phase = event.type === 'customer.registered' ? 'company' : 'awaiting-registration'
    await askTemporal(
      this.#client,
      () =>
        this.#client.workflow.signalWithStart(ONBOARDING_WORKFLOW, {
          workflowId: onboardingId(customerId),
          taskQueue: this.#taskQueue,
          args: [{ customerId, settings: this.#settings }],
          signal: SIGNALS[event.type],
          signalArgs: [{ id: eventId, at: Date.parse(event.timestamp), customer }],
          typedSearchAttributes: [{ key: PHASE, value: phase }],
          staticSummary: `Onboarding of ${customerId}`,
          // After a killed worker its workflow tasks are given to another when this has passed; they take milliseconds.
          workflowTaskTimeout: '3 seconds',
        }),
      { answerBy },
    )
  }

  /**
   * Lets a parked customer go on, with corrections where there are some.
   *
   * @throws Problem 404, 409 `nothing-parked`, 422 `invalid-correction`, 503 `no-worker`
   */
  async resume(customerId: string, corrections?: CustomerDetails): Promise<void> {
    const handle = this.#client.workflow.getHandle(onboardingId(customerId))
    await this.#order(async () => {
      if (corrections) await handle.executeUpdate(correct, { args: [corrections] })
      else await handle.executeUpdate(resume)
    })
  }

  /** @throws Problem 404 for a customer that nobody told us of, 503 `no-worker` when no worker answers */
  async status(customerId: string): Promise<CustomerStatus> {
    const workflowId = onboardingId(customerId)
    const status = await askTemporal(
      this.#client,
      () => this.#client.workflow.getHandle(workflowId).query(onboardingStatus),
      { answerer: 'a worker' },
    )
    return { ...status, links: { temporal: this.#linkTo(workflowId) } }
  }

  /** What keeps events from being stored; `null` when all is well. However many ask at a time, Temporal is asked once. */
  async problem(): Promise<TemporalProblem> {
    this.#probe ??= temporalProblem(this.#client, 2000).finally(() => (this.#probe = null))
    return await this.#probe
  }

  async #order(call: () => Promise<void>): Promise<void> {
    try {
      await askTemporal(this.#client, call, { answerer: 'a worker' })
    } catch (error) {
      throw error instanceof WorkflowUpdateFailedError ? orderRejected(error) : error
    }
  }

  #linkTo(workflowId: string): string | null {
    if (this.#temporalUiUrl === null) return null
    const { namespace } = this.#client.options
    return `${this.#temporalUiUrl.replace(/\/+$/, '')}/namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}`
  }
}

/** The workflow said no, in words of its own that are meant for people. */
function orderRejected({ cause }: WorkflowUpdateFailedError): Error {
  if (!(cause instanceof ApplicationFailure)) return new Error('an order failed', { cause })
  if (cause.type === 'nothing-parked')
    return new Problem({ status: 409, code: 'nothing-parked', detail: cause.message })
  return new Problem({ status: 422, code: 'invalid-correction', detail: cause.message })
}
