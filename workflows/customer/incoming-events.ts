// Accepts the product's events: registrations, updates, erasures, and signals that this version cannot read.

import type { Association } from './association.ts'
import type { AwaitedRegistration } from './awaited-registration.ts'
import type { Erasure } from './erasure.ts'
import type { Parking } from './parking.ts'
import type { CompanyRecord } from './company-record.ts'
import type { ContactRecord } from './contact-record.ts'
import type { Field } from '../../domain/fields.ts'
import { isLater } from './field-values.ts'
import { jsonBytes } from './json-bytes.ts'
import type { ReceivedEvent } from './signal-payload.ts'
import type { CustomerState, UnknownSignal } from './state.ts'
import type { Timeline } from './timeline.ts'

// A product repeats an event within minutes, and by G4 a repeat beyond these limits does no harm. An id has up to 256
// characters of up to three bytes, so their total size is limited too: 6 of the state's 64 KiB (G8), about 150 ids that are UUIDs.
const SEEN_EVENTS = 200
const SEEN_BYTES = 6 * 1024

// Stored signals do not count against the 64 KiB of the state (G8). An event that was answered 202 must not be lost (G1), and
// the API accepts bodies of up to 64 KiB. Temporal accepts payloads of up to 2 MiB.
const UNKNOWN_SIGNALS_BYTES = 512 * 1024

/** The parts of a customer that events and commands change. */
export interface CustomerParts {
  company: CompanyRecord
  contact: ContactRecord
  association: Association
  parking: Parking
  erasure: Erasure
  registration: AwaitedRegistration
  timeline: Timeline
}

export class IncomingEvents {
  /** Whether this run's history holds the payload of a late event, readable or not, and has to be deleted. */
  hasLatePayload = false
  readonly #state: CustomerState
  readonly #parts: CustomerParts

  constructor(state: CustomerState, parts: CustomerParts) {
    this.#state = state
    this.#parts = parts
  }

  /** A second registration counts as an update of the fields that it carries. */
  register(event: ReceivedEvent): void {
    const known = this.#state.registration
    if (!this.#accept(event, known ? 'registered again' : 'registered')) return
    if (known && !isLater(known, event)) return
    this.#state.registration = { at: event.at, id: event.id }
    if (!known) return this.#parts.registration.arrived()
    // The former registration now counts as an update, and updates overwrite HubSpot users' values.
    this.#parts.company.overwriteKept(known)
    this.#parts.contact.overwriteKept(known)
  }

  /** An update may arrive before its registration. Then it is kept until the registration arrives. */
  update(event: ReceivedEvent): void {
    if (this.#accept(event, 'updated')) this.#parts.registration.eventArrived()
  }

  /** Requests the erasure of the customer. This cannot be undone: later events change nothing. */
  erase(): void {
    if (this.#isErasureRequested) return
    this.#parts.erasure.request()
    this.#parts.timeline.note('event', 'erased')
  }

  /** Counts a signal that nobody can read (G7). */
  malformed(): void {
    this.#state.malformedEvents += 1
    if (this.#isErasureRequested) this.#late()
    else this.#parts.timeline.note('event', 'malformed, without effect')
  }

  /**
   * Keeps a signal of an unknown type unchanged for a newer version, which knows the type (G1). Returns whether it was kept.
   * A signal for which there is no space counts as malformed.
   */
  storeUnknown(signal: UnknownSignal): boolean {
    const kept = [...this.#state.unknownSignals, signal]
    if (this.#isErasureRequested || jsonBytes(kept) > UNKNOWN_SIGNALS_BYTES) {
      this.malformed()
      return false
    }
    this.#state.unknownSignals = kept
    this.#parts.timeline.note('event', 'of an unknown type, kept for a newer version')
    return true
  }

  /** Removes and returns the kept signals that this version knows; the others stay. */
  takeKnown(isKnown: (name: string) => boolean): UnknownSignal[] {
    const { known = [], unknown = [] } = Object.groupBy(this.#state.unknownSignals, ({ name }) =>
      isKnown(name) ? 'known' : 'unknown',
    )
    this.#state.unknownSignals = unknown
    return known
  }

  get #isErasureRequested(): boolean {
    return this.#parts.erasure.isRequested
  }

  /** Counts a signal that came after the erasure was requested. It changes nothing else. */
  #late(): void {
    this.hasLatePayload = true
    this.#state.lateEvents += 1
    this.#parts.timeline.note('event', 'after the erasure, without effect')
  }

  /** Keeps the values that are newer than the known ones. Returns whether the event itself is new (G4, G5). */
  #accept(event: ReceivedEvent, what: string): boolean {
    const state = this.#state
    if (this.#isErasureRequested) this.#late()
    if (this.#isErasureRequested || state.seenEvents.includes(event.id)) return false
    state.seenEvents = withinLimits([...state.seenEvents, event.id])
    state.priority = 'live'
    state.lastEventAt = Math.max(state.lastEventAt ?? event.at, event.at)

    const isNewer = this.#merge(event)
    const ignored = event.ignored === undefined ? {} : { note: `ignored: ${event.ignored}` }
    this.#parts.timeline.note('event', isNewer ? what : `${what}, nothing newer`, ignored)
    return true
  }

  #merge(event: ReceivedEvent): boolean {
    const { watermark } = this.#state
    if (watermark !== null && event.at <= watermark) return false

    const { company, contact, parking } = this.#parts
    const uncreatable = [company, contact].filter((record) => !record.canCreate)
    const accepted = acceptValues(this.#parts, event)
    parking.unparkBy({ ...accepted, creatable: uncreatable.filter((record) => record.canCreate) })
    // Values of a former organization that were just unparked are skipped, too. Nobody has to correct those any more.
    company.skipFormer()
    parking.dropUnrejected()
    return accepted.fields.length > 0 || accepted.hasMoved
  }
}

/** Gives each record the event's newer values. Returns the fields of these values, and whether the customer has moved. */
export function acceptValues(
  { company, contact }: Pick<CustomerParts, 'company' | 'contact'>,
  { id, at, values, organizationId }: ReceivedEvent,
): { fields: Field[]; hasMoved: boolean } {
  const fields = [...contact.accept({ id, at, values }), ...company.accept({ id, at, values })]
  const hasMoved = organizationId !== null && company.join({ id, at, organizationId }, values)
  company.skipFormer()
  return { fields, hasMoved }
}

/** The newest event ids, within the limits. */
function withinLimits(ids: string[]): string[] {
  const recent = ids.slice(-SEEN_EVENTS)
  while (jsonBytes(recent) > SEEN_BYTES) recent.shift()
  return recent
}
