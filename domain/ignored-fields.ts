// The names of the fields that onramp ignores, in a form that may stand in logs, metrics and timelines (G11).

// A name as a program would use it. A sender may also send an address or a phone number as a name. That does not match.
const NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,39}$/
const SHOWN = 10
// The line enters the timeline, which is bounded (G8).
const CHARACTERS = 250
// An event has at most 64 KiB, so the number of its names has at most five digits.
const LINE = /^[\w.-]+(, [\w.-]+)*( and \d{1,5} more)?$/

/** The path of a field if each of its names looks like a program's; else `other`. */
export function plainPath(path: string): string {
  return path.length <= 120 && path.split('.').every((name) => NAME.test(name)) ? path : 'other'
}

/** A few of the names in one line, such as `data.plan, source and 2 more`; empty when there is none. */
export function namesInLine(paths: readonly string[]): string {
  const plain = [...new Set(paths.map(plainPath))]
  const shown: string[] = []
  for (const path of plain.slice(0, SHOWN)) {
    if ([...shown, path].join(', ').length > CHARACTERS) break
    shown.push(path)
  }
  const more = plain.length - shown.length
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '')
}

/** Whether a value of any type is such a line. Not every signal comes from the API. */
export function isNamesLine(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 300 && LINE.test(value)
}
