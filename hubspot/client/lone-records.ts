// Remembers the records whose rows go alone from now on: those that a batch response did not mention, since the response to a single
// row is always about that row; and those that failed alone after their batch had failed, since they would fail other rows again.

import type { CallKind } from './call-kind.ts'

// Both are rare. The bound keeps most rows in batches when every row of a portal is like that.
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
