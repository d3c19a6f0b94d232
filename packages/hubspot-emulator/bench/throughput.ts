// How many plain creates of contacts the emulator answers in a second: `npm run emulator:throughput` prints the median of some runs.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Pool } from 'undici'

const RUNS = 5
const RUN_MS = 4000
// Enough to keep the emulator busy; more only wait in its queue.
const CONNECTIONS = 32

let created = 0

/** Creates answered per second in one run, by an emulator in a process of its own. */
async function createsPerSecond(url: string): Promise<number> {
  const pool = new Pool(url, { connections: CONNECTIONS })
  const begin = performance.now()
  let answered = 0
  const caller = async (): Promise<void> => {
    while (performance.now() - begin < RUN_MS) {
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
      if (statusCode !== 201) throw new Error(`a create was answered ${statusCode}`)
      answered += 1
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, caller))
  const seconds = (performance.now() - begin) / 1000
  await pool.close()
  return answered / seconds
}

async function measured(title: string, dataDir: string): Promise<void> {
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

await measured('in memory', '')
const folder = await mkdtemp(join(tmpdir(), 'onramp-throughput-'))
await measured('with a data folder', folder)
await rm(folder, { recursive: true, force: true })
