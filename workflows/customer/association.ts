// The association of the contact with the company, and the companies that the contact leaves.

import type { ContactCompanyPair, ContactMove } from '../../domain/crm.ts'
import type { CompanyRecord } from './company-record.ts'
import type { ContactRecord } from './contact-record.ts'
import type { CustomerState } from './state.ts'

// A customer may move more often than this before an association is made. HubSpot users then remove the oldest (G8).
const FORMER_COMPANIES = 8

export class Association {
  readonly #state: Pick<CustomerState, 'isAssociated' | 'movedFrom' | 'isResync'>
  readonly #company: CompanyRecord
  readonly #contact: ContactRecord

  constructor(state: CustomerState, company: CompanyRecord, contact: ContactRecord) {
    this.#state = state
    this.#company = company
    this.#contact = contact
  }

  /** Whether both records are there, and the association is not. */
  get isNeeded(): boolean {
    return this.#hasRecords && !this.#state.isAssociated
  }

  /** Whether company, contact and association are there. */
  get isComplete(): boolean {
    return this.#hasRecords && this.#state.isAssociated
  }

  /** The association to make. For a customer who moved, `move` names the companies that the contact leaves. */
  draft(): { pair: ContactCompanyPair; move: ContactMove | null } {
    const { movedFrom } = this.#state
    const pair = {
      contactId: this.#contact.reference?.contactId ?? '',
      companyId: this.#company.current?.companyId ?? '',
    }
    const move = { ...pair, fromCompanyIds: movedFrom, lastEventAt: this.#contact.lastEventAt }
    return { pair, move: movedFrom.length === 0 ? null : move }
  }

  /** The CRM has the association. */
  associated(): void {
    this.#state.isAssociated = true
    this.#state.movedFrom = []
  }

  /** Makes the association due again: one of its records was deleted, or a resync was requested. */
  reset(): void {
    this.#state.isAssociated = false
  }

  /** A customer may move again before the association is made. Then the contact may be associated with any company in between. */
  leave(formerCompanyId: string, companyId: string): void {
    const others = this.#state.movedFrom.filter((id) => id !== formerCompanyId)
    this.#state.movedFrom = [...others, formerCompanyId].filter((id) => id !== companyId).slice(-FORMER_COMPANIES)
    this.reset()
  }

  /** Whether a resync is waiting for its values to be written. */
  get isResyncDue(): boolean {
    return this.#state.isResync
  }

  /** Before the customer is onboarded, everything is still to be written anyway. */
  requestResync(): void {
    this.#state.isResync = this.isComplete
  }

  /** The values of a resync are written; the association follows. */
  resynced(): void {
    if (this.#state.isResync) this.reset()
    this.#state.isResync = false
  }

  get #hasRecords(): boolean {
    return this.#company.current !== null && this.#contact.reference !== null
  }
}
