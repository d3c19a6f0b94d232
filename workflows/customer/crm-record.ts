// What the company and the contact of a customer have in common: newest values in, drafts and changes out.

import { situations } from '../../domain/attention.ts'
import type { Explanation } from '../../domain/attention.ts'
import type { RejectedField, WriteOutcome } from '../../domain/crm.ts'
import type { Field, Values } from '../../domain/fields.ts'
import type { FieldState } from '../../domain/onboarding.ts'
import { newerValues, withOutcome, withStates } from './field-values.ts'
import type { EventVersion } from './field-values.ts'
import type { RecordState } from './state.ts'

// HubSpot users who delete a record a second time within a month do not want it; an operator decides then.
const RECREATION_WINDOW_MS = 30 * 24 * 60 * 60 * 1000

/** A change that was sent, as far as its outcome needs it. */
export interface SentChange {
  values: Values
  lastEventAt: number
}

/** One of the two records. `Link` is how the state names the record in the CRM. */
export abstract class CrmRecord<Link extends object, Draft, Change extends SentChange, Outcome> {
  abstract readonly name: 'company' | 'contact'
  /** The step that writes changes to the record; single rejected fields are parked at it. */
  abstract readonly updateStep: 'company-update' | 'contact-update'
  protected abstract readonly fieldNames: readonly Field[]
  /** What an event has to bring before the record can be created. */
  protected abstract readonly neededToCreate: string
  protected abstract readonly state: RecordState<Link>

  /** What the record is to be created from. */
  abstract draft(): Draft
  /** What is still to be written to the record in the CRM; `null` when that is nothing, or must not be. */
  abstract change(): Change | null
  /** Takes over that the record is there, which of the draft's values it has, and which of HubSpot users' values stay. */
  abstract created(draft: Draft, outcome: Outcome): void
  /** Follows the record to another id after HubSpot users have merged it; says whether it was another one. */
  abstract merged(recordId: string): boolean
  /** Whether enough is known to create the record. */
  abstract get canCreate(): boolean
  /** Whether the customer still needs the record, so that a deletion is undone. */
  protected abstract get isNeeded(): boolean

  /** Keeps the event's values that are newer; returns their fields. */
  accept(event: EventVersion & { values: Values }): Field[] {
    const newer = newerValues(this.state.fields, this.fieldNames, event)
    this.state.fields = { ...this.state.fields, ...newer }
    return Object.keys(newer) as Field[]
  }

  /** Takes over which values of a change the CRM has. */
  written(sent: Change, outcome: Exclude<WriteOutcome, { outcome: 'missing' }>): void {
    const rejected = outcome.outcome === 'written' ? namesOf(outcome.rejected) : []
    this.state.fields = withOutcome(this.state.fields, sent.values, (field, value) => {
      if (rejected.includes(field)) return value.state
      if (outcome.outcome === 'skipped' || outcome.skipped.includes(field)) return 'skipped'
      return 'written'
    })
  }

  /** Takes over that the record was deleted. Returns why it cannot be re-created; `null` when it is to be. */
  lost(): Explanation | null {
    const { recreatedAt } = this.state
    if (recreatedAt !== null && Date.now() - recreatedAt < RECREATION_WINDOW_MS) {
      return situations.deletedAgain(this.name)
    }
    if (!this.canCreate) return situations.notCreatable(this.name, this.neededToCreate)
    if (this.isNeeded) this.state.recreatedAt = Date.now()
    this.state.link = null
    return null
  }

  /** Allows the record to be re-created once more. */
  allowRecreation(): void {
    this.state.recreatedAt = null
  }

  /** Has fields wait until they are parked no more. */
  reject(fields: readonly Field[]): void {
    this.#setState('rejected', ({ state }, field) => fields.includes(field) && state !== 'rejected')
  }

  /** Has parked fields written again. */
  retry(fields: readonly Field[]): void {
    this.#setState('pending', ({ state }, field) => fields.includes(field) && state === 'rejected')
  }

  /** Has everything written again, over what HubSpot users changed. */
  resync(): void {
    this.#setState('pending', ({ state }) => state !== 'rejected')
  }

  /** Has the values written that this event brought and that HubSpot users' values have kept out. */
  overwriteKept({ id }: EventVersion): void {
    this.#setState('pending', (value) => value.id === id && value.state === 'kept')
  }

  #setState(to: FieldState, isMeant: (value: { state: FieldState; id: string }, field: Field) => boolean): void {
    this.state.fields = withStates(this.state.fields, (value, field) => (isMeant(value, field) ? to : value.state))
  }
}

/** A record as the outcome of a change needs it. */
export type ChangedRecord<Change extends SentChange> = Pick<
  CrmRecord<object, unknown, Change, unknown>,
  'name' | 'updateStep' | 'merged' | 'written' | 'lost'
>

export function namesOf(rejected: RejectedField[]): Field[] {
  return rejected.map(({ field }) => field)
}
