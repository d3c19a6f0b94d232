// G11 · A whole stack at LOG_LEVEL=trace writes no customer's data and no secret anywhere but into the portal.

import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { EmulatorControl } from 'hubspot-emulator/control'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../dev/launcher/free-ports.ts'
import { createClient } from '../../platform/temporal.ts'
import { CANARIES, leaksIn, textsIn } from '../support/canaries.ts'
import { CUSTOMERS, eraseCanaries, historiesOf, LATER_CANARIES, playCanaries } from '../support/canary-story.ts'
import type { RunningStack } from '../support/canary-story.ts'
import { aDataFolder, descendantsOf, startLauncher } from '../support/launcher.ts'
import { ringOf } from '../support/payload-keys.ts'
import type { Launcher } from '../support/launcher.ts'

// The story takes about a minute on two idle cores, and many times that on a busy machine.
const MINUTES_MS = 480_000

/** A portal's own records, in clear as in HubSpot. Erased contacts are not in them either. */
const PORTAL = /^hubspot\/portal\.sqlite(-wal|-shm)?$/
/** The only file that has the secrets; its mode is 0600. */
const SECRETS = /^secrets\.json$/

const CRASH = ['CanaryCrash', 'canary-crash@example.com']
const VALUES = [...textsIn(CANARIES), ...textsIn(LATER_CANARIES), ...CRASH]
/** The companies belong to organizations, so they stay in HubSpot. */
const OF_CONTACTS = VALUES.filter(
  (value) => ![...textsIn(CANARIES.company), 'CanaryMoved', 'canary-moved.example'].includes(value),
)

// Each process throws at SIGUSR2 an error of which Node itself would print the text and the properties.
const CRASHING = `
import { isMainThread } from 'node:worker_threads'
if (isMainThread) process.on('SIGUSR2', () => {
  throw Object.assign(new Error(${JSON.stringify(CRASH[0])}), { body: { email: ${JSON.stringify(CRASH[1])} } })
})`

