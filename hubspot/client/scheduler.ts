// Owns HubSpot's quota: decides when each call goes out, and which calls go out together. It knows nothing of customers.

import type { CrmState } from '../../domain/crm-state.ts'
import type { BatchKind } from './batch-kind.ts'
import type { CallKind } from './call-kind.ts'
import { CallQueue } from './call-queue.ts'
import type { Lane } from './call-queue.ts'
import { systemClock } from './clock.ts'
import type { Clock } from './clock.ts'
import { LoneRecords } from './lone-records.ts'
import { Quota } from './quota.ts'
import type { QuotaOptions } from './quota.ts'
import { RecentAnswers } from './recent-answers.ts'
import { rejectUnsent, RequestSender } from './request-sender.ts'
import type { EndedRequest } from './request-sender.ts'
import { ScheduledCall } from './scheduled-call.ts'
import type { Priority, Terms } from './scheduled-call.ts'

export interface SchedulerOptions extends Partial<QuotaOptions> {
  /** Called for each request that has ended. */
  onRequest?: (request: EndedRequest) => void
}

/** The scheduler's part of what a worker knows of HubSpot. */
export type SchedulerState = Pick<CrmState, 'waiting' | 'oldestWaitMs' | 'inFlight' | 'quota' | 'limited' | 'answers'>

export interface Scheduler {
  /** Sends a call that goes alone. @throws what `perform` throws; HubSpotError when the call leaves the queue unsent */
  call: <T>(kind: CallKind, perform: () => Promise<T>, terms: Terms) => Promise<T>
  /** Sends a row, alone or with others. The outcome is the same. @throws HubSpotError as `batch.sendOne` does, and as `call` */
  row: <Row, Answer>(batch: BatchKind<Row, Answer>, row: Row, terms: Terms) => Promise<Answer>
}

// More requests at a time only queue at HubSpot; the transport has as many connections.
const MOST_IN_FLIGHT = 64
// When HubSpot is slow, further rows of a kind gather behind these requests.
const MOST_IN_FLIGHT_TOGETHER = 16
// Bulk work gets each ninth request while live calls wait as well.
const LIVE_PER_BULK = 8

export class QuotaScheduler implements Scheduler {
  readonly #clock: Clock
  readonly #quota: Quota
  readonly #answers: RecentAnswers
  readonly #queue = new CallQueue()
  readonly #sender: RequestSender
  readonly #lone = new LoneRecords()
  #sequence = 0
  #livesSinceBulk = 0
  #isClosed = false
  #isPumping = false
  #wake: { at: number; cancel: () => void } | null = null

