// Ordered trouble that has not struck yet, or strikes again and again.

import type { z } from 'zod'
import type { FaultEffect, faultSchema } from './fault.ts'
import type { Random } from './random.ts'

export type OrderedFault = z.output<typeof faultSchema>

interface Armed {
  fault: OrderedFault
  path: RegExp | null
  /** Strikes left; null: no end. */
  left: number | null
}

export class Faults {
  #armed: Armed[] = []

  add(fault: OrderedFault): void {
    this.#armed.push({ fault, path: fault.path === undefined ? null : new RegExp(fault.path), left: fault.times })
  }

  clear(): void {
    this.#armed = []
  }

  /** The first one that was ordered wins; one that chance passes over stays for the next request. */
  strike(method: string, path: string, random: Random): FaultEffect | null {
    for (const armed of this.#armed) {
      const { fault } = armed
      if (fault.method !== undefined && fault.method.toUpperCase() !== method) continue
      if (armed.path !== null && !armed.path.test(path)) continue
      if (fault.probability < 1 && random.next() >= fault.probability) continue
      if (armed.left !== null) {
        armed.left -= 1
        if (armed.left === 0) this.#armed.splice(this.#armed.indexOf(armed), 1)
      }
      return fault.effect
    }
    return null
  }

  /** What is still to come, with the strikes that are left. */
  list(): OrderedFault[] {
    return this.#armed.map(({ fault, left }) => ({ ...fault, times: left }))
  }
}
