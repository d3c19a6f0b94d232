// All records of the portal, the archived ones too, in the order of their ids.

import { KeyIndex, keysAmong, type Key } from './key-index.ts'
import type { ObjectType } from './object-types.ts'
import type { CrmRecord } from './record.ts'
import type { Registry } from './registry.ts'

// [R] Ids of 2025 and 2026 have twelve digits and begin like this.
const FIRST_ID = 171_591_000_001

export class RecordStore {
  readonly keys = new KeyIndex()
  readonly #registry: Registry
  readonly #records: Record<ObjectType, Map<string, CrmRecord>> = { contacts: new Map(), companies: new Map() }
  /** Ids in ascending order, for lists and pages. */
  readonly #order: Record<ObjectType, number[]> = { contacts: [], companies: [] }
  /** Old id → id of the record that it was merged into. */
  readonly #mergedInto = new Map<string, string>()
  #nextId = FIRST_ID

  constructor(registry: Registry) {
    this.#registry = registry
  }

  newId(): string {
    return String(this.#nextId++)
  }

  /** Archived ones included; a merged id finds the survivor [I]. */
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

  /** The record is gone without a trace: erased, or merged away. */
  remove(record: CrmRecord): void {
    this.keys.release(record, this.keysOf(record))
    this.#records[record.type].delete(record.id)
    const order = this.#order[record.type]
    order.splice(firstNotBelow(order, Number(record.id)), 1)
  }

  mergeInto(oldId: string, survivorId: string): void {
    this.#mergedInto.set(oldId, survivorId)
  }

  /** The record's id and all those that were merged into it. */
  identitiesOf(id: string): string[] {
    return [id, ...[...this.#mergedInto.keys()].filter((oldId) => this.survivorOf(oldId) === id)]
  }

  /** No id is ever given out again, not even one whose record was erased before a restart. */
  get nextId(): number {
    return this.#nextId
  }

  skipTo(nextId: number): void {
    this.#nextId = Math.max(this.#nextId, nextId)
  }

  /** A unique property has come or gone, so other values are keys now. */
  rebuildKeys(type: ObjectType): void {
    this.keys.clear(type)
    for (const record of this.#records[type].values()) {
      if (record.archivedAt === null) this.keys.claim(record, this.keysOf(record))
    }
  }

  keysOf(record: CrmRecord): Key[] {
    return keysAmong(record.type, record.values, this.#registry)
  }
}

/** Place of the first id that is not below the given one. */
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
