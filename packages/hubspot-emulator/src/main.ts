#!/usr/bin/env node
// `npm run emulator`: runs the HubSpot emulator in its own process.

import { join } from 'node:path'
import { endOnCrash } from './crash.ts'
import { startEmulator } from './server.ts'

endOnCrash()

const { EMULATOR_PORT, HOST, ONRAMP_DATA_DIR } = process.env
const port = EMULATOR_PORT === undefined || EMULATOR_PORT === '' ? 3010 : Number(EMULATOR_PORT)
if (!Number.isInteger(port) || port < 0 || port > 65_535)
  fail('EMULATOR_PORT must be a number from 0 to 65535; 0 picks a free port.')

try {
  const dataDir = ONRAMP_DATA_DIR ? join(ONRAMP_DATA_DIR, 'hubspot') : null
  const emulator = await startEmulator({ port, host: HOST || '127.0.0.1', dataDir })
  // The handlers come before the printed line, since a launcher may stop the process as soon as it reads that line.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void emulator.stop().then(() => process.exit(0)))
  }
  console.log(`HubSpot emulator on ${emulator.url}`)
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') fail(`Port ${port} is in use. Set EMULATOR_PORT to another one.`)
  if (message === 'database is locked')
    fail(`Another emulator uses the folder ${ONRAMP_DATA_DIR}. Stop it, or set ONRAMP_DATA_DIR to another folder.`)
  fail(`The emulator cannot start: ${message}`)
}

function fail(line: string): never {
  console.error(line)
  process.exit(1)
}
