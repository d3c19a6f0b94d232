// Tables for a terminal: aligned columns and bold heads.

import { styleText } from 'node:util'

/** A table with a head, or only `none` when there are no rows. An empty cell shows a dash. */
export function table(head: string[], rows: (string | number | null | undefined)[][], none: string): string {
  if (rows.length === 0) return none
  const cells = rows.map((row) => row.map((cell) => plain(String(cell ?? '')) || '–'))
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map((row) => (row[column] ?? '').length)))
  const line = (row: string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  return [heading(line(head)), ...cells.map(line)].join('\n')
}

/** Bold, unless the output is not a terminal, NO_COLOR is set or the terminal has no styles. */
export function heading(text: string): string {
  return styleText('bold', text, { stream: process.stdout })
}

/** Replaces control characters with spaces. Any server may have sent the text, and such characters act on the terminal. */
export function plain(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ')
}
