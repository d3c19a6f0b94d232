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
   * Returns the effect of the first pending fault that matches the request, and counts it; `null` when none matches. A fault
   * whose `probability` spares this request stays for the next one.
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

  /** The pending faults; `times` is what is left of it. */
  list(): ParsedFault[] {
    return this.#pending.map(({ fault, timesLeft }) => ({ ...fault, times: timesLeft }))
  }
}
