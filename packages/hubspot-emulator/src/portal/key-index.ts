// Maps each key (a contact's addresses and all unique values) to its record. A check and its write run in one turn of the
// event loop, so that no other request comes in between.

import type { ObjectType } from './object-types.ts'
import type { CrmRecord } from './record.ts'
import type { Registry } from './registry.ts'
import { addressesIn } from './values.ts'

export interface Key {
  property: string
  value: string
}

export class KeyIndex {
  readonly #owners: Record<ObjectType, Map<string, string>> = { contacts: new Map(), companies: new Map() }
  readonly #ignoresCase: () => boolean

  /** @param ignoresCase returns true while values that differ only in case are the same key. Rebuild the index when it changes. */
  constructor(ignoresCase: () => boolean) {
    this.#ignoresCase = ignoresCase
  }

  ownerOf(type: ObjectType, key: Key): string | undefined {
    return this.#owners[type].get(this.identity(key))
  }

  claim(record: CrmRecord, keys: readonly Key[]): void {
    for (const key of keys) this.#owners[record.type].set(this.identity(key), record.id)
  }

  release(record: CrmRecord, keys: readonly Key[]): void {
    const owners = this.#owners[record.type]
    for (const key of keys) {
      if (owners.get(this.identity(key)) === record.id) owners.delete(this.identity(key))
    }
  }

  /** Equal for keys that no two records may share. */
  identity({ property, value }: Key): string {
    return `${property}\n${this.#ignoresCase() ? value.toLowerCase() : value}`
  }

  clear(type: ObjectType): void {
    this.#owners[type].clear()
  }
}

/** Returns the keys among the values. Primary and additional addresses are one kind of key: no two contacts share one [D]. */
export function keysAmong(type: ObjectType, values: ReadonlyMap<string, string>, registry: Registry): Key[] {
  const keys: Key[] = []
  if (type === 'contacts') {
    const primary = values.get('email') ?? ''
    if (primary !== '') keys.push({ property: 'email', value: primary })
    for (const value of addressesIn(values.get('hs_additional_emails') ?? '')) keys.push({ property: 'email', value })
  }
  for (const property of registry.uniqueProperties(type)) {
    const value = values.get(property) ?? ''
    if (value !== '') keys.push({ property, value })
  }
  return keys
}
