// Every API request with its response, oldest first. Tests count calls in it, and the requests page shows it.

export interface JournalEntry {
  /** Time of arrival, ISO 8601. */
  at: string
  method: string
  /** Without the query. */
  path: string
  /** Without the question mark; empty when there is none. */
  query: string
  body: string
  /** `null` while there is no response; it stays `null` when a fault hangs or closes the connection. */
  status: number | null
  correlationId: string
  /** The `kind` of the fault's effect, when a fault matched the request. */
  fault: string | null
  /** The response's body, shortened to `RESPONSE_CHARACTERS`. */
  answer: string
}

export interface JournalFilter {
  method?: string
  /** Regular expression, tested against the path without query. */
  path?: string
}

const MAX_ENTRIES = 20_000
// Without this limit, the bodies of many batches would fill the memory.
const MAX_CHARACTERS = 64 * 1024 * 1024
const RESPONSE_CHARACTERS = 4000
/** In a path, the place of the address of an erased contact. */
const ERASED = '(erased)'

export class Journal {
  #entries: JournalEntry[] = []
  #characters = 0
  /** Rises with each entry and each response, so that the pages know when to reload. */
  revision = 0

  add(entry: JournalEntry): void {
    this.#entries.push(entry)
    this.#characters += entry.body.length
    this.revision += 1
    while (this.#entries.length > MAX_ENTRIES || this.#characters > MAX_CHARACTERS) this.#dropOldest()
  }

  /** Removes the oldest 5 % of the entries at once, since each removal from the front moves all other entries. */
  #dropOldest(): void {
    const dropped = this.#entries.splice(0, Math.ceil(this.#entries.length / 20))
    for (const { body } of dropped) this.#characters -= body.length
  }

  addResponse(entry: JournalEntry, status: number, text: string): void {
    entry.status = status
    entry.answer = text.length > RESPONSE_CHARACTERS ? `${text.slice(0, RESPONSE_CHARACTERS)} …` : text
    this.revision += 1
  }

  /**
   * Empties the entries that have one of these names of an erased contact. That they were there is kept: method, path and status.
   */
  forget(names: readonly string[]): void {
    const pattern = patternOf(names)
    for (const entry of this.#entries) {
      const texts = [entry.path, entry.query, entry.body, entry.answer]
      if (!texts.some((text) => pattern.test(text))) continue
      this.#characters -= entry.body.length
      entry.query = entry.body = entry.answer = ''
      entry.path = entry.path.replaceAll(/[^/]*(?:@|%40)[^/]*/gi, ERASED)
    }
    this.revision += 1
  }

  /**
   * Returns the matching entries, oldest first.
   *
   * @throws SyntaxError when `path` is not a valid regular expression
   */
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

/** Matches any of the names as a whole word: as it is, in a URL or in JSON. */
function patternOf(names: readonly string[]): RegExp {
  const forms = names.flatMap((name) => [name, encodeURIComponent(name), JSON.stringify(name).slice(1, -1)])
  const escaped = [...new Set(forms)].map((form) => form.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
  return new RegExp(String.raw`(?<!\w)(?:${escaped.join('|')})(?!\w)`, 'i')
}
