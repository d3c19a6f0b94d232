// What an onboarding knows of its customer: the newest value of each field, what HubSpot was told of it, what is left to write.

import { COMPANY_FIELDS, CONTACT_FIELDS } from '../domain/crm.ts'
import type {
  AssociationOutcome,
  CompanyChange,
  CompanyDraft,
  CompanyOutcome,
  ContactChange,
  ContactDraft,
  ContactOutcome,
  Field,
  RefusedField,
  Values,
  WriteOutcome,
} from '../domain/crm.ts'
import type { Refusal } from '../domain/failures.ts'
import type { Attention, Phase, Step, TimelineEntry } from '../domain/onboarding.ts'
import type { Fact } from './customer-fact.ts'
import { hasNewer, isLater, keepNewer, mark, markWritten, valuesOf } from './known-values.ts'
import type { EventMark, KnownValues } from './known-values.ts'
import { noted } from './timeline.ts'

/** What is known of a refusal when a customer is parked. */
type Parking = Pick<Refusal, 'reason' | 'message' | 'fields' | 'correlationId'>

/** All that one run of the workflow hands to the next: plain JSON, bounded (G8). */
export interface CustomerState {
  version: 1
  customerId: string
  /** The earliest registration. Values of any other event are updates, in whichever order the events arrive. */
  registration: EventMark | null
  fields: KnownValues
  productCompanyId: (EventMark & { value: string }) | null
  company: Omit<CompanyOutcome, 'refused'> | null
  contact: Omit<ContactOutcome, 'refused'> | null
  isAssociated: boolean
  parked: Attention[]
  lastEventAt: number | null
  lastWrittenAt: number | null
  seenEvents: string[]
  malformedEvents: number
  timeline: TimelineEntry[]
}

// A product repeats an event within minutes, and by G4 a repeat beyond these bounds does no harm. An id has up to 256
// characters of up to three bytes, so their total length is bounded too: 12 of the state's 64 KiB (G8).
const SEEN_EVENTS = 200
const SEEN_CHARACTERS = 4 * 1024

/** One customer's file: facts go in, drafts and changes come out. It knows the rules of order and nothing of Temporal. */
export class Customer {
  readonly state: CustomerState

  /** Opens a new file, or an earlier run's; what a newer version may have put into it is carried along untouched. */
  constructor(state: Partial<CustomerState> & { customerId: string }) {
    this.state = {
      version: 1,
      registration: null,
      fields: {},
      productCompanyId: null,
      company: null,
      contact: null,
      isAssociated: false,
      parked: [],
      lastEventAt: null,
      lastWrittenAt: null,
      seenEvents: [],
      malformedEvents: 0,
      timeline: [],
      ...state,
    }
  }

  get phase(): Phase {
    if (!this.state.registration) return 'awaiting-registration'
    if (!this.state.company) return 'company'
    if (!this.state.contact) return 'contact'
    return this.state.isAssociated ? 'onboarded' : 'association'
  }

