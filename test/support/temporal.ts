// One Temporal server for the whole test run: a development server in memory, or a given one (`npm run test:cluster`).

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { GivenTemporal } from '../../dev/launcher/environment.ts'
import { freePort } from '../../dev/launcher/free-ports.ts'
import { startSupervisor } from '../../dev/launcher/processes.ts'
import type { Supervisor } from '../../dev/launcher/processes.ts'
import { temporalCli, userCacheDir } from '../../dev/launcher/temporal/cli.ts'
import { skipsTime } from '../../dev/launcher/temporal/namespaces.ts'
import { startTemporalServer } from '../../dev/launcher/temporal/server.ts'
import { loadConfig } from '../../platform/config.ts'

export { freePort }

/** The same program that `npm start` uses. */
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

export interface TestTemporal {
  address: string
  namespace: string
  /** Whether the server has time skipping, which is off by default on a production server. */
  skipsTime: boolean
  /** Whether the server is a development server with the settings of this file. */
  isDevelopment: boolean
  stop: () => Promise<void>
}

/** Uses a running server and a namespace on it, which stays as it is. */
export async function givenTemporal({ address, namespace }: GivenTemporal): Promise<TestTemporal> {
  const hasTimeSkipping = await skipsTime(namespace, address)
  return { address, namespace, skipsTime: hasTimeSkipping, isDevelopment: false, stop: async () => {} }
}

/** Starts the server; `stop` ends it and deletes its files. A test run that is killed takes the server with it. */
export async function startTestTemporal(): Promise<TestTemporal> {
  const supervisor = startSupervisor()
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
        // Slow batch operations, so that a test can see one in progress.
        'worker.batcherRPS': '5',
        // Temporal deletes a run when it next saves its queue's progress, which by default is every 30 seconds.
        'history.transferProcessorUpdateAckInterval': '"200ms"',
        // By default a run counts as stuck after its fifth failed workflow task, which takes a minute.
        'system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute': '2',
        // Each task queue of a test has a Worker Deployment of its own; by default a namespace has at most 100.
        'matching.maxDeployments': '10000',
      },
    })

  // Another program may take a free port before the server binds it, but not three times in a row.
  const server = await start().catch(start).catch(start)
  return {
    address: server.address,
    namespace: 'default',
    skipsTime: true,
    isDevelopment: true,
    async stop() {
      // The server keeps nothing, so it gets no time to finish.
      await supervisor.close({ top: 0, base: 0 })
      await rm(folder, { recursive: true, force: true })
    },
  }
}
