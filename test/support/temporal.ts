// One Temporal server in memory for a whole test run, with time that can be skipped.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../dev/launcher/free-ports.ts'
import { superviseParts } from '../../dev/launcher/processes.ts'
import type { Supervisor } from '../../dev/launcher/processes.ts'
import { temporalCli, userCacheDir } from '../../dev/launcher/temporal/cli.ts'
import { startTemporalServer } from '../../dev/launcher/temporal/server.ts'
import { loadConfig } from '../../platform/config.ts'

export { freePort }

/** The same program that `npm start` would take. */
export async function testTemporalCli(supervisor: Supervisor): Promise<string> {
  const config = loadConfig(process.env)
  return await temporalCli({
    configured: config.temporalCli ?? null,
    cacheDir: config.onrampCacheDir ?? userCacheDir(process.env),
    env: process.env,
    log: (line) => console.log(line),
    supervisor,
    signal: new AbortController().signal,
  })
}

/** Starts it; `stop` ends it and leaves nothing behind. A run that is killed takes its server with it. */
export async function startTestTemporal(): Promise<{ address: string; stop: () => Promise<void> }> {
  const supervisor = superviseParts()
  const cli = await testTemporalCli(supervisor)
  const folder = await mkdtemp(join(tmpdir(), 'onramp-test-temporal-'))
  const start = async () =>
    await startTemporalServer({
      cli,
      supervisor,
      env: process.env,
      port: await freePort(),
      uiPort: null,
      file: null,
      logFile: join(folder, 'temporal.log'),
      settings: {
        'frontend.WorkflowTimeSkippingEnabled': 'true',
        // Batch operations are slow enough to be seen at work.
        'worker.batcherRPS': '5',
        // Temporal deletes a run with the next save of how far it has come; by default that is every half a minute.
        'history.transferProcessorUpdateAckInterval': '"200ms"',
      },
    })

  // Another program may take a free port in the moment before the server binds it; three times in a row it will not.
  const server = await start().catch(start).catch(start)
  return {
    address: server.address,
    async stop() {
      // It keeps nothing, so it need not take its time to end.
      await supervisor.close({ top: 0, base: 0 })
      await rm(folder, { recursive: true, force: true })
    },
  }
}
