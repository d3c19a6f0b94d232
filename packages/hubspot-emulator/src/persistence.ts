// Stores the portal in a SQLite file, so that it survives restarts as Temporal's database does.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { ObjectType } from './portal/object-types.ts'
import type { ChangeListener, Portal } from './portal/portal.ts'
import type { PropertyDefinition, PropertyGroup } from './portal/property-definition.ts'
import type { CrmRecord, Version } from './portal/record.ts'

type StoredAssociations = { toId: string; typeIds: number[] }[]

/** A record in the file: JSON, with its maps as lists. */
interface StoredRecord extends Omit<CrmRecord, 'values' | 'history'> {
  values: [string, string][]
  history: [string, Version[]][]
}

// Existing data folders contain this name, so it must not change.
const ASSOCIATIONS = 'associations'

/**
 * Collects the changes of a request and writes them in one transaction before the response is sent. SQLite in WAL mode keeps
 * them even when the process is killed right afterwards. (A power failure may lose the last changes; that is acceptable here.)
 */
export class Persistence implements ChangeListener {
  readonly #file: DatabaseSync
  readonly #put: StatementSync
  readonly #delete: StatementSync
  #portal: Portal
  /** `value` runs at the flush, since a record may change twice. It returns the row's JSON; `undefined` deletes the row. */
  #changes = new Map<string, { kind: string; id: string; value: () => unknown }>()

  /** @throws when the folder cannot be used, or another emulator uses it */
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

  /** Deletes all stored data, and from then on stores the changes of the new portal. A reset calls this. */
  clear(portal: Portal): void {
    this.#changes.clear()
    this.#file.exec('DELETE FROM kept')
    this.#portal = portal
    portal.listen(this)
  }

  flush(): void {
    if (this.#changes.size === 0) return
    this.#add('next-id', '', () => this.#portal.records.nextId)
    this.#file.exec('BEGIN')
    try {
      for (const { kind, id, value } of this.#changes.values()) {
        const stored = value()
        if (stored === undefined) this.#delete.run(kind, id)
        else this.#put.run(kind, id, JSON.stringify(stored))
      }
      this.#file.exec('COMMIT')
    } catch (error) {
      this.#file.exec('ROLLBACK')
      throw error
    }
    this.#changes.clear()
  }

  recordChanged(record: CrmRecord): void {
    this.#add('record', record.id, () => {
      const stored: StoredRecord = { ...record, values: [...record.values], history: [...record.history] }
      return stored
    })
  }

  recordRemoved({ id }: CrmRecord): void {
    this.#add('record', id, () => undefined)
    this.associationsChanged(id)
    const survivorId = this.#portal.records.survivorOf(id)
    if (survivorId !== id) this.#add('merged', id, () => survivorId)
  }

  associationsChanged(recordId: string): void {
    this.#add(ASSOCIATIONS, recordId, () => {
      const stored: StoredAssociations = [...this.#portal.associations.allFrom(recordId)]
      return stored.length === 0 ? undefined : stored
    })
  }

  addressBlocked(address: string): void {
    this.#add('blocked', address, () => true)
  }

  propertyChanged(type: ObjectType, property: PropertyDefinition): void {
    this.#add('property', `${type} ${property.name}`, () => ({ type, property }))
  }

  groupChanged(type: ObjectType, group: PropertyGroup): void {
    this.#add('group', `${type} ${group.name}`, () => ({ type, group }))
  }

  groupRemoved(type: ObjectType, name: string): void {
    this.#add('group', `${type} ${name}`, () => ({ type, removed: name }))
  }

  #add(kind: string, id: string, value: () => unknown): void {
    this.#changes.set(`${kind} ${id}`, { kind, id, value })
  }

  #restore(): void {
    const { registry, records, associations, blockedAddresses } = this.#portal
    // Properties come before records, since they decide which values are keys. Associations come after both of their records.
    type StoredGroup = { type: ObjectType; group?: PropertyGroup; removed?: string }
    for (const { value } of this.#all<StoredGroup>('group')) {
      if (value.group !== undefined) registry.putGroup(value.type, value.group)
      else registry.removeGroup(value.type, value.removed ?? '')
    }
    for (const { value } of this.#all<{ type: ObjectType; property: PropertyDefinition }>('property')) {
      registry.putProperty(value.type, value.property)
    }
    for (const { value } of this.#all<StoredRecord>('record')) {
      records.add({ ...value, values: new Map(value.values), history: new Map(value.history) })
    }
    for (const { id, value } of this.#all<string>('merged')) records.mergeInto(id, value)
    for (const { id } of this.#all<true>('blocked')) blockedAddresses.add(id)
    for (const { id, value } of this.#all<StoredAssociations>(ASSOCIATIONS)) {
      for (const { toId, typeIds } of value) associations.set(id, toId, new Set(typeIds))
    }
    for (const { value } of this.#all<number>('next-id')) records.skipTo(value)
  }

  #all<T>(kind: string): { id: string; value: T }[] {
    const rows = this.#file.prepare('SELECT id, value FROM kept WHERE kind = ? ORDER BY id').all(kind)
    return rows.map(({ id, value }) => ({ id: String(id), value: JSON.parse(String(value)) as T }))
  }
}
