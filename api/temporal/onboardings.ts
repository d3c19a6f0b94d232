// The onboardings as the API sees them: events become signals, the status is a query, operators' commands are updates.

import { randomUUID } from 'node:crypto'
import { WithStartWorkflowOperation } from '@temporalio/client'
import type { Client } from '@temporalio/client'
import type { UpdateDefinition } from '@temporalio/common'
import type { SoughtContact } from '../../domain/crm.ts'
import type { CustomerDetails, CustomerEvent } from '../../domain/events.ts'
import type { Field, Values } from '../../domain/fields.ts'
import { ONBOARDING_WORKFLOW } from '../../domain/ids.ts'
import { namesInLine } from '../../domain/ignored-fields.ts'
import { onboardingStart } from '../../platform/onboarding-start.ts'
import { temporalProblem } from '../../platform/temporal-problem.ts'
import type { TemporalProblem } from '../../platform/temporal-problem.ts'
import {
  correct,
  customerErased,
  customerRegistered,
  customerUpdated,
  liftErasure,
  resume,
  resync,
} from '../../workflows/messages.ts'
import type { FieldsToWrite, GivenBy, RunSettings } from '../../workflows/messages.ts'
import type { CustomerStatus } from '../contract/customer-status.ts'
import type { ListedCustomer } from '../contract/customers.ts'
import { Problem } from '../problems/problem.ts'
import { askTemporal } from './ask-temporal.ts'
import { Backlog } from './backlog.ts'
import type { BacklogLimits } from './backlog.ts'
import { sendCommand } from './commands.ts'
import { statusOf, valuesOf } from './customer-status.ts'
import { assertKnown, findCustomers } from './known-customers.ts'

import { stateOfCompleted } from './newest-run.ts'
import { TemporalUi } from './temporal-ui.ts'

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
    const phase = event.type === 'customer.registered' ? 'company' : 'awaiting-registration'
    await askTemporal(
      this.#client,
      async () => {
        await this.#backlog.assertNotFull(customerId)
        await this.#client.workflow.signalWithStart(ONBOARDING_WORKFLOW, {
          ...onboardingStart({ customerId, taskQueue: this.#taskQueue, settings: this.#settings, phase }),
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
    await assertKnown(this.#client, customerId, { taskQueue: this.#taskQueue, answerBy })
  }

  /**
   * Returns the customer to whom a contact in HubSpot belongs, as in a list; nobody when HubSpot has no such contact, or when it
   * is no customer's. The phase is `null` when Temporal has no run of the customer any more.
   *
   * @param answerBy when the caller stops waiting, in milliseconds since the epoch
   * @throws Problem 503 `hubspot-unavailable`, `no-worker`
   */
  async find(contact: SoughtContact, answerBy: number): Promise<ListedCustomer[]> {
    return await findCustomers(this.#client, contact, { taskQueue: this.#taskQueue, answerBy })
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
      send: async (handle) => await handle.executeUpdate(resume, { args: [{ ...command, at: Date.now() }] }),
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
    return await this.#write(customerId, correct, [{ ...command, at: Date.now() }])
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
        const state = await stateOfCompleted(this.#client, customerId, runId)
        if (state === null) throw new Problem('ended')
        const start = {
          customerId,
          taskQueue: this.#taskQueue,
          settings: this.#settings,
          phase: 'onboarded' as const,
          state,
        }
        const startWorkflowOperation = new WithStartWorkflowOperation(ONBOARDING_WORKFLOW, {
          ...onboardingStart(start),
          workflowIdConflictPolicy: 'USE_EXISTING',
        })
        return await this.#client.workflow.executeUpdateWithStart(update, { args, startWorkflowOperation })
      },
    })
    return fields
  }

  /**
   * The status of a running customer comes from a worker, and that of a customer whose run has completed (idle) from the run's
   * result.
   *
   * @throws Problem 404 `unknown-customer` when the customer has no run, 503 `no-worker` when no worker answers
   */
  async status(customerId: string): Promise<CustomerStatus> {
    return await statusOf(this.#client, customerId, this.#temporalUi)
  }

  /**
   * The values of a customer, which are personal data. Only the console asks for them, and logs who did (G11). They come from where
   * the status comes from. `older-version`: the run is on an older version of the workers, which does not know the question.
   *
   * @throws Problem 404 `unknown-customer`, 503 `no-worker`
   */
  async values(customerId: string): Promise<Values | 'older-version'> {
    return await valuesOf(this.#client, customerId)
  }

  /** Returns the part that prevents events from being stored; `null` when all is well. Concurrent callers share one check. */
  async failingPart(): Promise<TemporalProblem> {
    this.#healthCheck ??= temporalProblem(this.#client, HEALTH_DEADLINE_MS).finally(() => (this.#healthCheck = null))
    return await this.#healthCheck
  }
}

/** The names that may stand in a timeline. A sender may have used any text as a name, and thousands of them. */
function ignoredIn(paths: string[]): { ignored?: string } {
  return paths.length === 0 ? {} : { ignored: namesInLine(paths) }
}

function nothingParked(): Problem {
  return new Problem('nothing-parked', {
    detail: 'The customer’s workflow has completed after a time without events, so there is nothing to resume.',
  })
}
