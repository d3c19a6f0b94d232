// Remembers the records whose rows go alone from now on: those that a batch response did not mention, so that an answer concerns
// them, and those that failed alone after their batch had failed, so that they fail no other rows.

import type { CallKind } from './call-kind.ts'

// Both are rare. When all rows of a portal are like that, so many records go alone.
const MOST_RECORDS = 1000

export class LoneRecords {
  readonly #keys = new Set<string>()

  add(kind: CallKind, records: readonly string[]): void {
    for (const record of records) this.#keys.add(`${kind} ${record}`)
    for (const oldest of this.#keys) {
      if (this.#keys.size <= MOST_RECORDS) return
      this.#keys.delete(oldest)
    }
  }

  has(kind: CallKind, records: readonly string[]): boolean {
    return records.some((record) => this.#keys.has(`${kind} ${record}`))
  }
}
