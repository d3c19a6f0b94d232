// Sends the requests of the scheduler, and gives each call its own outcome, as if it had gone alone.

import { AsyncLocalStorage } from 'node:async_hooks'
import type { LimitPolicy } from '../../domain/crm-state.ts'
import type { BatchKind, RowOutcome } from './batch-kind.ts'
import { isWrite } from './call-kind.ts'
import type { CallKind } from './call-kind.ts'
import type { Lane } from './call-queue.ts'
import type { Clock } from './clock.ts'
import { isForbidden, isUnavailable, limitOf, mayBeExecuted, mayConcernOneRow } from './errors.ts'
import { HubSpotError } from './hubspot-error.ts'
import type { Quota } from './quota.ts'
import { RequestParts } from './request-parts.ts'
import type { ScheduledCall } from './scheduled-call.ts'
import { sendings } from './sending.ts'
import type { Sending } from './sending.ts'

/** A request that was sent, and has been answered or has failed. */
export interface EndedRequest {
  kind: CallKind
  /** 1 for a call that went alone. */
  rows: number
  /** HubSpot's; `null` when no response came. */
  status: number | null
  durationMs: number
  /** The limit of a 429; `null` for any other answer. */
  limit: LimitPolicy | null
}

export interface RequestSenderOptions {
  quota: Quota
  clock: Clock
  onRequest: (request: EndedRequest) => void
  /** HubSpot has executed none of these calls, since a limit was reached. */
  putBack: (lane: Lane, calls: ScheduledCall[]) => void
  /** A request has ended. */
  onFree: () => void
  /** The row is to go alone the next time: a batch response says nothing about its write, or it has failed alone after its batch. */
  onLone: (lane: Lane, call: ScheduledCall) => void
}

type Rows = BatchKind<unknown, unknown>

// In an outage, at most one row of a kind of call goes alone in this time. Its answer shows whether the outage is over.
const SCOUT_EVERY_MS = 10_000

export class RequestSender {
  readonly #options: RequestSenderOptions
  // Several activities share a request, so it must belong to none of them.
  readonly inNoContext = AsyncLocalStorage.snapshot()
  readonly #parts = new RequestParts()
  #isClosed = false
  #inFlight = 0
  readonly #running = new Set<Promise<void>>()

  constructor(options: RequestSenderOptions) {
    this.#options = options
  }

  /** Requests on their way. */
  get inFlight(): number {
    return this.#inFlight
  }

  /** Rows that wait to be sent again. */
  waiting(): ScheduledCall[] {
    return this.#parts.calls()
  }

  /** The lanes of the parts that may go next. */
  lanes(): Lane[] {
    return this.#parts.lanes()
  }

  send(lane: Lane, calls: ScheduledCall[]): void {
    const admitted = calls.filter((call) => call.admit())
    if (admitted.length > 0) this.#run(this.#send(lane, admitted))
  }

  /** Sends the first part that may go. Returns whether there was one. */
  sendPart(mayGo: (lane: Lane) => boolean): boolean {
    const part = this.#parts.takeNext(mayGo)
    if (!part) return false
    const admitted = part.calls.filter((call) => call.admit())
    if (admitted.length === 0) part.ended()
    else this.#run(this.#send(part.lane, admitted).finally(part.ended))
    return true
  }

  /** @param pauseMsOf the time until the next probe of the daily limit; `null` when the part may go before */
  rejectParts(pauseMsOf: (lane: Lane) => number | null): void {
    for (const { lane, calls, ended } of this.#parts.takeAll((each) => pauseMsOf(each) !== null)) {
      for (const call of calls) call.rejectForTheDay(pauseMsOf(lane) ?? 0)
      ended()
    }
  }

