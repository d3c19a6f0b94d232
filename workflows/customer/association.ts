// The association of the contact with the company, and the companies that the contact leaves.

import type { AssociationDraft, ContactMove } from '../../domain/crm.ts'
import type { CompanyRecord } from './company-record.ts'
import type { ContactRecord } from './contact-record.ts'
import type { CustomerState } from './state.ts'

// A customer may move more often than this before an association is made. HubSpot users then remove the oldest (G8).
const FORMER_COMPANIES = 8

export class Association {
  readonly #state: Pick<
    CustomerState,
    'isAssociated' | 'ownAssociation' | 'sentAssociation' | 'movedFrom' | 'isResync'
  > &
    Readonly<Pick<CustomerState, 'customerId'>>
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
  draft(): { pair: AssociationDraft; move: ContactMove | null } {
    const { customerId, movedFrom } = this.#state
    const contact = this.#contact.reference
    const { companyId = '', key: companyKey = '' } = this.#company.current ?? {}
    const records = { customerId, contactId: contact?.contactId ?? '', companyId }
    const { lastEventAt } = this.#contact
    const move = { ...records, companyKey, fromCompanyIds: movedFrom, lastEventAt }
    return { pair: { ...records, companies: contact?.companies ?? null }, move: movedFrom.length === 0 ? null : move }
  }

  /** The association is being sent. Until the CRM answers, it may be there or not. */
  sent({ companyId }: AssociationDraft): void {
    this.#state.sentAssociation = companyId
  }

  /** The CRM has the association. When it was there before, it is `isOwn` only if onramp made it earlier. */
  associated({ companyId, isOwn }: { companyId: string; isOwn: boolean }): void {
    const wasOwn = this.#state.ownAssociation === companyId
    this.#state.ownAssociation = isOwn || wasOwn ? companyId : null
    this.#state.isAssociated = true
    this.#state.movedFrom = []
  }

  /**
   * The company is another record now. After a merge HubSpot has associated the contact with it. After a deletion, when another
   * customer had it re-created, nobody has. So the association is due again.
   */
  merged(companyId: string, survivorId: string): void {
    if (this.#state.ownAssociation === companyId) this.#state.ownAssociation = survivorId
    this.reset()
  }

  /** Makes the association due again: one of its records was deleted, or a resync was requested. */
  reset(): void {
    this.#state.isAssociated = false
  }

  /**
   * The contact leaves a company. An association that HubSpot users made stays. A customer may move again before an association is
   * made; then the contact may be associated with any company in between. Returns whether the association is to be removed.
   */
  leave(formerCompanyId: string, companyId: string): boolean {
    const { isAssociated, ownAssociation, sentAssociation, movedFrom } = this.#state
    const isOwn = isAssociated
      ? ownAssociation === formerCompanyId
      : [ownAssociation, sentAssociation].includes(formerCompanyId)
    const others = movedFrom.filter((id) => id !== formerCompanyId)
    const left = isOwn ? [...others, formerCompanyId] : others
    this.#state.movedFrom = left.filter((id) => id !== companyId).slice(-FORMER_COMPANIES)
    this.reset()
    return isOwn
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
