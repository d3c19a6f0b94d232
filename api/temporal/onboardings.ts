// The onboardings as the API sees them: events become signals, the status is a query, operators' commands are updates.

import { randomUUID } from 'node:crypto'
import { WithStartWorkflowOperation, WorkflowNotFoundError } from '@temporalio/client'
import type { Client, WorkflowExecutionDescription, WorkflowHandle } from '@temporalio/client'
import type { UpdateDefinition } from '@temporalio/common'
import type { SoughtContact } from '../../domain/crm.ts'
import type { CustomerDetails, CustomerEvent } from '../../domain/events.ts'
import type { Field, Values } from '../../domain/fields.ts'
import { ONBOARDING_WORKFLOW, onboardingId } from '../../domain/ids.ts'
import { namesInLine } from '../../domain/ignored-fields.ts'
import type { Phase } from '../../domain/onboarding.ts'
import type { Waiting } from '../../domain/onboarding-status.ts'
import { onboardingStart } from '../../platform/onboarding-start.ts'
import { temporalProblem } from '../../platform/temporal.ts'
import type { TemporalProblem } from '../../platform/temporal.ts'
import {
  correct,
  customerErased,
  customerRegistered,
  customerUpdated,
  customerValues,
  liftErasure,
  onboardingStatus,
  resume,
  resync,
} from '../../workflows/messages.ts'
import type { FieldsToWrite, GivenBy, RunSettings } from '../../workflows/messages.ts'
import { isStateOf, statusOfCompleted, valuesOfCompleted } from '../../workflows/customer/completed-run.ts'
import type { StoredState } from '../../workflows/customer/state.ts'
import { askTemporal } from './ask-temporal.ts'
import { sendCommand } from './commands.ts'
import { Backlog } from './backlog.ts'
import type { BacklogLimits } from './backlog.ts'
import { customerOf, isInHubSpot } from './customer-lookup.ts'
import { listedCustomer } from './listed-customer.ts'
import { explainSilence } from './stuck-workflow.ts'
import { TemporalUi } from './temporal-ui.ts'
import { waitingOf } from './waiting-step.ts'
import type { CustomerStatus, ListedCustomer } from '../contract/customers.ts'
import { Problem } from '../problems/problem.ts'

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
  /** By default `BACKLOG_LIMITS`. */
  backlogLimits?: BacklogLimits
}

interface Delivery {
  eventId: string
  /** The paths of the fields that no schema has; the customer's timeline names them. */
  ignored?: string[]
  /** When the sender stops waiting, in milliseconds since the epoch. */
  answerBy?: number
}

/** The onboardings of one namespace. Every method answers within about 3 s, or throws a `Problem` of status 503. */
export class Onboardings {
  readonly #client: Client
  readonly #taskQueue: string
  readonly #settings: RunSettings
  readonly #temporalUi: TemporalUi
  readonly #backlog: Backlog
  #healthCheck: Promise<TemporalProblem> | null = null

  constructor({ client, taskQueue, temporalUiUrl, settings = {}, backlogLimits }: OnboardingsOptions) {
    this.#client = client
    this.#taskQueue = taskQueue
    this.#settings = settings
    this.#temporalUi = new TemporalUi(temporalUiUrl, client.options.namespace)
    this.#backlog = new Backlog(client, backlogLimits)
  }

  /**
   * Delivers an event to the customer's onboarding, and starts the onboarding if it is not running. Returns only when Temporal
   * has stored the event (G1). Even after an error Temporal may have stored the event. The sender's repeat then has no further
   * effect (G5).
   *
   * @throws Problem 503 `backlog-full`, `temporal-unavailable`
   */
  async deliver(event: CustomerEvent, delivery: Delivery): Promise<void> {
    await this.#deliver(event, delivery)
  }

