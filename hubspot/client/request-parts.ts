// Rows that wait and must not go with others: the parts of a rejected request, and rows that a response did not mention.

import type { Lane } from './call-queue.ts'
import type { ScheduledCall } from './scheduled-call.ts'

/** The rows go together. */
export interface Part {
  lane: Lane
  calls: ScheduledCall[]
  /** The part goes only after another one. */
  isHeld: boolean
  /** Called when the part has been sent and answered, or is not sent. */
  ended: () => void
}

export class RequestParts {
  #parts: Part[] = []

  /** The lanes of the parts that may go next. */
  lanes(): Lane[] {
    return this.#parts.flatMap(({ lane, isHeld }) => (isHeld ? [] : lane))
  }

  /** The calls of all parts. */
  calls(): ScheduledCall[] {
    return this.#parts.flatMap(({ calls }) => calls)
  }

  /** Has the calls wait as one part. The call of a caller that is cancelled, or that stops waiting, leaves the part. */
  add(part: Part): void {
    this.#parts.push(part)
    for (const call of part.calls) call.wait(() => this.#leave(part, call))
  }

  /** Takes the first part that may go; `null` when there is none. */
  takeNext(mayGo: (lane: Lane) => boolean): Part | null {
    const part = this.#parts.find(({ lane, isHeld }) => !isHeld && mayGo(lane)) ?? null
    if (part) this.#remove(part)
    return part
  }

  /** Takes the parts of the lanes that match, also those that may not go yet. */
  takeAll(matches: (lane: Lane) => boolean): Part[] {
    const taken = this.#parts.filter(({ lane }) => matches(lane))
    for (const part of taken) this.#remove(part)
    return taken
  }

  #leave(part: Part, call: ScheduledCall): void {
    part.calls = part.calls.filter((other) => other !== call)
    if (part.calls.length > 0) return
    this.#remove(part)
    part.ended()
  }

  #remove(part: Part): void {
    this.#parts = this.#parts.filter((other) => other !== part)
  }
}
