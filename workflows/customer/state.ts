// The state that a run passes to the next one: plain JSON, below 64 KiB (G8), with a version and migrations.

import type { CompanyOutcome, ContactCompanies, ContactOutcome } from '../../domain/crm.ts'
import type { Priority } from '../../domain/step-call.ts'
import type { Attention, TimelineEntry } from '../../domain/onboarding-status.ts'
import type { Step } from '../../domain/onboarding.ts'
import type { EventVersion, FieldValues } from './field-values.ts'
import type { Membership } from './memberships.ts'
import type { ReadBack, SentAt } from './read-back.ts'

const STATE_VERSION = 2

/** A company in the CRM that the customer's contact is, or will be, associated with. */
export interface CompanyReference {
  companyId: string
  /** The key by which the CRM finds the company; opaque. */
  key: string
  url: string | null
  /** `null` for a company that a look-up found. */
  outcome: CompanyOutcome['outcome'] | null
  /** The organization that the company stands for; `null` when the product sent no id of it. */
  organizationId: string | null
  /** Domain and name identify an organization without an id. The name is set only for a company that a look-up found. */
  domain: string | null
  name: string | null
  /** Event times of the newest value that this customer has written to the company, and that others have written; 0 for none. */
  ownEventAt: number
  othersEventAt: number
}

export interface ContactReference {
  contactId: string
  url: string | null
  outcome: ContactOutcome['outcome'] | null
  /** The contact's companies when onramp created or claimed it, until it is associated; `null` when they are not known. */
  companies: ContactCompanies | null
  /** The company's key and the watermark that the contact keeps in the CRM. */
  companyKey: string | null
  writtenEventAt: number
}

/** One of the two records: the customer's values, and the record in the CRM once it is there. */
export interface RecordState<Reference> {
  fields: FieldValues
  reference: Reference | null
  /** When onramp last noticed that HubSpot users deleted the record, in milliseconds since the epoch. */
  deletedAt: number | null
  /** The record is to be read back, since a write got no response; `null` when it is not. */
  readBack: ReadBack | null
  /** The fields that a local activity sent, or may have sent, in the last 90 seconds. */
  sentAt: SentAt
}

/** A signal of a type that this version does not know, unchanged. A newer version reads it (G1). */
export interface UnknownSignal {
  name: string
  payload: unknown
}

export interface CustomerState {
  version: number
  customerId: string
  /** The earliest registration. Values of any other event are updates, in whichever order the events arrive. */
  registration: EventVersion | null
  company: RecordState<CompanyReference>
  contact: RecordState<ContactReference>
  memberships: Membership[]
  isAssociated: boolean
  /** Whether the customer has been onboarded before, in this run or an earlier one, also when the association is due again. */
  wasOnboarded: boolean
  /** Contacts that HubSpot users deleted and onramp re-created. An erasure includes them. */
  formerContactIds: string[]
  /** The company of the last association call, also when the call failed or got no response. */
  sentAssociation: string | null
  /** The company with which onramp itself associated the contact. Other associations belong to HubSpot users. */
  ownAssociation: string | null
  /** Whether the CRM may have a company that is this customer's alone. `unknown` until the first company is registered. */
  ownCompany: 'unknown' | 'possible' | 'none'
  /** The companies that the contact may still be associated with after the customer has moved to another one. */
  movedFrom: string[]
  /** Whether an operator has requested a resync. The values are written first, then the association. */
  isResync: boolean
  /** At the look-up, the CRM had the values of every event up to this event time (G4). */
  watermark: number | null
  isLookedUp: boolean
  /** `looking-again`: the contact is erased, and the CRM may still execute an earlier call that creates it again. */
  erasure: 'none' | 'requested' | 'begun' | 'looking-again' | 'done'
  /** When the erasure was requested, onramp was about to create the contact: a local activity may have sent the create unseen. */
  mayBeCreatedUnseen: boolean
  /** When the erasure looks again for the contact, in milliseconds since the epoch. */
  looksAgainAt: number[]
  /** When the first event arrived that waits for a registration, in milliseconds since the epoch; `null` before it. */
  awaitsRegistrationSince: number | null
  /** The step that a regular activity does at present, as in `PendingStep`; `since` is in milliseconds since the epoch. */
  pendingStep: { step: Step; since: number; isLate: boolean } | null
  parked: Attention[]
  /** The attempts that onramp has made by itself for a parked step, and since when it is parked; `null` before the first. */
  retried: { attempts: number; since: string } | null
  /** Of the newest event or command, which has brought the present work. */
  priority: Priority
  lastEventAt: number | null
  lastWrittenAt: number | null
  seenEvents: string[]
  malformedEvents: number
  /** Events that came after the erasure was requested. */
  lateEvents: number
  unknownSignals: UnknownSignal[]
  timeline: TimelineEntry[]
}

