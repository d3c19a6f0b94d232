// Onboardings as the API knows them: tell, ask, list. The one file that knows the Temporal client.

import {
  isGrpcDeadlineError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client'
import type { Client } from '@temporalio/client'
import { ApplicationFailure, defineSearchAttributeKey } from '@temporalio/common'
import { decodeTypedSearchAttributes } from '@temporalio/common/lib/converter/payload-search-attributes.js'
import type { CustomerDetails, CustomerEvent } from '../domain/customer.ts'
import { customerIdOf, ONBOARDING_WORKFLOW, onboardingId, TASK_QUEUE } from '../domain/ids.ts'
import { PHASES, reasonsIn } from '../domain/onboarding.ts'
import type { AttentionReason, Phase } from '../domain/onboarding.ts'
import { GRPC, grpcCode, temporalProblem } from '../platform/temporal.ts'
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
import type { CustomerStatus, ListedCustomer } from './contract/customers.ts'
import { cursorOf, pageTokenOf } from './cursor.ts'
import { Problem } from './middleware/problem.ts'

const PHASE = defineSearchAttributeKey('OnboardingPhase', 'KEYWORD')
const ATTENTION = defineSearchAttributeKey('OnboardingAttention', 'KEYWORD_LIST')

const SIGNALS = {
  'customer.registered': customerRegistered,
  'customer.updated': customerUpdated,
  'customer.erased': customerErased,
} as const

// A sender waits for at most 3.5 s; what Temporal has not answered by then is asked again by the sender.
const DEADLINE_MS = 2900
const PROBE_MS = 200
const PAGE_SIZE = 100

// What Temporal answers while it is away, overloaded or in trouble with its own store.
const TEMPORAL_IS_UNWELL: (number | null)[] = [GRPC.unavailable, GRPC.resourceExhausted, GRPC.unknown]

export interface OnboardingsOptions {
  client: Client
  taskQueue?: string
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

  constructor({ client, taskQueue = TASK_QUEUE, temporalUiUrl, settings = {} }: OnboardingsOptions) {
    this.#client = client
    this.#taskQueue = taskQueue
    this.#settings = settings
    this.#temporalUiUrl = temporalUiUrl
  }

  /**
   * Hands an event to its customer's onboarding, starting that when there is none. Returns only when Temporal has stored
   * the event (G1); after an error it may have been stored as well, and the sender's repeat has no further effect (G5).
   */
  async tell(event: CustomerEvent, eventId: string): Promise<void> {
    const { customerId, ...customer } = event.data
    const phase: Phase = event.type === 'customer.registered' ? 'company' : 'awaiting-registration'
    await this.#ask(() =>
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
    )
  }

  /**
   * Lets a parked customer go on, with corrections where there are some.
   *
   * @throws Problem 404, 409 `nothing-parked`, 422 `invalid-correction`, 503 `no-worker`
   */
  async resume(customerId: string, corrections?: CustomerDetails): Promise<void> {
    const handle = this.#client.workflow.getHandle(onboardingId(customerId))
    await this.#ask(async () => {
      if (corrections) await handle.executeUpdate(correct, { args: [corrections] })
      else await handle.executeUpdate(resume)
    }, 'a worker')
  }

  /** @throws Problem 404 for a customer that nobody told us of, 503 `no-worker` when no worker answers */
  async status(customerId: string): Promise<CustomerStatus> {
    const workflowId = onboardingId(customerId)
    const status = await this.#ask(
      () => this.#client.workflow.getHandle(workflowId).query(onboardingStatus),
      'a worker',
    )
    return { ...status, links: { temporal: this.#linkTo(workflowId) } }
  }

  /** A page of customers, by phase and attention reason where given; `next` leads to the following one. */
  async list(filter: {
    phase?: Phase | undefined
    attention?: AttentionReason | undefined
    cursor?: string | undefined
  }): Promise<{ customers: ListedCustomer[]; next: string | null }> {
    const conditions = [
      `WorkflowType = '${ONBOARDING_WORKFLOW}'`,
      `ExecutionStatus = 'Running'`,
      ...(filter.phase ? [`OnboardingPhase = '${filter.phase}'`] : []),
      ...(filter.attention ? [`OnboardingAttention = '${filter.attention}'`] : []),
    ]
    const pageToken = filter.cursor === undefined ? null : pageTokenOf(filter.cursor)
    if (filter.cursor !== undefined && pageToken === null) throw invalidCursor()
    const { executions, nextPageToken } = await this.#ask(() =>
      this.#client.workflowService.listWorkflowExecutions({
        namespace: this.#client.options.namespace,
        pageSize: PAGE_SIZE,
        query: conditions.join(' AND '),
        ...(pageToken && { nextPageToken: pageToken }),
      }),
    )
    const customers = executions.flatMap(({ execution, searchAttributes }) => {
      const customerId = customerIdOf(execution?.workflowId ?? '')
      const attributes = decodeTypedSearchAttributes(searchAttributes?.indexedFields)
      if (customerId === null) return []
      return [
        {
          customerId,
          phase: PHASES.find((phase) => phase === attributes.get(PHASE)) ?? null,
          attention: reasonsIn(attributes.get(ATTENTION) ?? []),
        },
      ]
    })
    return { customers, next: cursorOf(nextPageToken) }
  }

  /** What keeps events from being stored; `null` when all is well. */
  async problem(): Promise<TemporalProblem> {
    return await temporalProblem(this.#client, 2000)
  }

  /** @param answerer who has to answer beside Temporal */
  async #ask<T>(call: () => Promise<T>, answerer?: 'a worker'): Promise<T> {
    try {
      return await this.#client.withDeadline(Date.now() + DEADLINE_MS, call)
    } catch (error) {
      const code = grpcCode(error)
      if (error instanceof WorkflowNotFoundError) throw unknownCustomer()
      if (error instanceof WorkflowUpdateFailedError) throw orderRejected(error)
      const isLate =
        isGrpcDeadlineError(error) ||
        error instanceof WorkflowUpdateRPCTimeoutOrCancelledError ||
        code === GRPC.deadlineExceeded
      if (isLate && answerer && (await temporalProblem(this.#client, PROBE_MS)) === null) throw noWorker()
      if (isLate || TEMPORAL_IS_UNWELL.includes(code)) throw temporalUnavailable()
      throw error
    }
  }

  #linkTo(workflowId: string): string | null {
    if (this.#temporalUiUrl === null) return null
    const { namespace } = this.#client.options
    return `${this.#temporalUiUrl.replace(/\/+$/, '')}/namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}`
  }
}

function unknownCustomer(): Problem {
  return new Problem({ status: 404, code: 'not-found', detail: 'No event has told us of this customer.' })
}

/** The workflow said no, in words of its own that are meant for people. */
function orderRejected({ cause }: WorkflowUpdateFailedError): Error {
  if (!(cause instanceof ApplicationFailure)) return new Error('an order failed', { cause })
  if (cause.type === 'nothing-parked')
    return new Problem({ status: 409, code: 'nothing-parked', detail: cause.message })
  return new Problem({ status: 422, code: 'invalid-correction', detail: cause.message })
}

function invalidCursor(): Problem {
  const detail = 'The cursor is not the `next` of an earlier page. Start from the first page.'
  return new Problem({ status: 422, code: 'invalid-query', detail })
}

function noWorker(): Problem {
  return new Problem({
    status: 503,
    code: 'no-worker',
    detail: 'No worker answers for this customer; nothing is lost. Start one with `npm run worker`, or wait for it.',
    headers: { 'retry-after': '5' },
  })
}

function temporalUnavailable(): Problem {
  return new Problem({
    status: 503,
    code: 'temporal-unavailable',
    detail: 'Temporal does not answer in time. Send the same again; a repeat has no further effect.',
    headers: { 'retry-after': '1' },
  })
}
