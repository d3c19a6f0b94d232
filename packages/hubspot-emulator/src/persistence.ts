// Stores the portal in a SQLite file, so that it survives restarts as Temporal's database does.

import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs'
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

type StoredGroup = { type: ObjectType; group?: PropertyGroup; removed?: string }
type StoredProperty = { type: ObjectType; property: PropertyDefinition }

const SQLITE_FULL = 13
// SQLite's own default.
const UNLIMITED_PAGES = 1_073_741_823

/** The changes of a request could not be written, and were undone in memory. The log has a line about it already. */
export class StorageFailed extends Error {
  override name = 'StorageFailed'
}

/**
 * Collects the changes of a request and writes them in one transaction before the response is sent. SQLite in WAL mode keeps
 * them even when the process is killed right afterwards. (A power failure may lose the last changes; that is acceptable here.)
 */
export class Persistence implements ChangeListener {
  readonly #path: string
  readonly #file: DatabaseSync
  readonly #put: StatementSync
  readonly #delete: StatementSync
  #portal: Portal
  /** An erased record is still in SQLite's other file, until the next write has emptied that file. */
  #mustEmptyLog = false
  /** The last write failed, and a line says so. */
  #isFailing = false
  /** `value` runs at the flush, since a record may change twice. It returns the row's JSON; `undefined` deletes the row. */
  #changes = new Map<string, { kind: string; id: string; value: () => unknown }>()

  /** @throws when the folder cannot be used, or another emulator uses it */
  constructor(folder: string, portal: Portal) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    this.#portal = portal
    this.#path = join(folder, 'portal.sqlite')
    // The file has customers' records. SQLite gives its other two files the same mode.
    closeSync(openSync(this.#path, 'a', 0o600))
    chmodSync(this.#path, 0o600)
    this.#file = new DatabaseSync(this.#path)
    this.#file.exec(`
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA secure_delete = ON;
      CREATE TABLE IF NOT EXISTS kept (kind TEXT, id TEXT, value TEXT NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;
    `)
    this.#put = this.#file.prepare('INSERT OR REPLACE INTO kept VALUES (?, ?, ?)')
    this.#delete = this.#file.prepare('DELETE FROM kept WHERE kind = ? AND id = ?')
    this.#restore()
    portal.listen(this)
  }

  close(): void {
    this.#file.close()
  }

  /**
   * Deletes all stored data. A reset calls this before it replaces the portal.
   *
   * @throws StorageFailed when the file cannot be written; then nothing is deleted
   */
  clear(): void {
    this.#changes.clear()
    this.#write(() => this.#file.exec('DELETE FROM kept'))
  }

  /** From now on stores the changes of this portal, which is empty. */
  follow(portal: Portal): void {
    this.#portal = portal
    portal.listen(this)
  }

  /** Lets the file grow to this size, as if the disk had no more space. `null` removes the limit. */
  limitFile(bytes: number | null): void {
    const { page_size: pageBytes } = this.#file.prepare('PRAGMA page_size').get() as { page_size: number }
    const pages = bytes === null ? UNLIMITED_PAGES : Math.max(1, Math.floor(bytes / pageBytes))
    this.#file.exec(`PRAGMA max_page_count = ${pages}`)
  }

  /**
   * Writes the changes since the last flush: all of them or none.
   *
   * @throws StorageFailed when the file cannot be written; then memory has again what the file has
   */
  flush(): void {
    if (this.#changes.size === 0) return
    this.#add('next-id', '', () => this.#portal.records.nextId)
    const changes = [...this.#changes.values()]
    this.#changes.clear()
    this.#write(() => {
      for (const { kind, id, value } of changes) {
        const stored = value()
        if (stored === undefined) this.#delete.run(kind, id)
        else this.#put.run(kind, id, JSON.stringify(stored))
      }
    })
  }

  #write(statements: () => void): void {
    try {
      this.#file.exec('BEGIN')
      statements()
      this.#file.exec('COMMIT')
      if (this.#mustEmptyLog) this.#file.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      this.#mustEmptyLog = false
    } catch (error) {
      // SQLite itself may have ended the transaction, as it often does when the disk is full.
      if (this.#file.isTransaction) this.#file.exec('ROLLBACK')
      this.#restore()
      throw this.#reported(error)
    }
    if (this.#isFailing) console.error(`${this.#path} can be written again.`)
    this.#isFailing = false
  }

  /** Prints one line when the writes begin to fail, not one for each of them. */
  #reported(error: unknown): unknown {
    const { code, errcode, message } = error as { code?: string; errcode?: number; message?: string }
    if (code !== 'ERR_SQLITE_ERROR') return error
    const why = errcode === SQLITE_FULL ? 'The disk is full' : `SQLite reports "${message}"`
    const line = `${why}: the emulator cannot write to ${this.#path}. It answers changes with 503 until there is space.`
    if (!this.#isFailing) console.error(line)
    this.#isFailing = true
    return new StorageFailed(line, { cause: error })
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

  recordErased(): void {
    this.#mustEmptyLog = true
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
    const groups = this.#all<StoredGroup>('group')
    const properties = this.#all<StoredProperty>('property')
    const stored = this.#all<StoredRecord>('record')
    const merged = this.#all<string>('merged')
    const blocked = this.#all<true>('blocked')
    const associated = this.#all<StoredAssociations>(ASSOCIATIONS)
    const nextIds = this.#all<number>('next-id')

    // Everything is read before the portal is emptied, so that a file that cannot be read leaves the portal as it is.
    this.#portal.clear()
    const { registry, records, associations, blockedAddresses } = this.#portal
    // Properties come before records, since they decide which values are keys. Associations come after both of their records.
    for (const { value } of groups) {
      if (value.group !== undefined) registry.putGroup(value.type, value.group)
      else registry.removeGroup(value.type, value.removed ?? '')
    }
    for (const { value } of properties) registry.putProperty(value.type, value.property)
    for (const { value } of stored) {
      records.add({ ...value, values: new Map(value.values), history: new Map(value.history) })
    }
    for (const { id, value } of merged) records.mergeInto(id, value)
    for (const { id } of blocked) blockedAddresses.add(id)
    for (const { id, value } of associated) {
      for (const { toId, typeIds } of value) associations.set(id, toId, new Set(typeIds))
    }
    for (const { value } of nextIds) records.skipTo(value)
  }

  #all<T>(kind: string): { id: string; value: T }[] {
    const rows = this.#file.prepare('SELECT id, value FROM kept WHERE kind = ? ORDER BY id').all(kind)
    return rows.map(({ id, value }) => ({ id: String(id), value: JSON.parse(String(value)) as T }))
  }
}
