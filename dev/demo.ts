// `npm run demo`: ten customers, two of whom HubSpot knows already, one outage and one update; says whether every record is right.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '../platform/config.ts'
import { tellStory } from './demo-story.ts'
import { readOrMakeSecrets } from '../platform/local-secrets.ts'
import { superviseParts } from './processes.ts'
import { throwAwayEnvironment } from './stack-environment.ts'
import { startStack } from './stack.ts'
import type { Stack } from './stack.ts'
import { aborted, stopSignal } from './stop-signal.ts'

const say = (line: string) => console.log(line)
const stopping = stopSignal(process.env)
const supervisor = superviseParts()
const dataDir = await mkdtemp(join(tmpdir(), 'onramp-demo-'))

process.exitCode = 1
try {
  const env = throwAwayEnvironment(process.env, dataDir)

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
