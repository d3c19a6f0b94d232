// A customer as the onboarding knows it: where it is, its two records and their association. It knows nothing of Temporal.

import type {
  AssociationOutcome,
  AssociationReview,
  CompanyDraft,
  CompanyOutcome,
  ContactDraft,
  ContactOutcome,
  CrmResponse,
  CustomerLookUp,
  LookUpOutcome,
  WriteOutcome,
} from '../../domain/crm.ts'
import { entriesOf } from '../../domain/fields.ts'
import type { Field, Values } from '../../domain/fields.ts'
import type { Phase, Step } from '../../domain/onboarding.ts'
import type { Priority } from '../../domain/step-call.ts'
import type { RunSettings } from '../messages.ts'
import { Association } from './association.ts'
import { AwaitedRegistration, OVERDUE_HOURS } from './awaited-registration.ts'
import { Parking } from './parking.ts'
import { PendingStep } from './pending-step.ts'
import { CompanyRecord } from './company-record.ts'
import { ContactRecord } from './contact-record.ts'
import { Commands } from './commands.ts'
import type { ChangedRecord, SentChange } from './crm-record.ts'
import { Erasure } from './erasure.ts'
import { IncomingEvents } from './incoming-events.ts'
import { earliest } from './due-times.ts'
import { notAnswered } from './field-values.ts'
import { fieldsOf, migrateState } from './state.ts'
import type { CustomerState, StoredState } from './state.ts'
import { Timeline } from './timeline.ts'
import { Unreported } from './unreported.ts'

// HubSpot keeps a deleted contact for 90 days, and onramp re-creates one at most once a month without an operator (G8).
const FORMER_CONTACTS = 4

/** `firstTime`: the fields for which the CRM had not answered before. A resync or a read-back brings no event's values late. */
interface SentValues {
  values: Values
  firstTime: Field[]
}

export class Customer {
  readonly state: CustomerState
  readonly company: CompanyRecord
  readonly contact: ContactRecord
  readonly association: Association
  readonly parking: Parking
  readonly erasure: Erasure
  readonly pendingStep: PendingStep
  readonly registration: AwaitedRegistration
  readonly events: IncomingEvents
  readonly commands: Commands
  readonly unreported: Unreported
  readonly #timeline: Timeline

