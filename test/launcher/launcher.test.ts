// `npm start`: its output, the data that it keeps, and that it leaves no process behind.

import { readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../dev/launcher/free-ports.ts'
import { aDataFolder, alive, descendantsOf, runCommand, startLauncher } from '../support/launcher.ts'
import type { Launcher, RunningProcess } from '../support/launcher.ts'

// The `.env` of a developer who also uses Temporal Cloud. The local stack must start all the same.
const TEMPORAL_ELSEWHERE = `
TEMPORAL_PROFILE=cloud
TEMPORAL_NAMESPACE=elsewhere.a1b2c
TEMPORAL_API_KEY=a-key
TEMPORAL_CONFIG_FILE=/nowhere/temporal.toml
`

// A start takes three seconds on two idle cores, and many times that on a busy machine.
const START_MS = 120_000

describe('a stack that is up', { timeout: START_MS }, () => {
  let folder: Awaited<ReturnType<typeof aDataFolder>>
  let project: Awaited<ReturnType<typeof aDataFolder>>
  let launcher: Launcher
  let processes: RunningProcess[]

  beforeAll(async () => {
    folder = await aDataFolder()
    project = await aDataFolder()
    await writeFile(join(project.path, '.env'), TEMPORAL_ELSEWHERE)
    launcher = startLauncher({ dataDir: folder.path, cwd: project.path })
    await launcher.up
    processes = await descendantsOf(launcher.pid)
  }, START_MS)

  afterAll(async () => {
    launcher.kill('SIGTERM')
    await launcher.exited
    await Promise.all([folder[Symbol.asyncDispose](), project[Symbol.asyncDispose]()])
  }, START_MS)

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
    const { webhookSecret, operatorToken } = JSON.parse(await readFile(file, 'utf8'))
    expect(Buffer.from(webhookSecret.replace(/^whsec_/, ''), 'base64')).toHaveLength(32)
    expect(launcher.output()).not.toContain(webhookSecret)
    expect(launcher.output()).not.toContain(operatorToken)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
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
    await expect.poll(() => phaseOf(customerId!), { timeout: 20_000 }).toBe('onboarded')

    launcher.kill('SIGTERM')
    expect(await launcher.exited).toBe(0)
    expect(await alive(processes)).toEqual([])

    launcher = startLauncher({ dataDir: folder.path })
    await launcher.up
    expect(await phaseOf(customerId!)).toBe('onboarded')
    expect(await (await fetch(pageOf(launcher, 'HubSpot')!)).text()).toContain('ada@example.com')
  })

  async function phaseOf(customerId: string): Promise<unknown> {
    const { operatorToken } = JSON.parse(await readFile(join(folder.path, 'secrets.json'), 'utf8'))
    const response = await fetch(`${pageOf(launcher, 'onramp')}/v1/customers/${customerId}`, {
      headers: { authorization: `Bearer ${operatorToken}` },
    })
    return ((await response.json()) as { phase?: unknown }).phase
  }
})

describe('a stack that loses a process', { timeout: START_MS }, () => {
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

describe('a launcher that is killed', { timeout: START_MS }, () => {
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

describe('npm start', { timeout: START_MS }, () => {
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
    await expect.poll(() => alive(processes), { timeout: 15_000 }).toEqual([])
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
