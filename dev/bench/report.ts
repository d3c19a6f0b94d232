// Prints and writes the figures: a Markdown table a row, a file with every round, and the tables in docs/performance.md.

import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { withContent } from '../docs/marked-content.ts'
import { printed, ratio, table } from './figures.ts'
import type { RowResult } from './run.ts'

export interface Machine {
  cores: number
  cpu: string
  memoryGb: number
  platform: string
  node: string
}

export interface Report {
  takenAt: string
  /** Short hash, with `+` when files differ from it; `null` outside a repository. */
  commit: string | null
  machine: Machine
  rows: RowResult[]
}

export function machine(): Machine {
  return {
    cores: cpus().length,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGb: Math.round(totalmem() / 1e9),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
  }
}

export function commit(): string | null {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: import.meta.dirname, encoding: 'utf8' }).trim()
  try {
    return (
      git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '--untracked-files=no') === '' ? '' : '+')
    )
  } catch {
    return null
  }
}

/** Where and when a row was measured, in one line. */
export function rowOrigin(report: Omit<Report, 'rows'>, { loadBefore, name, options, seconds }: RowResult): string {
  const { commit: at, machine: on, takenAt } = report
  return (
    `\`npm run bench -- ${name} ${options}\` on ${takenAt.slice(0, 10)}, commit ${at ?? 'unknown'}, ${on.cores} cores ` +
    `(${on.cpu}), load ${loadBefore} before, Node ${on.node}; it took ${Math.ceil(seconds / 60)} min:`
  )
}

/** Writes the table of a row between its two markers in docs/performance.md. */
export function writeToDocs(report: Omit<Report, 'rows'>, result: RowResult): void {
  const page = readFileSync(PERFORMANCE_PAGE, 'utf8')
  const content = [rowOrigin(report, result), '', ...rowLines(result)].join('\n')
  writeFileSync(PERFORMANCE_PAGE, withContent(page, markerOf(result.name), content))
}

export const PERFORMANCE_PAGE = fileURLToPath(new URL('../../docs/performance.md', import.meta.url))

/** The name of the markers around a row's table. */
export function markerOf(row: string): string {
  return `bench-${row}`
}

/** The table of a row: the medians of each app, and onramp's part of the naive app's. */
export function rowLines({ apps, figures }: RowResult): string[] {
  const isCompared = apps.length > 1
  const rows = figures.map(({ name, unit, apps: summaries }) => {
    const medians = apps.map((app) => summaries[app]?.median ?? null)
    const [own = null, other = null] = medians
    const quotient = ratio(own, other)
    const compared = isCompared ? [quotient === null ? '' : `${printed(quotient, 'count')} ×`] : []
    return [name, ...medians.map((value) => printed(value, unit)), ...compared]
  })
  return table([['figure', ...apps, ...(isCompared ? ['ratio'] : [])], ...rows])
}