  async #deliver(
    event: CustomerEvent,
    { eventId, ignored = [], answerBy = Infinity }: Delivery,
    command: Partial<GivenBy> = {},
  ): Promise<void> {
    const { customerId, ...customer } = event.data
    const phase: Phase = event.type === 'customer.registered' ? 'company' : 'awaiting-registration'
    await askTemporal(
      this.#client,
      async () => {
        await this.#backlog.assertNotFull(customerId)
        await this.#client.workflow.signalWithStart(ONBOARDING_WORKFLOW, {
          ...this.#startOptions(customerId, phase),
          signal: SIGNALS[event.type],
          signalArgs: [{ id: eventId, at: Date.parse(event.timestamp), customer, ...ignoredIn(ignored), ...command }],
        })
      },
      { answerBy, starts: true },
    )
  }

  /**
   * Checks that somebody has the id: Temporal has a run, open or closed, or HubSpot has a contact of a customer whose runs Temporal
   * has deleted.
   *
   * @param answerBy when the caller stops waiting, in milliseconds since the epoch
   * @throws Problem 404 `unknown-customer`, 503 `hubspot-unavailable`, `no-worker`
   */
  async assertKnown(customerId: string, answerBy: number): Promise<void> {
    // The newest run is the last that Temporal deletes.
    const handle = this.#client.workflow.getHandle(onboardingId(customerId))
    if ((await askTemporal(this.#client, () => newestRun(handle), { answerBy })) !== null) return
    const taskQueue = this.#taskQueue
    if (!(await isInHubSpot(this.#client, customerId, { taskQueue, answerBy }))) throw unknownToAll()
  }

  /**
   * Returns the customer to whom a contact in HubSpot belongs, as in a list; nobody when HubSpot has no such contact, or when it
   * is no customer's. The phase is `null` when Temporal has no run of the customer any more.
   *
   * @param answerBy when the caller stops waiting, in milliseconds since the epoch
   * @throws Problem 503 `hubspot-unavailable`, `no-worker`
   */
  async find(contact: SoughtContact, answerBy: number): Promise<ListedCustomer[]> {
    const customerId = await customerOf(this.#client, contact, { taskQueue: this.#taskQueue, answerBy })
    if (customerId === null) return []
    const handle = this.#client.workflow.getHandle(onboardingId(customerId))
    const run = await askTemporal(this.#client, () => newestRun(handle), { answerBy })
    return [listedCustomer(customerId, run?.typedSearchAttributes)]
  }

  /**
   * Erases a customer in the same way as the product's event. Even events that arrive later change nothing, so a mistyped id would
   * swallow the events of the customer who has it: `assertKnown` first.
   */
  async erase(customerId: string, command: GivenBy, answerBy: number): Promise<void> {
    const timestamp = new Date().toISOString()
    const event = { type: 'customer.erased' as const, timestamp, data: { customerId } }
    await this.#deliver(event, { eventId: `operator-${randomUUID()}`, answerBy }, command)
  }

  /**
   * Lifts the erasure of a customer, so that later events count again.
   *
   * @throws Problem 404, 409 `not-erased` or `ended`, 503 `no-worker`
   */
  async liftErasure(customerId: string, command: GivenBy): Promise<void> {
    await sendCommand(this.#client, customerId, {
      send: async (handle) => await handle.executeUpdate(liftErasure, { args: [command] }),
      // The run of an erased customer never completes.
      ifCompleted: () => Promise.reject(new Problem('not-erased')),
    })
  }

  /**
   * Resumes a parked customer, after corrections if there are any.
   *
   * @throws Problem 404, 409 `nothing-parked` or `ended`, 422 `invalid-correction`, 503 `no-worker`
   */
  async resume(customerId: string, command: GivenBy & { customer?: CustomerDetails }): Promise<void> {
    await sendCommand(this.#client, customerId, {
      send: async (handle) => await handle.executeUpdate(resume, { args: [command] }),
      // A run with a parked customer never completes.
      ifCompleted: () => Promise.reject(nothingParked()),
    })
  }

  /**
   * Writes corrected values of a customer, parked or not. Returns the corrected fields. If the last run has completed (idle), a
   * new run starts with the state of that run.
   *
   * @throws Problem 404, 409 `erased` or `ended`, 422 `invalid-correction`, 503 `no-worker`
   */
  async correct(customerId: string, command: GivenBy & { customer: CustomerDetails }): Promise<Field[]> {
    return await this.#write(customerId, correct, [command])
  }

  /**
   * Writes everything about a customer again. Returns the fields that are written. If the last run has completed (idle), a new run
   * starts with the state of that run.
   *
   * @throws Problem 404, 409 `erased` or `ended`, 503 `no-worker`
   */
  async resync(customerId: string, command: GivenBy): Promise<Field[]> {
    return await this.#write(customerId, resync, [command])
  }

  async #write<Args extends [unknown, ...unknown[]]>(
    customerId: string,
    update: UpdateDefinition<FieldsToWrite, Args>,
    args: Args,
  ): Promise<Field[]> {
    const { fields } = await sendCommand(this.#client, customerId, {
      send: async (handle) => await handle.executeUpdate(update, { args }),
      ifCompleted: async (runId) => {
        const state = await this.#resultOf(customerId, runId)
        if (state === null) throw new Problem('ended')
        const startWorkflowOperation = new WithStartWorkflowOperation(ONBOARDING_WORKFLOW, {
          ...this.#startOptions(customerId, 'onboarded', state),
          workflowIdConflictPolicy: 'USE_EXISTING',
        })
        return await this.#client.workflow.executeUpdateWithStart(update, { args, startWorkflowOperation })
      },
    })
    return fields
  }

  /** The customer's state, which is the result of a completed run; `null` when the run has no such result. */
  async #resultOf(customerId: string, runId: string): Promise<StoredState | null> {
    const result: unknown = await this.#client.workflow.getHandle(onboardingId(customerId), runId).result()
    return isStateOf(customerId, result) ? result : null
  }

  /**
   * The status of a running customer comes from a worker, and that of a customer whose run has completed (idle) from the run's
   * result.
   *
   * @throws Problem 404 `unknown-customer` when the customer has no run, 503 `no-worker` when no worker answers
   */
  async status(customerId: string): Promise<CustomerStatus> {
    return await this.#askNewestRun(customerId, async (handle, run, state) => {
      const { pendingStep, ...status } =
        state === null ? await handle.query(onboardingStatus) : statusOfCompleted(customerId, state)
      const waiting = await waitingOf(this.#client, run, pendingStep)
      return { ...status, waiting, links: this.#linksOf(status, waiting) }
    })
  }

  /**
   * The values of a customer, which are personal data. Only the console asks for them, and logs who did (G11). They come from where
   * the status comes from.
   *
   * @throws Problem 404 `unknown-customer`, 503 `no-worker`
   */
  async values(customerId: string): Promise<Values> {
    return await this.#askNewestRun(customerId, async (handle, _, state) =>
      state === null ? await handle.query(customerValues) : valuesOfCompleted(customerId, state),
    )
  }

  /** @param ask gets the state of a run that has completed (idle); `null` for any other run */
  async #askNewestRun<T>(
    customerId: string,
    ask: (handle: WorkflowHandle, run: WorkflowExecutionDescription, state: StoredState | null) => Promise<T>,
  ): Promise<T> {
    const workflowId = onboardingId(customerId)
    const handle = this.#client.workflow.getHandle(workflowId)
    const askRun = async () => {
      const run = await handle.describe()
      const state = run.status.name === 'COMPLETED' ? await this.#resultOf(customerId, run.runId) : null
      return await ask(handle, run, state)
    }
    return await explainSilence(this.#client, workflowId, () =>
      askTemporal(this.#client, askRun, { needsWorker: true }),
    )
  }

  /** Returns the part that prevents events from being stored; `null` when all is well. Concurrent callers share one check. */
  async failingPart(): Promise<TemporalProblem> {
    this.#healthCheck ??= temporalProblem(this.#client, HEALTH_DEADLINE_MS).finally(() => (this.#healthCheck = null))
    return await this.#healthCheck
  }

  #startOptions(customerId: string, phase: Phase, state?: object) {
    return onboardingStart({
      customerId,
      taskQueue: this.#taskQueue,
      phase,
      settings: this.#settings,
      ...(state && { state }),
    })
  }

  #linksOf({ customerId, attention }: Pick<CustomerStatus, 'customerId' | 'attention'>, waiting: Waiting | null) {
    return {
      temporal: this.#temporalUi.onboarding(customerId),
      parked: attention && this.#temporalUi.parked(attention.reason),
      waiting: waiting && this.#temporalUi.waiting(waiting.step),
    }
  }
}

/** The names that may stand in a timeline. A sender may have used any text as a name, and thousands of them. */
function ignoredIn(paths: string[]): { ignored?: string } {
  return paths.length === 0 ? {} : { ignored: namesInLine(paths) }
}

/** `null` when Temporal has no run of the workflow. */
async function newestRun(handle: WorkflowHandle): Promise<WorkflowExecutionDescription | null> {
  try {
    return await handle.describe()
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null
    throw error
  }
}

function unknownToAll(): Problem {
  return new Problem('unknown-customer', {
    detail:
      'Neither onramp nor HubSpot has a customer with this id, so nobody was erased. Check the id. To reject all later events about it nevertheless, erase it with `unknown=true` (`--unknown` in the CLI).',
  })
}

function nothingParked(): Problem {
  return new Problem('nothing-parked', {
    detail: 'The customer’s workflow has completed after a time without events, so there is nothing to resume.',
  })
}
