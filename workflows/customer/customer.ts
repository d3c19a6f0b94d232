// What an onboarding knows of its customer: the newest value of each field, what HubSpot was told of it, what is left to do.

import { COMPANY_FIELDS, CONTACT_FIELDS } from '../../domain/crm.ts'
import type {
  AssociationOutcome,
  CompanyChange,
  CompanyDraft,
  CompanyOutcome,
  ContactCompanyPair,
  ContactChange,
  ContactDraft,
  ContactMove,
  ContactOutcome,
  Field,
  FoundCustomer,
  RefusedField,
  Traced,
  Values,
  WriteOutcome,
} from '../../domain/crm.ts'
import type { AttentionReason, Phase, Step } from '../../domain/onboarding.ts'
import type { Fact } from './received-event.ts'
import { blank, restored, withinBounds } from './state.ts'
import type { CustomerState, KnownCompany } from './state.ts'
import { belongingTo, firmOf, isWithin, stated, UNNAMED } from './memberships.ts'
import type { FirmStatement } from './memberships.ts'
import { forgetUntil, isLater, keepNewer, mark, markWritten, rewrite, valuesOf } from './field-values.ts'
import type { EventMark } from './field-values.ts'
import { FIRM_STEPS, isSettledBy, isUnwanted, putAside, release, settle } from './attention.ts'
import type { Parking } from './attention.ts'
import { noted } from './timeline.ts'

// Who moves on more often than this before an association is made leaves the first ones to people (G8).
const FORMER_COMPANIES = 8

// A record that people delete a second time within this time is one that they do not want; that is for a person to settle.
const RECREATION_WINDOW_MS = 30 * 24 * 60 * 60 * 1000

type Times = { [field in Field]?: number }

const RECORD_STEPS = ['company-update', 'contact-update'] as const
type RecordStep = (typeof RECORD_STEPS)[number]

/** One customer's file: facts go in, drafts and changes come out. It knows the rules of order and nothing of Temporal. */
export class Customer {
  readonly state: CustomerState
  /** Signals that came after the erasure, understood or not: their payloads are in this run's history and must not stay there. */
  lateEvents = 0
  /** Whether this run is to hand over to a new one as soon as it waits. */
  isRenewalAsked = false

  /** Opens a new file, or an earlier run's. */
  constructor(customerId: string, state: Partial<CustomerState> = {}) {
    this.state = restored(customerId, state)
  }

  get phase(): Phase {
    if (this.state.erasure === 'done') return 'erased'
    if (!this.state.registration) return 'awaiting-registration'
    if (!this.company) return 'company'
    if (!this.state.contact) return 'contact'
    return this.state.isAssociated ? 'onboarded' : 'association'
  }

  get isErased(): boolean {
    return this.state.erasure !== 'none'
  }

  /** Whether company, contact and association are there. */
  get isComplete(): boolean {
    return this.company !== null && this.state.contact !== null && this.state.isAssociated
  }

  /** Whether the two records are there, and only the association is not. */
  get isUntied(): boolean {
    return this.company !== null && this.state.contact !== null && !this.state.isAssociated
  }

  /** Whether people deleted the contact, which is to be made anew. */
  get isContactLost(): boolean {
    return !this.state.contact && this.state.recreatedAt.contact !== undefined && !this.isParked('contact')
  }

  /** Whether there is anything to do in the CRM. */
  get hasWork(): boolean {
    return !this.isComplete || this.state.isResync || this.hasChanges
  }

  /** Whether there is news for a record that is there. */
  get hasChanges(): boolean {
    return this.companyChange() !== null || this.contactChange() !== null
  }

  /** Whether the CRM may have the customer from an earlier life of which this one does not know. */
  get mayBeKnown(): boolean {
    return !this.state.isLookedUp
  }

  /** The company of today's firm, `null` until it is known; whoever moved to another firm has none until it is found. */
  get company(): KnownCompany | null {
    const { company } = this.state
    return company && !this.#hasMovedFrom(company) ? company : null
  }

  /** The product's id of today's firm; `null` when there is none. */
  get firm(): string | null {
    return firmOf(this.state.firm) || null
  }

