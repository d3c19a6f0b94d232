// `npm run demo`: ten customers, two of whom HubSpot knows already, one outage and one update; says whether every record is right.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '../platform/config.ts'
import { tellStory } from './demo-story.ts'
import { readOrMakeSecrets } from './local-secrets.ts'
import { superviseParts } from './processes.ts'
import { startStack } from './stack.ts'
import type { Stack } from './stack.ts'
import { aborted, stopSignal } from './stop-signal.ts'

const say = (line: string) => console.log(line)
const stopping = stopSignal(process.env)
const supervisor = superviseParts()
const dataDir = await mkdtemp(join(tmpdir(), 'onramp-demo-'))

process.exitCode = 1
try {
  // Whatever the user has set, the demo never talks to their HubSpot or their Temporal, and takes no port of theirs.
  const foreign = /^(HUBSPOT_|TEMPORAL_(?!CLI$)|WEBHOOK_SECRETS$|OPERATOR_TOKENS$|HOST$)/
  const free = { PORT: '0', METRICS_PORT: '0', EMULATOR_PORT: '0', TEMPORAL_PORT: '0', TEMPORAL_UI_PORT: '0' }
  const kept = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)))
  const env = { ...kept, ...free, ONRAMP_DATA_DIR: dataDir }

  const starting = startStack({ config: loadConfig(env), env, dataDir, supervisor, say, signal: stopping })
  const stack = await Promise.race([starting, aborted(stopping)])
  const outcome = stack && (await Promise.race([story(stack), stack.broken, aborted(stopping)]))
  if (outcome instanceof Error) throw outcome
  if (outcome === true) process.exitCode = 0
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
} finally {
  await supervisor.close()
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
}
process.exit()

async function story({ apiUrl, emulatorUrl }: Stack): Promise<boolean> {
  if (emulatorUrl === null) throw new Error('The demo needs the emulator.')
  return await tellStory({ apiUrl, emulatorUrl, secrets: readOrMakeSecrets(dataDir), say })
}
