// One attempt of a step: as a local activity while the CRM answers promptly, as a regular one with heartbeats otherwise.

import { Context } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import type { Duration } from '@temporalio/common'
import { CrmFailure, CrmRejection } from '../domain/failures.ts'
import { NOT_LOCAL, TAKES_LONG } from '../domain/step-call.ts'
import type { FailedAttempt, StepCall } from '../domain/step-call.ts'
import { recordAfter, recordBefore } from './attempt-record.ts'
import { Caller, callerOf, introduce } from './caller.ts'
import { EarlierFailures } from './earlier-failures.ts'
import { isOverLimit, withOneMore } from './failures-in-a-row.ts'
import type { FailuresInARow } from './failures-in-a-row.ts'
import { Outage } from './outage.ts'
import type { OutageChange } from './outage.ts'
import { Promptness } from './promptness.ts'
import { StartedCalls } from './started-calls.ts'
import { Successes } from './successes.ts'
import { failedLocally, goesOn, rejection, retried, unexpected } from './temporal-failures.ts'
import { WaitingSteps } from './waiting-steps.ts'

/** A third of the heartbeat timeout of workflows/activities.ts. The SDK itself sends at most one heartbeat in 80 % of that timeout. */
export const HEARTBEAT_MS = 1000

// While local activities run, their workflow task holds back queries and signals, and Temporal does not show the activities. A prompt
// call takes 100 to 300 ms.
const LOCAL_MS = 1500

interface RegularCall<T> {
  call: () => Promise<T>
  /** Another worker has started the call, and may still be making it. */
  isRepeated: boolean
}

export interface AttemptsOptions {
  /** The time in milliseconds since the epoch. */
  now: () => number
  /** Called once when an outage of the CRM begins, as far as this worker sees, and once when it ends. */
  onOutage: (change: OutageChange) => void
}

/** Runs the attempts of one worker, and remembers how the CRM has answered. */
export class Attempts {
  readonly #successes = new Successes()
  readonly #promptness = new Promptness()
  readonly #started = new StartedCalls()
  readonly #earlier = new EarlierFailures()
  readonly outage: Outage
  readonly #now: () => number
  /** The regular activities: a local one ends within seconds. */
  readonly #waiting: WaitingSteps

  constructor({ now, onOutage }: AttemptsOptions) {
    this.#now = now
    this.#waiting = new WaitingSteps(now)
    this.outage = new Outage(onOutage)
  }

  /** How long the oldest step has waited for the CRM, in seconds; `null` when none waits. */
  oldestSeconds(): number | null {
    return this.#waiting.oldestSeconds()
  }