  /** Takes in a registration. A second one counts as an update of the fields that it carries. */
  register(fact: Fact): void {
    const known = this.state.registration
    if (!this.#take(fact, known ? 'registered again' : 'registered')) return
    if (known && !isLater(known, fact)) return
    this.state.registration = { at: fact.at, id: fact.id }
    // What was taken for the registration until now counts as an update, which overwrites what people typed in.
    if (known) rewrite(this.state.fields, known)
  }

  /** Takes in an update. One that overtook its registration is kept until that arrives. */
  update(fact: Fact): void {
    this.#take(fact, 'updated')
  }

  /** Takes in what an operator corrects: newer than whatever is known, whenever the events of it were. */
  correct({ values, productCompanyId }: Fact): void {
    const known = (Object.keys(values) as Field[]).map((field) => this.state.fields[field]?.at ?? 0)
    const firmAt = this.state.firm.at(-1)?.at ?? 0
    const at = Math.max(Date.now(), firmAt + 1, ...known.map((time) => time + 1))
    const id = `correction-${at}`
    keepNewer(this.state.fields, { id, at, values })
    if (productCompanyId !== null) this.#belongs({ id, at, productCompanyId }, values)
    this.resume('corrected by an operator')
  }

  /** Takes in that the customer is to be erased. There is no way back: whatever else arrives changes nothing. */
  erase(): void {
    if (this.isErased) return
    this.state.erasure = 'asked'
    this.state.parked = []
    this.note('event', 'erased')
  }

  /** Counts a signal that nobody can understand (G7). */
  malformed(): void {
    this.state.malformedEvents += 1
    if (this.isErased) this.lateEvents += 1
    this.note('event', 'not understood, without effect')
  }

  companyDraft(): CompanyDraft {
    const { values, lastEventAt } = this.#companyValues(firmOf(this.state.firm))
    return { customerId: this.state.customerId, productCompanyId: this.firm, values, lastEventAt }
  }

  contactDraft(): ContactDraft {
    const { values } = valuesOf(this.state.fields, CONTACT_FIELDS)
    const lastEventAt = this.#contactWatermark()
    // The handler takes no registration without an address, an address cannot be cleared, and a contact whose address is
    // not known is never made anew.
    return { customerId: this.state.customerId, values: { ...values, email: values.email ?? '' }, lastEventAt }
  }

  /** What the company that is known, be it the former firm's, is still to be told of its own time; `null` when there is nothing. */
  companyChange(): CompanyChange | null {
    const { company } = this.state
    if (!company || !this.#mayWrite('company-update')) return null
    const { companyId, ownEventAt, othersEventAt } = company
    const change = this.#companyValues(this.#firmOf(company), 'pending')
    return isEmpty(change.values) ? null : { companyId, ...change, ownEventAt, othersEventAt }
  }

  contactChange(): ContactChange | null {
    const { values } = valuesOf(this.state.fields, CONTACT_FIELDS, ({ is }) => is === 'pending')
    const lastEventAt = this.#contactWatermark()
    if (!this.state.contact || isEmpty(values) || !this.#mayWrite('contact-update')) return null
    const { customerId, contact } = this.state
    return { customerId, contactId: contact.contactId, values, lastEventAt }
  }

  /** What is to be tied, and from where the contact moves; only while both records are there. */
  tie(): { pair: ContactCompanyPair; move: ContactMove | null } {
    const { contact, movedFrom } = this.state
    const pair = { contactId: contact?.contactId ?? '', companyId: this.company?.companyId ?? '' }
    const move = { ...pair, fromCompanyIds: movedFrom, lastEventAt: this.#contactWatermark() }
    return { pair, move: movedFrom.length === 0 ? null : move }
  }

  /** Remembers what the CRM has of the customer from an earlier life; what it knows already is not written again. */
  found(customer: FoundCustomer | null): void {
    const { state } = this
    state.isLookedUp = true
    if (!customer) return
    const {
      lastEventAt,
      companyId,
      companyUrl: url,
      productCompanyId,
      companyDomain: domain,
      companyName: name,
    } = customer
    // They registered in that life, so that whatever comes now is an update.
    state.registration = { at: lastEventAt, id: '' }
    state.watermark = lastEventAt
    forgetUntil(state.fields, lastEventAt, CONTACT_FIELDS)
    state.contact = { contactId: customer.contactId, url: customer.contactUrl, outcome: null }
    // Of a company that is not there the event that came has all that is known.
    if (companyId !== null) {
      forgetUntil(state.fields, lastEventAt, COMPANY_FIELDS)
      state.firm = state.firm.filter(({ at }) => at > lastEventAt)
      const events = { ownEventAt: lastEventAt, othersEventAt: 0 }
      state.company = { companyId, url, outcome: null, productCompanyId, domain, name, ...events }
      const { values } = valuesOf(state.fields, COMPANY_FIELDS)
      if (productCompanyId !== null) state.firm = stated(state.firm, { at: lastEventAt, id: '', productCompanyId })
      else if (state.firm.length > 0 && isOfAnother(state.company, values)) this.#leaveUnnamed()
      state.isAssociated = true
    }
    this.note('lookup', 'known from before', customer)
  }

  companyFound(draft: CompanyDraft, { refused, companyId, productCompanyId, url, ...done }: CompanyOutcome): void {
    const { state } = this
    const before = state.company
    if (before && before.companyId !== companyId) {
      state.isAssociated = false
      // Who moves on before the association is made may be tied to any company on the way.
      const former = [...state.movedFrom.filter((id) => id !== before.companyId), before.companyId]
      state.movedFrom = former.filter((id) => id !== companyId).slice(-FORMER_COMPANIES)
      state.parked = state.parked.filter(({ step }) => step !== 'company-update')
      delete state.recreatedAt.company
    }
    // A company that carries the product's id says which firm this is, though no event has.
    if (state.firm.length === 0 && productCompanyId !== null) state.firm = [{ at: 0, id: '', productCompanyId }]
    const isSame = before?.companyId === companyId
    state.company = {
      companyId,
      url,
      outcome: done.outcome,
      productCompanyId,
      domain: draft.values['company.domain'] ?? null,
      name: null,
      // Of one that people made, too, the first watermark is this customer's.
      ownEventAt: done.outcome !== 'existed' ? draft.lastEventAt : isSame ? before.ownEventAt : 0,
      othersEventAt: isSame ? before.othersEventAt : 0,
    }
    this.#settle('company', done, draft.values, refused)
    this.#passOver()
  }

  contactFound(draft: ContactDraft, { refused, contactId, url, ...done }: ContactOutcome): void {
    this.state.contact = { contactId, url, outcome: done.outcome }
    this.#settle('contact', done, draft.values, refused)
  }

  /** Remembers the tie, or which of the two records people deleted. */
  associated(association: AssociationOutcome): void {
    if (association.outcome === 'missing') return this.#lost(association.record, association)
    this.state.isAssociated = true
    this.state.movedFrom = []
    this.#settle('association', association, {}, [])
  }

  /** Remembers what became of a change. A record that people deleted is made anew, once; one that they merged lives on as the other. */
  written(
    step: 'company-update' | 'contact-update',
    { values: change, times, lastEventAt: eventAt }: { values: Values; times?: Times; lastEventAt: number },
    outcome: WriteOutcome,
  ): void {
    const record = step === 'company-update' ? 'company' : 'contact'
    if (outcome.outcome === 'missing') return this.#lost(record, outcome)
    if (outcome.outcome === 'written') this.#follow(record, outcome.recordId)
    if (record === 'company')
      this.#wrote(change, outcome.othersEventAt ?? 0, outcome.outcome === 'written' ? eventAt : 0)
    // Of a shared company not every value that was told is written, so that the same one of a newer event is still to be told.
    const isTold = (field: Field) => !times || this.state.fields[field]?.at === times[field]
    const told = Object.fromEntries(Object.entries(change).filter(([field]) => isTold(field as Field)))
    this.#settle(step, outcome, told, outcome.outcome === 'written' ? outcome.refused : [])
  }

  /** Removes all that is personal; what is left says that there was a customer, and what was done. */
  erased(trace: Traced): void {
    const { customerId, timeline, malformedEvents, lastEventAt } = this.state
    Object.assign(this.state, blank(customerId), {
      isLookedUp: true,
      erasure: 'done',
      timeline,
      malformedEvents,
      lastEventAt,
    })
    this.note('erasure', 'erased in HubSpot', trace)
  }

  /** Puts a step, or single fields of it, aside, unless newer values than the told ones, or another firm, came in meanwhile. */
  park(step: Step, refusal: Parking, told: Values, firm = this.firm): void {
    if (FIRM_STEPS.includes(step) && firm !== this.firm) return
    if (putAside(this.state, step, refusal, told)) this.note(step, `parked: ${refusal.reason}`, refusal)
  }

  /** Whether this step waits. An association waits for its records, too. */
  isParked(step: Step): boolean {
    const { state } = this
    const lacksRecord = step === 'association' && RECORD_STEPS.some((each) => isUnwanted(state, each))
    return lacksRecord || state.parked.some((attention) => attention.step === step)
  }

  /** Lets everything that was put aside be tried again. */
  resume(why = 'resumed by an operator'): void {
    release(this.state)
    this.note('resume', why)
  }

  /** Lets whatever waits for this reason be tried again. */
  resumeAll(reason: AttentionReason): void {
    if (!this.state.parked.some((attention) => attention.reason === reason)) return
    release(this.state, (attention) => attention.reason === reason)
    this.note('resume', `all with ${reason}`)
  }

  /** Lets everything be written again, over what people changed in HubSpot since. */
  resync(): void {
    release(this.state)
    mark(this.state.fields, Object.keys(this.state.fields), ['written'], 'pending')
    // Until the onboarding is through, everything is still to be written anyway.
    this.state.isResync = this.isComplete
    this.note('resync', 'asked for by an operator')
  }

  /** After the values of a resync: the association is still to be made again. A record that was lost is made anew first. */
  resynced(): void {
    if (!this.state.isResync) return
    this.state.isResync = false
    this.state.isAssociated = false
  }

  /** Lets the next run begin at the next wait, whatever this one's length. */
  askRenewal(): void {
    this.isRenewalAsked = true
  }

  note(what: string, outcome: string, { correlationId, remark }: Partial<Traced> = {}): void {
    this.state.timeline = noted(this.state.timeline, { what, outcome, correlationId, remark })
  }

  /** Keeps what is newer than what is known; says whether the event is new at all (G4, G5). */
  #take(fact: Fact, what: string): boolean {
    const { state } = this
    if (this.isErased) this.lateEvents += 1
    if (this.isErased || state.seenEvents.includes(fact.id)) return false
    state.seenEvents = withinBounds([...state.seenEvents, fact.id])
    state.lastEventAt = Math.max(state.lastEventAt ?? fact.at, fact.at)

    const isFromBefore = state.watermark !== null && fact.at <= state.watermark
    const unmakeable = RECORD_STEPS.filter((step) => !this.#canMake(step))
    const news = isFromBefore ? [] : keepNewer(state.fields, fact)
    const { at, id, productCompanyId, values } = fact
    const isNamed = productCompanyId !== null && !isFromBefore
    const hasMoved = isNamed && this.#belongs({ at, id, productCompanyId }, values)
    this.#passOver()
    const makeable = unmakeable.filter((step) => this.#canMake(step))
    release(state, isSettledBy(news, hasMoved, makeable))
    this.note('event', news.length > 0 || hasMoved ? what : `${what}, nothing newer`)
    return true
  }

  /** Notes which firm the customer belongs to since when; says whether it is another one than was known. */
  #belongs(statement: FirmStatement, values: Values): boolean {
    const { state } = this
    if (state.firm.length === 0 && state.company && isOfAnother(state.company, values)) this.#leaveUnnamed()
    const before = firmOf(state.firm)
    const known = belongingTo(state.firm, before)
    state.firm = stated(state.firm, statement)
    const today = firmOf(state.firm)
    // The first id only names the firm that was known without one.
    if (before === null) return false
    // Whoever belongs there for longer than was known has told the former firm what is the new one's.
    const now = belongingTo(state.firm, today)
    for (const field of COMPANY_FIELDS) {
      const value = state.fields[field]
      const isNews = value && isWithin(value, now) && !(today === before && isWithin(value, known))
      if (isNews) mark(state.fields, [field], ['written', 'refused'], 'pending')
    }
    return today !== before
  }

  /** Has the company that was told without an id be of another firm than the first one that gets an id. */
  #leaveUnnamed(): void {
    this.state.firm = stated(this.state.firm, { at: 0, id: '', productCompanyId: UNNAMED })
  }

  /** What arrives of the time of a firm that the customer has left is for nobody any more. */
  #passOver(): void {
    const { company, fields, firm } = this.state
    const open = [firmOf(firm), ...(company ? [this.#firmOf(company)] : [])].map((each) => belongingTo(firm, each))
    for (const field of COMPANY_FIELDS) {
      const value = fields[field]
      if (value && !open.some((each) => isWithin(value, each))) mark(fields, [field], ['pending'], 'written')
    }
  }

  /** What is known of a firm from the time in which the customer belonged to it: whoever moves brings no values along. */
  #companyValues(firm: string | null, is?: 'pending') {
    const belonging = belongingTo(this.state.firm, firm)
    return valuesOf(this.state.fields, COMPANY_FIELDS, (value) => {
      return (!is || value.is === is) && isWithin(value, belonging)
    })
  }

  #hasMovedFrom(company: KnownCompany): boolean {
    const today = firmOf(this.state.firm)
    return today !== null && today !== this.#firmOf(company)
  }

  /** The firm that a company stands for. Of one that was told by something else, the first id that the product gives names it. */
  #firmOf({ productCompanyId }: KnownCompany): string | null {
    return productCompanyId ?? this.state.firm[0]?.productCompanyId ?? null
  }

  /** Event time up to which the contact is written, its firm included: a late event must not turn it back. */
  #contactWatermark(): number {
    const { fields, firm, watermark } = this.state
    return Math.max(valuesOf(fields, CONTACT_FIELDS).lastEventAt, firm.at(-1)?.at ?? 0, watermark ?? 0)
  }

  /** Whether enough is known to make the record that this step writes to: HubSpot takes none without. */
  #canMake(step: RecordStep): boolean {
    if (step === 'contact-update') return Boolean(this.state.fields.email)
    const { values } = this.#companyValues(firmOf(this.state.firm))
    return Boolean(values['company.name'] || values['company.domain'])
  }

