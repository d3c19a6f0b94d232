// The common part of a customer's company and contact: accepts values, and returns drafts and changes.

import { explanations } from '../../domain/attention.ts'
import type { Explanation } from '../../domain/attention.ts'
import type { RejectedField, WriteOutcome } from '../../domain/crm.ts'
import type { Field, Values } from '../../domain/fields.ts'
import type { FieldState } from '../../domain/onboarding.ts'
import { newerValues, withOutcome, withStates } from './field-values.ts'
import type { EventVersion } from './field-values.ts'
import type { RecordState } from './state.ts'

// When HubSpot users delete a record twice within a month, they do not want it. Then an operator decides.
const RECREATION_WINDOW_MS = 30 * 24 * 60 * 60 * 1000

/** A change that was sent. */
export interface SentChange {
  values: Values
  lastEventAt: number
}

/** One of the two records. `Reference` holds the record's id in the CRM. */
export abstract class CrmRecord<Reference extends object, Draft, Change extends SentChange, Outcome> {
  abstract readonly name: 'company' | 'contact'
  /** The step that writes changes to the record; single rejected fields are parked at it. */
  abstract readonly updateStep: 'company-update' | 'contact-update'
  protected abstract readonly fieldNames: readonly Field[]
  /** Names the data that an event must bring before onramp can create the record. */
  protected abstract readonly neededToCreate: string
  protected abstract readonly state: RecordState<Reference>

  /** The values to create the record with. */
  abstract draft(): Draft
  /** The pending values to send; `null` when there are none, or when writing is not allowed. */
  abstract change(): Change | null
  /** Stores the record's id, and sets each sent field to `written`, `kept` or `pending`. */
  abstract created(draft: Draft, outcome: Outcome): void
  /** Stores the surviving record's id after HubSpot users have merged the record. Returns whether it is another id. */
  abstract merged(recordId: string): boolean
  /** Whether enough is known to create the record. */
  abstract get canCreate(): boolean
  /** Whether the customer still needs the record. */
  protected abstract get isNeeded(): boolean

  /** Keeps the event's values that are newer; returns their fields. */
  accept(event: EventVersion & { values: Values }): Field[] {
    const newer = newerValues(this.state.fields, this.fieldNames, event)
    this.state.fields = { ...this.state.fields, ...newer }
    return Object.keys(newer) as Field[]
  }

  /** Sets the state of each sent field from the outcome. */
  written(sent: Change, outcome: Exclude<WriteOutcome, { outcome: 'missing' }>): void {
    const rejected = outcome.outcome === 'written' ? namesOf(outcome.rejected) : []
    this.state.fields = withOutcome(this.state.fields, sent.values, (field, value) => {
      if (rejected.includes(field)) return value.state
      if (outcome.outcome === 'skipped' || outcome.skipped.includes(field)) return 'skipped'
      return 'written'
    })
  }

  /** Handles the deletion of the record. Returns why onramp does not re-create it; `null` when it does. */
  deleted(): Explanation | null {
    // The CRM has none of the values any more (G12).
    this.resync()
    const { deletedAt } = this.state
    if (deletedAt !== null && Date.now() - deletedAt < RECREATION_WINDOW_MS) {
      return explanations.deletedAgain(this.name)
    }
    if (!this.canCreate) return explanations.notCreatable(this.name, this.neededToCreate)
    if (this.isNeeded) this.state.deletedAt = Date.now()
    this.state.reference = null
    return null
  }

  /** Allows the record to be re-created again. */
  allowRecreation(): void {
    this.state.deletedAt = null
  }

  /** Holds fields back while they are parked. */
  reject(fields: readonly Field[]): void {
    this.#setState('rejected', ({ state }, field) => fields.includes(field) && state !== 'rejected')
  }

  /** Has unparked fields written again. */
  retry(fields: readonly Field[]): void {
    this.#setState('pending', ({ state }, field) => fields.includes(field) && state === 'rejected')
  }

  /** Has everything written again, over what HubSpot users changed. */
  resync(): void {
    this.#setState('pending', ({ state }) => state !== 'rejected')
  }

  /** Has this event's values written over those of HubSpot users that were kept so far. */
  overwriteKept({ id }: EventVersion): void {
    this.#setState('pending', (value) => value.id === id && value.state === 'kept')
  }

  #setState(to: FieldState, isMeant: (value: { state: FieldState; id: string }, field: Field) => boolean): void {
    this.state.fields = withStates(this.state.fields, (value, field) => (isMeant(value, field) ? to : value.state))
  }
}

/** The part of a record that the outcome of a change needs. */
export type ChangedRecord<Change extends SentChange> = Pick<
  CrmRecord<object, unknown, Change, unknown>,
  'name' | 'updateStep' | 'merged' | 'written' | 'deleted'
>

export function namesOf(rejected: RejectedField[]): Field[] {
  return rejected.map(({ field }) => field)
}
