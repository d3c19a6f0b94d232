// `npm run emulator`: the HubSpot emulator as a process of its own.

import { join } from 'node:path'
import { startEmulator } from './server.ts'

const { EMULATOR_PORT = '3010', HOST = '127.0.0.1', ONRAMP_DATA_DIR } = process.env
const port = Number(EMULATOR_PORT)

try {
  const dataDir = ONRAMP_DATA_DIR ? join(ONRAMP_DATA_DIR, 'hubspot') : null
  const emulator = await startEmulator({ port, host: HOST || '127.0.0.1', dataDir })
  console.log(`HubSpot emulator on ${emulator.url}`)
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void emulator.stop().then(() => process.exit(0)))
  }
} catch (error) {
  const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
  console.error(isTaken ? `Port ${EMULATOR_PORT} is taken; EMULATOR_PORT changes it.` : error)
  process.exit(1)
}