  /** What is known of the company after a write: its domain, and how new its values are, this customer's and others'. */
  #wrote(change: Values, othersEventAt: number, ownEventAt: number): void {
    const { company } = this.state
    if (!company) return
    company.domain = change['company.domain'] ?? company.domain
    company.name &&= change['company.name'] ?? company.name
    company.othersEventAt = Math.max(company.othersEventAt, othersEventAt)
    company.ownEventAt = Math.max(company.ownEventAt, ownEventAt)
  }

  #follow(record: 'company' | 'contact', recordId: string): void {
    const { company, contact } = this.state
    const known = record === 'company' ? company?.companyId : contact?.contactId
    if (known === recordId) return
    if (record === 'company' && company) company.companyId = recordId
    if (record === 'contact' && contact) contact.contactId = recordId
    this.note(record, 'merged by people into another record, which is followed')
  }

  /** Nothing goes to HubSpot of whoever is to be erased, nor to a record that people do not want. */
  #mayWrite(step: Step): boolean {
    return !this.isErased && !isUnwanted(this.state, step)
  }

  #lost(record: 'company' | 'contact', { correlationId }: Traced): void {
    const { state } = this
    const step = `${record}-update` as const
    const last = state.recreatedAt[record]
    const isFight = last !== undefined && Date.now() - last < RECREATION_WINDOW_MS
    if (isFight || !this.#canMake(step)) {
      const message = isFight ? madeAnewBefore(record) : CANNOT_MAKE[record]
      return this.park(step, { reason: 'missing-in-hubspot', message, fields: [], correlationId }, {})
    }
    // The company of a former firm is not made anew.
    if (record === 'contact' || this.company) state.recreatedAt[record] = Date.now()
    if (record === 'company') state.company = null
    else state.contact = null
    state.isAssociated = false
    this.note(record, 'deleted by people, is made anew', { correlationId })
  }

  /**
   * Of a record that was there, the registration only filled in what was empty, while updates are still to overwrite it;
   * the address by which HubSpot knew the contact is its own already.
   */
  #settle(
    step: Step,
    done: Traced & { outcome: string; by?: 'key' | 'domain' },
    told: Values,
    refused: RefusedField[],
  ): void {
    const wasThere = done.outcome === 'existed' || done.outcome === 'adopted'
    const isRegistration = ({ id }: EventMark) => id === this.state.registration?.id
    markWritten(this.state.fields, told, (field, by) => !wasThere || field === 'email' || isRegistration(by))
    this.state.lastWrittenAt = Date.now()
    const { outcome, by, ...trace } = done
    this.note(step, by === 'domain' ? `${outcome} by its domain` : outcome, trace)
    // A single field waits for its update; whatever the step was, it is done.
    const later = step === 'company' || step === 'contact' ? (`${step}-update` as const) : step
    settle(this.state)
    for (const { field, reason, message } of refused) {
      this.park(later, { reason, message, fields: [field], correlationId: done.correlationId }, told)
    }
  }
}

function madeAnewBefore(record: string): string {
  return `The ${record} was deleted in HubSpot once more after it had been made anew. Resume to make it again, or leave it.`
}

const CANNOT_MAKE = {
  contact:
    'The contact was deleted in HubSpot, and its address is no longer known here. The next event with the address makes it anew.',
  company:
    'The company was deleted in HubSpot, and neither its name nor its domain is known here any more. The next event with one of them makes it anew.',
}

/**
 * Whether what comes with a first id is of another firm than a company that was told without one. In a later life nobody
 * knows whether the id is the first, so that without a domain the name has to be the same.
 */
function isOfAnother({ domain, name }: KnownCompany, values: Values): boolean {
  const isOther = (known: string | null, said: string | null | undefined) => Boolean(known && said && known !== said)
  return values['company.domain'] ? isOther(domain, values['company.domain']) : isOther(name, values['company.name'])
}

function isEmpty(values: Values): boolean {
  return Object.keys(values).length === 0
}