  /** Rejects the parts that wait, and waits until no request is on its way. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const { calls, ended } of this.#parts.takeAll(() => true)) {
      rejectUnsent(calls)
      ended()
    }
    while (this.#running.size > 0) await Promise.all(this.#running)
  }

  #run(running: Promise<void>): void {
    this.#running.add(running)
    void running.finally(() => this.#running.delete(running))
  }

  async #send(lane: Lane, calls: ScheduledCall[]): Promise<void> {
    const [only] = calls
    if (calls.length === 1 && only) return await this.#sendAlone(lane, only)
    const { batch } = lane
    if (batch === null) throw new Error(`Calls of the kind ${lane.kind} go alone`)
    await this.#sendTogether(batch, lane, calls)
  }

  async #sendAlone(lane: Lane, call: ScheduledCall): Promise<void> {
    const { answer, error } = await this.#request(lane, [call], (sending) => call.sendAlone(sending))
    if (error === null) call.resolve(answer)
    else if (isOverLimit(error)) this.#options.putBack(lane, [call])
    else {
      if (call.hasGoneTogether && isOfServers(error)) this.#failedAlone(lane, call)
      call.reject(error)
    }
    this.#options.onFree()
  }

  async #sendTogether(batch: Rows, lane: Lane, calls: ScheduledCall[]): Promise<void> {
    for (const call of calls) call.sentTogether()
    const rows = calls.map(({ row }) => row)
    const sentAt = this.#options.clock.now()
    const { answer: outcomes, error } = await this.#request(lane, calls, (sending) =>
      this.inNoContext(() => sendings.run(sending, () => batch.sendMany(rows))),
    )
    if (error === null) {
      this.#settleAll(lane, calls, outcomes ?? [])
    } else if (isOverLimit(error)) {
      this.#options.putBack(lane, calls)
    } else if (error instanceof HubSpotError && mayConcernOneRow(error)) {
      this.#options.onFree()
      // A missing scope rejects each half. After the first single rows, `admit` stops the rest.
      return await this.#split(lane, calls, { oneByOne: isForbidden(error) })
    } else if (isOfServers(error)) {
      this.#options.onFree()
      return await this.#divide(lane, calls, { error, sentAt })
    } else {
      rejectAll(calls, error)
    }
    this.#options.onFree()
  }

  /** One row may have caused the failure of all. The halves go again, down to the row alone, whose outcome is its own. */
  async #split(lane: Lane, calls: ScheduledCall[], { oneByOne = false } = {}): Promise<void> {
    const middle = calls.length >> 1
    const first = this.#sendLater(lane, calls.slice(0, middle))
    await Promise.all([first, this.#sendLater(lane, calls.slice(middle), oneByOne ? first : null)])
  }

  /**
   * HubSpot's servers have failed at the batch: one row has caused it, or there is an outage. If HubSpot has answered another
   * request of the lane since, it is no outage. Otherwise one row goes alone to find out. In an outage the rows fail together,
   * so that it costs hardly a call more.
   */
  async #divide(
    lane: Lane,
    calls: ScheduledCall[],
    { error, sentAt }: { error: HubSpotError; sentAt: number },
  ): Promise<void> {
    if (isWrite(lane.kind) && mayBeExecuted(error)) for (const { terms } of calls) terms.onUnanswered?.()
    const hasAnswered = () => lane.answeredAt >= sentAt
    const scout = hasAnswered() ? null : await this.#scouted(lane, calls)
    // A scout that has met a limit waits in the queue again, and goes from there.
    const others = calls.filter((call) => call !== scout && !call.isSettled)
    if (hasAnswered()) await this.#split(lane, others)
    else rejectAll(others, error)
  }

  /**
   * Sends one of the calls alone, and waits until it has ended; or waits for the scout of another batch. Returns the call that went
   * alone; `null` when none of these calls did.
   */
  async #scouted(lane: Lane, calls: ScheduledCall[]): Promise<ScheduledCall | null> {
    if (lane.scout !== null) {
      await lane.scout
      return null
    }
    const isOutage = lane.unavailableAt > lane.answeredAt
    if (isOutage && this.#options.clock.now() - lane.unavailableAt < SCOUT_EVERY_MS) return null
    const scout = calls.find(({ isSettled }) => !isSettled) ?? null
    lane.scout = this.#sendLater(lane, scout ? [scout] : [])
    await lane.scout
    lane.scout = null
    return scout
  }

