// The customer's contact: its values and its pending changes.

import type { ContactChange, ContactDraft, ContactOutcome, FoundCustomer } from '../../domain/crm.ts'
import { CONTACT_FIELDS } from '../../domain/fields.ts'
import { mayWrite } from './write-permission.ts'
import { CrmRecord, namesOf } from './crm-record.ts'
import { selectValues, sinceWatermark, withOutcome } from './field-values.ts'
import type { ContactReference, CustomerState, RecordState } from './state.ts'

/** It changes only `contact`, and reads the rest. */
type View = Pick<CustomerState, 'contact'> &
  Readonly<Pick<CustomerState, 'customerId' | 'registration' | 'memberships' | 'watermark' | 'parked' | 'erasure'>>

export class ContactRecord extends CrmRecord<ContactReference, ContactDraft, ContactChange, ContactOutcome> {
  readonly name = 'contact'
  readonly updateStep = 'contact-update'
  protected readonly fieldNames = CONTACT_FIELDS
  protected readonly neededToCreate = 'the e-mail address'
  readonly #view: View

  constructor(view: View) {
    super()
    this.#view = view
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

  draft(): ContactDraft {
    const { customerId } = this.#view
    const { values } = selectValues(this.state.fields, CONTACT_FIELDS)
    // A registration has an address, an address cannot be cleared, and a contact without one is never re-created.
    return { customerId, values: { ...values, email: values.email ?? '' }, lastEventAt: this.lastEventAt }
  }

  change(): ContactChange | null {
    const { customerId } = this.#view
    const { values } = selectValues(this.state.fields, CONTACT_FIELDS, ({ state }) => state === 'pending')
    if (!this.state.reference || Object.keys(values).length === 0 || !mayWrite(this.#view, this.updateStep)) return null
    return { customerId, contactId: this.state.reference.contactId, values, lastEventAt: this.lastEventAt }
  }

  /** On an existing contact, the values of HubSpot users win over those of the registration, but not over those of an update. */
  created({ values }: ContactDraft, { outcome, contactId, url, kept, rejected }: ContactOutcome): void {
    this.state.reference = { contactId, url, outcome }
    this.state.fields = withOutcome(this.state.fields, values, (field, value) => {
      if (namesOf(rejected).includes(field)) return value.state
      if (!kept.some((name) => name === field)) return 'written'
      return value.id === this.#view.registration?.id ? 'kept' : 'pending'
    })
  }

  /** Stores the contact that the look-up found. */
  found({ contactId, contactUrl, lastEventAt }: FoundCustomer): void {
    this.state.fields = sinceWatermark(this.state.fields, lastEventAt)
    this.state.reference = { contactId, url: contactUrl, outcome: null }
  }

  merged(recordId: string): boolean {
    const { reference } = this.state
    if (reference === null || reference.contactId === recordId) return false
    this.state.reference = { ...reference, contactId: recordId }
    return true
  }

  /** The contact's watermark: the newest event time of its values and of the memberships. A late event changes nothing (G4). */
  get lastEventAt(): number {
    const { memberships, watermark } = this.#view
    const { lastEventAt } = selectValues(this.state.fields, CONTACT_FIELDS)
    return Math.max(lastEventAt, memberships.at(-1)?.at ?? 0, watermark ?? 0)
  }
}
