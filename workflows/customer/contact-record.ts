// The customer's contact: its values and its pending changes.

import type {
  ContactChange,
  ContactCompanies,
  ContactDraft,
  ContactMove,
  ContactOutcome,
  FoundCustomer,
  RunOfContact,
  WriteOutcome,
} from '../../domain/crm.ts'
import { COMPANY_FIELDS, CONTACT_FIELDS } from '../../domain/fields.ts'
import type { ContactField } from '../../domain/fields.ts'
import type { FieldState } from '../../domain/onboarding.ts'
import type { CompanyRecord } from './company-record.ts'
import { mayWrite } from './write-permission.ts'
import { CrmRecord, namesOf } from './crm-record.ts'
import type { Repetition } from './field-values.ts'
import { selectValues, sinceWatermark, withOutcome, withStates } from './field-values.ts'
import type { ContactReference, CustomerState, RecordState } from './state.ts'

/** It changes only `contact`, and reads the rest. */
type View = Pick<CustomerState, 'contact'> &
  Readonly<
    Pick<
      CustomerState,
      'customerId' | 'registration' | 'company' | 'memberships' | 'isAssociated' | 'watermark' | 'parked' | 'erasure'
    >
  >

export class ContactRecord extends CrmRecord<ContactReference, ContactDraft, ContactChange, ContactOutcome> {
  readonly name = 'contact'
  readonly updateStep = 'contact-update'
  protected readonly fieldNames = CONTACT_FIELDS
  protected readonly neededToCreate = 'the e-mail address'
  // The CRM got the value before. If HubSpot users have changed it since, theirs stays.
  protected readonly repetition: Repetition = {
    repeated: ({ state }) => (state === 'kept' ? { state, isRepeated: true } : { state: 'written' }),
    isOfRecord: () => true,
  }
  readonly #view: View
  readonly #company: Pick<CompanyRecord, 'reference' | 'current'>
  readonly #startedAt: number | undefined

  /** @param startedAt when the run began, in milliseconds since the epoch */
  constructor(view: View, company: Pick<CompanyRecord, 'reference' | 'current'>, startedAt?: number) {
    super()
    this.#view = view
    this.#company = company
    this.#startedAt = startedAt
  }

  /** The contact in the CRM; `null` until it is there. */
  get reference(): ContactReference | null {
    return this.state.reference
  }

  /** Whether HubSpot users deleted the contact, so that onramp re-creates it. */
  get isDeleted(): boolean {
    return this.state.reference === null && this.state.deletedAt !== null
  }

  get canCreate(): boolean {
    return Boolean(this.state.fields.email?.value)
  }

  protected get isNeeded(): boolean {
    return true
  }

  protected get state(): RecordState<ContactReference> {
    return this.#view.contact
  }

  protected get mayWrite(): boolean {
    return mayWrite(this.#view, this.updateStep)
  }

  draft(): ContactDraft {
    const { customerId, company } = this.#view
    const companyKey = company.reference?.key ?? null
    const { values } = selectValues(this.state.fields, CONTACT_FIELDS)
    // A registration has an address, an address cannot be cleared, and a contact without one is never re-created.
    return { customerId, companyKey, values: { ...values, email: values.email ?? '' }, ...this.ofRun }
  }

  /** How the CRM recognizes a contact that an earlier attempt of this run has written. */
  get ofRun(): RunOfContact {
    const { lastEventAt } = this
    // A contact that is re-created is none of those that HubSpot users have deleted, and may restore.
    const since = this.#startedAt === undefined ? undefined : Math.max(this.#startedAt, this.state.deletedAt ?? 0)
    return { lastEventAt, ...(since !== undefined && { since }) }
  }

  /** Due for pending values, and for a company's change or key, of which a later run has to know. */
  change(): ContactChange | null {
    const { values } = selectValues(this.state.fields, CONTACT_FIELDS, ({ state }, field) =>
      this.isToSend(field, state),
    )
    const isDue = Object.keys(values).length > 0 || this.isReadBackDue || this.#lacksKey
    return isDue || this.#isBehind(this.#companyEventAt) ? this.#changeOf(values) : null
  }

  /** Raises the watermark over events that changed nothing, before the run completes. A later run then knows them. */
  watermarkChange(): ContactChange | null {
    return this.#isBehind(this.lastEventAt) ? this.#changeOf({}) : null
  }

  /** On an existing contact, the values of HubSpot users win over those of the registration, but not over those of an update. */
  created(draft: ContactDraft, created: ContactOutcome): void {
    const { companyKey, values, lastEventAt } = draft
    const { outcome, contactId, url, kept, rejected } = created
    const companies = this.#companiesBefore(created)
    this.state.reference = { contactId, url, outcome, companies, companyKey, writtenEventAt: lastEventAt }
    if (outcome !== 'created') this.filledIn(values)
    this.state.fields = withOutcome(this.state.fields, values, (field, value) => {
      if (namesOf(rejected).includes(field)) return value.state
      if (!kept.some((name) => name === field)) return 'written'
      return value.id === this.#view.registration?.id ? 'kept' : 'pending'
    })
  }

  /**
   * The contact's companies before this run. Nobody else has associated it with a company that this run has just created: an earlier
   * attempt has.
   */
  #companiesBefore({ companies, isRepeated }: ContactOutcome): ContactCompanies | null {
    const { reference: company } = this.#view.company
    if (companies === null || !isRepeated || company?.outcome !== 'created') return companies
    const { companyIds, primaryId, at } = companies
    const { companyId } = company
    return {
      companyIds: companyIds.filter((id) => id !== companyId),
      primaryId: primaryId === companyId ? null : primaryId,
      at,
    }
  }

