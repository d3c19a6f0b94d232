// Tables for people: columns aligned, heads bold where the terminal wants that.

import { styleText } from 'node:util'

/** A table with a head; `none` stands alone when there are no rows. Empty cells are shown as a dash. */
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

/** Bold, unless nobody reads along, NO_COLOR is set or the terminal cannot. */
export function heading(text: string): string {
  return styleText('bold', text, { stream: process.stdout })
}

/** A text without what would steer the terminal; an answer may come from anywhere. */
export function plain(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ')
}
