// Every API request that came in, newest last, with what was answered: for tests that count calls, and for people.

export interface JournalEntry {
  /** Time of arrival, ISO 8601. */
  at: string
  method: string
  /** Without the query. */
  path: string
  /** What stands after the question mark; empty when nothing does. */
  query: string
  body: string
  /** Null while there is no answer, and for ever when the request was left hanging or cut. */
  status: number | null
  correlationId: string
  /** Kind of the scripted trouble that the request ran into. */
  fault: string | null
  /** The answer's body, cut after some characters. */
  answer: string
}

export interface JournalFilter {
  method?: string
  /** Regular expression, tested against the path without query. */
  path?: string
}

const MOST_ENTRIES = 20_000
// Bodies of a long run of batches would otherwise fill the memory.
const MOST_CHARACTERS = 64 * 1024 * 1024
const ANSWER_CHARACTERS = 4000

export class Journal {
  #entries: JournalEntry[] = []
  #characters = 0
  /** Rises with each entry and each answer, so that a page knows when to look again. */
  revision = 0

  add(entry: JournalEntry): void {
    this.#entries.push(entry)
    this.#characters += entry.body.length
    this.revision += 1
    while (this.#entries.length > MOST_ENTRIES || this.#characters > MOST_CHARACTERS) this.#forgetSome()
  }

  /** The oldest twentieth at once: taking them off one by one would move all the others each time. */
  #forgetSome(): void {
    const forgotten = this.#entries.splice(0, Math.ceil(this.#entries.length / 20))
    for (const { body } of forgotten) this.#characters -= body.length
  }

  answered(entry: JournalEntry, status: number, text: string): void {
    entry.status = status
    entry.answer = text.length > ANSWER_CHARACTERS ? `${text.slice(0, ANSWER_CHARACTERS)} …` : text
    this.revision += 1
  }

  /** Oldest first. Throws a SyntaxError when the path is no regular expression. */
  entries({ method, path }: JournalFilter = {}): JournalEntry[] {
    const pattern = path === undefined ? null : new RegExp(path)
    return this.#entries.filter(
      (entry) => (method === undefined || entry.method === method) && (pattern === null || pattern.test(entry.path)),
    )
  }

  clear(): void {
    this.#entries = []
    this.#characters = 0
    this.revision += 1
  }
}
