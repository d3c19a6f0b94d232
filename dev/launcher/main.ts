// `npm start`: starts the whole stack on this machine, prints its addresses, and stops all of it together.

import { resolve } from 'node:path'
import { configOrExit, configWarnings } from '../../platform/config.ts'
import { checkDataFolderFormat } from './data-folder-format.ts'
import { lockDataFolder } from './data-folder-lock.ts'
import { startSupervisor } from './processes.ts'
import { secretsLocation } from './environment.ts'
import { startStack } from './stack.ts'
import type { Stack } from './stack.ts'
import { aborted, stopSignal } from './stop-signal.ts'

// All processes of the stack inherit this: other users can read none of the files that they write.
process.umask(0o077)

const config = configOrExit()
const dataDir = resolve(config.onrampDataDir)
const say = (line: string) => console.log(line)

// A closed output, as in `npm start | head`, must not end the stack.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

const stopping = stopSignal(process.env)

for (const warning of configWarnings()) console.error(warning)

const supervisor = startSupervisor()
process.exitCode = 0
try {
  const lock = await lockDataFolder({ folder: dataDir, guardPid: supervisor.guardPid, log: say })
  checkDataFolderFormat(dataDir)
  const starting = startStack({ config, env: process.env, dataDir, supervisor, say, signal: stopping })
  try {
    await untilStopped(starting)
  } finally {
    await supervisor.close()
    // An aborted start still has to clean up.
    await starting.catch(() => {})
    lock.release()
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
await supervisor.close()
process.exit()

async function untilStopped(starting: Promise<Stack>): Promise<void> {
  const stopped = aborted(stopping)
  const stack = await Promise.race([starting, stopped])
  if (stack !== null) {
    for (const line of description(stack)) say(line)
    const broken = await Promise.race([stack.broken, stopped])
    if (broken !== null) {
      console.error(`${broken.message}\nStopping the rest …`)
      process.exitCode = 1
      return
    }
  }
  say('Stopping …')
}

/** The addresses and folders. The command to try comes last, on a line of its own, where it is easy to find. */
function description({ apiUrl, emulatorUrl, temporalUiUrl, logDir }: Stack): string[] {
  return [
    '',
    'onramp is up.',
    '',
    `  onramp        ${apiUrl}`,
    emulatorUrl === null ? '  HubSpot       set by your HUBSPOT_ variables' : `  HubSpot       ${emulatorUrl}`,
    temporalUiUrl === null ? '  Temporal      set by your TEMPORAL_ variables' : `  Temporal      ${temporalUiUrl}`,
    '',
    `  Secrets       ${secretsLocation(config, dataDir)}`,
    `  Data          ${dataDir}`,
    `  Logs          ${logDir}`,
    '',
    'Ctrl-C stops everything. To see a customer arrive, send an event from another terminal:',
    '',
    `  ${assignmentsFor(apiUrl, emulatorUrl)}npm run send -- register --email ada@example.com --company "Analytical Engines"`,
  ]
}

/** Another terminal may not have the variables of this stack, so the command sets those that it needs to find the stack. */
function assignmentsFor(apiUrl: string, emulatorUrl: string | null): string {
  const { hostname, port } = new URL(apiUrl)
  const emulatorPort = emulatorUrl === null ? '3010' : new URL(emulatorUrl).port
  const set = [
    ...(hostname === '127.0.0.1' ? [] : [`HOST=${config.host}`]),
    ...(port === '3000' ? [] : [`PORT=${port}`]),
    // It prints where to see the contact.
    ...(emulatorPort === '3010' ? [] : [`EMULATOR_PORT=${emulatorPort}`]),
    ...(config.onrampDataDir === '.data' ? [] : [`ONRAMP_DATA_DIR='${dataDir}'`]),
  ]
  return set.map((assignment) => `${assignment} `).join('')
}
