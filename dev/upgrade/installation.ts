// An installation of onramp in a namespace of its own, whose processes come from several releases one after the other.

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client, Connection } from '@temporalio/client'
import { API_ARGUMENTS } from '../../api/node-arguments.ts'
import { createClient } from '../../platform/temporal.ts'
import { loadConfig } from '../../platform/config.ts'
import { NO_KEYS } from '../../platform/payloads/key-ring.ts'
import { WORKER_ARGUMENTS } from '../../worker/node-arguments.ts'
import { freePort } from '../launcher/free-ports.ts'
import type { StackProcess } from '../launcher/processes.ts'
import { waitUntilReady } from '../launcher/readiness.ts'
import type { ThrowAwayStack } from '../launcher/throw-away-stack.ts'
import { argumentsIn } from './releases.ts'
import type { Release } from './releases.ts'

const RETENTION_SECONDS = 86_400
// The services of the server learn of a new namespace one after the other.
const NAMESPACE_MS = 20_000

/** How a command ended. */
export interface Ended {
  code: number
  output: string
}

export class Installation {
  readonly client: Client
  /** The stack with the API of this installation, for the functions of dev/proof/stack.ts. */
  stack: ThrowAwayStack
  readonly #env: NodeJS.ProcessEnv
  #started = 0

  private constructor(stack: ThrowAwayStack, namespace: string) {
    const { env, secrets } = stack
    this.stack = stack
    this.#env = {
      ...env,
      TEMPORAL_NAMESPACE: namespace,
      TEMPORAL_VERSIONING: undefined,
      WEBHOOK_SECRETS: secrets.webhookSecret,
      OPERATOR_TOKENS: secrets.operatorToken,
    }
    const connectionOptions = { address: env['TEMPORAL_ADDRESS'] ?? '' }
    this.client = createClient({ connectionOptions, namespace }, loadConfig(env).payloadKeys ?? NO_KEYS)
  }

  /** Creates the namespace, and runs the release's setup. */
  static async create(stack: ThrowAwayStack, namespace: string, release: Release): Promise<Installation> {
    const installation = new Installation(stack, namespace)
    const { workflowService } = installation.client.connection as Connection
    const retention = { seconds: RETENTION_SECONDS } as never
    await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: retention })
    let setup: Ended
    const deadline = Date.now() + NAMESPACE_MS
    do {
      await sleep(500)
      setup = await installation.run(release, 'worker/setup.ts')
    } while (setup.code !== 0 && Date.now() < deadline)
    if (setup.code !== 0) throw new Error(`The setup of ${release.name} ended with ${setup.code}: ${setup.output}`)
    return installation
  }

  /** Starts a worker, and returns when it is ready. */
  async startWorker(release: Release, settings: NodeJS.ProcessEnv): Promise<StackProcess> {
    const port = await freePort()
    const env = { METRICS_PORT: String(port), ...settings }
    const worker = this.#start(`worker of ${release.name}`, argumentsIn(release, WORKER_ARGUMENTS), env)
    await waitUntilReady(worker, `http://127.0.0.1:${port}/health/ready`)
    return worker
  }

  /** Starts an API, and from now on uses it. */
  async startApi(release: Release, settings: NodeJS.ProcessEnv = {}): Promise<StackProcess> {
    const port = await freePort()
    const env = { PORT: String(port), METRICS_PORT: '0', ...settings }
    const api = this.#start(`API of ${release.name}`, argumentsIn(release, API_ARGUMENTS), env)
    const apiUrl = `http://127.0.0.1:${port}`
    await waitUntilReady(api, `${apiUrl}/health/ready`)
    this.stack = { ...this.stack, apiUrl }
    return api
  }

  /** Runs a command of the release to its end. */
  async run(release: Release, entry: string, args: string[] = [], settings: NodeJS.ProcessEnv = {}): Promise<Ended> {
    const { apiUrl, secrets, logDir } = this.stack
    const env = { ...this.#env, ONRAMP_URL: apiUrl, ONRAMP_TOKEN: secrets.operatorToken, ...settings }
    return await new Promise((resolve) => {
      const options = { env, cwd: logDir }
      execFile(process.execPath, [join(release.folder, entry), ...args], options, (error, stdout, stderr) => {
        const code = error === null ? 0 : Number(error.code ?? -1)
        resolve({ code, output: `${stdout}${stderr}`.trimEnd() })
      })
    })
  }

  async close(): Promise<void> {
    await this.client.connection.close()
  }

  #start(name: string, args: string[], settings: NodeJS.ProcessEnv): StackProcess {
    const { logDir, supervisor } = this.stack
    this.#started += 1
    const logFile = `${name.replaceAll(' ', '-')}-${this.client.options.namespace}-${this.#started}.log`
    return supervisor.start({
      name,
      layer: 'top',
      command: process.execPath,
      args,
      env: { ...this.#env, ...settings },
      // A `.env` of this checkout must not reach the processes.
      cwd: logDir,
      logFile: join(logDir, logFile),
    })
  }
}

/** Ends a process as a supervisor does, with SIGTERM. */
export async function stop(process: StackProcess): Promise<void> {
  await process.stop(15_000)
}
