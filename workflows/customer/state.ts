// All that one run of an onboarding hands to the next: plain JSON, bounded (G8).

import type { CompanyOutcome, ContactOutcome } from '../../domain/crm.ts'
import type { Attention, TimelineEntry } from '../../domain/onboarding-status.ts'
import type { FirmStatement } from './memberships.ts'
import type { EventMark, KnownValues } from './field-values.ts'

/** A company in the CRM, and the firm that it stands for, by the product's id where it has one. */
export type KnownCompany = Pick<CompanyOutcome, 'companyId' | 'url'> & {
  outcome: CompanyOutcome['outcome'] | null
  productCompanyId: string | null
  /** The domain by which it was told, and the name of one that was found from an earlier life. */
  domain: string | null
  name: string | null
  /** Event time of the newest value that this customer has written to it, and that others have; 0 for none. */
  ownEventAt: number
  othersEventAt: number
}
type KnownContact = Pick<ContactOutcome, 'contactId' | 'url'> & { outcome: ContactOutcome['outcome'] | null }

export interface CustomerState {
  version: 1
  customerId: string
  /** The earliest registration. Values of any other event are updates, in whichever order the events arrive. */
  registration: EventMark | null
  fields: KnownValues
  firm: FirmStatement[]
  company: KnownCompany | null
  contact: KnownContact | null
  isAssociated: boolean
  /** Whether an operator wants everything written again, the association after the values. */
  isResync: boolean
  /** The companies that the contact may still be associated with after the customer has moved to another. */
  movedFrom: string[]
  /** When a record that people deleted was last made anew, in milliseconds since the epoch. */
  recreatedAt: { [record in 'company' | 'contact']?: number }
  /** Event time up to which the CRM knows everything from an earlier life of this onboarding (G4). */
  watermark: number | null
  isLookedUp: boolean
  erasure: 'none' | 'asked' | 'begun' | 'done'
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

/** The state of a customer of whom nothing is known yet. */
export function blank(customerId: string): CustomerState {
  return {
    version: 1,
    customerId,
    registration: null,
    fields: {},
    firm: [],
    company: null,
    contact: null,
    isAssociated: false,
    isResync: false,
    movedFrom: [],
    recreatedAt: {},
    watermark: null,
    isLookedUp: false,
    erasure: 'none',
    parked: [],
    lastEventAt: null,
    lastWrittenAt: null,
    seenEvents: [],
    malformedEvents: 0,
    timeline: [],
  }
}

/** What an earlier version of this code may have handed over. */
type EarlierState = Omit<Partial<CustomerState>, 'company' | 'movedFrom'> & {
  company?: (Omit<KnownCompany, 'domain' | 'name' | 'othersEventAt'> & Partial<KnownCompany>) | null
  movedFrom?: string[] | string | null
}

/** What an earlier run handed over, whichever version it was on; what a newer one put into it is carried along untouched. */
export function restored(customerId: string, state: EarlierState): CustomerState {
  const { company, movedFrom, contact, isLookedUp } = state
  return {
    ...blank(customerId),
    ...state,
    company: company ? { domain: null, name: null, othersEventAt: 0, ...company } : null,
    movedFrom: [movedFrom ?? []].flat(),
    // Before every life began with a look-up, one that began with a registration had none.
    isLookedUp: isLookedUp === true || Boolean(contact),
  }
}

/** The newest event ids, within the bounds. */
export function withinBounds(ids: string[]): string[] {
  const recent = ids.slice(-SEEN_EVENTS)
  while (recent.reduce((sum, id) => sum + id.length, 0) > SEEN_CHARACTERS) recent.shift()
  return recent
}
