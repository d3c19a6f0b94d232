// Stores all records of the portal in the order of their ids, archived ones included.

import { KeyIndex, keysAmong, type Key } from './key-index.ts'
import type { ObjectType } from './object-types.ts'
import type { CrmRecord } from './record.ts'
import type { Registry } from './registry.ts'

// [R] Ids from 2025 and 2026 have twelve digits and begin like this.
const FIRST_ID = 171_591_000_001

export class RecordStore {
  readonly keys: KeyIndex
  readonly #registry: Registry
  readonly #records: Record<ObjectType, Map<string, CrmRecord>> = { contacts: new Map(), companies: new Map() }
  /** Ids in ascending order, for lists and paging. */
  readonly #order: Record<ObjectType, number[]> = { contacts: [], companies: [] }
  /** Old id → id of the record that it was merged into. */
  readonly #mergedInto = new Map<string, string>()
  #nextId = FIRST_ID

  constructor(registry: Registry, ignoresCase: () => boolean) {
    this.#registry = registry
    this.keys = new KeyIndex(ignoresCase)
  }

  newId(): string {
    return String(this.#nextId++)
  }

  /** Finds archived records too. A merged id finds the merged record [I]. */
  find(type: ObjectType, id: string): CrmRecord | undefined {
    return this.#records[type].get(this.survivorOf(id))
  }

  active(type: ObjectType, id: string): CrmRecord | undefined {
    const record = this.find(type, id)
    return record === undefined || record.archivedAt !== null ? undefined : record
  }

  byKey(type: ObjectType, key: Key): CrmRecord | undefined {
    const id = this.keys.ownerOf(type, key)
    return id === undefined ? undefined : this.#records[type].get(id)
  }

  survivorOf(id: string): string {
    let current = id
    for (let next = this.#mergedInto.get(current); next !== undefined; next = this.#mergedInto.get(current))
      current = next
    return current
  }

  *all(type: ObjectType, fromId = 0): Generator<CrmRecord> {
    const order = this.#order[type]
    for (let at = firstNotBelow(order, fromId); at < order.length; at += 1) {
      const record = this.#records[type].get(String(order[at]))
      if (record !== undefined) yield record
    }
  }

  count(type: ObjectType): number {
    return this.#records[type].size
  }

  add(record: CrmRecord): void {
    const id = Number(record.id)
    const order = this.#order[record.type]
    order.splice(firstNotBelow(order, id), 0, id)
    this.#records[record.type].set(record.id, record)
    this.#nextId = Math.max(this.#nextId, id + 1)
    if (record.archivedAt === null) this.keys.claim(record, this.keysOf(record))
  }

  clear(): void {
    for (const type of ['contacts', 'companies'] as const) {
      this.keys.clear(type)
      this.#records[type].clear()
      this.#order[type] = []
    }
    this.#mergedInto.clear()
  }

  /** Removes a record that was erased, or merged into another one. */
  remove(record: CrmRecord): void {
    this.keys.release(record, this.keysOf(record))
    this.#records[record.type].delete(record.id)
    const order = this.#order[record.type]
    order.splice(firstNotBelow(order, Number(record.id)), 1)
  }

  mergeInto(oldId: string, survivorId: string): void {
    this.#mergedInto.set(oldId, survivorId)
  }

  /** The record's id and all ids that were merged into it. */
  identitiesOf(id: string): string[] {
    return [id, ...[...this.#mergedInto.keys()].filter((oldId) => this.survivorOf(oldId) === id)]
  }

  /** Persisted, so that no id is assigned twice, even when its record was erased before a restart. */
  get nextId(): number {
    return this.#nextId
  }

  skipTo(nextId: number): void {
    this.#nextId = Math.max(this.#nextId, nextId)
  }

  /** Call this when a unique property was added or archived, or keys are compared in another way. */
  rebuildKeys(type: ObjectType): void {
    this.keys.clear(type)
    for (const record of this.#records[type].values()) {
      if (record.archivedAt === null) this.keys.claim(record, this.keysOf(record))
    }
  }

  /** All ids, addresses and unique values by which a request may have named the record, former ones included. */
  namesOf(record: CrmRecord): string[] {
    const keys = ['email', ...this.#registry.uniqueProperties(record.type)]
    const former = keys.flatMap((property) => record.history.get(property) ?? [])
    const values = [...this.keysOf(record), ...former].map(({ value }) => value).filter((value) => value !== '')
    return [...new Set([...this.identitiesOf(record.id), ...values])]
  }

  keysOf(record: CrmRecord): Key[] {
    return keysAmong(record.type, record.values, this.#registry)
  }
}

/** Index of the first id that is not below the given one. */
function firstNotBelow(order: readonly number[], id: number): number {
  let low = 0
  let high = order.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (order[middle]! < id) low = middle + 1
    else high = middle
  }
  return low
}
