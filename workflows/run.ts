// How an onboarding waits: when the history has grown long, the run continues as new at its next wait.

import {
  allHandlersFinished,
  CancellationScope,
  condition,
  makeContinueAsNewFunc,
  sleep,
  upsertMemo,
} from '@temporalio/workflow'
import type { Rejection } from '../domain/failures.ts'
import { MEMO } from '../domain/moves.ts'
import type { Step } from '../domain/onboarding.ts'
import type { Calling } from './activities.ts'
import type { Customer } from './customer/customer.ts'
import { earliest } from './customer/due-times.ts'
import type { CustomerState } from './customer/state.ts'
import { HeldMessages } from './held-messages.ts'
import type { RunSettings } from './messages.ts'
import { reportProgress } from './reports.ts'
import { showInTemporal } from './temporal-ui/show.ts'
import { timerSummary } from './temporal-ui/timer-summary.ts'

// With worker versioning a run stays on the version that it started on, and the next run starts on the current one. So code
// may change without regard to old histories, as long as the old workers run. Without versioning this has no effect. The SDK can
// make this function only inside a workflow, so each call makes it.
const startNextRun = (input: OnboardingInput) =>
  makeContinueAsNewFunc<(input: OnboardingInput) => Promise<CustomerState>>({
    initialVersioningBehavior: 'AUTO_UPGRADE',
  })(input)

/** The start of a run: a new customer, or the state of the previous run, and its settings. */
export interface OnboardingInput {
  customerId: string
  settings?: RunSettings
  state?: CustomerState
}

// Temporal warns at 4,096 events and fails the workflow at 51,200. A short history also replays fast after a worker's crash (G8).
// During a call to the CRM, signals make the history longer; at three times the length the run cancels the call.
const CONTINUE_AS_NEW_AT_EVENTS = 300
const CANCEL_CALLS_AT_MULTIPLE = 3
// How many events each adds to the history. A call is a regular activity and a timer. A wake-up is a timer and a workflow task. A
// message adds one to four events, since messages may share a workflow task. So the history may be twice as long as the estimate.
const EVENTS = { start: 5, message: 2, call: 8, wake: 4 }
const IDLE_DAYS = 30
const DAY_MS = 24 * 60 * 60 * 1000
// A shorter idle time would wake a parked customer again and again.
const MIN_IDLE_MS = 1000

// Operators see a regular activity as waiting when it is not done after this time. The time is longer than a slow call, and longer
// than a call that is repeated after a second. Most updates are done earlier, so this costs them only the timer.
const LATE_AFTER_MS = 5000

// The pauses before a step that has succeeded is repeated. They grow like the pauses of Temporal's retries (activities.ts).
const FIRST_PAUSE_MS = 1000
const LONGEST_PAUSE_MS = 30 * 1000

/** Ends a run in the middle of the story. */
class CustomerLeft extends Error {
  override name = 'CustomerLeft'
}

/** The waits of one run. The next run starts the story again and skips the steps that are done. */
export class Run {
  readonly #customer: Customer
  /** The settings as given at the start. A missing setting stays missing, so that a later version's default applies to it. */
  readonly #given: RunSettings
  readonly #settings: { idleDays: number | null; continueAsNewAtEvents: number }
  #isContinueAsNewRequested = false
  #isLeaving = false
  readonly #held: HeldMessages
  #messages = 0
  #calls = 0
  #wakes = 0
  /** Whether a local activity has ended in the present workflow task. */
  #hasUnrecordedResults = false
  /** How often each step has succeeded in a row and was still due with the same values. */
  readonly #repeats: { [step in Step]?: number } = {}

  constructor(customer: Customer, { settings = {}, state }: OnboardingInput) {
    const { idleDays = IDLE_DAYS, continueAsNewAtEvents = CONTINUE_AS_NEW_AT_EVENTS } = settings
    this.#customer = customer
    this.#given = settings
    this.#settings = { idleDays, continueAsNewAtEvents }
    this.#held = new HeldMessages(state === undefined)
    // The steps of an erasure are regular activities, so messages need not be held. A signal that came before the lift of the erasure
    // must not be delivered after it.
    if (state !== undefined && state.erasure !== 'none') this.#held.release()
  }

  /** Returns the state at the end of the story, or at the wait at which the customer leaves this Temporal. */
  async endOf(story: () => Promise<CustomerState>): Promise<CustomerState> {
    try {
      return await story()
    } catch (error) {
      if (!(error instanceof CustomerLeft)) throw error
      return this.#customer.state
    }
  }

