// `npm run emulator`: the HubSpot emulator as a process of its own.

import { join } from 'node:path'
import { startEmulator } from './server.ts'

const { EMULATOR_PORT, HOST, ONRAMP_DATA_DIR } = process.env
const port = EMULATOR_PORT === undefined || EMULATOR_PORT === '' ? 3010 : Number(EMULATOR_PORT)
if (!Number.isInteger(port) || port < 0 || port > 65_535)
  fail('EMULATOR_PORT is no port: a number up to 65535, or 0 for any free one.')

try {
  const dataDir = ONRAMP_DATA_DIR ? join(ONRAMP_DATA_DIR, 'hubspot') : null
  const emulator = await startEmulator({ port, host: HOST || '127.0.0.1', dataDir })
  // Before the line that says it is there, since somebody may stop it as soon as they have read it.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void emulator.stop().then(() => process.exit(0)))
  }
  console.log(`HubSpot emulator on ${emulator.url}`)
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') fail(`Port ${port} is taken; EMULATOR_PORT changes it.`)
  if (message === 'database is locked')
    fail(`Another emulator has the folder ${ONRAMP_DATA_DIR}; ONRAMP_DATA_DIR changes it.`)
  fail(`The emulator cannot start: ${message}`)
}

function fail(line: string): never {
  console.error(line)
  process.exit(1)
}
