// The commands of operators: resume, correct, resync, erase, lift the erasure.

import type { AttentionReason } from '../../domain/attention.ts'
import type { Command } from '../../domain/progress.ts'
import { FIELD_NAMES } from '../../domain/fields.ts'
import { acceptValues } from './incoming-events.ts'
import type { CustomerParts } from './incoming-events.ts'
import type { FieldsToWrite, GivenBy } from '../messages.ts'
import type { ReceivedEvent } from './signal-payload.ts'
import { fieldsOf } from './state.ts'
import type { CustomerState } from './state.ts'

/** Corrected values, and the organization when the correction names one. */
export type Correction = Pick<ReceivedEvent, 'values' | 'organizationId'>

export class Commands {
  readonly #state: CustomerState
  readonly #parts: CustomerParts
  /** Called for each command that has an effect. */
  onCommand: (command: Command, by: string | null) => void = () => {}

  constructor(state: CustomerState, parts: CustomerParts) {
    this.#state = state
    this.#parts = parts
  }

  /** Has everything that is parked tried again. */
  resume({ by }: GivenBy): void {
    this.#state.priority = 'live'
    this.#parts.parking.unpark()
    this.#parts.timeline.note('resume', 'resumed by an operator', { by })
    this.onCommand('resume', by)
  }

  /** Has everything that is parked for this reason tried again; does nothing when nothing is parked for it. */
  resumeAll(reason: AttentionReason, { by }: GivenBy): void {
    if (!this.#parts.parking.unpark(reason)) return
    this.#state.priority = 'bulk'
    this.#parts.timeline.note('resume', `all with ${reason}`, { by })
    this.onCommand('resume-all', by)
  }

  /**
   * Accepts a correction, which counts as newer than every known value; one that comes late counts from the time when it was given.
   * Then has everything that is parked tried again. Returns the corrected fields.
   */
  correct(
    { values, organizationId }: Correction,
    { by, lateFrom = null }: GivenBy & { lateFrom?: number | null },
  ): FieldsToWrite {
    const { company, contact, parking, timeline } = this.#parts
    const known = fieldsOf(this.#state)
    const corrected = FIELD_NAMES.filter((field) => values[field] !== undefined)
    const versions = corrected.map((field) => known[field])
    const newest = Math.max(0, ...[this.#state.memberships.at(-1), ...versions].map((version) => version?.at ?? 0))
    const at = lateFrom ?? Math.max(Date.now(), newest + 1)
    const version = { at, id: `correction-${at}` }
    // The CRM has everything up to the watermark: this correction, or a newer value.
    const isWritten = lateFrom !== null && lateFrom <= (this.#state.watermark ?? -Infinity)
    if (!isWritten) acceptValues(this.#parts, { ...version, values, organizationId })
    // An operator who corrects a value wants it written, even if HubSpot got the same value before.
    for (const record of [company, contact]) {
      record.resend(({ id, state, isRepeated }) => id === version.id && (state === 'written' || isRepeated === true))
    }
    parking.unpark()
    this.#state.priority = 'live'
    timeline.note('correct', 'corrected by an operator', { fields: corrected, by })
    this.onCommand('correct', by)
    return { fields: corrected }
  }

  /** Requests the erasure of the customer, like the product's event. */
  erase({ by }: GivenBy): void {
    const { erasure, timeline } = this.#parts
    if (erasure.isRequested) return
    erasure.request()
    timeline.note('erasure', 'requested by an operator', { by })
    this.onCommand('erase', by)
  }

  /** Ends the erasure: the run completes, and the next event starts the customer from the beginning. */
  liftErasure(by: GivenBy): void {
    this.#parts.erasure.lift(by)
    this.onCommand('lift-erasure', by.by)
  }

  /** Has everything written again, over what HubSpot users changed. Returns the fields that are written. */
  resync({ by }: GivenBy): FieldsToWrite {
    const { company, contact, association, parking, timeline } = this.#parts
    parking.unpark()
    contact.resync()
    company.resync()
    association.requestResync()
    this.#state.priority = 'live'
    const known = fieldsOf(this.#state)
    const fields = FIELD_NAMES.filter((field) => known[field]?.state === 'pending')
    timeline.note('resync', 'requested by an operator', { fields, by })
    this.onCommand('resync', by)
    return { fields }
  }
}
