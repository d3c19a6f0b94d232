// Counts requests and times associations since the last reset, for benchmarks. Unlike the journal it forgets nothing and keeps no
// bodies, so that it can be polled during a load.

import type { ChangeListener, Portal } from './portal/portal.ts'

export interface Measurements {
  /** How many contacts have been associated with a company so far; a later removal does not change the number. */
  associatedContacts: number
  /** When a contact was associated last, in milliseconds since 1970; `null` before the first. */
  lastAssociatedAt: number | null
  /** Requests by method, route and status, such as `POST /crm/objects/2026-09/contacts 201`. */
  requests: Record<string, number>
  /** Requests over a limit of the portal, so answered with a 429 that no fault injected. */
  overLimit: number
}

export class Meter {
  readonly #firstAssociatedAt = new Map<string, number>()
  readonly #requests = new Map<string, number>()
  #lastAssociatedAt: number | null = null
  #overLimit = 0

  /** Listens to a portal, from its first record on. */
  listenerOf(portal: Portal): Partial<ChangeListener> {
    return {
      associationsChanged: (recordId) => {
        if (this.#firstAssociatedAt.has(recordId)) return
        const isContact = portal.records.find('contacts', recordId) !== undefined
        if (!isContact || portal.associations.associatedWith(recordId).length === 0) return
        this.#lastAssociatedAt = portal.clock.now()
        this.#firstAssociatedAt.set(recordId, this.#lastAssociatedAt)
      },
    }
  }

  /**
   * @param route the path with placeholders instead of ids
   * @param fault the kind of the fault that the request met, if any
   */
  addRequest(method: string, route: string, status: number, fault: string | null): void {
    const key = `${method} ${route} ${status}`
    this.#requests.set(key, (this.#requests.get(key) ?? 0) + 1)
    if (status === 429 && fault === null) this.#overLimit += 1
  }

  measurements(): Measurements {
    return {
      associatedContacts: this.#firstAssociatedAt.size,
      lastAssociatedAt: this.#lastAssociatedAt,
      requests: Object.fromEntries(this.#requests),
      overLimit: this.#overLimit,
    }
  }

  /** Contact id → time of its first association, in milliseconds since 1970. */
  associationTimes(): Record<string, number> {
    return Object.fromEntries(this.#firstAssociatedAt)
  }

  clear(): void {
    this.#firstAssociatedAt.clear()
    this.#requests.clear()
    this.#lastAssociatedAt = null
    this.#overLimit = 0
  }
}
