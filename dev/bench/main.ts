// `npm run bench`: measures onramp beside a naive Temporal app. `npm run bench -- --help` lists rows and options.

import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { stopSignal } from '../launcher/stop-signal.ts'
import { benchArguments, helpText, WrongArguments } from './arguments.ts'
import type { BenchArguments } from './arguments.ts'
import { Stopped } from './apps/start.ts'
import { commit, machine, rowLines, rowOrigin, writeToDocs } from './report.ts'
import type { Report } from './report.ts'
import { ROWS } from './rows/all.ts'
import { runRow } from './run.ts'

const say = (line: string) => console.log(line)

try {
  const options = benchArguments(process.argv.slice(2), ROWS)
  if (options === 'help') say(helpText(ROWS))
  else process.exitCode = await bench(options)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = error instanceof WrongArguments ? 2 : 1
}
process.exit()

/** Returns the exit code. A row that fails is reported, and the next one runs. */
async function bench(options: BenchArguments): Promise<number> {
  const signal = stopSignal(process.env)
  const { jsonFile } = options
  const report: Report = {
    takenAt: new Date().toISOString(),
    commit: commit(),
    machine: machine(),
    rows: [],
  }
  const profileDir = options.profile ? newProfileDir(report.takenAt) : null
  if (profileDir !== null) say(`CPU profiles: ${profileDir}`)

  let failures = 0
  for (const row of ROWS.filter(({ name }) => options.rows.includes(name))) {
    say(`${row.name}: ${row.title}`)
    try {
      const result = await runRow(row, { ...options, profileDir, signal, say })
      report.rows.push(result)
      for (const line of ['', rowOrigin(report, result), '', ...rowLines(result)]) say(line)
      if (options.docs) writeToDocs(report, result)
      if (jsonFile !== null) await writeFile(jsonFile, `${JSON.stringify(report, null, 2)}\n`)
    } catch (error) {
      console.error(error instanceof Error ? error.message : error)
      failures += 1
      if (error instanceof Stopped) break
    }
  }
  return failures === 0 ? 0 : 1
}

function newProfileDir(takenAt: string): string {
  return fileURLToPath(new URL(`../../build/profiles/${takenAt.replaceAll(':', '-')}`, import.meta.url))
}
