// Remembers the records whose rows a batch response did not mention. Their next calls go alone, so that an answer concerns them.

import type { CallKind } from './call-kind.ts'

// Such a response is rare. In a portal where all responses are like that, at most this number of records goes alone.
const MOST_RECORDS = 1000

export class UnmentionedRecords {
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
