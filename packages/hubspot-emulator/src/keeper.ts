// Keeps the portal in a file, so that it remembers across restarts what Temporal remembers too.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { ObjectType } from './portal/object-types.ts'
import type { ChangeListener, Portal } from './portal/portal.ts'
import type { PropertyDefinition, PropertyGroup } from './portal/property-definition.ts'
import type { CrmRecord, Version } from './portal/record.ts'

type Ties = { toId: string; typeIds: number[] }[]

/** A record as the file has it: JSON, with its maps as lists. */
interface KeptRecord extends Omit<CrmRecord, 'values' | 'history'> {
  values: [string, string][]
  history: [string, Version[]][]
}

/**
 * Notes what a request changes and writes it in one transaction before the request is answered: SQLite in WAL mode has it
 * even when the process is killed right after. (A power cut may lose the last moments, which is enough for an emulator.)
 */
export class Keeper implements ChangeListener {
  readonly #file: DatabaseSync
  readonly #put: StatementSync
  readonly #delete: StatementSync
  #portal: Portal
  /** What to write, and undefined to delete. Worked out when it is written, since a request often changes a record twice. */
  #changes = new Map<string, { kind: string; id: string; value: () => unknown }>()

  /** @throws when the folder cannot be used, or another emulator has it */
  constructor(folder: string, portal: Portal) {
    mkdirSync(folder, { recursive: true })
    this.#portal = portal
    this.#file = new DatabaseSync(join(folder, 'portal.sqlite'))
    this.#file.exec(`
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      CREATE TABLE IF NOT EXISTS kept (kind TEXT, id TEXT, value TEXT NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;
    `)
    this.#put = this.#file.prepare('INSERT OR REPLACE INTO kept VALUES (?, ?, ?)')
    this.#delete = this.#file.prepare('DELETE FROM kept WHERE kind = ? AND id = ?')
    this.#restore()
    portal.listen(this)
  }

  close(): void {
    this.flush()
    this.#file.close()
  }

  /** The portal was reset: nothing of the former one may come back. */
  startOver(portal: Portal): void {
    this.#changes.clear()
    this.#file.exec('DELETE FROM kept')
    this.#portal = portal
    portal.listen(this)
  }

  flush(): void {
    if (this.#changes.size === 0) return
    this.#note('next-id', '', () => this.#portal.records.nextId)
    this.#file.exec('BEGIN')
    try {
      for (const { kind, id, value } of this.#changes.values()) {
        const kept = value()
        if (kept === undefined) this.#delete.run(kind, id)
        else this.#put.run(kind, id, JSON.stringify(kept))
      }
      this.#file.exec('COMMIT')
    } catch (error) {
      this.#file.exec('ROLLBACK')
      throw error
    }
    this.#changes.clear()
  }

  recordChanged(record: CrmRecord): void {
    this.#note('record', record.id, () => {
      const kept: KeptRecord = { ...record, values: [...record.values], history: [...record.history] }
      return kept
    })
  }

  recordRemoved({ id }: CrmRecord): void {
    this.#note('record', id, () => undefined)
    this.tiesChanged(id)
    const survivorId = this.#portal.records.survivorOf(id)
    if (survivorId !== id) this.#note('merged', id, () => survivorId)
  }

  tiesChanged(recordId: string): void {
    this.#note('ties', recordId, () => {
      const ties: Ties = [...this.#portal.associations.everyTieFrom(recordId)]
      return ties.length === 0 ? undefined : ties
    })
  }

  addressBlocked(address: string): void {
    this.#note('blocked', address, () => true)
  }

  propertyChanged(type: ObjectType, property: PropertyDefinition): void {
    this.#note('property', `${type} ${property.name}`, () => ({ type, property }))
  }

  groupChanged(type: ObjectType, group: PropertyGroup): void {
    this.#note('group', `${type} ${group.name}`, () => ({ type, group }))
  }

  groupRemoved(type: ObjectType, name: string): void {
    this.#note('group', `${type} ${name}`, () => ({ type, removed: name }))
  }

  #note(kind: string, id: string, value: () => unknown): void {
    this.#changes.set(`${kind} ${id}`, { kind, id, value })
  }

  #restore(): void {
    const { registry, records, associations, blockedAddresses } = this.#portal
    // Definitions before records, whose unique values they make into keys; ties last, between records that are there.
    type KeptGroup = { type: ObjectType; group?: PropertyGroup; removed?: string }
    for (const { value } of this.#all<KeptGroup>('group')) {
      if (value.group !== undefined) registry.putGroup(value.type, value.group)
      else registry.removeGroup(value.type, value.removed ?? '')
    }
    for (const { value } of this.#all<{ type: ObjectType; property: PropertyDefinition }>('property')) {
      registry.putProperty(value.type, value.property)
    }
    for (const { value } of this.#all<KeptRecord>('record')) {
      records.add({ ...value, values: new Map(value.values), history: new Map(value.history) })
    }
    for (const { id, value } of this.#all<string>('merged')) records.mergeInto(id, value)
    for (const { id } of this.#all<true>('blocked')) blockedAddresses.add(id)
    for (const { id, value } of this.#all<Ties>('ties')) {
      for (const { toId, typeIds } of value) associations.set(id, toId, new Set(typeIds))
    }
    for (const { value } of this.#all<number>('next-id')) records.skipTo(value)
  }

  #all<T>(kind: string): { id: string; value: T }[] {
    const rows = this.#file.prepare('SELECT id, value FROM kept WHERE kind = ? ORDER BY id').all(kind)
    return rows.map(({ id, value }) => ({ id: String(id), value: JSON.parse(String(value)) as T }))
  }
}
