// The erasure of a customer: one look for the contact in the CRM, and further looks when a call may still create it again.

import type { ErasureOutcome } from '../../domain/crm.ts'
import type { Step } from '../../domain/onboarding.ts'
import type { GivenBy } from '../messages.ts'
import type { CompanyRecord } from './company-record.ts'
import type { ContactRecord } from './contact-record.ts'
import { liftedTombstone, tombstone } from './state.ts'
import type { CustomerState } from './state.ts'
import type { Timeline } from './timeline.ts'

// A call that got no response has been executed seconds after its deadline. The second look comes a minute after the deadline. The
// third comes after an hour, since nobody knows the longest time.
const SECOND_LOOK_AFTER_DEADLINE_MS = 60 * 1000
const THIRD_LOOK_AFTER_MS = 60 * 60 * 1000

// While one of them is parked, no contact is created.
const STEPS_TO_CREATE: readonly string[] = ['lookup', 'company', 'contact'] satisfies Step[]

export class Erasure {
  readonly #state: CustomerState
  readonly #contact: ContactRecord
  readonly #records: readonly (CompanyRecord | ContactRecord)[]
  readonly #timeline: Timeline
  /** Whether a local activity of this run may create the contact. Temporal does not know of a local activity until it has ended. */
  #isOnboarding = true
  /** Whether the contact was known when the run began. */
  readonly #hadContact: boolean

  constructor(state: CustomerState, company: CompanyRecord, contact: ContactRecord, timeline: Timeline) {
    this.#state = state
    this.#contact = contact
    this.#hadContact = contact.reference !== null
    this.#records = [company, contact]
    this.#timeline = timeline
  }

  get isRequested(): boolean {
    return this.#state.erasure !== 'none'
  }

  /** Whether the contact is erased, and no further look follows. */
  get isDone(): boolean {
    return this.#state.erasure === 'done'
  }

  /** Whether the first look is still to be made. Until it is made, the state holds personal data. */
  get isFirstLook(): boolean {
    return this.#state.erasure === 'requested' || this.#state.erasure === 'begun'
  }

  /** From now on all steps of this run are regular activities, and each of their cancelled calls is noted. */
  onboarded(): void {
    this.#isOnboarding = false
  }

  /**
   * Requests the erasure, which the next run carries out. It drops what is parked. So it first notes whether a parked step has held
   * back the creation of the contact.
   */
  request(): void {
    this.#state.mayBeCreatedUnseen = this.#isOnboarding && this.#isCreateDue
    this.#state.erasure = 'requested'
    this.#state.parked = []
    this.#state.retried = null
  }

  /** The run that carries out the erasure has started. */
  begin(): void {
    if (this.#state.erasure === 'requested') this.#state.erasure = 'begun'
  }

  /** When the next further look is due, in milliseconds since the epoch; `null` when there is none. */
  get looksAgainAt(): number | null {
    return this.#state.looksAgainAt[0] ?? null
  }

  get isLookDue(): boolean {
    return this.isFirstLook || (this.looksAgainAt !== null && this.looksAgainAt <= Date.now())
  }

  /**
   * A look has erased what was there. After the first one, everything personal is removed from the state. Further looks follow
   * when a create or an update was cancelled or got no response: the CRM may still execute it.
   */
  looked(outcome: ErasureOutcome): void {
    const found = foundBy(this.isFirstLook ? 'first' : 'further', outcome)
    const further = this.isFirstLook ? this.#furtherLooks(outcome) : this.#state.looksAgainAt.slice(1)
    Object.assign(this.#state, tombstone(this.#state, further))
    this.#timeline.note('erasure', further.length > 0 ? `${found}, which is looked at again` : found, outcome)
  }

  /** An operator lifts the erasure: the next event is that of a new customer. */
  lift({ by }: GivenBy): void {
    Object.assign(this.#state, liftedTombstone(this.#state))
    this.#timeline.note('erasure', 'lifted by an operator', { by })
  }

  /**
   * Whether onramp is about to create the contact. A local activity may then have sent the create and died with its worker, which
   * nobody sees. The look-up, the company and the contact may follow each other in one workflow task, so it does not matter how far
   * the onboarding is known to be.
   */
  get #isCreateDue(): boolean {
    const { registration, parked } = this.#state
    // A contact that HubSpot users deleted is re-created even before its company.
    const steps = this.#contact.isDeleted ? ['contact'] : STEPS_TO_CREATE
    const isHeldBack = parked.some(({ step, nextAttemptAt }) => steps.includes(step) && !nextAttemptAt)
    // One that this run has created may have been created before, by a worker that was killed.
    const mayBeNew = this.#contact.reference === null || !this.#hadContact
    return registration !== null && mayBeNew && this.#contact.canCreate && !isHeldBack
  }

  #furtherLooks({ callTimeoutMs }: ErasureOutcome): number[] {
    if (!this.#records.some((record) => record.isUnanswered) && !this.#state.mayBeCreatedUnseen) return []
    const now = Date.now()
    return [now + callTimeoutMs + SECOND_LOOK_AFTER_DEADLINE_MS, now + THIRD_LOOK_AFTER_MS]
  }
}

/** What a look has found, for the timeline. A worker of an older version does not report an `outcome`. */
function foundBy(look: 'first' | 'further', { outcome }: Partial<ErasureOutcome>): string {
  if (outcome === 'left') return 'not erased in HubSpot'
  if (outcome !== 'nothing') return 'erased in HubSpot'
  return look === 'first' ? 'nothing was in HubSpot' : 'nothing more was in HubSpot'
}
