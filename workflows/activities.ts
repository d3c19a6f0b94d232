// The activities as a workflow calls them: local ones first, then regular ones, each with its timeouts and reasons.

import {
  ActivityFailure,
  ApplicationFailure,
  proxyActivities,
  proxyLocalActivities,
  TimeoutFailure,
} from '@temporalio/workflow'
import type { Crm } from '../domain/crm.ts'
import { CRM_REJECTION } from '../domain/failures.ts'
import type { Histories } from '../domain/histories.ts'
import { NOT_LOCAL, TAKES_LONG } from '../domain/step-call.ts'
import type { FailedAttempt, Priority, StepCall } from '../domain/step-call.ts'

/** How a run calls a step. */
export interface Calling {
  /** Decides which of two waiting calls goes first. */
  priority: Priority
  /** As in `StepCall`. */
  waitsSince?: number
  /** The first attempt is a local activity, or a regular one. */
  beginsAs: 'local' | 'regular'
  /** Called before the step becomes a regular activity, which may take long, so that operators see where the customer is. */
  becomesRegular: (when: 'at first' | 'after a failure') => void
}

/** The calls of an onboarding to the CRM. `findCustomerOf` is not one of them: an operator asks it (find-customer-of.ts). */
type StepName = Exclude<keyof Crm, 'findCustomerOf'>
export type CrmSteps = {
  [Name in StepName]: (draft: Parameters<Crm[Name]>[0], how: Calling) => ReturnType<Crm[Name]>
}

type Activities = { [Name in StepName]: (draft: Parameters<Crm[Name]>[0], how: StepCall) => ReturnType<Crm[Name]> }

const regular = <Port extends object>(summary: string, priority: Priority = 'live') =>
  proxyActivities<Port>({
    summary,
    // Each call of an activity has its own deadline. This timeout only ends an activity that is stuck despite those.
    startToCloseTimeout: '5 minutes',
    // A killed worker sends no heartbeat. Temporal notices that, and another worker repeats the step within seconds.
    heartbeatTimeout: '3 seconds',
    // Wait until the cancelled activity has ended, before anything else is written.
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    // An outage parks nobody (G9): the customer waits, with growing pauses, for as long as it takes.
    retry: {
      initialInterval: '1 second',
      backoffCoefficient: 2,
      maximumInterval: '30 seconds',
      nonRetryableErrorTypes: [CRM_REJECTION],
    },
    // Temporal's default is 3; a greater number goes later.
    ...(priority === 'bulk' && { priority: { priorityKey: 4 } }),
  })

// It has no summary: the Temporal UI does not show that of a local activity, and each one is a payload to encrypt and to store.
const local = proxyLocalActivities<Activities>({
  // As above, it only ends an activity that is stuck.
  startToCloseTimeout: '5 minutes',
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  // The retries are those of the regular activity, which Temporal shows.
  retry: { maximumAttempts: 1 },
})

/**
 * A local activity costs Temporal no state transition, and records nothing until its workflow task ends. So it makes the first
 * attempt while the CRM answers promptly. After a failure the step is a regular activity: with heartbeats, retries without limit,
 * and its failures in the Temporal UI.
 */
function localFirst<Name extends StepName>(name: Name, summary: string): CrmSteps[Name] {
  type Call = (draft: Parameters<Crm[Name]>[0], how: StepCall) => Promise<Awaited<ReturnType<Crm[Name]>>>
  const locally = local[name] as Call
  const regularly = regularSteps(name, summary)
  const step = async (draft: Parameters<Crm[Name]>[0], how: Calling) => {
    if (how.beginsAs === 'regular') return await regularly(draft, how)
    try {
      return await locally(draft, stepCallOf(how))
    } catch (error) {
      return await regularly(draft, how, beforeRegular(error))
    }
  }
  return step as CrmSteps[Name]
}

function regularSteps<Name extends StepName>(name: Name, summary: string) {
  type Call = (draft: Parameters<Crm[Name]>[0], how: StepCall) => Promise<Awaited<ReturnType<Crm[Name]>>>
  const calls = {
    live: regular<Activities>(summary)[name] as Call,
    bulk: regular<Activities>(summary, 'bulk')[name] as Call,
  }
  type Before = Omit<StepCall, 'priority'>
  return (draft: Parameters<Crm[Name]>[0], how: Calling, before: Before = {}) => {
    how.becomesRegular(before.failed === undefined ? 'at first' : 'after a failure')
    return calls[how.priority](draft, { ...stepCallOf(how), ...before })
  }
}

function stepCallOf({ priority, waitsSince }: Calling): StepCall {
  return { priority, ...(waitsSince !== undefined && { waitsSince }) }
}

/**
 * Returns what the local activity passes on to the regular one.
 *
 * @throws the error itself when no regular activity is to follow: a rejection or a cancellation
 */
function beforeRegular(error: unknown): Omit<StepCall, 'priority'> {
  // The SDK wraps the failure of a regular activity, but not that of a local one.
  const cause = error instanceof ActivityFailure ? error.cause : error
  if (cause instanceof TimeoutFailure) return { failed: STUCK }
  if (!(cause instanceof ApplicationFailure) || cause.type === CRM_REJECTION) throw error
  if (cause.type === NOT_LOCAL) return {}
  return cause.type === TAKES_LONG ? { isStarted: true } : { failed: cause.details?.[0] as FailedAttempt }
}

const STUCK: FailedAttempt = {
  type: 'Stuck',
  message: 'The step took longer than its limit as a local activity',
  details: { answeredBy: 'temporal', status: null, category: null, correlationId: null },
  retryAfterMs: null,
  isUnanswered: true,
  isCounted: false,
}

export const crm: CrmSteps = {
  findCustomer: localFirst('findCustomer', 'Looks up the customer in HubSpot'),
  createCompany: localFirst('createCompany', 'Finds or creates the company'),
  createContact: localFirst('createContact', 'Creates the contact, or claims the existing one'),
  associateContact: localFirst('associateContact', 'Associates the contact with the company'),
  moveContact: localFirst('moveContact', 'Moves the contact to another company'),
  updateCompany: localFirst('updateCompany', 'Writes changes to the company'),
  updateContact: localFirst('updateContact', 'Writes changes to the contact'),
  // An erasure looks at several records, and is rare.
  eraseContact: regularSteps('eraseContact', 'Erases the contact') as CrmSteps['eraseContact'],
}

export const histories = regular<Histories>('Deletes the histories of earlier runs')
