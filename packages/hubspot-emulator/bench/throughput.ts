// `npm run emulator:throughput`: measures how many creates of contacts per second the emulator handles.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Pool } from 'undici'

const RUNS = 5
const RUN_MS = 4000
// Enough to keep the emulator busy; more connections would only wait.
const CONNECTIONS = 32

let created = 0

/** The creates per second of one run. */
async function createsPerSecond(url: string): Promise<number> {
  const pool = new Pool(url, { connections: CONNECTIONS })
  const startedAt = performance.now()
  let responses = 0
  const caller = async (): Promise<void> => {
    while (performance.now() - startedAt < RUN_MS) {
      created += 1
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path: '/crm/objects/2026-09/contacts',
        headers: { authorization: 'Bearer any', 'content-type': 'application/json' },
        body: JSON.stringify({
          properties: { email: `c${created}@example.com`, firstname: 'Ada', lastname: 'Lovelace' },
        }),
      })
      await body.dump()
      if (statusCode !== 201) throw new Error(`A create returned ${statusCode}.`)
      responses += 1
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, caller))
  const seconds = (performance.now() - startedAt) / 1000
  await pool.close()
  return responses / seconds
}

/** Starts an emulator process and prints the median, minimum and maximum of the runs after a warm-up. */
async function measure(title: string, dataDir: string): Promise<void> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('../src/main.ts', import.meta.url))], {
    env: { ...process.env, EMULATOR_PORT: '0', ONRAMP_DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const url = /http:\S+/.exec(line.toString())![0]
  await createsPerSecond(url)
  const runs: number[] = []
  for (let run = 0; run < RUNS; run += 1) runs.push(Math.round(await createsPerSecond(url)))
  const sorted = runs.toSorted((a, b) => a - b)
  console.log(
    `${title}: ${sorted[Math.floor(RUNS / 2)]} creates/s (${sorted[0]} to ${sorted.at(-1)}, ${RUNS} runs of ${RUN_MS / 1000} s)`,
  )
  child.kill('SIGTERM')
  await once(child, 'exit')
}

await measure('in memory', '')
const folder = await mkdtemp(join(tmpdir(), 'onramp-throughput-'))
await measure('with a data folder', folder)
await rm(folder, { recursive: true, force: true })
