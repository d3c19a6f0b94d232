// Keeps the portal in a file, so that it remembers across restarts what Temporal remembers too.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Emulator } from './emulator.ts'
import type { ChangeListener } from './portal/portal.ts'
import type { ObjectType } from './portal/object-types.ts'
import type { PropertyDefinition, PropertyGroup } from './portal/property-definition.ts'
import type { CrmRecord, Version } from './portal/record.ts'

type Ties = { toId: string; typeIds: number[] }[]

/** A record as the file has it: JSON, with its maps as lists. */
interface KeptRecord extends Omit<CrmRecord, 'values' | 'history'> {
  values: [string, string][]
  history: [string, Version[]][]
}

/**
 * Reads what is there, then writes each change through before it is answered: SQLite in WAL mode has it even when the
 * process is killed right after. (A power cut may lose the last moments, which is enough for an emulator.)
 */
export class Keeper implements ChangeListener {
  readonly #file: DatabaseSync
  readonly #emulator: Emulator

  constructor(emulator: Emulator, folder: string) {
    mkdirSync(folder, { recursive: true })
    this.#emulator = emulator
    this.#file = new DatabaseSync(join(folder, 'portal.sqlite'))
    this.#file.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      CREATE TABLE IF NOT EXISTS kept (kind TEXT, id TEXT, value TEXT NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;
    `)
    this.#restore()
    emulator.keepWith(this)
  }

  close(): void {
    this.#file.close()
  }

  /** The portal was reset: nothing of the former one may come back. */
  forgetAll(): void {
    this.#file.exec('DELETE FROM kept')
  }

  recordChanged(record: CrmRecord): void {
    const kept: KeptRecord = { ...record, values: [...record.values], history: [...record.history] }
    this.#put('record', record.id, kept)
  }

  recordRemoved({ id }: CrmRecord): void {
    this.#file.prepare('DELETE FROM kept WHERE kind = ? AND id = ?').run('record', id)
    const survivor = this.#emulator.portal.records.survivorOf(id)
    if (survivor !== id) this.#put('merged', id, survivor)
  }

  tiesChanged(recordId: string): void {
    this.#put('ties', recordId, [...this.#emulator.portal.associations.everyTieFrom(recordId)])
  }

  addressBlocked(address: string): void {
    this.#put('blocked', address, true)
  }

  propertyChanged(type: ObjectType, property: PropertyDefinition): void {
    this.#put('property', `${type} ${property.name}`, { type, property })
  }

  groupChanged(type: ObjectType, group: PropertyGroup): void {
    this.#put('group', `${type} ${group.name}`, { type, group })
  }

  #put(kind: string, id: string, value: unknown): void {
    this.#file.prepare('INSERT OR REPLACE INTO kept VALUES (?, ?, ?)').run(kind, id, JSON.stringify(value))
  }

  #restore(): void {
    const { portal } = this.#emulator
    // Definitions before records, whose unique values they make into keys; ties last, between records that are there.
    for (const { value } of this.#all<{ type: ObjectType; group: PropertyGroup }>('group'))
      portal.registry.putGroup(value.type, value.group)
    for (const { value } of this.#all<{ type: ObjectType; property: PropertyDefinition }>('property')) {
      portal.registry.putProperty(value.type, value.property)
    }
    for (const { value } of this.#all<KeptRecord>('record')) {
      portal.records.add({ ...value, values: new Map(value.values), history: new Map(value.history) })
    }
    for (const { id, value } of this.#all<string>('merged')) portal.records.mergeInto(id, value)
    for (const { id } of this.#all<true>('blocked')) portal.blockedAddresses.add(id)
    for (const { id, value } of this.#all<Ties>('ties')) {
      for (const { toId, typeIds } of value) portal.associations.set(id, toId, new Set(typeIds))
    }
  }

  #all<T>(kind: string): { id: string; value: T }[] {
    const rows = this.#file.prepare('SELECT id, value FROM kept WHERE kind = ? ORDER BY id').all(kind)
    return rows.map(({ id, value }) => ({ id: String(id), value: JSON.parse(String(value)) as T }))
  }
}