  /** Takes in a registration. A second one counts as an update of the fields that it carries. */
  register(fact: Fact): void {
    const earlier = this.state.registration
    if (!this.#take(fact, earlier ? 'registered again' : 'registered')) return
    if (!earlier || isLater(earlier, fact)) this.state.registration = { at: fact.at, id: fact.id }
  }

  /** Takes in an update. One that overtook its registration is kept until that arrives. */
  update(fact: Fact): void {
    this.#take(fact, 'updated')
  }

  /** Counts a signal that nobody can understand (G7). */
  malformed(): void {
    this.state.malformedEvents += 1
    this.note('event', 'not understood, without effect')
  }

  companyDraft(): CompanyDraft {
    const { customerId, productCompanyId } = this.state
    return {
      customerId,
      productCompanyId: productCompanyId?.value ?? null,
      ...valuesOf(this.state.fields, COMPANY_FIELDS),
    }
  }

  contactDraft(): ContactDraft {
    const { values, lastEventAt } = valuesOf(this.state.fields, CONTACT_FIELDS)
    // The handler takes no registration without an address, and an address cannot be cleared.
    return { customerId: this.state.customerId, values: { ...values, email: values.email ?? '' }, lastEventAt }
  }

  /** What the company is still to be told; `null` when there is nothing. */
  companyChange(): CompanyChange | null {
    const { values, lastEventAt } = valuesOf(this.state.fields, COMPANY_FIELDS, 'pending')
    if (!this.state.company || isEmpty(values)) return null
    return { companyId: this.state.company.companyId, values, lastEventAt }
  }

  contactChange(): ContactChange | null {
    const { values, lastEventAt } = valuesOf(this.state.fields, CONTACT_FIELDS, 'pending')
    if (!this.state.contact || isEmpty(values)) return null
    return { contactId: this.state.contact.contactId, values, lastEventAt }
  }

  companyFound(draft: CompanyDraft, { refused, ...company }: CompanyOutcome): void {
    this.state.company = company
    this.#settle('company', company, draft.values, refused)
  }

  contactFound(draft: ContactDraft, { refused, ...contact }: ContactOutcome): void {
    this.state.contact = contact
    this.#settle('contact', contact, draft.values, refused)
  }

  associated(association: AssociationOutcome): void {
    this.state.isAssociated = true
    this.#settle('association', { outcome: 'associated', ...association }, {}, [])
  }

  /** Remembers what became of a change. A record that people deleted parks its fields. */
  written(step: 'company-update' | 'contact-update', change: Values, outcome: WriteOutcome): void {
    if (outcome.outcome === 'missing') {
      const message = 'The record is gone from HubSpot. Restore it there, then resume.'
      const { correlationId } = outcome
      this.park(step, { reason: 'missing-in-hubspot', message, fields: Object.keys(change), correlationId }, change)
    } else {
      this.#settle(step, outcome, change, outcome.outcome === 'written' ? outcome.refused : [])
    }
  }

  /**
   * Puts a step, or single fields of it, aside until a person or a newer value lets it be tried again (G9).
   *
   * @param told what HubSpot refused; when a newer value came in meanwhile, there is nothing to wait for
   */
  park(step: Step, refusal: Parking, told: Values): void {
    const { reason, message, fields, correlationId } = refusal
    if (hasNewer(this.state.fields, told, fields)) return
    this.state.parked.push({
      reason,
      step,
      since: new Date().toISOString(),
      message,
      ...(fields.length > 0 ? { fields } : {}),
    })
    mark(this.state.fields, fields, ['pending', 'written'], 'refused')
    this.note(step, `parked: ${reason}`, { correlationId })
  }

  isParked(step: Step): boolean {
    return this.state.parked.some((attention) => attention.step === step)
  }

  /** Lets everything that was put aside be tried again. */
  resume(): void {
    this.#release(() => true)
    this.note('resume', 'ordered by an operator')
  }

  note(what: string, outcome: string, trace: { correlationId?: string | null; remark?: string } = {}): void {
    this.state.timeline = noted(this.state.timeline, { what, outcome, ...trace })
  }

  /** Keeps what is newer than what is known; says whether the event is new at all (G4, G5). */
  #take(fact: Fact, what: string): boolean {
    const { state } = this
    if (state.seenEvents.includes(fact.id)) return false
    state.seenEvents = withinBounds([...state.seenEvents, fact.id])

    const news = keepNewer(state.fields, fact)
    if (fact.productCompanyId !== null && (!state.productCompanyId || isLater(fact, state.productCompanyId))) {
      state.productCompanyId = { value: fact.productCompanyId, at: fact.at, id: fact.id }
    }

    state.lastEventAt = Math.max(state.lastEventAt ?? fact.at, fact.at)
    if (news.length > 0) this.#release(({ fields }) => !fields || fields.some((field) => news.includes(field as Field)))
    this.note('event', news.length > 0 ? what : `${what}, nothing newer`)
    return true
  }

  /**
   * Of a record that existed, the registration only filled in what was empty, while updates are still to overwrite it;
   * the address by which HubSpot knew the contact is its own already.
   */
  #settle(
    step: Step,
    done: { outcome: string; correlationId: string | null; by?: 'key' | 'domain'; remark?: string },
    told: Values,
    refused: RefusedField[],
  ): void {
    const wasThere = done.outcome === 'existed' || done.outcome === 'adopted'
    const isRegistration = ({ id }: EventMark) => id === this.state.registration?.id
    markWritten(this.state.fields, told, (field, by) => {
      return !wasThere || field === 'email' || isRegistration(by)
    })
    this.state.lastWrittenAt = Date.now()
    const { outcome, by, ...trace } = done
    this.note(step, by === 'domain' ? `${outcome} by its domain` : outcome, trace)
    for (const { field, reason, message } of refused) {
      this.park(step, { reason, message, fields: [field], correlationId: done.correlationId }, told)
    }
  }

  #release(which: (attention: Attention) => boolean): void {
    const released = this.state.parked.filter(which).flatMap(({ fields = [] }) => fields)
    mark(this.state.fields, released, ['refused'], 'pending')
    this.state.parked = this.state.parked.filter((attention) => !which(attention))
  }
}

function isEmpty(values: Values): boolean {
  return Object.keys(values).length === 0
}

function withinBounds(ids: string[]): string[] {
  const recent = ids.slice(-SEEN_EVENTS)
  while (recent.reduce((sum, id) => sum + id.length, 0) > SEEN_CHARACTERS) recent.shift()
  return recent
}