describe('G11 · a stack at LOG_LEVEL=trace, in a story with a canary in every field', { timeout: MINUTES_MS }, () => {
  let folder: Awaited<ReturnType<typeof aDataFolder>>
  let temporary: Awaited<ReturnType<typeof aDataFolder>>
  let launcher: Launcher
  let stack: RunningStack
  let metricsPort: number
  let secrets: string[]

  beforeAll(async () => {
    folder = await aDataFolder()
    temporary = await aDataFolder()
    metricsPort = await freePort()
    const temporalPort = await freePort()
    launcher = startLauncher({
      dataDir: folder.path,
      env: {
        LOG_LEVEL: 'trace',
        TMPDIR: temporary.path,
        METRICS_PORT: String(metricsPort),
        TEMPORAL_PORT: String(temporalPort),
        NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(CRASHING)}`,
      },
    })
    await launcher.up
    const { webhookSecret, operatorToken, payloadKeys } = JSON.parse(
      await readFile(join(folder.path, 'secrets.json'), 'utf8'),
    ) as {
      webhookSecret: string
      operatorToken: string
      payloadKeys: string
    }
    secrets = [webhookSecret, operatorToken, payloadKeys]
    const connectionOptions = { address: `127.0.0.1:${temporalPort}` }
    stack = {
      apiUrl: pageOf('onramp'),
      emulatorUrl: pageOf('HubSpot'),
      client: createClient({ connectionOptions, namespace: 'default' }, ringOf(payloadKeys)),
      webhookSecret,
      operatorToken,
    }
    await playCanaries(stack)
  }, MINUTES_MS)

  afterAll(async () => {
    launcher.kill('SIGTERM')
    await launcher.exited
    await stack?.client.connection.close()
    await Promise.all([folder[Symbol.asyncDispose](), temporary[Symbol.asyncDispose]()])
  }, MINUTES_MS)

  it('has logged the story at the level trace', async () => {
    const logs = await textOf((name) => name.startsWith('logs/'))
    for (const message of [
      'Got workflow activation',
      'Activity started',
      'HubSpot answered 500',
      'an event was accepted',
      'an event was rejected',
      'a customer has reached a phase',
      'a customer is parked',
      'the process starts',
    ])
      expect(logs).toContain(message)
  })

  it('has no value and no secret in the output of any process', async () => {
    const logs = await filesOf((name) => name.startsWith('logs/'))
    expect(logs.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'logs/api.log',
        'logs/worker.log',
        'logs/hubspot-emulator.log',
        'logs/temporal.log',
        'logs/setup.log',
      ]),
    )
    expectNoLeak([...logs, { name: 'the launcher', text: launcher.output() }], [...VALUES, ...secrets])
  })

  it('has no value in the metrics and the health of the API and of the worker', async () => {
    const urls = [metricsPort, metricsPort + 1].flatMap((port) =>
      ['metrics', 'health/ready'].map((path) => `http://127.0.0.1:${port}/${path}`),
    )
    const pages = await Promise.all(urls.map(async (name) => ({ name, text: await (await fetch(name)).text() })))
    const metrics = pages.map(({ text }) => text).join()
    for (const name of [
      'status="500"',
      'onramp_parked_total{reason=',
      'onramp_customers{phase="onboarded"} ',
      'temporal_workflow_task_execution_latency_seconds_count{',
      'onramp_ignored_fields_total{field="data.plan"}',
      '{field="other"}',
    ])
      expect(metrics).toContain(name)
    expectNoLeak(pages, [...VALUES, ...secrets])
  })

  it('has nothing of an erased customer in Temporal’s histories, in the emulator’s journal and in its file', async () => {
    await eraseCanaries(stack)
    for (const customerId of CUSTOMERS) {
      expect(leaksIn((await historiesOf(stack.client, customerId)).join(), VALUES)).toEqual([])
    }
    const journal = await new EmulatorControl(stack.emulatorUrl).requests()
    expect(journal.length).toBeGreaterThan(20)
    expectNoLeak(
      [{ name: 'the journal', text: JSON.stringify(journal) }, ...(await filesOf((name) => PORTAL.test(name)))],
      OF_CONTACTS,
    )
  })

  it('crashes without a value in its output, and leaves none in its folders', async () => {
    const processes = (await descendantsOf(launcher.pid)).filter(({ command }) => command.includes('main.ts'))
    expect(processes).toHaveLength(3)
    // All at once, since the launcher stops the others as soon as one has ended.
    for (const { pid } of processes) process.kill(pid, 'SIGUSR2')
    expect(await launcher.exited).toBe(1)
    const logs = await textOf((name) => name.startsWith('logs/'))
    expect(logs.match(/an error was not caught|The emulator ends: Error/g)).toHaveLength(3)

    const files = await filesOf((name) => !PORTAL.test(name))
    expectNoLeak(
      [...files, ...(await filesIn(temporary.path)), { name: 'the launcher', text: launcher.output() }],
      VALUES,
    )
    expectNoLeak(
      files.filter(({ name }) => !SECRETS.test(name)),
      secrets,
    )
  })

  function pageOf(name: string): string {
    return new RegExp(`^ {2}${name}\\s+(https?://\\S+)$`, 'm').exec(launcher.output())?.[1] ?? ''
  }

  async function filesOf(isMeant: (name: string) => boolean): Promise<Text[]> {
    return (await filesIn(folder.path)).filter(({ name }) => isMeant(name))
  }

  async function textOf(isMeant: (name: string) => boolean): Promise<string> {
    return (await filesOf(isMeant)).map(({ text }) => text).join('\n')
  }
})

interface Text {
  name: string
  text: string
}

async function filesIn(path: string): Promise<Text[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return await Promise.all(
    // A file may go away meanwhile. All canaries are ASCII, so the encoding does not matter.
    files.map(async (file) => ({ name: relative(path, file), text: await readFile(file, 'latin1').catch(() => '') })),
  )
}

function expectNoLeak(texts: Text[], words: string[]): void {
  const leaks = texts.flatMap(({ name, text }) => leaksIn(text, words).map((word) => `${name}: ${word}`))
  expect(leaks).toEqual([])
}