  /**
   * @param stored the state of the previous run; empty for a new customer
   * @param run its settings, and when it began, in milliseconds since the epoch; absent when no run is needed
   */
  constructor(
    customerId: string,
    stored: StoredState | undefined = {},
    run: Pick<RunSettings, 'registrationOverdueHours'> & { startedAt?: number } = {},
  ) {
    const { registrationOverdueHours = OVERDUE_HOURS, startedAt } = run
    this.state = migrateState(customerId, stored)
    this.#timeline = new Timeline(this.state)
    this.pendingStep = new PendingStep(this.state)
    this.company = new CompanyRecord(this.state, startedAt)
    this.contact = new ContactRecord(this.state, this.company, startedAt)
    this.association = new Association(this.state, this.company, this.contact)
    this.parking = new Parking(this.state, this.company, this.contact, this.#timeline)
    this.erasure = new Erasure(this.state, this.company, this.contact, this.#timeline)
    this.registration = new AwaitedRegistration(this.state, this.parking, registrationOverdueHours)
    this.unreported = new Unreported(stored.version === undefined ? null : this.phase)
    this.parking.onParked = (parked) => this.unreported.add({ what: 'parked', ...parked })
    const { company, contact, association, parking, erasure, registration } = this
    const parts = { company, contact, association, parking, erasure, registration, timeline: this.#timeline }
    this.events = new IncomingEvents(this.state, parts)
    this.commands = new Commands(this.state, parts)
    this.commands.onCommand = (command, by) => this.unreported.add({ what: 'command', command, by })
  }

  get phase(): Phase {
    if (this.erasure.isRequested) return this.erasure.isDone ? 'erased' : 'erasing'
    if (!this.state.registration) return 'awaiting-registration'
    if (!this.company.current) return 'company'
    if (!this.contact.reference) return 'contact'
    return this.state.isAssociated ? 'onboarded' : 'association'
  }

  get priority(): Priority {
    return this.state.priority
  }

  /** Whether there is a change for a record that is there. */
  get hasChanges(): boolean {
    return this.company.change() !== null || this.contact.change() !== null
  }

  /** Whether there is anything to do in the CRM. */
  get hasWork(): boolean {
    return !this.association.isComplete || this.association.isResyncDue || this.hasChanges
  }

  /** When there is something to do next without an event, in milliseconds since the epoch; `null` when there is not. */
  get nextDueAt(): number | null {
    const { company, contact, parking, erasure, registration } = this
    const { nextAttemptAt } = parking
    return earliest([
      company.readBackAt,
      contact.readBackAt,
      nextAttemptAt,
      erasure.looksAgainAt,
      registration.overdueAt,
    ])
  }

  /** Parks and unparks what is due by the clock. */
  parkByClock(): void {
    this.parking.retryDue()
    this.registration.parkOverdue()
  }

  /** Whether only an event or a command brings new work. */
  get isIdle(): boolean {
    const { company, contact, parking, erasure } = this
    const isDone = !company.needsReadBack && !contact.needsReadBack && erasure.looksAgainAt === null
    return !this.hasWork && parking.isEmpty && parking.nextAttemptAt === null && isDone
  }

  /** Stores what the look-up found. A customer who is found there was onboarded before. Values that the CRM already has are not written again. */
  found({ company: draft }: CustomerLookUp, customer: LookUpOutcome): void {
    this.state.isLookedUp = true
    if (customer.outcome === 'new') return draft === null ? undefined : this.#companyLookedUp(draft, customer)
    // The registration was in an earlier run, so every event now counts as an update.
    this.state.registration = { at: customer.lastEventAt, id: '' }
    this.registration.arrived()
    this.state.wasOnboarded = true
    this.state.watermark = customer.lastEventAt
    this.contact.found(customer)
    this.company.found(customer)
    const { companyId, isAssociated, isContactOwn = false, isAssociationOwn: isOwn = isContactOwn } = customer
    if (companyId !== null && isAssociated) this.association.associated({ companyId, isOwn })
    this.#timeline.note('lookup', 'found in HubSpot', customer)
  }

  /** The look-up found no customer, and has looked for the company of a registration. */
  #companyLookedUp(draft: CompanyDraft, { company, hint }: Extract<LookUpOutcome, { outcome: 'new' }>): void {
    // An event may have named another organization meanwhile.
    if (!this.company.isCurrent(draft)) return
    if (company !== null) this.companyCreated(draft, company)
    else if (hint !== null) this.company.lookedUp(draft, hint)
  }

  companyCreated(draft: CompanyDraft, outcome: CompanyOutcome): void {
    const former = this.company.reference?.companyId
    const sent = this.#sent(draft.values)
    this.company.created(draft, outcome)
    if (former !== undefined && former !== outcome.companyId) {
      if (!this.association.leave(former, outcome.companyId)) {
        this.#timeline.note('association', `with company ${former} stays, since HubSpot users may have made it`)
      }
      this.parking.dropStep(this.company.updateStep)
    }
    if (outcome.unanswered) this.company.createUnanswered(draft)
    this.#noteOutcome('company', this.company, sent, outcome)
  }

  contactCreated(draft: ContactDraft, outcome: ContactOutcome): void {
    const sent = this.#sent(draft.values)
    this.contact.created(draft, outcome)
    if (outcome.unanswered) this.contact.createUnanswered(draft)
    this.#noteOutcome('contact', this.contact, sent, outcome)
  }

  /** Notes that the association is there, or that HubSpot users deleted one of the two records. */
  associated({ pair, move }: ReturnType<Association['draft']>, outcome: AssociationOutcome): void {
    if (outcome.outcome === 'missing') return this.#deleted(this[outcome.record], outcome)
    // An earlier attempt without a response may have made the association that this one found.
    const wasMade = outcome.unanswered === true && pair.companies?.companyIds.includes(pair.companyId) === false
    this.association.associated({ companyId: pair.companyId, isOwn: outcome.isOwn || wasMade })
    this.contact.associated(move)
    if (outcome.unanswered && move !== null) this.contact.unanswered({})
    this.#noteOnboarded()
    this.#noteOutcome('association', this.contact, this.#sent({}), outcome)
  }

  /** Reports the first association of a customer. */
  #noteOnboarded(): void {
    const { registration, wasOnboarded } = this.state
    this.state.wasOnboarded = true
    if (!wasOnboarded && registration !== null)
      this.unreported.add({ what: 'onboarded', registeredAt: registration.at })
  }

  /** Notes what the CRM shows some time after the association. It does not concern a customer who has moved since, or is erased. */
  associationReviewed({ companyId, finding, note }: AssociationReview): void {
    const isOfNow = this.association.isComplete && this.company.current?.companyId === companyId
    if (this.erasure.isRequested || !isOfNow) return
    this.#timeline.note('association', 'reviewed', { note })
    if (finding === 'without-primary') this.association.reset()
  }

  /** Applies the outcome of a change. After a merge by HubSpot users, or a re-creation, it follows the record that is there. */
  changed<Change extends SentChange>(record: ChangedRecord<Change>, change: Change, outcome: WriteOutcome): void {
    if (outcome.outcome === 'missing') return this.#deleted(record, outcome)
    const companyId = this.company.reference?.companyId
    if (outcome.outcome === 'written' && record.merged(outcome.recordId)) {
      if (record.name === 'company' && companyId) this.association.merged(companyId, outcome.recordId)
      this.#timeline.note(record.name, 'is another record now, merged or re-created, which is followed')
    }
    const sent = this.#sent(change.values)
    record.written(change, outcome)
    if (outcome.unanswered) record.unanswered(change.values)
    else if (change.onlyDifferent) record.wasReadBack()
    // The contact's key and watermark are onramp's own, and say nothing to an operator.
    if (Object.keys(change.values).length > 0) this.#noteOutcome(record.updateStep, record, sent, outcome)
  }

  #deleted(record: Pick<ChangedRecord<never>, 'name' | 'updateStep' | 'deleted'>, response: CrmResponse): void {
    const { contactId } = this.contact.reference ?? {}
    const obstacle = record.deleted()
    if (contactId !== undefined && this.contact.reference === null) {
      this.state.formerContactIds = [...this.state.formerContactIds, contactId].slice(-FORMER_CONTACTS)
    }
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
    { values, firstTime }: SentValues,
    outcome: CrmResponse &
      Partial<Pick<CompanyOutcome, 'foundBy' | 'rejected'>> & { outcome: string; isUnchanged?: true },
  ): void {
    const { outcome: how, foundBy } = outcome
    // After an attempt without a response the CRM may have the values from that attempt.
    const isUnchanged = outcome.isUnchanged && !outcome.unanswered
    if (how !== 'skipped' && !isUnchanged) this.state.lastWrittenAt = Date.now()
    const { correlationId, note } = outcome
    const fields = isUnchanged ? [] : this.#writtenOf(values)
    const what = isUnchanged ? 'unchanged' : foundBy === 'domain' ? `${how} by its domain` : how
    this.#timeline.note(step, what, { fields, correlationId, ...(note && { note }) })
    this.#reportWritten(fields.filter((field) => firstTime.includes(field)))
    this.parking.dropUnrejected()
    this.parking.parkFields(updateStep, outcome, values)
  }

  /** Call it before the outcome changes the states of the fields. */
  #sent(values: Values): SentValues {
    return { values, firstTime: notAnswered(fieldsOf(this.state), values) }
  }

  #reportWritten(fields: Field[]): void {
    const known = fieldsOf(this.state)
    const eventTimes = [...new Set(fields.map((field) => known[field]?.at).filter((at) => at !== undefined))]
    if (eventTimes.length > 0) this.unreported.add({ what: 'written', eventTimes })
  }

  /** The fields whose sent values the CRM has. */
  #writtenOf(sent: Values): Field[] {
    const known = fieldsOf(this.state)
    return entriesOf(sent).flatMap(([field, value]) => {
      const isWritten = known[field]?.state === 'written' && known[field].value === value
      return isWritten ? [field] : []
    })
  }
}
