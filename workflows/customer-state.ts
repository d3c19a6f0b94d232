// What an onboarding knows of its customer: the newest value of each field, what HubSpot was told of it, what is left to write.

import { COMPANY_FIELDS, CONTACT_FIELDS } from '../domain/crm.ts'
import type {
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

/** An event as far as order needs it: the later one wins, and of two at the same time the one with the greater id (G4). */
interface EventMark {
  at: number
  id: string
}

/** A field's newest value and the event that brought it. What is `refused` waits for a person or for a newer value. */
interface KnownValue extends EventMark {
  value: string | null
  is: 'pending' | 'written' | 'refused'
}

/** All that one run of the workflow hands to the next: plain JSON, bounded (G8). */
export interface CustomerState {
  version: 1
  customerId: string
  /** The earliest registration. Values of any other event are updates, in whichever order the events arrive. */
  registration: EventMark | null
  fields: { [field in Field]?: KnownValue }
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
const TIMELINE_ENTRIES = 50

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
    return { customerId, productCompanyId: productCompanyId?.value ?? null, ...this.#known(COMPANY_FIELDS) }
  }

  contactDraft(): ContactDraft {
    const { values, lastEventAt } = this.#known(CONTACT_FIELDS)
    // The handler takes no registration without an address, and an address cannot be cleared.
    return { customerId: this.state.customerId, values: { ...values, email: values.email ?? '' }, lastEventAt }
  }

  /** What the company is still to be told; `null` when there is nothing. */
  companyChange(): CompanyChange | null {
    const { values, lastEventAt } = this.#known(COMPANY_FIELDS, 'pending')
    if (!this.state.company || isEmpty(values)) return null
    return { companyId: this.state.company.companyId, values, lastEventAt }
  }

  contactChange(): ContactChange | null {
    const { values, lastEventAt } = this.#known(CONTACT_FIELDS, 'pending')
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

  associated({ correlationId }: { correlationId: string | null }): void {
    this.state.isAssociated = true
    this.#settle('association', { outcome: 'associated', correlationId }, {}, [])
  }

  /** Remembers what became of a change. A record that people deleted parks its fields. */
  written(step: 'company-update' | 'contact-update', change: Values, outcome: WriteOutcome): void {
    if (outcome.outcome === 'missing') {
      this.park(step, {
        reason: 'missing-in-hubspot',
        message: 'The record is gone from HubSpot. Restore it there, then resume.',
        fields: Object.keys(change),
        correlationId: outcome.correlationId,
      })
    } else {
      this.#settle(step, outcome, change, outcome.outcome === 'written' ? outcome.refused : [])
    }
  }

  /** Puts a step aside until a person, or a newer value of what was refused, lets it be tried again (G9). */
  park(step: Step, refusal: Pick<Refusal, 'reason' | 'message' | 'fields' | 'correlationId'>): void {
    const { reason, message, fields, correlationId } = refusal
    this.state.parked.push({ reason, step, since: now(), message, ...(fields.length > 0 ? { fields } : {}) })
    for (const field of fields) this.#mark(field as Field, 'refused')
    this.note(step, `parked: ${reason}`, correlationId)
  }

  isParked(step: Step): boolean {
    return this.state.parked.some((attention) => attention.step === step)
  }

  /** Lets everything that was put aside be tried again. */
  resume(): void {
    this.#release(() => true)
    this.note('resume', 'ordered by an operator')
  }

  note(what: string, outcome: string, correlationId: string | null = null): void {
    const entry = { at: now(), what, outcome, ...(correlationId === null ? {} : { correlationId }) }
    // A burst of events is one line, so that it cannot push what was done in HubSpot out of sight.
    const last = this.state.timeline.at(-1)
    const before =
      last?.what === what && last.outcome === outcome && !correlationId
        ? this.state.timeline.slice(0, -1)
        : this.state.timeline
    this.state.timeline = [...before, entry].slice(-TIMELINE_ENTRIES)
  }

  /** Keeps what is newer than what is known; says whether the event is new at all (G4, G5). */
  #take(fact: Fact, what: string): boolean {
    const { state } = this
    if (state.seenEvents.includes(fact.id)) return false
    state.seenEvents = withinBounds([...state.seenEvents, fact.id])

    const mark = { at: fact.at, id: fact.id }
    const news: Field[] = []
    for (const [field, value] of Object.entries(fact.values) as [Field, string | null][]) {
      const known = state.fields[field]
      if (known && !isLater(mark, known)) continue
      state.fields[field] = { value, ...mark, is: 'pending' }
      news.push(field)
    }
    if (fact.productCompanyId !== null && (!state.productCompanyId || isLater(mark, state.productCompanyId))) {
      state.productCompanyId = { value: fact.productCompanyId, ...mark }
    }

    state.lastEventAt = Math.max(state.lastEventAt ?? fact.at, fact.at)
    if (news.length > 0) this.#release(({ fields }) => !fields || fields.some((field) => news.includes(field as Field)))
    this.note('event', news.length > 0 ? what : `${what}, nothing newer`)
    return true
  }

  #known<Name extends Field>(
    names: readonly Name[],
    is?: KnownValue['is'],
  ): { values: Values<Name>; lastEventAt: number } {
    const known = names.flatMap((name) => {
      const value: KnownValue | undefined = this.state.fields[name]
      return value && (!is || value.is === is) ? [{ name, ...value }] : []
    })
    return {
      values: Object.fromEntries(known.map(({ name, value }) => [name, value])) as Values<Name>,
      lastEventAt: Math.max(0, ...known.map(({ at }) => at)),
    }
  }

  /**
   * Of a record that existed, the registration only filled in what was empty, while updates are still to overwrite it;
   * the address by which HubSpot knew the contact is its own already.
   */
  #settle(
    step: Step,
    done: { outcome: string; correlationId: string | null },
    told: Values,
    refused: RefusedField[],
  ): void {
    for (const [field, value] of Object.entries(told) as [Field, string | null][]) {
      const known = this.state.fields[field]
      const isDone = done.outcome !== 'existed' || field === 'email' || known?.id === this.state.registration?.id
      // A newer value may have arrived while this one was on its way; it goes with the next write (G6).
      if (known?.value === value && isDone) this.#mark(field, 'written')
    }
    this.state.lastWrittenAt = Date.now()
    this.note(step, done.outcome, done.correlationId)
    for (const { field, reason, message } of refused) {
      this.park(step, { reason, message, fields: [field], correlationId: done.correlationId })
    }
  }

  #mark(field: Field, is: KnownValue['is']): void {
    const known = this.state.fields[field]
    if (known) known.is = is
  }

  #release(which: (attention: Attention) => boolean): void {
    for (const { fields = [] } of this.state.parked.filter(which)) {
      for (const field of fields)
        if (this.state.fields[field as Field]?.is === 'refused') this.#mark(field as Field, 'pending')
    }
    this.state.parked = this.state.parked.filter((attention) => !which(attention))
  }
}

function isLater(one: EventMark, other: EventMark): boolean {
  return one.at === other.at ? one.id > other.id : one.at > other.at
}

function isEmpty(values: Values): boolean {
  return Object.keys(values).length === 0
}

function withinBounds(ids: string[]): string[] {
  const recent = ids.slice(-SEEN_EVENTS)
  while (recent.reduce((sum, id) => sum + id.length, 0) > SEEN_CHARACTERS) recent.shift()
  return recent
}

function now(): string {
  return new Date().toISOString()
}
