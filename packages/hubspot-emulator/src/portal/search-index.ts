// What search sees: the records as they are, or as they were some time ago.

import type { ObjectType } from './object-types.ts'
import type { Portal } from './portal.ts'
import type { CrmRecord } from './record.ts'

/** A record as one copy of the index will show it from a certain moment on; null when it has left the index. */
interface Pending {
  id: string
  dueAt: number
  record: CrmRecord | null
}

class IndexCopy {
  readonly records: Record<ObjectType, Map<string, CrmRecord>> = { contacts: new Map(), companies: new Map() }
  readonly pending: Pending[] = []

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
 * Without lag there is no index and search looks at the records. With it, two copies of an index follow the records, the
 * second twice as late; when flapping is on they take turns in answering, so that a new row is found, missing, and found again.
 */
export class SearchIndex {
  readonly #portal: Portal
  #copies: IndexCopy[] | null = null
  #searches = 0

  constructor(portal: Portal) {
    this.#portal = portal
    portal.listen({
      recordChanged: (record) => this.#note(record.id, record.archivedAt === null ? record : null),
      recordRemoved: (record) => this.#note(record.id, null),
    })
  }

  /** Active records as search sees them, by ascending id. */
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

  /** To be called when the lag has been changed: an index starts with all that is there at that moment. */
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

  #note(id: string, record: CrmRecord | null): void {
    if (this.#copies === null) return
    const seen = record === null ? null : frozen(record)
    const { searchLagMs } = this.#portal.settings()
    this.#copies.forEach((copy, at) => {
      copy.pending.push({ id, dueAt: this.#portal.clock.now() + searchLagMs * (at + 1), record: seen })
    })
  }
}

const frozen = (record: CrmRecord): CrmRecord => ({ ...record, values: new Map(record.values) })
