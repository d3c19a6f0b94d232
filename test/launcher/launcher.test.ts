// `npm start`: its output, the data that it keeps, and that it leaves no process behind.

import { randomUUID } from 'node:crypto'
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { Connection } from '@temporalio/client'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { freePort } from '../../dev/launcher/free-ports.ts'
import { aDataFolder, alive, descendantsOf, runCommand, startLauncher } from '../support/launcher.ts'
import type { Launcher, RunningProcess } from '../support/launcher.ts'
import { isPrebuilt, prebuiltPath } from '../../worker/prebuilt-bundle.ts'

// The `.env` of a developer who also uses Temporal Cloud. The local stack must start all the same.
const TEMPORAL_ELSEWHERE = `
TEMPORAL_PROFILE=cloud
TEMPORAL_NAMESPACE=elsewhere.a1b2c
TEMPORAL_API_KEY=a-key
TEMPORAL_CONFIG_FILE=/nowhere/temporal.toml
`

describe('a stack that is up', () => {
  let folder: Awaited<ReturnType<typeof aDataFolder>>
  let project: Awaited<ReturnType<typeof aDataFolder>>
  let launcher: Launcher
  let processes: RunningProcess[]

  beforeAll(async () => {
    folder = await aDataFolder()
    project = await aDataFolder()
    await writeFile(join(project.path, '.env'), TEMPORAL_ELSEWHERE)
    // The test run has prebuilt it. A process of another test that starts meanwhile bundles the code itself.
    await rm(prebuiltPath(), { force: true })
    launcher = startLauncher({ dataDir: folder.path, cwd: project.path })
    await launcher.up
    processes = await descendantsOf(launcher.pid)
  })

  afterAll(async () => {
    launcher.kill('SIGTERM')
    await launcher.exited
    await Promise.all([folder[Symbol.asyncDispose](), project[Symbol.asyncDispose]()])
  })

  it('has printed its addresses, and every page answers', async () => {
    expect([pageOf(launcher, 'onramp'), pageOf(launcher, 'HubSpot'), pageOf(launcher, 'Temporal')]).not.toContain(
      undefined,
    )
    for (const page of launcher.output().match(/https?:\/\/\S+/g) ?? []) {
      const response = await fetch(page)
      expect({ page, ok: response.ok }).toEqual({ page, ok: true })
      expect(await response.text()).not.toBe('')
    }
  })

  it('prints the command to try on its last line, and on no other line', () => {
    const lines = launcher.output().trimEnd().split('\n')
    expect(lines.filter((line) => line.includes('npm run'))).toEqual([lines.at(-1)])
    expect(lines.at(-1)).toMatch(
      /^ {2}\S.* npm run send -- register --email ada@example\.com --company "Analytical Engines"$/,
    )
  })

  it('names the file of the secrets, prints none of them, and lets only the owner read it', async () => {
    const file = join(folder.path, 'secrets.json')
    expect(launcher.output()).toContain(file)
    const { webhookSecret, operatorToken, payloadKeys } = JSON.parse(await readFile(file, 'utf8'))
    expect(Buffer.from(webhookSecret.replace(/^whsec_/, ''), 'base64')).toHaveLength(32)
    expect(launcher.output()).not.toContain(webhookSecret)
    expect(launcher.output()).not.toContain(operatorToken)
    expect(payloadKeys).toMatch(/^local-[0-9a-f]{8}:[A-Za-z0-9+/]{43}=$/)
    expect(launcher.output()).not.toContain(payloadKeys)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  it('writes no file that other users can read, under any default of the user', async () => {
    const entries = await readdir(folder.path, { recursive: true })
    const readable = await Promise.all(
      entries.map(async (entry) => ((await stat(join(folder.path, entry))).mode & 0o077 ? [entry] : [])),
    )
    expect(entries).toEqual(expect.arrayContaining(['secrets.json', 'temporal.sqlite', 'hubspot/portal.sqlite']))
    expect(readable.flat()).toEqual([])
  })

  it('has built the workflow code in advance, and its worker is on the current version', async () => {
    expect(isPrebuilt()).toBe(true)
    expect(await readFile(join(folder.path, 'logs/worker.log'), 'utf8')).toContain('this version is current')
  })

  it('locks its data folder for a second launcher', async () => {
    await using second = startLauncher({ dataDir: folder.path })
    expect(await second.exited).toBe(1)
    expect(second.output()).toBe(
      `The data folder ${folder.path} is in use by another launcher (process ${launcher.pid}). ` +
        'Stop that one first, or set ONRAMP_DATA_DIR to another folder.\n',
    )
  })

  it('onboards a customer with the printed command, leaves no process behind, and still has the customer after a restart', async () => {
    const command = launcher.output().trimEnd().split('\n').at(-1)!
    const output = await runCommand(command)
    const customerId = /customer (cus_\w+)/.exec(output)?.[1]
    await expect.poll(() => phaseOf(customerId!)).toBe('onboarded')
    expect(output).toContain(`HubSpot       ${pageOf(launcher, 'HubSpot')}\n`)

    expect(await decodedByTemporalUi(customerId!)).toContain('ada@example.com')

    launcher.kill('SIGTERM')
    expect(await launcher.exited).toBe(0)
    expect(await alive(processes)).toEqual([])

    launcher = startLauncher({ dataDir: folder.path })
    await launcher.up
    await expect.poll(() => phaseOf(customerId!)).toBe('onboarded')
    expect(await (await fetch(pageOf(launcher, 'HubSpot')!)).text()).toContain('ada@example.com')
  })

  /** Has the customer's first event decoded in the way of the Temporal UI: without a token, at the endpoint that its server names. */
  async function decodedByTemporalUi(customerId: string): Promise<string> {
    const temporalUi = pageOf(launcher, 'Temporal')!
    const read = async (path: string) => await (await fetch(`${temporalUi}${path}`)).json()
    const { Codec } = (await read('/api/v1/settings')) as { Codec: { Endpoint: string } }
    const workflow = encodeURIComponent(`onboarding/${customerId}`)
    const { history } = (await read(`/api/v1/namespaces/default/workflows/${workflow}/history`)) as {
      history: { events: { workflowExecutionSignaledEventAttributes?: { input: { payloads: object[] } } }[] }
    }
    const payloads = history.events.flatMap(
      (event) => event.workflowExecutionSignaledEventAttributes?.input.payloads ?? [],
    )
    expect(JSON.stringify(payloads)).toContain(Buffer.from('binary/encrypted').toString('base64'))

    const decode = async (url: string) =>
      await fetch(url, {
        method: 'POST',
        headers: { origin: temporalUi, 'content-type': 'application/json', 'x-namespace': 'default' },
        body: JSON.stringify({ payloads }),
      })
    const decoded = await decode(`${Codec.Endpoint}/decode?preserveStorageRefs=true`)
    expect(decoded.headers.get('access-control-allow-origin')).toBe(temporalUi)
    expect((await decode(`${Codec.Endpoint.slice(0, -1)}/decode`)).status).toBe(404)
    const body = (await decoded.json()) as { payloads: { data: string }[] }
    return body.payloads.map(({ data }) => Buffer.from(data, 'base64').toString()).join()
  }

  async function phaseOf(customerId: string): Promise<unknown> {
    const { operatorToken } = JSON.parse(await readFile(join(folder.path, 'secrets.json'), 'utf8'))
    const response = await fetch(`${pageOf(launcher, 'onramp')}/v1/customers/${customerId}`, {
      headers: { authorization: `Bearer ${operatorToken}` },
    })
    return ((await response.json()) as { phase?: unknown }).phase
  }
})

describe('a stack with HOST=0.0.0.0', () => {
  it('listens on all addresses with the API alone; the emulator and Temporal stay on loopback', async () => {
    await using folder = await aDataFolder()
    await using launcher = startLauncher({ dataDir: folder.path, env: { HOST: '0.0.0.0' } })
    await launcher.up
    const listening = ['onramp', 'HubSpot', 'Temporal'].map((name) => Number(new URL(pageOf(launcher, name)!).port))
    const reachable = await Promise.all(listening.map((port) => acceptsConnections(otherAddress(), port)))
    expect(reachable).toEqual([true, false, false])
    expect(pageOf(launcher, 'HubSpot')).toMatch(/^http:\/\/127\.0\.0\.1:/)
  })
})

describe('a stack on a Temporal server where other workers are current', () => {
  it('leaves the customers to them, and says so', async () => {
    const taskQueue = `launcher-${randomUUID()}`
    const connection = await Connection.connect({ address: inject('temporalAddress') })
    await connection.workflowService.setWorkerDeploymentCurrentVersion({
      namespace: 'default',
      deploymentName: taskQueue,
      buildId: 'elsewhere',
      allowNoPollers: true,
    })
    await connection.close()
    await using folder = await aDataFolder()
    const env = { TEMPORAL_ADDRESS: inject('temporalAddress'), TEMPORAL_TASK_QUEUE: taskQueue }
    await using launcher = startLauncher({ dataDir: folder.path, env })
    await launcher.up
    expect(launcher.output()).toContain(
      'another version of the workers is current, so this worker gets no new customers',
    )
    expect(await readFile(join(folder.path, 'logs/worker.log'), 'utf8')).toContain('npm run promote')
  })
})

describe('a stack that loses a process', () => {
  it('names it with its last lines, and stops the rest with exit code 1', async () => {
    await using folder = await aDataFolder()
    await using launcher = startLauncher({ dataDir: folder.path })
    await launcher.up
    const processes = await descendantsOf(launcher.pid)
    const worker = processes.find(({ command }) => command.includes('worker/main.ts'))

    process.kill(worker!.pid, 'SIGKILL')

    expect(await launcher.exited).toBe(1)
    expect(launcher.output()).toMatch(/The worker was ended by SIGKILL\.\nIts last lines \(.*worker\.log\):\n {2}\S.*/)
    expect(await alive(processes)).toEqual([])
  })
})

describe('a launcher that is killed', () => {
  it('takes all processes with it, and its folder can be used again at once', async () => {
    await using folder = await aDataFolder()
    await using launcher = startLauncher({ dataDir: folder.path })
    await launcher.up
    const processes = await descendantsOf(launcher.pid)
    expect(processes.length).toBeGreaterThanOrEqual(4)

    launcher.kill('SIGKILL')
    await launcher.exited
    await using next = startLauncher({ dataDir: folder.path })
    await next.up
    expect(next.output()).toContain('onramp is up.')
    expect(await alive(processes)).toEqual([])

    next.kill('SIGINT')
    expect(await next.exited).toBe(0)
  })
})

describe('npm start', () => {
  it('stops on SIGTERM, and ends after all processes have ended', async () => {
    await using folder = await aDataFolder()
    await using npm = startLauncher({ dataDir: folder.path, through: 'npm' })
    await npm.up
    const processes = await descendantsOf(npm.pid)
    npm.kill('SIGTERM')
    await npm.exited
    expect(await alive(processes)).toEqual([])
  })

  it('takes all processes with it when npm is killed', async () => {
    await using folder = await aDataFolder()
    await using npm = startLauncher({ dataDir: folder.path, through: 'npm' })
    await npm.up
    const processes = await descendantsOf(npm.pid)
    npm.kill('SIGKILL')
    await expect.poll(() => alive(processes)).toEqual([])
  })
})

describe('a data folder of another version', () => {
  it.each([
    ['onramp 0.1.0', null],
    ['another version of onramp', '{"format":99}'],
  ])('written by %s stops the start, which says what to do and leaves the folder unchanged', async (writer, format) => {
    await using folder = await aDataFolder()
    await writeFile(join(folder.path, 'temporal.sqlite'), 'histories')
    if (format !== null) await writeFile(join(folder.path, 'format.json'), format)
    await using launcher = startLauncher({ dataDir: folder.path })
    expect(await launcher.exited).toBe(1)
    expect(launcher.output()).toBe(
      `The data folder ${folder.path} is from ${writer}, whose workflow histories this version cannot replay. ` +
        'Delete the folder and start again, or set ONRAMP_DATA_DIR to another one.\n',
    )
    expect(await readFile(join(folder.path, 'temporal.sqlite'), 'utf8')).toBe('histories')
  })
})

describe('a port that is taken', () => {
  it.each(['PORT', 'METRICS_PORT', 'EMULATOR_PORT', 'TEMPORAL_PORT', 'TEMPORAL_UI_PORT'])(
    'is named in one line with %s, before any process starts',
    async (variable) => {
      await using folder = await aDataFolder()
      await using taken = await aTakenPort()
      await using launcher = startLauncher({ dataDir: folder.path, env: { [variable]: String(taken.port) } })
      expect(await launcher.exited).toBe(1)
      expect(launcher.output()).toBe(
        `Port ${taken.port} is taken by another program. Set ${variable} to a free one, or end that program.\n`,
      )
    },
  )
})

function pageOf(launcher: Launcher, name: string): string | undefined {
  return new RegExp(`^ {2}${name}\\s+(https?://\\S+)$`, 'm').exec(launcher.output())?.[1]
}

async function aTakenPort(): Promise<{ port: number; [Symbol.asyncDispose]: () => Promise<void> }> {
  const server = createServer()
  // Not one that the kernel assigns: the port after it is often taken, too, and the launcher needs both for metrics.
  const port = await freePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    port,
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** An address of this machine other than 127.0.0.1. Without a network there is 127.0.0.2, on Linux at least. */
function otherAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
  return addresses.find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? '127.0.0.2'
}

async function acceptsConnections(host: string, port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect({ host, port })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