/** The state of a customer of whom nothing is known yet. */
function initialState(customerId: string): CustomerState {
  return {
    version: STATE_VERSION,
    customerId,
    registration: null,
    company: { fields: {}, reference: null, deletedAt: null, readBack: null, sentAt: {} },
    contact: { fields: {}, reference: null, deletedAt: null, readBack: null, sentAt: {} },
    memberships: [],
    isAssociated: false,
    wasOnboarded: false,
    formerContactIds: [],
    sentAssociation: null,
    ownAssociation: null,
    ownCompany: 'unknown',
    movedFrom: [],
    isResync: false,
    watermark: null,
    isLookedUp: false,
    erasure: 'none',
    mayBeCreatedUnseen: false,
    looksAgainAt: [],
    awaitsRegistrationSince: null,
    pendingStep: null,
    parked: [],
    retried: null,
    priority: 'live',
    lastEventAt: null,
    lastWrittenAt: null,
    seenEvents: [],
    malformedEvents: 0,
    lateEvents: 0,
    unknownSignals: [],
    timeline: [],
  }
}

/**
 * The state of an erased customer: nothing personal, only the timeline and counters. While the erasure still looks again for the
 * contact, also the contact's id.
 */
export function tombstone(state: CustomerState, looksAgainAt: number[]): CustomerState {
  const { customerId, timeline, malformedEvents, lateEvents, lastEventAt, wasOnboarded, contact } = state
  const retained = { timeline, malformedEvents, lateEvents, lastEventAt, wasOnboarded }
  const erased = { ...initialState(customerId), isLookedUp: true, erasure: 'done' as const, ...retained }
  if (looksAgainAt.length === 0) return erased
  const { contactId } = contact.reference ?? {}
  const ids = { url: null, outcome: null, companies: null, companyKey: null, writtenEventAt: 0 }
  const reference = contactId === undefined ? null : { contactId, ...ids }
  return { ...erased, erasure: 'looking-again', looksAgainAt, contact: { ...erased.contact, reference } }
}

/** The state after an operator has lifted the erasure: a new customer, of whom only the timeline is known. */
export function liftedTombstone(state: CustomerState): CustomerState {
  const { customerId, timeline, malformedEvents, lateEvents, wasOnboarded } = state
  return { ...initialState(customerId), timeline, malformedEvents, lateEvents, wasOnboarded }
}

/** A state as some version of this code wrote it. */
export type StoredState = Partial<CustomerState>

/** Each migrates a state to the version after its own. Version 1 (0.1.0) was never in production, so none is needed yet. */
type Migrations = { [version: number]: (state: StoredState) => StoredState }
const MIGRATIONS: Migrations = {}

/**
 * The previous run's state, migrated to the current version. A key that was added since gets its initial value without a
 * migration. After a rollback, the state may be of a newer version. Then its unknown keys and its version number stay unchanged,
 * so that the newer version can read them later.
 *
 * @throws Error for an older version without a migration
 */
export function migrateState(
  customerId: string,
  stored: StoredState,
  migrations: Migrations = MIGRATIONS,
): CustomerState {
  let state = stored
  for (let version = stored.version ?? STATE_VERSION; version < STATE_VERSION; version += 1) {
    const migrate = migrations[version]
    // The workflow task fails and Temporal repeats it, until a worker has the migration. A state that is dropped would be lost.
    if (!migrate) throw new Error(`No migration exists for a state of version ${version}.`)
    state = { ...migrate(state), version: version + 1 }
  }
  // An older state has no such key. There, the association says whether the customer was onboarded.
  const wasOnboarded = state.isAssociated === true || (state.ownAssociation ?? null) !== null
  return { ...initialState(customerId), wasOnboarded, ...state }
}

/** The values of both records. */
export function fieldsOf({ company, contact }: Readonly<Pick<CustomerState, 'company' | 'contact'>>): FieldValues {
  return { ...contact.fields, ...company.fields }
}
