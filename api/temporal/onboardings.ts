// Onboardings as the API knows them: an event is told, a question asked, an order given.

import { randomUUID } from 'node:crypto'
import { WithStartWorkflowOperation, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client'
import type { Client, WorkflowHandle } from '@temporalio/client'
import { ApplicationFailure, defineSearchAttributeKey } from '@temporalio/common'
import type { CustomerDetails, CustomerEvent } from '../../domain/events.ts'
import { ONBOARDING_WORKFLOW, onboardingId } from '../../domain/ids.ts'
import type { Phase } from '../../domain/onboarding.ts'
import { temporalProblem } from '../../platform/temporal.ts'
import type { TemporalProblem } from '../../platform/temporal.ts'
import {
  correct,
  customerErased,
  customerRegistered,
  customerUpdated,
  onboardingStatus,
  resume,
  resync,
} from '../../workflows/messages.ts'
import type { RunSettings } from '../../workflows/messages.ts'
import { askTemporal } from './ask-temporal.ts'
import type { CustomerStatus } from '../contract/customers.ts'
import { Problem } from '../middleware/problem.ts'

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
          ...this.#startOf(customerId, phase),
          signal: SIGNALS[event.type],
          signalArgs: [{ id: eventId, at: Date.parse(event.timestamp), customer }],
        }),
      { answerBy, starts: true },
    )
  }

  /** Has a customer erased, like the product's own event: HubSpot may know one of whom Temporal has forgotten. */
  async erase(customerId: string): Promise<void> {
    const timestamp = new Date().toISOString()
    await this.tell({ type: 'customer.erased', timestamp, data: { customerId } }, `operator-${randomUUID()}`)
  }

  /**
   * Lets a parked customer go on, with corrections where there are some.
   *
   * @throws Problem 404, 409 `nothing-parked` or `ended`, 422 `invalid-correction`, 503 `no-worker`
   */
  async resume(customerId: string, corrections?: CustomerDetails): Promise<void> {
    await this.#order(
      customerId,
      async (handle) => {
        if (corrections) await handle.executeUpdate(correct, { args: [corrections] })
        else await handle.executeUpdate(resume)
      },
      // Who is parked is never let go.
      () => Promise.reject(letGo()),
    )
  }

  /**
   * Has everything that is known of a customer written again. Who was let go is taken up again where they were left.
   *
   * @throws Problem 404, 409 `erased`, 409 `ended`, 503 `no-worker`
   */
  async resync(customerId: string): Promise<void> {
    await this.#order(
      customerId,
      async (handle) => await handle.executeUpdate(resync),
      async (runId) => await this.#takeUpAgain(customerId, runId),
    )
  }

  async #takeUpAgain(customerId: string, runId: string): Promise<void> {
    // A run ends with all that it knew of its customer.
    const state: unknown = await this.#client.workflow.getHandle(onboardingId(customerId), runId).result()
    if (!isStateOf(customerId, state)) throw new Problem('ended')
    const startWorkflowOperation = new WithStartWorkflowOperation(ONBOARDING_WORKFLOW, {
      ...this.#startOf(customerId, 'onboarded', state),
      workflowIdConflictPolicy: 'USE_EXISTING',
    })
    await this.#client.workflow.executeUpdateWithStart(resync, { startWorkflowOperation })
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

  /** @param whenLetGo what becomes of an order to a customer whose last run, which is named, ended since they were quiet */
  async #order(
    customerId: string,
    give: (handle: WorkflowHandle) => Promise<void>,
    whenLetGo: (runId: string) => Promise<void>,
  ): Promise<void> {
    const handle = this.#client.workflow.getHandle(onboardingId(customerId))
    const giveOrExplain = async () => {
      try {
        await give(handle)
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error
        const { status, runId } = await handle.describe()
        if (status.name !== 'COMPLETED' && status.name !== 'RUNNING') throw new Problem('ended')
        // An event may have begun a new life in this very moment.
        if (status.name === 'RUNNING') await give(handle)
        else await whenLetGo(runId)
      }
    }
    try {
      await askTemporal(this.#client, giveOrExplain, { answerer: 'a worker' })
    } catch (error) {
      throw error instanceof WorkflowUpdateFailedError ? orderRejected(error) : error
    }
  }

  #startOf(customerId: string, phase: Phase, state?: object) {
    return {
      workflowId: onboardingId(customerId),
      taskQueue: this.#taskQueue,
      args: [{ customerId, settings: this.#settings, ...(state && { state }) }],
      typedSearchAttributes: [{ key: PHASE, value: phase }],
      staticSummary: `Onboarding of ${customerId}`,
      // After a killed worker its workflow tasks are given to another when this has passed; they take milliseconds.
      workflowTaskTimeout: '3 seconds' as const,
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
  const { type, message } = cause
  if (type === 'nothing-parked' || type === 'erased') return new Problem(type, { detail: message })
  return new Problem('invalid-correction', { detail: message })
}

function letGo(): Problem {
  return new Problem('nothing-parked', {
    detail: 'The customer has been quiet for long and was let go, so there is nothing to resume.',
  })
}

function isStateOf(customerId: string, state: unknown): state is object {
  return typeof state === 'object' && state !== null && 'customerId' in state && state.customerId === customerId
}
