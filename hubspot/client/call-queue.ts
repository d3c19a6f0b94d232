// The calls that wait for quota, by what can share a request and by priority, in the order of their arrival.

import type { BatchKind } from './batch-kind.ts'
import type { CallKind } from './call-kind.ts'
import type { Priority, ScheduledCall } from './scheduled-call.ts'

/** Calls that can share a request. */
export interface Lane {
  kind: CallKind
  /** `null` for calls that go alone. */
  batch: BatchKind<unknown, unknown> | null
  maxRows: number
  /** Requests on their way. */
  inFlight: number
  /** When HubSpot last answered a request, and when its servers last failed at a single row of a failed batch; by the scheduler's clock. */
  answeredAt: number
  unavailableAt: number
  /** A single row of a failed batch, which is on its way. Other failed batches wait for its answer. */
  scout: Promise<void> | null
  waiting: Record<Priority, ScheduledCall[]>
}

const PRIORITIES: readonly Priority[] = ['first', 'live', 'bulk']
// Rows of one record cannot share a request. When many wait, the search for other rows ends here.
const MOST_SKIPPED = 1000
const MOST_IDLE_LANES = 32

export class CallQueue {
  readonly #alone = new Map<CallKind, Lane>()
  readonly #together = new Map<BatchKind<unknown, unknown>, Map<string, Lane>>()
  readonly #lanes = new Set<Lane>()
  /** How many calls wait. */
  readonly counts: Record<Priority, number> = { first: 0, live: 0, bulk: 0 }

  laneOf(kind: CallKind): Lane {
    const lane = this.#alone.get(kind) ?? newLane(kind, null)
    this.#alone.set(kind, lane)
    return lane
  }

  laneOfRows(batch: BatchKind<unknown, unknown>, group: string): Lane {
    const lanes = this.#together.get(batch) ?? new Map<string, Lane>()
    this.#together.set(batch, lanes)
    // Groups may come and go, so idle lanes do not stay for ever.
    if (lanes.size > MOST_IDLE_LANES) for (const [name, lane] of lanes) if (isIdle(lane)) lanes.delete(name)
    const lane = lanes.get(group) ?? newLane(batch.kind, batch)
    lanes.set(group, lane)
    return lane
  }

  /** A call that was in the queue before gets its place back. */
  add(lane: Lane, call: ScheduledCall): void {
    const calls = lane.waiting[call.terms.priority]
    calls.splice(placeOf(calls, call.sequence), 0, call)
    this.counts[call.terms.priority] += 1
    this.#lanes.add(lane)
  }

  remove(lane: Lane, call: ScheduledCall): void {
    const calls = lane.waiting[call.terms.priority]
    const place = placeOf(calls, call.sequence)
    if (calls[place] !== call) return
    calls.splice(place, 1)
    this.#removed(lane, [call])
  }

  /** The lane whose oldest call of a priority waits longest, among those that pass. */
  oldestLane(priority: Priority, passes: (lane: Lane) => boolean): Lane | null {
    let oldest: Lane | null = null
    for (const lane of this.#lanes) {
      const call = lane.waiting[priority][0]
      if (call === undefined || (oldest && oldest.waiting[priority][0]!.sequence < call.sequence)) continue
      if (passes(lane)) oldest = lane
    }
    return oldest
  }

  /** The lanes in which a call waits. */
  lanes(): Lane[] {
    return [...this.#lanes]
  }

  /** When the oldest of the waiting calls arrived; `null` when none waits. */
  oldestArrival(): number | null {
    let oldest: number | null = null
    for (const { waiting } of this.#lanes) {
      for (const priority of PRIORITIES) {
        const at = waiting[priority][0]?.arrivedAt
        if (at !== undefined && (oldest === null || at < oldest)) oldest = at
      }
    }
    return oldest
  }

  /** Takes the calls that go together next: those of the priority first, then others while there is room. */
  take(lane: Lane, priority: Priority): ScheduledCall[] {
    const taken: ScheduledCall[] = []
    const records = new Set<string>()
    for (const each of [priority, ...PRIORITIES.filter((other) => other !== priority)]) {
      const calls = lane.waiting[each]
      const later: ScheduledCall[] = []
      let looked = 0
      while (taken.length < lane.maxRows && looked < calls.length && later.length < MOST_SKIPPED) {
        const call = calls[looked]!
        looked += 1
        // A call that must go later keeps its place before others of its records.
        const isFree = !call.records.some((record) => records.has(record))
        for (const record of call.records) records.add(record)
        if (isFree) taken.push(call)
        else later.push(call)
      }
      calls.splice(0, looked, ...later)
    }
    this.#removed(lane, taken)
    return taken
  }

  /** Takes all calls of a lane out of the queue. */
  takeAll(lane: Lane): ScheduledCall[] {
    const all = PRIORITIES.flatMap((priority) => lane.waiting[priority].splice(0))
    this.#removed(lane, all)
    return all
  }

  #removed(lane: Lane, calls: ScheduledCall[]): void {
    for (const { terms } of calls) this.counts[terms.priority] -= 1
    if (!hasWaiting(lane)) this.#lanes.delete(lane)
  }
}

function newLane(kind: CallKind, batch: BatchKind<unknown, unknown> | null): Lane {
  return {
    kind,
    batch,
    maxRows: batch?.maxRows ?? 1,
    inFlight: 0,
    answeredAt: -Infinity,
    unavailableAt: -Infinity,
    scout: null,
    waiting: { first: [], live: [], bulk: [] },
  }
}

function isIdle(lane: Lane): boolean {
  return lane.inFlight === 0 && !hasWaiting(lane)
}

function hasWaiting({ waiting }: Lane): boolean {
  return PRIORITIES.some((priority) => waiting[priority].length > 0)
}

/** The place of the first call that did not arrive earlier. New calls belong at the end. */
function placeOf(calls: readonly ScheduledCall[], sequence: number): number {
  let low = 0
  let high = calls.length
  if (high > 0 && calls[high - 1]!.sequence < sequence) return high
  while (low < high) {
    const middle = (low + high) >>> 1
    if (calls[middle]!.sequence < sequence) low = middle + 1
    else high = middle
  }
  return low
}
