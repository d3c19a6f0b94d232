// The commands of operators: resume, correct, resync.

import type { AttentionReason } from '../../domain/attention.ts'
import { FIELD_NAMES } from '../../domain/fields.ts'
import { acceptValues } from './incoming-events.ts'
import type { CustomerParts } from './incoming-events.ts'
import type { ReceivedEvent } from './signal-payload.ts'
import { fieldsOf } from './state.ts'
import type { CustomerState } from './state.ts'

export class Commands {
  readonly #state: CustomerState
  readonly #parts: CustomerParts

  constructor(state: CustomerState, parts: CustomerParts) {
    this.#state = state
    this.#parts = parts
  }

  /** Has everything that is parked tried again. */
  resume(): void {
    this.#parts.parking.unpark()
    this.#parts.timeline.note('resume', 'resumed by an operator')
  }

  /** Has everything that is parked for this reason tried again; does nothing when nothing is parked for it. */
  resumeAll(reason: AttentionReason): void {
    if (this.#parts.parking.unpark(reason)) this.#parts.timeline.note('resume', `all with ${reason}`)
  }

  /** Accepts a correction, which counts as newer than every known value. Then has everything that is parked tried again. */
  correct({ values, organizationId }: Pick<ReceivedEvent, 'values' | 'organizationId'>): void {
    const { parking, timeline } = this.#parts
    const known = fieldsOf(this.#state)
    const corrected = FIELD_NAMES.filter((field) => values[field] !== undefined).map((field) => known[field])
    const newest = Math.max(0, ...[this.#state.memberships.at(-1), ...corrected].map((version) => version?.at ?? 0))
    const at = Math.max(Date.now(), newest + 1)
    const version = { at, id: `correction-${at}` }
    acceptValues(this.#parts, { ...version, values, organizationId })
    parking.unpark()
    timeline.note('resume', 'corrected by an operator')
  }

  /** Has everything written again, over what HubSpot users changed. */
  resync(): void {
    const { company, contact, association, parking, timeline } = this.#parts
    parking.unpark()
    contact.resync()
    company.resync()
    association.requestResync()
    timeline.note('resync', 'requested by an operator')
  }
}