  /** Runs one attempt of the running activity. `draft` is what the step sends. */
  async run<T extends object | null>(draft: unknown, call: () => Promise<T>, how: StepCall): Promise<T> {
    const context = Context.current()
    const caller = new Caller(how.priority)
    context.cancellationSignal.addEventListener('abort', () => caller.cancel())
    introduce(context, caller)
    const timed = () => this.#timed(context, caller, call)
    if (!context.info.isLocal) {
      return await this.#waitingMeanwhile(context, () =>
        this.#runRegularly(context, this.#startOrGoOn(context, draft, timed, how), how),
      )
    }
    return await this.#reportingLocally(context, async () => {
      if (how.isOnlyLocal) return await timed()
      return await this.#promptly(caller, timed, (result) =>
        this.#started.keep(keyOf(context, draft), { result, caller }),
      )
    })
  }

  async #waitingMeanwhile<T>(context: Context, run: () => Promise<T>): Promise<T> {
    const { customer, step } = callerOf(context)
    const key = `${customer} ${step}`
    const since = context.info.scheduledTimestampMs
    this.#waiting.begins(key, since)
    try {
      const outcome = await run()
      this.#waiting.ended(key)
      return outcome
    } catch (error) {
      if (error instanceof ApplicationFailure && !error.nonRetryable)
        this.#waiting.failed(key, since, pauseMsOf(error.nextRetryDelay))
      else this.#waiting.ended(key)
      throw error
    }
  }

  /** A failure ends the local activity, and the workflow goes on with a regular one. */
  async #reportingLocally<T>(context: Context, act: () => Promise<T>): Promise<T> {
    try {
      return await act()
    } catch (error) {
      if (error instanceof ApplicationFailure) throw error
      const failure = await this.#failureOf(context, error)
      throw failure instanceof CrmRejection ? rejection(failure, false) : failedLocally(failure)
    }
  }

  /**
   * Makes the call while the CRM answers promptly. A call that takes long is kept for the regular activity. A call that waits for
   * quota is kept, too, so it keeps its place in the queue. Until the regular activity has the call, the call may not send its first
   * write: the activity may run on another worker, which does not know of that write and would repeat it.
   */
  async #promptly<T extends object | null>(
    caller: Caller,
    call: () => Promise<T>,
    keep: (result: Promise<T>) => void,
  ): Promise<T> {
    if (!this.#promptness.isPrompt) throw goesOn(NOT_LOCAL, 'The CRM does not answer promptly')
    const result = call()
    if (await isOverWithin(LOCAL_MS, result)) return await result
    if (!caller.hasWritten) caller.hold()
    keep(result)
    throw caller.isHeld
      ? goesOn(NOT_LOCAL, 'The step takes long, and has written nothing')
      : goesOn(TAKES_LONG, 'The step takes long')
  }

  /** The call to make: a new one, or the one that the local activity has started before in this worker. */
  #startOrGoOn<T>(context: Context, draft: unknown, call: () => Promise<T>, how: StepCall): RegularCall<T> {
    const isFirst = context.info.attempt === 1
    const started = isFirst && !how.failed ? this.#started.take(keyOf(context, draft)) : null
    if (started === null) return { call, isRepeated: how.isStarted === true && isFirst }
    started.caller.release()
    context.cancellationSignal.addEventListener('abort', () => started.caller.cancel())
    return { call: () => started.result as Promise<T>, isRepeated: false }
  }

  /** The outcome, or the rejection, says whether an earlier attempt of the call got no response. */
  async #runRegularly<T extends object | null>(
    context: Context,
    { call, isRepeated }: RegularCall<T>,
    { failed, waitsSince }: StepCall,
  ): Promise<T> {
    const { attempt } = context.info
    const { customer, step } = callerOf(context)
    const key = `${customer} ${step}`
    const earlier = attempt === 1 ? this.#earlier.of(key, waitsSince) : null
    // The local attempt was the first one. Its failure is reported here, so that Temporal shows it and waits before the next one.
    if (failed && attempt === 1) throw this.#reportLocal(context, failed, earlier)

    const known = recordBefore(attempt, context.info.heartbeatDetails)
    const before = {
      ...known,
      failures: known.failures ?? earlier,
      isUnanswered: known.isUnanswered || isRepeated,
    }
    // Each heartbeat repeats the record, since Temporal keeps only the last details.
    const heartbeats = setInterval(() => context.heartbeat(before), HEARTBEAT_MS)
    try {
      const outcome = await call()
      this.#earlier.ended(key)
      return before.isUnanswered && outcome !== null ? { ...outcome, unanswered: true } : outcome
    } catch (error) {
      const failure = await this.#failureOf(context, error)
      if (failure instanceof CrmRejection) throw rejection(failure, before.isUnanswered)

      const { retryLimit, message, isUnanswered } = failure
      // A failure without a limit concerns all calls, so the series of this step's own failures goes on.
      const failures =
        retryLimit === null ? before.failures : withOneMore(before.failures, this.#failureNow(context, failure))
      const record = recordAfter(attempt, before, { failures, isUnanswered })
      context.heartbeat(record)
      this.#earlier.failed(key, failures)
      throw retryLimit !== null && failures !== null && isOverLimit(retryLimit, failures, this.#now())
        ? rejection(new CrmRejection(retryLimit.rejection, message), record.isUnanswered)
        : retried(failure)
    } finally {
      clearInterval(heartbeats)
    }
  }

  #reportLocal(context: Context, failed: FailedAttempt, earlier: FailuresInARow | null): Error {
    const failures = failed.isCounted ? withOneMore(earlier, this.#failureNow(context, failed)) : earlier
    context.heartbeat(recordAfter(1, recordBefore(1, undefined), { failures, isUnanswered: failed.isUnanswered }))
    return retried(failed)
  }

  async #timed<T extends object | null>(context: Context, caller: Caller, call: () => Promise<T>): Promise<T> {
    const outcome = await withUnanswered(caller, call)
    const { customer, step } = callerOf(context)
    this.#successes.note(step, { customer, at: this.#now() })
    this.#promptness.succeeded(caller.answeredMs)
    this.outage.answered()
    return outcome
  }

  /** @throws CancelledFailure when the activity is cancelled, and not the lost connection that the cancellation has caused */
  async #failureOf(context: Context, error: unknown): Promise<CrmFailure | CrmRejection> {
    if (context.cancellationSignal.aborted) await context.cancelled
    if (error instanceof CrmRejection) {
      this.outage.answered()
      return error
    }
    const failure = error instanceof CrmFailure ? error : unexpected(error)
    const { customer } = callerOf(context)
    // A failure without a limit says nothing about how the CRM answers: a used-up quota, or a token that is rejected.
    if (failure.retryLimit !== null) this.#promptness.failed(customer)
    if (failure.isUnavailable) this.outage.failed(customer)
    return failure
  }

  #failureNow(context: Context, { type }: Pick<FailedAttempt, 'type'>) {
    const { customer, step } = callerOf(context)
    return { type, at: this.#now(), othersSucceededAt: this.#successes.ofOthers(step, customer) }
  }
}

/** The outcome, or the failure, says whether the CRM's client has sent a write again that got no response. */
async function withUnanswered<T extends object | null>(caller: Caller, call: () => Promise<T>): Promise<T> {
  try {
    const outcome = await call()
    return caller.isUnanswered && outcome !== null ? { ...outcome, unanswered: true } : outcome
  } catch (error) {
    if (!caller.isUnanswered) throw error
    if (error instanceof CrmFailure) {
      const { message, type, retryAfterMs, retryLimit, details, isUnavailable } = error
      throw new CrmFailure(message, { type, retryAfterMs, retryLimit, details, isUnavailable, isUnanswered: true })
    }
    if (error instanceof CrmRejection) throw new CrmRejection({ ...error.rejection, unanswered: true }, error.message)
    throw error
  }
}

function pauseMsOf(delay: Duration | undefined | null): number | null {
  return typeof delay === 'number' ? delay : null
}

async function isOverWithin(ms: number, result: Promise<unknown>): Promise<boolean> {
  const timeout = Promise.withResolvers<false>()
  const timer = setTimeout(() => timeout.resolve(false), ms)
  try {
    return await Promise.race([result.then(() => true), timeout.promise])
  } finally {
    clearTimeout(timer)
  }
}

function keyOf(context: Context, draft: unknown): string {
  const { customer, step } = callerOf(context)
  return JSON.stringify([customer, step, draft])
}