  constructor({
    clock = systemClock,
    callsPer10s = null,
    reservePercent = 5,
    onDailyLimit = () => {},
    onRequest = () => {},
  }: SchedulerOptions = {}) {
    this.#clock = clock
    this.#answers = new RecentAnswers(clock)
    this.#quota = new Quota({ clock, callsPer10s, reservePercent, onDailyLimit })
    this.#sender = new RequestSender({
      quota: this.#quota,
      clock,
      onRequest: (request) => {
        this.#answers.note(request.status)
        onRequest(request)
      },
      putBack: (lane, calls) => this.#putBack(lane, calls),
      onFree: () => this.#pump(),
      onLone: ({ kind }, { records }) => this.#lone.add(kind, records),
    })
  }

  async call<T>(kind: CallKind, perform: () => Promise<T>, terms: Terms): Promise<T> {
    return (await this.#schedule(this.#queue.laneOf(kind), { row: null, records: [], perform, terms })) as T
  }

  async row<Row, Answer>(batch: BatchKind<Row, Answer>, row: Row, terms: Terms): Promise<Answer> {
    const records = batch.recordsOf(row)
    const lane = this.#lone.has(batch.kind, records)
      ? this.#queue.laneOf(batch.kind)
      : this.#queue.laneOfRows(batch as BatchKind<unknown, unknown>, batch.groupOf(row))
    return (await this.#schedule(lane, { row, records, perform: () => batch.sendOne(row), terms })) as Answer
  }

  /** The portal's time zone, in which its day ends. */
  set timeZone(timeZone: string) {
    this.#quota.day.timeZone = timeZone
  }

  /** The quota, what waits for it, and how HubSpot has answered. */
  state(): SchedulerState {
    const again = this.#sender.waiting()
    const waiting = { ...this.#queue.counts }
    for (const { terms } of again) waiting[terms.priority] += 1
    const arrivals = [this.#queue.oldestArrival() ?? Infinity, ...again.map(({ arrivedAt }) => arrivedAt)]
    const oldestAt = Math.min(...arrivals)
    return {
      waiting,
      oldestWaitMs: oldestAt === Infinity ? null : Math.round(this.#clock.now() - oldestAt),
      inFlight: this.#sender.inFlight,
      quota: this.#quota.state(),
      limited: { ...this.#quota.limited },
      answers: this.#answers.counts(),
    }
  }

  /** Rejects the calls that wait, and waits for those on their way. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#wake?.cancel()
    for (const lane of this.#queue.lanes()) rejectUnsent(this.#queue.takeAll(lane))
    await this.#sender.close()
  }

  #schedule(lane: Lane, draft: Pick<ScheduledCall, 'row' | 'records' | 'terms'> & { perform: () => Promise<unknown> }) {
    const call = new ScheduledCall({ sequence: (this.#sequence += 1), ...draft }, this.#clock)
    if (draft.terms.signal?.aborted) call.rejectUnsent('The call was cancelled')
    else if (this.#isClosed) rejectUnsent([call])
    else {
      this.#queue.add(lane, call)
      this.#pump()
      if (call.isWaiting) call.wait(() => this.#queue.remove(lane, call))
    }
    return call.outcome
  }

  /** HubSpot has answered 429 and executed nothing. */
  #putBack(lane: Lane, calls: ScheduledCall[]): void {
    if (this.#isClosed) return rejectUnsent(calls)
    for (const call of calls) {
      if (call.isSettled) continue
      this.#queue.add(lane, call)
      call.wait(() => this.#queue.remove(lane, call))
    }
  }

  /** Sends each call that may go now, and runs again when the next call may go. */
  #pump(): void {
    // A call that is sent may start another one at once, such as the circuit breaker's probe.
    if (this.#isPumping || this.#isClosed) return
    this.#isPumping = true
    try {
      while (this.#sendNext());
      this.#rejectForTheDay()
    } finally {
      this.#isPumping = false
    }
    this.#wakeLater()
  }

  /**
   * While the day's quota is used up, nothing waits in the queue but for the outcome of a probe: a wait of hours would keep its
   * activity's slot, and Temporal would not show the reason.
   */
  #rejectForTheDay(): void {
    if (!this.#quota.day.isReached) return
    for (const lane of this.#queue.lanes()) {
      const pauseMs = this.#quota.dayPauseMs(lane.kind)
      if (pauseMs !== null) for (const call of this.#queue.takeAll(lane)) call.rejectForTheDay(pauseMs)
    }
    this.#sender.rejectParts((lane) => this.#quota.dayPauseMs(lane.kind))
  }

  /** Sends the next request. Returns whether there was one. */
  #sendNext(): boolean {
    const mayGo = (lane: Lane) => this.#hasConnection(lane) && this.#quota.waitMs(lane.kind, true) === 0
    const first = this.#queue.oldestLane('first', (lane) => this.#quota.waitMs(lane.kind, false) === 0)
    if (first) return this.#sendFrom(first, 'first')
    if (this.#sender.sendPart(mayGo)) return true

    const isBulksTurn = this.#livesSinceBulk >= LIVE_PER_BULK
    for (const priority of isBulksTurn ? (['bulk', 'live'] as const) : (['live', 'bulk'] as const)) {
      const lane = this.#queue.oldestLane(priority, mayGo)
      if (!lane) continue
      this.#livesSinceBulk = priority === 'live' && this.#queue.counts.bulk > 0 ? this.#livesSinceBulk + 1 : 0
      return this.#sendFrom(lane, priority)
    }
    return false
  }

  #sendFrom(lane: Lane, priority: Priority): true {
    this.#sender.send(lane, this.#queue.take(lane, priority))
    return true
  }

  #hasConnection(lane: Lane): boolean {
    if (this.#sender.inFlight >= MOST_IN_FLIGHT) return false
    return lane.batch === null || lane.inFlight < MOST_IN_FLIGHT_TOGETHER
  }

  #wakeLater(): void {
    const now = this.#clock.now()
    let waitMs = Infinity
    for (const lane of [...this.#queue.lanes(), ...this.#sender.lanes()]) {
      const isFirst = lane.waiting.first.length > 0
      // A request that ends comes back here.
      if (!isFirst && !this.#hasConnection(lane)) continue
      waitMs = Math.min(waitMs, this.#quota.waitMs(lane.kind, !isFirst))
    }
    if (waitMs === Infinity || (this.#wake && this.#wake.at <= now + waitMs)) return
    this.#wake?.cancel()
    const cancel = this.#sender.inNoContext(() =>
      this.#clock.after(waitMs, () => {
        this.#wake = null
        this.#pump()
      }),
    )
    this.#wake = { at: now + waitMs, cancel }
  }
}
