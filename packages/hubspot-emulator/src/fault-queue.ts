// The pending faults. Each applies to the first requests that match it.

import type { z } from 'zod'
import type { FaultEffect, faultSchema } from './fault-schema.ts'
import type { Random } from './random.ts'

export type ParsedFault = z.output<typeof faultSchema>

interface PendingFault {
  fault: ParsedFault
  path: RegExp | null
  /** Requests that the fault still applies to; `null` when there is no limit. */
  timesLeft: number | null
}

export class FaultQueue {
  #pending: PendingFault[] = []

  add(fault: ParsedFault): void {
    const path = fault.path === undefined ? null : new RegExp(fault.path)
    this.#pending.push({ fault, path, timesLeft: fault.times })
  }

  clear(): void {
    this.#pending = []
  }

  /**
   * Finds the first pending fault that applies to the request, counts the request for that fault, and returns its effect.
   * Returns `null` when no fault applies. A fault with a `probability` may skip a request; the fault then stays pending.
   */
  match(method: string, path: string, random: Random): FaultEffect | null {
    for (const pending of this.#pending) {
      const { fault } = pending
      if (fault.method !== undefined && fault.method.toUpperCase() !== method) continue
      if (pending.path !== null && !pending.path.test(path)) continue
      if (fault.probability < 1 && random.next() >= fault.probability) continue
      if (pending.timesLeft !== null) {
        pending.timesLeft -= 1
        if (pending.timesLeft === 0) this.#pending.splice(this.#pending.indexOf(pending), 1)
      }
      return fault.effect
    }
    return null
  }

  /** The pending faults. `times` is the number of requests that a fault still applies to. */
  list(): ParsedFault[] {
    return this.#pending.map(({ fault, timesLeft }) => ({ ...fault, times: timesLeft }))
  }
}
