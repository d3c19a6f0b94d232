// The records as search sees them: current, or as they were some time ago.

import type { ObjectType } from './object-types.ts'
import type { Portal } from './portal.ts'
import type { CrmRecord } from './record.ts'

/** A change that one copy of the index will apply at `dueAt`; `null` removes the record. */
interface PendingChange {
  id: string
  dueAt: number
  record: CrmRecord | null
}

class IndexCopy {
  readonly records: Record<ObjectType, Map<string, CrmRecord>> = { contacts: new Map(), companies: new Map() }
  readonly pending: PendingChange[] = []

  catchUp(now: number): void {
    while (this.pending[0] !== undefined && this.pending[0].dueAt <= now) {
      const { id, record } = this.pending.shift()!
      this.records.contacts.delete(id)
      this.records.companies.delete(id)
      if (record !== null) this.records[record.type].set(id, record)
    }
  }
}

/**
 * Without a lag, search reads the records. With a lag, two copies of an index follow the records, the second one twice as late.
 * With `searchFlapping`, searches alternate between the copies, so that a new row is found, missing, and found again.
 */
export class SearchIndex {
  readonly #portal: Portal
  #copies: IndexCopy[] | null = null
  #searches = 0

  constructor(portal: Portal) {
    this.#portal = portal
    portal.listen({
      recordChanged: (record) => this.#add(record.id, record.archivedAt === null ? record : null),
      recordRemoved: (record) => this.#add(record.id, null),
    })
  }

  /** The active records as search sees them, by ascending id. */
  records(type: ObjectType): CrmRecord[] {
    const { searchLagMs, searchFlapping } = this.#portal.settings()
    if (searchLagMs === 0 || this.#copies === null) {
      return [...this.#portal.records.all(type)].filter((record) => record.archivedAt === null)
    }
    const now = this.#portal.clock.now()
    for (const copy of this.#copies) copy.catchUp(now)
    const copy = this.#copies[searchFlapping ? this.#searches++ % 2 : 0]!
    return [...copy.records[type].values()].toSorted((a, b) => Number(a.id) - Number(b.id))
  }

  /** Call this when the lag has changed. The index then starts with the current records. */
  restart(): void {
    this.#searches = 0
    if (this.#portal.settings().searchLagMs === 0) {
      this.#copies = null
      return
    }
    this.#copies = [new IndexCopy(), new IndexCopy()]
    for (const copy of this.#copies) {
      for (const type of ['contacts', 'companies'] as const) {
        for (const record of this.#portal.records.all(type)) {
          if (record.archivedAt === null) copy.records[type].set(record.id, frozen(record))
        }
      }
    }
  }

  #add(id: string, record: CrmRecord | null): void {
    if (this.#copies === null) return
    const copied = record === null ? null : frozen(record)
    const { searchLagMs } = this.#portal.settings()
    this.#copies.forEach((copy, at) => {
      copy.pending.push({ id, dueAt: this.#portal.clock.now() + searchLagMs * (at + 1), record: copied })
    })
  }
}

const frozen = (record: CrmRecord): CrmRecord => ({ ...record, values: new Map(record.values) })
