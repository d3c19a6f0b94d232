// The onboardings as the API sees them: events become signals, the status is a query, operators' commands are updates.

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
import { Problem } from '../problems/problem.ts'

const PHASE = defineSearchAttributeKey('OnboardingPhase', 'KEYWORD')
const HEALTH_DEADLINE_MS = 2000

const SIGNALS = {
  'customer.registered': customerRegistered,
  'customer.updated': customerUpdated,
  'customer.erased': customerErased,
} as const

export interface OnboardingsOptions {
  client: Client
  taskQueue: string
  /** Base address of the Temporal UI; `null` omits the links to it. */
  temporalUiUrl: string | null
  /** The settings of new onboardings. */
  settings?: RunSettings
}

/** The onboardings of one namespace. Every method answers within about 3 s, or throws a `Problem` of status 503. */
export class Onboardings {
  readonly #client: Client
  readonly #taskQueue: string
  readonly #settings: RunSettings
  readonly #temporalUiUrl: string | null
  #healthCheck: Promise<TemporalProblem> | null = null

  constructor({ client, taskQueue, temporalUiUrl, settings = {} }: OnboardingsOptions) {
    this.#client = client
    this.#taskQueue = taskQueue
    this.#settings = settings
    this.#temporalUiUrl = temporalUiUrl
  }

  /**
   * Delivers an event to the customer's onboarding, and starts the onboarding if it is not running. Returns only when Temporal
   * has stored the event (G1). Even after an error Temporal may have stored the event. The sender's repeat then has no further
   * effect (G5).
   *
   * @param answerBy when the sender stops waiting, in milliseconds since the epoch
   */
  async deliver(event: CustomerEvent, eventId: string, answerBy = Infinity): Promise<void> {
    const { customerId, ...customer } = event.data
    const phase: Phase = event.type === 'customer.registered' ? 'company' : 'awaiting-registration'
    await askTemporal(
      this.#client,
      () =>
        this.#client.workflow.signalWithStart(ONBOARDING_WORKFLOW, {
          ...this.#startOptions(customerId, phase),
          signal: SIGNALS[event.type],
          signalArgs: [{ id: eventId, at: Date.parse(event.timestamp), customer }],
        }),
      { answerBy, starts: true },
    )
  }

  /**
   * Erases a customer in the same way as the product's event. An unknown customer is no error, because HubSpot may still have a
   * customer whose runs Temporal has deleted.
   */
  async erase(customerId: string): Promise<void> {
    const timestamp = new Date().toISOString()
    await this.deliver({ type: 'customer.erased', timestamp, data: { customerId } }, `operator-${randomUUID()}`)
  }

  /**
   * Resumes a parked customer, after corrections if there are any.
   *
   * @throws Problem 404, 409 `nothing-parked` or `ended`, 422 `invalid-correction`, 503 `no-worker`
   */
  async resume(customerId: string, corrections?: CustomerDetails): Promise<void> {
    await this.#sendCommand(customerId, {
      send: async (handle) => {
        if (corrections) await handle.executeUpdate(correct, { args: [corrections] })
        else await handle.executeUpdate(resume)
      },
      // A run with a parked customer never completes.
      ifCompleted: () => Promise.reject(nothingParked()),
    })
  }

  /**
   * Writes everything about a customer again. If the last run has completed (idle), a new run starts with the state of that run.
   *
   * @throws Problem 404, 409 `erased` or `ended`, 503 `no-worker`
   */
  async resync(customerId: string): Promise<void> {
    await this.#sendCommand(customerId, {
      send: async (handle) => await handle.executeUpdate(resync),
      ifCompleted: async (runId) => await this.#startForResync(customerId, runId),
    })
  }

  async #startForResync(customerId: string, runId: string): Promise<void> {
    // The result of a run is the customer's state.
    const state: unknown = await this.#client.workflow.getHandle(onboardingId(customerId), runId).result()
    if (!isStateOf(customerId, state)) throw new Problem('ended')
    const startWorkflowOperation = new WithStartWorkflowOperation(ONBOARDING_WORKFLOW, {
      ...this.#startOptions(customerId, 'onboarded', state),
      workflowIdConflictPolicy: 'USE_EXISTING',
    })
    await this.#client.workflow.executeUpdateWithStart(resync, { startWorkflowOperation })
  }

  /** @throws Problem 404 `unknown-customer` when the customer has no run, 503 `no-worker` when no worker answers */
  async status(customerId: string): Promise<CustomerStatus> {
    const workflowId = onboardingId(customerId)
    const status = await askTemporal(
      this.#client,
      () => this.#client.workflow.getHandle(workflowId).query(onboardingStatus),
      { needsWorker: true },
    )
    return { ...status, links: { temporal: this.#linkTo(workflowId) } }
  }

  /** Returns the part that prevents events from being stored; `null` when all is well. Concurrent callers share one check. */
  async failingPart(): Promise<TemporalProblem> {
    this.#healthCheck ??= temporalProblem(this.#client, HEALTH_DEADLINE_MS).finally(() => (this.#healthCheck = null))
    return await this.#healthCheck
  }

  async #sendCommand(customerId: string, command: Command): Promise<void> {
    const handle = this.#client.workflow.getHandle(onboardingId(customerId))
    try {
      await askTemporal(this.#client, () => sendToNewestRun(handle, command), { needsWorker: true })
    } catch (error) {
      throw error instanceof WorkflowUpdateFailedError ? commandRejected(error) : error
    }
  }

  #startOptions(customerId: string, phase: Phase, state?: object) {
    return {
      workflowId: onboardingId(customerId),
      taskQueue: this.#taskQueue,
      args: [{ customerId, settings: this.#settings, ...(state && { state }) }],
      typedSearchAttributes: [{ key: PHASE, value: phase }],
      staticSummary: `Onboarding of ${customerId}`,
      // After this time another worker gets the workflow tasks of a killed worker. A task takes milliseconds.
      workflowTaskTimeout: '3 seconds' as const,
    }
  }

  #linkTo(workflowId: string): string | null {
    if (this.#temporalUiUrl === null) return null
    const { namespace } = this.#client.options
    return `${this.#temporalUiUrl.replace(/\/+$/, '')}/namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}`
  }
}

/** An operator's command to one onboarding, as a Temporal Update. */
interface Command {
  send: (handle: WorkflowHandle) => Promise<void>
  /** Called after `send` has failed because the customer's last run has completed (idle). */
  ifCompleted: (runId: string) => Promise<void>
}

async function sendToNewestRun(handle: WorkflowHandle, { send, ifCompleted }: Command): Promise<void> {
  try {
    await send(handle)
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error
    const { status, runId } = await handle.describe()
    // An event may have started a new run since the first attempt.
    if (status.name === 'RUNNING') await send(handle)
    else if (status.name === 'COMPLETED') await ifCompleted(runId)
    else throw new Problem('ended')
  }
}

/** The message of the workflow becomes the detail of the problem, since it is written for operators. */
function commandRejected({ cause }: WorkflowUpdateFailedError): Error {
  if (!(cause instanceof ApplicationFailure)) return new Error('a command failed', { cause })
  const { type, message } = cause
  if (type === 'nothing-parked' || type === 'erased') return new Problem(type, { detail: message })
  return new Problem('invalid-correction', { detail: message })
}

function nothingParked(): Problem {
  return new Problem('nothing-parked', {
    detail: 'The customer’s workflow has completed after a time without events, so there is nothing to resume.',
  })
}

function isStateOf(customerId: string, state: unknown): state is object {
  return typeof state === 'object' && state !== null && 'customerId' in state && state.customerId === customerId
}
