// The customer's contact: what is known of it, and what is still to be written.

import type { ContactChange, ContactDraft, ContactOutcome, FoundCustomer } from '../../domain/crm.ts'
import { CONTACT_FIELDS } from '../../domain/fields.ts'
import { mayWrite } from './unwanted-record.ts'
import { CrmRecord, namesOf } from './crm-record.ts'
import { selectValues, sinceWatermark, withOutcome } from './field-values.ts'
import type { ContactLink, CustomerState, RecordState } from './state.ts'

/** The contact is its own to change; of the rest it only reads. */
type View = Pick<CustomerState, 'contact'> &
  Readonly<Pick<CustomerState, 'customerId' | 'registration' | 'memberships' | 'watermark' | 'parked' | 'erasure'>>

export class ContactRecord extends CrmRecord<ContactLink, ContactDraft, ContactChange, ContactOutcome> {
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
  get link(): ContactLink | null {
    return this.state.link
  }

  /** Whether HubSpot users deleted the contact, which is to be re-created. */
  get isLost(): boolean {
    return this.state.link === null && this.state.recreatedAt !== null
  }

  get canCreate(): boolean {
    return Boolean(this.state.fields.email?.value)
  }

  protected get isNeeded(): boolean {
    return true
  }

  protected get state(): RecordState<ContactLink> {
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
    if (!this.state.link || Object.keys(values).length === 0 || !mayWrite(this.#view, this.updateStep)) return null
    return { customerId, contactId: this.state.link.contactId, values, lastEventAt: this.lastEventAt }
  }

  /** On a contact that existed, HubSpot users' values win over the registration's; an update's values are still to be written. */
  created({ values }: ContactDraft, { outcome, contactId, url, kept, rejected }: ContactOutcome): void {
    this.state.link = { contactId, url, outcome }
    this.state.fields = withOutcome(this.state.fields, values, (field, value) => {
      if (namesOf(rejected).includes(field)) return value.state
      if (!kept.some((name) => name === field)) return 'written'
      return value.id === this.#view.registration?.id ? 'kept' : 'pending'
    })
  }

  /** Takes over the contact that the look-up found. */
  found({ contactId, contactUrl, lastEventAt }: FoundCustomer): void {
    this.state.fields = sinceWatermark(this.state.fields, lastEventAt)
    this.state.link = { contactId, url: contactUrl, outcome: null }
  }

  merged(recordId: string): boolean {
    const { link } = this.state
    if (link === null || link.contactId === recordId) return false
    this.state.link = { ...link, contactId: recordId }
    return true
  }

  /** Event time of the newest that is known, the membership included: a late event must not turn the contact back. */
  get lastEventAt(): number {
    const { memberships, watermark } = this.#view
    const { lastEventAt } = selectValues(this.state.fields, CONTACT_FIELDS)
    return Math.max(lastEventAt, memberships.at(-1)?.at ?? 0, watermark ?? 0)
  }
}