  override written(sent: ContactChange, outcome: Exclude<WriteOutcome, { outcome: 'missing' }>): void {
    super.written(sent, outcome)
    this.#keeps(sent)
  }

  /** A create that the CRM executes late changes no address: the address has a contact by then, and a claim leaves it as it is. */
  createUnanswered({ values }: ContactDraft): void {
    const others = Object.entries(values).filter(([field]) => field !== 'email')
    this.unanswered(Object.fromEntries(others))
  }

  /** The contact is associated; after a move it keeps the new company's key. */
  associated(move: ContactMove | null): void {
    if (this.state.reference) this.state.reference = { ...this.state.reference, companies: null }
    if (move) this.#keeps(move)
  }

  /** Stores the contact that the look-up found. A value that the CRM has, or got before, is not sent. */
  found({ contactId, contactUrl, companyKey, contactValues, otherEmails, lastEventAt }: FoundCustomer): void {
    this.state.fields = withStates(
      sinceWatermark(this.state.fields, lastEventAt),
      ({ state, value, isRepeated }, field) => {
        if (contactValues[field as ContactField] === value) return 'written'
        if (!isRepeated) return state
        // HubSpot users have changed it since, or made another address the primary one.
        return field === 'email' && otherEmails.includes(value ?? '') ? 'written' : 'kept'
      },
    )
    this.state.reference = {
      contactId,
      url: contactUrl,
      outcome: null,
      companies: null,
      companyKey,
      writtenEventAt: lastEventAt,
    }
  }

  merged(recordId: string): boolean {
    const { reference } = this.state
    if (reference === null || reference.contactId === recordId) return false
    this.state.reference = { ...reference, contactId: recordId }
    return true
  }

  /**
   * The contact's watermark: the newest event time of its values, of the memberships, and of the values that the company has. A
   * late event changes nothing (G4).
   */
  get lastEventAt(): number {
    const { memberships, watermark } = this.#view
    const { lastEventAt } = selectValues(this.state.fields, CONTACT_FIELDS)
    return Math.max(lastEventAt, memberships.at(-1)?.at ?? 0, watermark ?? 0, this.#companyEventAt)
  }

  /** The newest event time of the company's values, without those that are still to be sent. */
  get #companyEventAt(): number {
    const isSettled = ({ state }: { state: FieldState }) => state !== 'pending' && state !== 'rejected'
    return selectValues(this.#view.company.fields, COMPANY_FIELDS, isSettled).lastEventAt
  }

  /** Whether the contact keeps another key than that of its company. During a move, the move itself writes the key. */
  get #lacksKey(): boolean {
    const { company, isAssociated } = this.#view
    const key = company.reference?.key ?? null
    return isAssociated && key !== null && this.state.reference !== null && this.state.reference.companyKey !== key
  }

  #isBehind(eventAt: number): boolean {
    return this.#view.isAssociated && this.state.reference !== null && eventAt > this.state.reference.writtenEventAt
  }

  #changeOf(values: ContactChange['values']): ContactChange | null {
    const { customerId, isAssociated } = this.#view
    const { reference } = this.state
    if (reference === null || !this.mayWrite) return null
    const { reference: company, current } = this.#company
    const isKeySent = this.#lacksKey || (this.isReadBackDue && isAssociated)
    const companyKey = isKeySent ? (company?.key ?? null) : null
    const readBack = this.readBackOf(CONTACT_FIELDS)
    // A customer who is about to move: only the move itself raises the watermark over its event. When a worker is killed before, a
    // look-up would take that event for an old one, and the move would be lost (G1).
    const isMoving = company !== null && current === null
    const lastEventAt = isMoving ? Math.max(reference.writtenEventAt, this.#companyEventAt) : this.lastEventAt
    return { customerId, contactId: reference.contactId, companyKey, values, lastEventAt, ...readBack }
  }

  #keeps({ companyKey, lastEventAt }: Pick<ContactChange, 'companyKey' | 'lastEventAt'>): void {
    const { reference } = this.state
    if (reference === null) return
    const writtenEventAt = Math.max(reference.writtenEventAt, lastEventAt)
    this.state.reference = { ...reference, companyKey: companyKey ?? reference.companyKey, writtenEventAt }
  }
}
