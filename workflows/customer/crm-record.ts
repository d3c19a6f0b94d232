// The common part of a customer's company and contact: accepts values, and returns drafts and changes.

import { explanations } from '../../domain/attention.ts'
import type { Explanation } from '../../domain/attention.ts'
import type { RejectedField, WriteOutcome } from '../../domain/crm.ts'
import type { Field, Values } from '../../domain/fields.ts'
import type { FieldState } from '../../domain/onboarding.ts'
import { newerValues, selectValues, withOutcome, withResent, withStates } from './field-values.ts'
import type { EventVersion, FieldValue, Repetition } from './field-values.ts'
import { afterQuickChange, afterReadBack, afterUnanswered, recentOnly } from './read-back.ts'
import type { RecordState } from './state.ts'

// When HubSpot users delete a record twice within a month, they do not want it. Then an operator decides.
const RECREATION_WINDOW_MS = 30 * 24 * 60 * 60 * 1000

/** A change that was sent. */
export interface SentChange {
  values: Values
  lastEventAt: number
  /** The change is a read-back. */
  onlyDifferent?: true
  compared?: Values
}

/** One of the two records. `Reference` holds the record's id in the CRM. */
export abstract class CrmRecord<Reference extends object, Draft, Change extends SentChange, Outcome> {
  abstract readonly name: 'company' | 'contact'
  /** The step that writes changes to the record; single rejected fields are parked at it. */
  abstract readonly updateStep: 'company-update' | 'contact-update'
  protected abstract readonly fieldNames: readonly Field[]
  protected abstract readonly repetition: Repetition
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
    const newer = newerValues(this.state.fields, this.fieldNames, event, this.repetition)
    const names = Object.keys(newer) as Field[]
    this.#noteQuickChange(names)
    this.state.fields = { ...this.state.fields, ...newer }
    return names
  }

  /** Sets the state of each sent field from the outcome. */
  written(sent: Change, outcome: Exclude<WriteOutcome, { outcome: 'missing' }>): void {
    this.state.fields = withOutcome(this.state.fields, sent.values, (field, value) => {
      if (outcome.outcome === 'skipped' || outcome.skipped.includes(field)) return 'skipped'
      if (namesOf(outcome.rejected).includes(field)) return value.state
      return outcome.kept.includes(field) ? 'kept' : 'written'
    })
    const { present = [] } = outcome.outcome === 'written' ? outcome : {}
    this.state.fields = withOutcome(this.state.fields, sent.compared ?? {}, (field, { state }) =>
      state === 'kept' && present.includes(field) ? 'written' : state,
    )
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

  /**
   * The record was there, and a local activity has written these values to it. An earlier attempt whose worker was killed may have sent
   * a value that has been replaced since.
   */
  filledIn(values: Values): void {
    const now = Date.now()
    const recent = recentOnly(this.state.sentAt, now)
    const replaced = (Object.keys(values) as Field[]).filter((field) => field in recent)
    if (replaced.length > 0) this.state.readBack = afterQuickChange(this.state.readBack, replaced, now)
    this.state.sentAt = { ...recent, ...Object.fromEntries(Object.keys(values).map((field) => [field, now])) }
  }

  /** Notes values that replace one that a local activity may have sent. */
  #noteQuickChange(fields: Field[]): void {
    const now = Date.now()
    const recent = recentOnly(this.state.sentAt, now)
    if (this.state.reference === null) {
      const replaced = fields.filter((field) => this.state.fields[field]?.state === 'pending')
      this.state.sentAt = { ...recent, ...Object.fromEntries(replaced.map((field) => [field, now])) }
      return
    }
    const quick = fields.filter((field) => field in recent)
    if (quick.length > 0) this.state.readBack = afterQuickChange(this.state.readBack, quick, now)
  }

  /** A write of these values got no response. The record is read back, since the CRM may execute the write late. */
  unanswered(values: Values): void {
    this.state.readBack = afterUnanswered(this.state.readBack, Object.keys(values) as Field[], Date.now())
  }

  /** The record was read back, and the newest values were written again where the CRM had others. */
  wasReadBack(): void {
    this.state.readBack = this.state.readBack && afterReadBack(this.state.readBack, Date.now())
  }

  /** Whether an earlier write to the record is unanswered: the CRM may still execute it. */
  get isUnanswered(): boolean {
    return this.state.readBack !== null && this.state.readBack.which !== 'only'
  }

  /** Whether the read-back must be made before the run completes. After a quick change a late write is unlikely. */
  get needsReadBack(): boolean {
    return this.readBackAt !== null && this.isUnanswered
  }

  /** When the record is read back next, in milliseconds since the epoch; `null` when it is not, or cannot be at present. */
  get readBackAt(): number | null {
    return this.state.reference !== null && this.mayWrite ? (this.state.readBack?.dueAt ?? null) : null
  }

  /** Whether changes may be written now. */
  protected abstract get mayWrite(): boolean

  protected get isReadBackDue(): boolean {
    return this.readBackAt !== null && this.readBackAt <= Date.now()
  }

  /** Whether a change sends the field: it is pending, or it is written and a read-back of it is due. */
  protected isToSend(field: Field, state: FieldState): boolean {
    const isReadBack = this.isReadBackDue && (this.state.readBack?.fields.includes(field) ?? false)
    return state === 'pending' || (state === 'written' && isReadBack)
  }

  /** Allows the record to be re-created again. */
  allowRecreation(): void {
    this.state.deletedAt = null
  }

  /** The part of a change that makes it a read-back, when one is due. */
  protected readBackOf<Name extends Field>(
    names: readonly Name[],
    isOfRecord: (value: FieldValue) => boolean = () => true,
  ): { onlyDifferent?: true; compared?: Values<Name> } {
    if (!this.isReadBackDue) return {}
    const { fields, readBack } = this.state
    const { values } = selectValues(
      fields,
      names,
      (value, field) => value.state === 'kept' && readBack?.fields.includes(field) === true && isOfRecord(value),
    )
    return { onlyDifferent: true, ...(Object.keys(values).length > 0 && { compared: values }) }
  }

  /** Holds fields back while they are parked. */
  reject(fields: readonly Field[]): void {
    this.state.fields = withStates(this.state.fields, ({ state }, field) =>
      fields.includes(field) ? 'rejected' : state,
    )
  }

  /** Has unparked fields written again. */
  retry(fields: readonly Field[]): void {
    this.resend(({ state }, field) => fields.includes(field) && state === 'rejected')
  }

  /** Has everything written again, over what HubSpot users changed. */
  resync(): void {
    this.resend(({ state }) => state !== 'rejected')
  }

  /** Has this event's values written over those of HubSpot users that were kept so far. */
  overwriteKept({ id }: EventVersion): void {
    this.resend((value) => value.id === id && value.state === 'kept')
  }

  /** Has values written, even those that the CRM got before. */
  resend(isMeant: (value: FieldValue, field: Field) => boolean): void {
    this.state.fields = withResent(this.state.fields, isMeant)
  }
}

/** The part of a record that the outcome of a change needs. */
export type ChangedRecord<Change extends SentChange> = Pick<
  CrmRecord<object, unknown, Change, unknown>,
  'name' | 'updateStep' | 'merged' | 'written' | 'filledIn' | 'deleted' | 'unanswered' | 'wasReadBack'
>

export function namesOf(rejected: RejectedField[]): Field[] {
  return rejected.map(({ field }) => field)
}
