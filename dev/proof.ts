// `npm run proof -- --customers 5000 --seed 7`: the whole stack with many customers, much trouble and killed workers, held against the plan.

import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { loadConfig } from '../platform/config.ts'
import { EmulatorControl } from './hubspot/control.ts'
import { readOrMakeSecrets } from '../platform/local-secrets.ts'
import { superviseParts } from './processes.ts'
import type { Part } from './processes.ts'
import { prove } from './proof-run.ts'
import type { ProofReport } from './proof-run.ts'
import { throwAwayEnvironment } from './stack-environment.ts'
import { startStack } from './stack.ts'
import type { Stack } from './stack.ts'
import { aborted, stopSignal } from './stop-signal.ts'
import { postEvent } from './webhook.ts'
import type { EventToSend } from './webhook.ts'

const { values } = parseArgs({
  options: {
    customers: { type: 'string', default: '500' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    kills: { type: 'string', default: '4' },
  },
})
const [customers, seed, kills] = [Number(values.customers), Number(values.seed), Number(values.kills)]

const say = (line: string) => console.log(line)
const stopping = stopSignal(process.env)
const supervisor = superviseParts()
const dataDir = await mkdtemp(join(tmpdir(), 'onramp-proof-'))

process.exitCode = 1
try {
  const env = throwAwayEnvironment(process.env, dataDir)
  const starting = startStack({ config: loadConfig(env), env, dataDir, supervisor, say, signal: stopping })
  const stack = await Promise.race([starting, aborted(stopping)])
  const report = stack && (await Promise.race([run(stack), stack.broken, aborted(stopping)]))
  if (report instanceof Error) throw report
  if (report) {
    for (const line of table(report)) say(line)
    if (isClean(report)) process.exitCode = 0
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
} finally {
  await supervisor.close()
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
}
process.exit()

async function run({ apiUrl, emulatorUrl, env, logDir }: Stack): Promise<ProofReport> {
  if (emulatorUrl === null) throw new Error('The proof needs the emulator.')
  const { webhookSecret } = readOrMakeSecrets(dataDir)
  let lives = 0
  // Beside the stack's own worker, one that dies.
  const startWorker = (): Part =>
    supervisor.start({
      name: 'second worker',
      layer: 'top',
      command: process.execPath,
      args: [fileURLToPath(new URL('../worker/main.ts', import.meta.url))],
      env: { ...env, METRICS_PORT: '0' },
      logFile: join(logDir, `second-worker-${++lives}.log`),
    })
  let worker = startWorker()

  say(`${customers} customers with seed ${seed}; ${kills} kills of a worker …`)
  return await prove({
    customers,
    seed,
    kills,
    portal: new EmulatorControl(emulatorUrl),
    hubspotUrl: emulatorUrl,
    timeoutMs: 300_000 + customers * 200,
    async send(event) {
      const timestamp = new Date().toISOString()
      const whole = { ...event, timestamp } as EventToSend
      const { status } = await postEvent({ apiUrl, webhookSecret, eventId: randomUUID(), event: whole })
      if (status !== 202) throw new Error(`onramp answers ${status} to an event`)
    },
    async replaceWorker() {
      await worker.stop(0)
      worker = startWorker()
    },
  })
}

function isClean({ missing, duplicates, foreignWrites }: ProofReport): boolean {
  return missing === 0 && duplicates === 0 && foreignWrites === 0
}

function table({ wrong, ...figures }: ProofReport): string[] {
  const rows = Object.entries(figures).map(([name, value]) => `  ${name.padEnd(16)}${String(value)}`)
  return [
    '',
    ...rows,
    '',
    ...wrong,
    isClean({ ...figures, wrong }) ? 'Every record is right.' : 'Not every record is right.',
  ]
}