  #failedAlone(lane: Lane, call: ScheduledCall): void {
    lane.unavailableAt = this.#options.clock.now()
    // A call that is cancelled gets no response, either.
    if (call.terms.signal?.aborted !== true) this.#options.onLone(lane, call)
  }

  /** @param after the part goes once this has ended; `null` for at once */
  async #sendLater(lane: Lane, calls: ScheduledCall[], after: Promise<void> | null = null): Promise<void> {
    if (this.#isClosed) return rejectUnsent(calls)
    const { promise, resolve } = Promise.withResolvers<void>()
    const part = { lane, calls: calls.filter((call) => !call.isSettled), isHeld: after !== null, ended: resolve }
    if (part.calls.length === 0) return
    this.#parts.add(part)
    void after?.then(() => {
      part.isHeld = false
      this.#options.onFree()
    })
    this.#options.onFree()
    await promise
  }

  /** The rows for which a response had no space go again, without the others. If none of the others is decided, half of them go. */
  #settleAll(lane: Lane, calls: ScheduledCall[], outcomes: RowOutcome<unknown>[]): void {
    const undecided = calls.filter((_, index) => outcomes[index]?.outcome === 'undecided')
    for (const [index, call] of calls.entries()) {
      if (!undecided.includes(call)) this.#settle(lane, call, outcomes[index])
    }
    void (undecided.length < calls.length ? this.#sendLater(lane, undecided) : this.#split(lane, undecided))
  }

  /**
   * Settles the call by its row's outcome. A read that the response does not mention is sent again alone. A write of such a row goes
   * alone the next time.
   */
  #settle(lane: Lane, call: ScheduledCall, outcome: RowOutcome<unknown> | undefined): void {
    if (call.isSettled) return
    if (outcome?.outcome === 'answered') return call.resolve(outcome.answer)
    if (outcome?.outcome === 'failed') return call.reject(outcome.error)
    if (!isWrite(lane.kind)) return void this.#sendLater(lane, [call])
    this.#options.onLone(lane, call)
    call.reject(HubSpotError.unusableResponse('a response that does not mention the row'))
  }

  async #request<T>(
    lane: Lane,
    calls: readonly ScheduledCall[],
    perform: (sending: Sending) => Promise<T>,
  ): Promise<{ answer: T; error: null } | { answer: null; error: unknown }> {
    const { quota, clock } = this.#options
    const use = quota.send(lane.kind)
    const onEnd: (() => void)[] = []
    let sentAt: number | null = null
    let status: number | null = null
    const onRequest = () => {
      sentAt = clock.now()
      use.onRequest()
      for (const { terms } of calls) if (terms.onSend) onEnd.push(terms.onSend())
    }
    const onResponse: Sending['onResponse'] = (answered, headers) => {
      status = answered
      use.onResponse(answered, headers)
    }
    lane.inFlight += 1
    this.#inFlight += 1
    let error: unknown = null
    try {
      return { answer: await perform({ ...use, onRequest, onResponse }), error: null }
    } catch (thrown) {
      error = thrown ?? new Error('A call failed without an error')
      return { answer: null, error }
    } finally {
      lane.inFlight -= 1
      this.#inFlight -= 1
      if (sentAt !== null && !isOfServers(error)) lane.answeredAt = clock.now()
      use.end(error)
      for (const end of onEnd) end()
      if (sentAt !== null) {
        this.#options.onRequest({
          kind: lane.kind,
          rows: calls.length,
          status,
          durationMs: clock.now() - sentAt,
          limit: error instanceof HubSpotError ? limitOf(error) : null,
        })
      }
    }
  }
}

/** The client was closed, so these calls do not go out. */
export function rejectUnsent(calls: ScheduledCall[]): void {
  for (const call of calls) if (!call.isSettled) call.rejectUnsent('The client is closed')
}

function rejectAll(calls: ScheduledCall[], error: unknown): void {
  for (const call of calls) if (!call.isSettled) call.reject(error)
}

function isOfServers(error: unknown): error is HubSpotError {
  return error instanceof HubSpotError && isUnavailable(error)
}

function isOverLimit(error: unknown): boolean {
  return error instanceof HubSpotError && limitOf(error) !== null
}
