// The newest value of each field of a customer, in whichever order events arrive (G4), and whether HubSpot has it.

import type { Field, Values } from '../../domain/crm.ts'

/** An event as far as order needs it: the later one wins, and of two at the same time the one with the greater id. */
export interface EventMark {
  at: number
  id: string
}

/** A field's newest value and the event that brought it. What is `refused` waits for a person or for a newer value. */
export interface KnownValue extends EventMark {
  value: string | null
  is: 'pending' | 'written' | 'refused'
}

export type KnownValues = { [field in Field]?: KnownValue }

export function isLater(one: EventMark, other: EventMark): boolean {
  return one.at === other.at ? one.id > other.id : one.at > other.at
}

/** Keeps what the fact says newer than what is known; answers the fields that have news. */
export function keepNewer(known: KnownValues, { at, id, values }: EventMark & { values: Values }): Field[] {
  const news: Field[] = []
  for (const [field, value] of entriesOf(values)) {
    const earlier = known[field]
    if (earlier && !isLater({ at, id }, earlier)) continue
    known[field] = { value, at, id, is: 'pending' }
    news.push(field)
  }
  return news
}

/** The values of these fields, those that count where one asks for some, with their event times and that of the newest. */
export function valuesOf<Name extends Field>(
  known: KnownValues,
  names: readonly Name[],
  counts: (value: KnownValue) => boolean = () => true,
): { values: Values<Name>; times: { [field in Name]?: number }; lastEventAt: number } {
  const found = names.flatMap((name) => {
    const value: KnownValue | undefined = known[name]
    return value && counts(value) ? [{ name, ...value }] : []
  })
  return {
    values: Object.fromEntries(found.map(({ name, value }) => [name, value])) as Values<Name>,
    times: Object.fromEntries(found.map(({ name, at }) => [name, at])) as { [field in Name]?: number },
    lastEventAt: Math.max(0, ...found.map(({ at }) => at)),
  }
}

/** Notes that HubSpot has these values; of a field with a newer one since, nothing is noted (G6). */
export function markWritten(known: KnownValues, told: Values, which: (field: Field, by: EventMark) => boolean): void {
  for (const [field, value] of entriesOf(told)) {
    const newest = known[field]
    if (newest && newest.value === value && which(field, newest)) newest.is = 'written'
  }
}

/**
 * Drops what is older than a time, of these fields: the CRM has something newer, of which nobody here knows the value. What is of
 * that very time the CRM has (G4).
 */
export function forgetUntil(known: KnownValues, at: number, fields: readonly Field[]): void {
  for (const field of fields) {
    const value = known[field]
    if (value && value.at < at) delete known[field]
    else if (value?.at === at) value.is = 'written'
  }
}

/** Lets whatever this event brought be written again. */
export function rewrite(known: KnownValues, { id }: EventMark): void {
  for (const value of Object.values(known)) if (value.id === id && value.is === 'written') value.is = 'pending'
}

/** Whether a newer value than the one told is known, of these fields or, when none is named, of any that was told. */
export function hasNewer(known: KnownValues, told: Values, fields: string[]): boolean {
  return entriesOf(told).some(([field, value]) => {
    return (fields.length === 0 || fields.includes(field)) && known[field]?.value !== value
  })
}

/** Puts fields aside, or lets those that were put aside be written again. */
export function mark(known: KnownValues, fields: string[], from: KnownValue['is'][], to: KnownValue['is']): void {
  for (const field of fields) {
    const value = known[field as Field]
    if (value && from.includes(value.is)) value.is = to
  }
}

function entriesOf(values: Values): [Field, string | null][] {
  return Object.entries(values) as [Field, string | null][]
}
