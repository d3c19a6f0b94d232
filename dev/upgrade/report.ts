// The table of what an upgrade did, and what came of it.

export interface Row {
  way: string
  what: string
  found: string
  holds: boolean
}

/** Collects the rows of one way, and prints each as it comes. */
export class Report {
  readonly rows: Row[] = []
  readonly #way: string
  readonly #say: (line: string) => void

  constructor(way: string, say: (line: string) => void) {
    this.#way = way
    this.#say = say
  }

  /** @param wrong a sentence for each broken promise */
  add(what: string, wrong: string[], found = 'as promised'): void {
    const holds = wrong.length === 0
    this.rows.push({ way: this.#way, what, found: holds ? found : `${wrong.length} wrong`, holds })
    this.#say(`${holds ? 'ok    ' : 'FAILED'} ${this.#way}: ${what}${holds ? '' : ` — ${found}`}`)
    for (const sentence of wrong) this.#say(`         ${sentence}`)
  }
}

export function tableOf(rows: Row[]): string[] {
  const cells = [
    ['way', 'what', 'found'],
    ...rows.map(({ way, what, found, holds }) => [way, what, holds ? found : `FAILED: ${found}`]),
  ]
  const widths = [0, 1].map((column) => Math.max(...cells.map((row) => row[column]!.length)))
  return cells.map(
    ([way = '', what = '', found]) => `  ${way.padEnd(widths[0]!)}  ${what.padEnd(widths[1]!)}  ${found}`,
  )
}
