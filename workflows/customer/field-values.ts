// The newest value of each field, in any order of events (G4), and whether the CRM has it. Pure functions.

import { entriesOf } from '../../domain/fields.ts'
import type { Field, Values } from '../../domain/fields.ts'
import type { FieldState } from '../../domain/onboarding.ts'

/** Orders events: the later one wins; at equal times the greater id wins. */
export interface EventVersion {
  /** Event time in milliseconds since the epoch. */
  at: number
  id: string
}

/** A field's newest value, the event that brought it, and whether the CRM has it. */
export interface FieldValue extends EventVersion {
  value: string | null
  state: FieldState
  /** Set on a pending or kept value that the CRM got before. Only another customer's newer value has to be overwritten. */
  isRepeated?: true
  /** Set on a value that is to be sent again, such as by a resync. The CRM has answered a write of it before. */
  isResent?: true
}

export type FieldValues = { [field in Field]?: FieldValue }

/** How a record treats a newer value that equals the known one. */
export interface Repetition {
  repeated: (before: FieldValue) => Pick<FieldValue, 'state' | 'isRepeated'>
  /** Whether a written value is one of the present record in the CRM. */
  isOfRecord: (value: FieldValue) => boolean
}

export function isLater(one: EventVersion, other: EventVersion): boolean {
  return one.at === other.at ? one.id > other.id : one.at > other.at
}

/**
 * Of these fields, the values of an event that are newer than the known ones. They are `pending`. A value that equals a known one
 * of the same record, which is `written`, gets the state of `repeated`.
 */
export function newerValues(
  known: FieldValues,
  names: readonly Field[],
  { at, id, values }: EventVersion & { values: Values },
  { repeated, isOfRecord }: Repetition,
): FieldValues {
  const newer: FieldValues = {}
  for (const field of names) {
    const value = values[field]
    const before = known[field]
    if (value === undefined || (before && !isLater({ at, id }, before))) continue
    const isRepeat =
      before?.value === value && (before.state === 'written' || before.isRepeated === true) && isOfRecord(before)
    newer[field] = { value, at, id, ...(isRepeat ? repeated(before) : { state: 'pending' }) }
  }
  return newer
}

/** The values of these fields for the CRM, the event time of each, and the newest of these times (0 when there is none). */
export function selectValues<Name extends Field>(
  known: FieldValues,
  names: readonly Name[],
  isSelected: (value: FieldValue, field: Name) => boolean = () => true,
): { values: Values<Name>; times: { [field in Name]?: number }; lastEventAt: number } {
  const values: Values<Name> = {}
  const times: { [field in Name]?: number } = {}
  let lastEventAt = 0
  for (const name of names) {
    const value: FieldValue | undefined = known[name]
    if (!value || !isSelected(value, name)) continue
    values[name] = value.value
    times[name] = value.at
    lastEventAt = Math.max(lastEventAt, value.at)
  }
  return { values, times, lastEventAt }
}

/**
 * Gives each value the state that `stateOf` returns for it. A value that gets another state is no longer repeated, unless it is kept:
 * HubSpot users have changed what the CRM got before.
 */
export function withStates(known: FieldValues, stateOf: (value: FieldValue, field: Field) => FieldState): FieldValues {
  const entries = Object.entries(known) as [Field, FieldValue][]
  return Object.fromEntries(
    entries.map(([field, value]) => {
      const state = stateOf(value, field)
      if (state === value.state) return [field, value]
      return [field, state === 'kept' ? { ...value, state } : inState(value, state)]
    }),
  )
}

/** Has values sent, even those that the CRM got before. */
export function withResent(known: FieldValues, isMeant: (value: FieldValue, field: Field) => boolean): FieldValues {
  const entries = Object.entries(known) as [Field, FieldValue][]
  return Object.fromEntries(
    entries.map(([field, value]) => [field, isMeant(value, field) ? inState(value, 'pending') : value]),
  )
}

/** The value in this state. It is no longer repeated. */
function inState({ value, at, id, state: before, isResent }: FieldValue, state: FieldState): FieldValue {
  const isAgain = isResent === true || (state === 'pending' && before !== 'pending' && before !== 'rejected')
  return { value, at, id, state, ...(isAgain && { isResent: true as const }) }
}

/** The fields of these values for which the CRM has not answered before. A rejected value has yet to be written. */
export function notAnswered(known: FieldValues, values: Values): Field[] {
  return entriesOf(values).flatMap(([field]) => {
    const { state, isResent = false } = known[field] ?? {}
    return (state === 'pending' || state === 'rejected') && !isResent ? [field] : []
  })
}

/**
 * The values after the CRM has answered. A field may have got a newer value during the call. Then the field keeps its state, so
 * that the newer value is written next (G6).
 */
export function withOutcome(
  known: FieldValues,
  sent: Values,
  stateOf: (field: Field, value: FieldValue) => FieldState,
): FieldValues {
  return withStates(known, (value, field) => (sent[field] === value.value ? stateOf(field, value) : value.state))
}

/**
 * The values after a look-up has found a newer watermark in the CRM. Older values are dropped, since the CRM has newer ones
 * that are not known here. Equal times mean that the CRM got the value before (G4), so that it is repeated.
 */
export function sinceWatermark(known: FieldValues, watermark: number): FieldValues {
  const entries = Object.entries(known) as [Field, FieldValue][]
  return Object.fromEntries(
    entries
      .filter(([, { at }]) => at >= watermark)
      .map(([field, value]) => [field, value.at === watermark ? { ...value, isRepeated: true as const } : value]),
  )
}

/** True when one of these fields, or any sent field when `fields` is empty, has got another value since. */
export function hasNewer(known: FieldValues, sent: Values, fields: readonly Field[]): boolean {
  return entriesOf(sent).some(([field, value]) => {
    return (fields.length === 0 || fields.includes(field)) && known[field]?.value !== value
  })
}
