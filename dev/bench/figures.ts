// Percentiles, medians and ratios of measurements, and how they are printed.

/** `ms`, `s` and `MB` are printed with their unit, the others are not. `calls` are those of one route, which an app may never make. */
export type Unit = 'ms' | 's' | 'MB' | 'count' | 'calls' | 'a second'

/** One measured value. `null` means that it cannot be measured here or that the run did not get that far. */
export interface Figure {
  name: string
  unit: Unit
  value: number | null
}

/** The values of one figure in all rounds of one app. */
export interface Summary {
  median: number | null
  rounds: (number | null)[]
}

/** The percentile of the values, with `fraction` from 0 to 1; `NaN` without values. */
export function percentile(values: number[], fraction: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * fraction) - 1)] ?? Number.NaN
}

export function median(values: number[]): number {
  return percentile(values, 0.5)
}

/** The median is `null` when a round has no value, since the median of the others would look better than the truth. */
export function summaryOf(rounds: (number | null)[]): Summary {
  const values = rounds.filter((value) => value !== null)
  return { median: values.length < rounds.length || values.length === 0 ? null : median(values), rounds }
}

/** How much of the other value this one is; `null` when either is missing or the other one is 0. */
export function ratio(value: number | null, other: number | null): number | null {
  return value === null || other === null || other === 0 ? null : value / other
}

/** Three significant digits, or whole numbers from 100 on; `–` for a missing value. */
export function printed(value: number | null, unit: Unit): string {
  if (value === null || Number.isNaN(value)) return '–'
  const isWhole = Number.isInteger(value) || Math.abs(value) >= 100
  const number = isWhole ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)))
  return unit === 'ms' || unit === 's' || unit === 'MB' ? `${number} ${unit}` : number
}

/** The names of all lists, each once. A name that the first list lacks follows the name before it in its own list. */
export function mergedOrder(lists: string[][]): string[] {
  const merged: string[] = []
  for (const list of lists) {
    let at = 0
    for (const name of list) {
      const found = merged.indexOf(name)
      if (found === -1) merged.splice(at, 0, name)
      at = (found === -1 ? at : found) + 1
    }
  }
  return merged
}

/** The lines of a Markdown table, with columns as wide as their longest cell. The first row is the head. */
export function table([head, ...rows]: [string[], ...string[][]]): string[] {
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(3, ...all.map((row) => row[column]?.length ?? 0)))
  const line = (row: string[]) => `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)]
}