  /** Waits until a condition holds. */
  async until(isMet: () => boolean): Promise<void> {
    await this.#wait(isMet, null)
  }

  /** Waits until a condition holds, but no longer than the idle time. */
  async untilIdle(isMet: () => boolean): Promise<void> {
    const { idleDays } = this.#settings
    await this.#wait(isMet, idleDays === null ? null : Math.max(MIN_IDLE_MS, idleDays * DAY_MS))
  }

  /** Waits before a step is repeated that has succeeded with the same values, but only until something has changed. */
  async pauseBeforeRepeat(step: Step, hasChanged: () => boolean): Promise<void> {
    const repeats = this.#repeats[step] ?? 0
    this.#repeats[step] = repeats + 1
    await this.#wait(hasChanged, Math.min(FIRST_PAUSE_MS * 2 ** repeats, LONGEST_PAUSE_MS))
  }

  /** The step has changed something, so that its next repeat begins with the shortest pause. */
  resetPause(step: Step): void {
    this.#repeats[step] = 0
  }

  /**
   * Calls the CRM. While HubSpot is unavailable, Temporal retries the call without limit. An erasure cancels the call, and so
   * do a move and a history of three times the length. The next run repeats the call, which is safe (G2).
   *
   * @param step shown as waiting when it fails, or takes long
   * @param calling returns the rejection that ended the call; `null` when it succeeded
   * @param whenCancelled notes in the state that the call was cancelled: the CRM may still execute it
   */
  async call(
    step: Step,
    calling: (how: Calling) => Promise<Rejection | null>,
    whenCancelled: () => void,
  ): Promise<Rejection | null> {
    this.#calls += 1
    const { pendingStep } = this.#customer
    const scope = new CancellationScope()
    let isRegular = false
    const waitsSince = pendingStep.sinceOf(step)
    const how: Calling = {
      priority: this.#customer.priority,
      ...(waitsSince !== null && { waitsSince }),
      // Only the results of local activities may decide here. A clock may not: while local activities run, the SDK keeps the workflow
      // task alive, and on replay the task has the time of its last heartbeat. Messages may not either: see HeldMessages.
      beginsAs: this.#held.areHeld ? 'local' : 'regular',
      becomesRegular: (when) => {
        isRegular = true
        this.#held.release()
        pendingStep.begin(step)
        if (when === 'after a failure') pendingStep.noteLate()
        showInTemporal(this.#customer)
      },
    }
    const result = scope.run(() => calling(how))
    let isOver = false
    const end = () => {
      isOver = true
    }
    result.then(end, end)
    const hasEnded = () => isOver || this.#mustCancelCalls()
    await condition(() => hasEnded() || isRegular)
    if (!hasEnded()) await this.#showWhenLate(hasEnded)
    this.#hasUnrecordedResults = !isRegular
    if (isOver) {
      const wasShown = pendingStep.waiting !== null
      pendingStep.end()
      // A run that completes shows nothing later.
      if (wasShown) showInTemporal(this.#customer)
      return await result
    }
    scope.cancel()
    const [settled] = await Promise.allSettled([result])
    // The call may have succeeded before the cancellation reached it. A failure of its last attempt arrives as a rejection.
    if (settled.status === 'rejected' || settled.value !== null) whenCancelled()
    return await this.continueAsNew()
  }

  /** Waits for the end of a regular activity; shows the step as waiting when it is not done after some seconds. */
  async #showWhenLate(hasEnded: () => boolean): Promise<void> {
    const { pendingStep } = this.#customer
    // A clock may decide here, since no local activity runs.
    if (pendingStep.waiting === null && !(await condition(hasEnded, LATE_AFTER_MS, this.#showTimer(LATE_AFTER_MS)))) {
      this.#wakes += 1
      pendingStep.noteLate()
      showInTemporal(this.#customer)
    }
    await condition(hasEnded)
  }

  /** The handler of a signal. */
  receiving<Args extends unknown[]>(handle: (...args: Args) => void): (...args: Args) => void {
    return this.#noting(this.#held.signal(handle))
  }

  /** The handler of a command. It may come later than its validator, so `handle` has to check the command again. */
  executing<Args extends unknown[], Result>(handle: (...args: Args) => Result): (...args: Args) => Promise<Result> {
    return this.#noting(this.#held.command(handle))
  }

  #noting<Args extends unknown[], Result>(handle: (...args: Args) => Result): (...args: Args) => Result {
    return (...args) => {
      this.#messages += 1
      return handle(...args)
    }
  }

  /** The steps of the onboarding are done; what follows depends on the events that arrive. */
  onboarded(): void {
    // A held erasure is delivered first: a worker that was killed may have created the contact meanwhile.
    this.#held.release()
    this.#customer.erasure.onboarded()
  }

  /** Delivers the messages that have arrived during local activities: Temporal holds them back until the workflow task ends. */
  async deliverMessages(): Promise<void> {
    this.#held.release()
    if (!this.#hasUnrecordedResults) return
    this.#hasUnrecordedResults = false
    await sleep(1, { summary: 'Stores the results of the local activities' })
    if (this.#isErasureRequested) await this.continueAsNew()
  }

  /** Has this run continue as new at its next wait. */
  requestContinueAsNew(): void {
    this.#isContinueAsNewRequested = true
  }

  /** The customer moves to another Temporal: the run completes at its next wait. Its result is what its next run would start with. */
  leave(): void {
    this.#isLeaving = true
  }

  /** Continues as new with the state. The state includes pending values, so they need not be written before. */
  async continueAsNew(): Promise<never> {
    showInTemporal(this.#customer)
    // When a message arrives at the end of a run, Temporal rejects the end and with it the whole workflow task. The local activities
    // of that task would run again, so their results are recorded first.
    await this.deliverMessages()
    await condition(allHandlersFinished)
    // A message that was delivered meanwhile may have changed something, and the next run does not report it.
    reportProgress(this.#customer)
    if (this.#isLeaving) {
      // Distinguishes this run from one that has completed (idle), for an export that was interrupted.
      upsertMemo({ [MEMO.left]: true })
      throw new CustomerLeft()
    }
    const { state } = this.#customer
    return await startNextRun({ customerId: state.customerId, settings: this.#given, state })
  }

  /** Waits until a condition holds or the time is over. The same timer also wakes it when something of the customer is due. */
  async #wait(isMet: () => boolean, ms: number | null): Promise<void> {
    // Without a wait the next step may be a local activity as well.
    if (this.#held.areHeld && isMet()) return
    this.#held.release()
    const endsAt = ms === null ? null : Date.now() + ms
    for (;;) {
      this.#customer.parkByClock()
      if (this.#shouldContinueAsNew()) await this.continueAsNew()
      if (isMet() || (endsAt !== null && Date.now() >= endsAt)) return
      this.#customer.pendingStep.end()
      showInTemporal(this.#customer)
      const { nextDueAt } = this.#customer
      const isOver = () => isMet() || this.#shouldContinueAsNew() || this.#customer.nextDueAt !== nextDueAt
      // A due time that is over has no effect on this condition.
      const wakesAt = earliest([nextDueAt !== null && nextDueAt > Date.now() ? nextDueAt : null, endsAt])
      const wakesInMs = wakesAt === null ? null : wakesAt - Date.now()
      await (wakesInMs === null ? condition(isOver) : condition(isOver, wakesInMs, this.#showTimer(wakesInMs)))
      this.#wakes += 1
      this.#hasUnrecordedResults = false
    }
  }

  /** What the Temporal UI shows of a timer. A replay does not compare it. */
  #showTimer(durationMs: number): { summary: string } {
    return { summary: timerSummary(this.#customer, durationMs) }
  }

  #shouldContinueAsNew(): boolean {
    const { continueAsNewAtEvents } = this.#settings
    return this.#mustEnd || this.#isContinueAsNewRequested || this.#isLongerThan(continueAsNewAtEvents)
  }

  #mustCancelCalls(): boolean {
    const { continueAsNewAtEvents } = this.#settings
    // The length depends on the messages that have arrived.
    if (this.#held.areHeld) return false
    return this.#mustEnd || this.#isLongerThan(continueAsNewAtEvents * CANCEL_CALLS_AT_MULTIPLE)
  }

  /** Whether the run waits neither for HubSpot nor for an operator. */
  get #mustEnd(): boolean {
    return this.#isLeaving || this.#isErasureRequested
  }

  /** An erasure starts in a new run. */
  get #isErasureRequested(): boolean {
    return this.#customer.state.erasure === 'requested'
  }

  /**
   * An estimate. Temporal's own figure must not decide: on replay it also counts the workflow tasks that only kept a local activity
   * alive, so a replay would decide differently.
   */
  #isLongerThan(events: number): boolean {
    const { start, message, call, wake } = EVENTS
    return start + message * this.#messages + call * this.#calls + wake * this.#wakes > events
  }
}
