// The state that a run passes to the next one: plain JSON, below 64 KiB (G8), with a version and migrations.

import type { CompanyOutcome, ContactOutcome } from '../../domain/crm.ts'
import type { Attention, TimelineEntry } from '../../domain/onboarding-status.ts'
import type { EventVersion, FieldValues } from './field-values.ts'
import type { Membership } from './memberships.ts'

const STATE_VERSION = 2

/** A company in the CRM that the customer's contact is, or will be, associated with. */
export interface CompanyReference {
  companyId: string
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
}

/** One of the two records: the customer's values, and the record in the CRM once it is there. */
export interface RecordState<Reference> {
  fields: FieldValues
  reference: Reference | null
  /** When onramp last noticed that HubSpot users deleted the record, in milliseconds since the epoch. */
  deletedAt: number | null
}

/** A signal of a type that this version does not know, as it came. A newer version reads it (G1). */
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
  /** The companies that the contact may still be associated with after the customer has moved to another one. */
  movedFrom: string[]
  /** Whether an operator has requested a resync. The values are written first, then the association. */
  isResync: boolean
  /** At the look-up, the CRM had the values of every event up to this event time (G4). */
  watermark: number | null
  isLookedUp: boolean
  erasure: 'none' | 'requested' | 'begun' | 'done'
  parked: Attention[]
  lastEventAt: number | null
  lastWrittenAt: number | null
  seenEvents: string[]
  malformedEvents: number
  unknownSignals: UnknownSignal[]
  timeline: TimelineEntry[]
}

/** The state of a customer of whom nothing is known yet. */
function initialState(customerId: string): CustomerState {
  return {
    version: STATE_VERSION,
    customerId,
    registration: null,
    company: { fields: {}, reference: null, deletedAt: null },
    contact: { fields: {}, reference: null, deletedAt: null },
    memberships: [],
    isAssociated: false,
    movedFrom: [],
    isResync: false,
    watermark: null,
    isLookedUp: false,
    erasure: 'none',
    parked: [],
    lastEventAt: null,
    lastWrittenAt: null,
    seenEvents: [],
    malformedEvents: 0,
    unknownSignals: [],
    timeline: [],
  }
}

/** The state of an erased customer: nothing personal, only the timeline and counters. */
export function tombstone({ customerId, timeline, malformedEvents, lastEventAt }: CustomerState): CustomerState {
  const retained = { timeline, malformedEvents, lastEventAt }
  return { ...initialState(customerId), isLookedUp: true, erasure: 'done', ...retained }
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
  return { ...initialState(customerId), ...state }
}

/** The values of both records. */
export function fieldsOf({ company, contact }: Readonly<Pick<CustomerState, 'company' | 'contact'>>): FieldValues {
  return { ...contact.fields, ...company.fields }
}
