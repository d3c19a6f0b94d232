// Runs the rounds of one row. The apps alternate, so that a change of the machine's load meets both.

import { loadavg } from 'node:os'
import { join } from 'node:path'
import type { AppName } from './apps/app.ts'
import { onApp, Stopped } from './apps/start.ts'
import { optionsOf } from './arguments.ts'
import type { BenchArguments, MeasureOptions } from './arguments.ts'
import { mergedOrder, summaryOf } from './figures.ts'
import type { Figure, Summary, Unit } from './figures.ts'
import { warmUp } from './onboard.ts'
import type { Row } from './row.ts'

export interface RowResult {
  name: string
  title: string
  /** The options that change what is measured, as on the command line. */
  options: string
  apps: AppName[]
  /** How long all rounds took. */
  seconds: number
  /** Load average of the minute before. Above the number of cores, the figures say little. */
  loadBefore: number
  figures: FigureResult[]
}

interface FigureResult {
  name: string
  unit: Unit
  apps: Partial<Record<AppName, Summary>>
}

interface RunOptions extends MeasureOptions, Pick<BenchArguments, 'temporalPids'> {
  /** The folder for CPU profiles; `null` for none. */
  profileDir: string | null
  signal: AbortSignal
  say: (line: string) => void
}

// Another program may take a port between the moment when it is found free and the start of our process.
const PORT_TAKEN = /EADDRINUSE|address already in use|is taken by another program/
const MAX_ATTEMPTS = 3

/** @throws Error when a round of an app fails; the message names both */
export async function runRow(row: Row, options: RunOptions): Promise<RowResult> {
  const startedAt = performance.now()
  const loadBefore = Number(loadavg()[0]?.toFixed(1))
  const rounds: Partial<Record<AppName, Figure[]>>[] = []
  for (let round = 1; round <= options.rounds; round += 1) {
    const measured: Partial<Record<AppName, Figure[]>> = {}
    for (const app of row.apps) {
      const appStartedAt = performance.now()
      measured[app] = await measure(row, app, round, options)
      const seconds = Math.round((performance.now() - appStartedAt) / 1000)
      options.say(`  round ${round} of ${options.rounds}, ${app}: ${seconds} s`)
    }
    rounds.push(measured)
  }
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  const { apps, name, title } = row
  return { name, title, options: optionsOf(name, options), apps, seconds, loadBefore, figures: figuresOf(apps, rounds) }
}

async function measure(row: Row, name: AppName, round: number, options: RunOptions): Promise<Figure[]> {
  const { temporalAddress, temporalPids, profileDir } = options
  const app = {
    name,
    settings: row.settings,
    temporalAddress,
    temporalNamespace: 'default',
    temporalPids,
    profileDir: profileDir && join(profileDir, `${row.name}-${round}-${name}`),
  }
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await onApp(app, options.signal, async (running) => {
        await warmUp(running, row.warmUp)
        return await row.measure(running, options)
      })
    } catch (error) {
      if (error instanceof Stopped || !(error instanceof Error)) throw error
      if (attempt < MAX_ATTEMPTS && PORT_TAKEN.test(error.message)) continue
      throw new Error(`Row ${row.name}, round ${round}, ${name}: ${error.message}`, { cause: error })
    }
  }
}

function figuresOf(apps: AppName[], rounds: Partial<Record<AppName, Figure[]>>[]): FigureResult[] {
  const lists = rounds.flatMap((round) => apps.map((app) => round[app] ?? []))
  const units = new Map(lists.flat().map(({ name, unit }) => [name, unit]))
  return mergedOrder(lists.map((figures) => figures.map(({ name }) => name))).map((name) => {
    const unit = units.get(name) ?? 'count'
    const valueIn = (figures: Figure[] | undefined) =>
      // Apps make different calls, and an app never makes a call that it has no figure for.
      figures?.find((each) => each.name === name)?.value ?? (unit === 'calls' ? 0 : null)
    const summaries = apps.map((app) => [app, summaryOf(rounds.map((round) => valueIn(round[app])))])
    return { name, unit, apps: Object.fromEntries(summaries) }
  })
}
