// A customer as the onboarding knows it: where it is, its two records and their association. It knows nothing of Temporal.

import type {
  AssociationOutcome,
  CompanyDraft,
  CompanyOutcome,
  ContactDraft,
  ContactOutcome,
  CrmResponse,
  FoundCustomer,
  RejectedField,
  WriteOutcome,
} from '../../domain/crm.ts'
import type { Values } from '../../domain/fields.ts'
import type { Phase, Step } from '../../domain/onboarding.ts'
import { Association } from './association.ts'
import { Parking } from './parking.ts'
import { CompanyRecord } from './company-record.ts'
import { ContactRecord } from './contact-record.ts'
import { Commands } from './commands.ts'
import type { ChangedRecord, SentChange } from './crm-record.ts'
import { IncomingEvents } from './incoming-events.ts'
import { migrateState, tombstone } from './state.ts'
import type { CustomerState, StoredState } from './state.ts'
import { Timeline } from './timeline.ts'

export class Customer {
  readonly state: CustomerState
  readonly company: CompanyRecord
  readonly contact: ContactRecord
  readonly association: Association
  readonly parking: Parking
  readonly events: IncomingEvents
  readonly commands: Commands
  readonly #timeline: Timeline

  /** @param stored the state of the previous run; empty for a new customer */
  constructor(customerId: string, stored: StoredState | undefined = {}) {
    this.state = migrateState(customerId, stored)
    this.#timeline = new Timeline(this.state)
    this.company = new CompanyRecord(this.state)
    this.contact = new ContactRecord(this.state)
    this.association = new Association(this.state, this.company, this.contact)
    this.parking = new Parking(this.state, this.company, this.contact, this.#timeline)
    const { company, contact, association, parking } = this
    const parts = { company, contact, association, parking, timeline: this.#timeline }
    this.events = new IncomingEvents(this.state, parts)
    this.commands = new Commands(this.state, parts)
  }

  get phase(): Phase {
    if (this.state.erasure === 'done') return 'erased'
    if (!this.state.registration) return 'awaiting-registration'
    if (!this.company.current) return 'company'
    if (!this.contact.reference) return 'contact'
    return this.state.isAssociated ? 'onboarded' : 'association'
  }

  get isErasureRequested(): boolean {
    return this.state.erasure !== 'none'
  }

  /** Whether there is a change for a record that is there. */
  get hasChanges(): boolean {
    return this.company.change() !== null || this.contact.change() !== null
  }

  /** Whether there is anything to do in the CRM. */
  get hasWork(): boolean {
    return !this.association.isComplete || this.association.isResyncDue || this.hasChanges
  }

  /** Stores what the look-up found. Values that the CRM already has are not written again. */
  found(customer: FoundCustomer | null): void {
    this.state.isLookedUp = true
    if (!customer) return
    // The registration was in an earlier run, so every event now counts as an update.
    this.state.registration = { at: customer.lastEventAt, id: '' }
    this.state.watermark = customer.lastEventAt
    this.contact.found(customer)
    this.company.found(customer)
    if (customer.companyId !== null) this.association.associated()
    this.#timeline.note('lookup', 'found in HubSpot', customer)
  }

  companyCreated(draft: CompanyDraft, outcome: CompanyOutcome): void {
    const former = this.company.reference?.companyId
    this.company.created(draft, outcome)
    if (former !== undefined && former !== outcome.companyId) {
      this.association.leave(former, outcome.companyId)
      this.parking.dropStep(this.company.updateStep)
    }
    this.#noteOutcome('company', this.company, draft.values, outcome)
  }

  contactCreated(draft: ContactDraft, outcome: ContactOutcome): void {
    this.contact.created(draft, outcome)
    this.#noteOutcome('contact', this.contact, draft.values, outcome)
  }

  /** Notes that the association is there, or that HubSpot users deleted one of the two records. */
  associated(outcome: AssociationOutcome): void {
    if (outcome.outcome === 'missing') return this.#deleted(this[outcome.record], outcome)
    this.association.associated()
    this.#noteOutcome('association', this.contact, {}, outcome)
  }

  /** Applies the outcome of a change. After a merge by HubSpot users it follows the surviving record. */
  changed<Change extends SentChange>(record: ChangedRecord<Change>, change: Change, outcome: WriteOutcome): void {
    if (outcome.outcome === 'missing') return this.#deleted(record, outcome)
    if (outcome.outcome === 'written' && record.merged(outcome.recordId)) {
      this.#timeline.note(record.name, 'merged into another record by HubSpot users, which is followed')
    }
    record.written(change, outcome)
    this.#noteOutcome(record.updateStep, record, change.values, outcome)
  }

  /** Removes everything personal from the state. */
  erased(response: CrmResponse): void {
    Object.assign(this.state, tombstone(this.state))
    this.#timeline.note('erasure', 'erased in HubSpot', response)
  }

  #deleted(record: Pick<ChangedRecord<never>, 'name' | 'updateStep' | 'deleted'>, response: CrmResponse): void {
    const obstacle = record.deleted()
    this.parking.dropUnrejected()
    this.association.reset()
    if (obstacle === null) {
      this.#timeline.note(record.name, 'deleted by HubSpot users, to be re-created', response)
    } else {
      const { correlationId } = response
      this.parking.park(record.updateStep, { ...obstacle, fields: [], correlationId }, {})
    }
  }

  /** Notes what a step did. A rejected field is parked at the record's update, since the step itself is done. */
  #noteOutcome(
    step: Step,
    { updateStep }: Pick<ChangedRecord<never>, 'updateStep'>,
    sent: Values,
    outcome: CrmResponse & { outcome: string; foundBy?: 'key' | 'domain'; rejected?: RejectedField[] },
  ): void {
    if (outcome.outcome !== 'skipped') this.state.lastWrittenAt = Date.now()
    const how = outcome.foundBy === 'domain' ? `${outcome.outcome} by its domain` : outcome.outcome
    this.#timeline.note(step, how, outcome)
    this.parking.dropUnrejected()
    this.parking.parkFields(updateStep, outcome, sent)
  }
}
