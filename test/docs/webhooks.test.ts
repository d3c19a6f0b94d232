// docs/webhooks.md is true: its samples run, its test vector verifies, and its tables match the API.

import { execFile, spawnSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { serve } from '@hono/node-server'
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createApp } from '../../api/app.ts'
import type { ParkedCustomers } from '../../api/temporal/parked-customers.ts'
import type { StuckRuns } from '../../api/temporal/stuck-runs.ts'
import type { CustomerList } from '../../api/temporal/customer-list.ts'
import { EVENTS } from '../../api/middleware/concurrency-limit.ts'
import { PROBLEMS } from '../../api/problems/problems.ts'
import type { Installation } from '../../api/temporal/installation.ts'
import type { Onboardings } from '../../api/temporal/onboardings.ts'
import { rejection } from '../../api/problems/rejected-requests.ts'
import { FIELD_NAMES } from '../../domain/fields.ts'
import { CustomerEvent } from '../../domain/events.ts'
import { BODY_LIMIT_BYTES, ID_LIMIT } from '../../domain/limits.ts'
import { createLogger } from '../../platform/logger.ts'
import { testApi } from '../support/api.ts'
import { testCodec } from '../support/payload-keys.ts'
import { signedRequest, WEBHOOK_SECRET } from '../support/sender.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const execute = promisify(execFile)
const INSTALLS = { timeout: 240_000 }
const isInstalled = (program: string) => spawnSync(program, ['version']).status === 0
/** The address of the customer's status, on a line of its own. */
const statusAt = (url: string) => new RegExp(`^(?:stored: )?${url}/v1/customers/cus_2$`, 'm')
const page = readFileSync(join(ROOT, 'docs/webhooks.md'), 'utf8')

/** The first code block of a language below a heading. */
function block(heading: string, kind: string): string {
  const text = new RegExp(`^#+ ${heading}\\n[^]*?^\`\`\`${kind}\\n([^]*?)^\`\`\``, 'm').exec(page)?.[1]
  if (text === undefined) throw new Error(`The page has no ${kind} below "${heading}".`)
  return text
}

/** The cells of the table below a heading, without the header row. */
function table(heading: string): string[][] {
  const [, rows = ''] = new RegExp(`^#+ ${heading}\\n[^]*?^\\| -.*\\n((?:\\|.*\\n)+)`, 'm').exec(page) ?? []
  return rows
    .trim()
    .split('\n')
    .map((row) => row.split('|').slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim().replace(/^`(.*)`$/, '$1')))
}

describe('the events', () => {
  const example = JSON.parse(block('Events', 'json')) as { data: Record<string, unknown> }
  const bounds = table('Fields of `data`')
  const fields = ['customerId', 'company.id', ...FIELD_NAMES]

  it('have an example that is accepted, with every field', () => {
    expect(CustomerEvent.parse(example)).toEqual(example)
    expect(new Set(pathsOf(example.data))).toEqual(new Set(fields))
  })

  it('have every field in the table of bounds, and nothing else', () => {
    expect(new Set(bounds.map(([field]) => field))).toEqual(new Set(fields))
    expect(bounds).toHaveLength(fields.length)
  })

  it.each(bounds)('accept %s up to %s characters, where null %s', (field = '', longest, whatNullDoes) => {
    const isAccepted = (value: unknown) => CustomerEvent.safeParse(updateOf(field, value)).success
    const text = (length: number) => (field === 'email' ? '@example.com' : '').padStart(length, 'x')
    expect(isAccepted(text(Number(longest)))).toBe(true)
    expect(isAccepted(text(Number(longest) + 1))).toBe(false)
    expect(isAccepted(null)).toBe(whatNullDoes === 'clears')
  })

  it('have an id and a body of the sizes that the page names', () => {
    expect(page).toContain(`\`webhook-id\` is the event's id: 1 to ${ID_LIMIT} ASCII characters`)
    expect(page).toContain(`the body has more than ${BODY_LIMIT_BYTES / 1024} KiB`)
  })
})

describe('the test vector', () => {
  const body = block('Test vector', 'text').trimEnd()
  const vector = Object.fromEntries(table('Test vector')) as Record<string, string>
  const id = vector['webhook-id']!
  const timestamp = vector['webhook-timestamp']!

  afterEach(() => {
    vi.useRealTimers()
  })

  it('has the signature that HMAC-SHA256 computes from its parts', () => {
    expect(page).toContain(`${Buffer.byteLength(body)} bytes in UTF-8`)
    const key = Buffer.from(vector['secret']!.replace('whsec_', ''), 'base64')
    const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`, 'utf8').digest('base64')
    expect(vector['webhook-signature']).toBe(`v1,${signature}`)
  })

  it('is verified by a library of Standard Webhooks at its time, and holds a valid event', () => {
    vi.useFakeTimers({ now: Number(timestamp) * 1000, toFake: ['Date'] })
    const event = new Webhook(vector['secret']!).verify(body, vector)
    expect(CustomerEvent.parse(event)).toEqual(event)
  })
})

describe('the samples', () => {
  let folder: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'onramp-samples-'))
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  })
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  it('have another address than the first customer of `npm start`, whose contact would be in conflict', () => {
    const launcher = readFileSync(join(ROOT, 'dev/launcher/main.ts'), 'utf8')
    const [, address = ''] = /register --email (\S+@\S+)/.exec(launcher) ?? []
    expect(address).toContain('@')
    expect(page).not.toContain(address)
  })

  it('send an event from TypeScript that is answered 202, and print where its status is', async () => {
    await using api = await anApi()
    const output = await run(process.execPath, 'sample.mts', block('TypeScript', 'ts'), api.url)
    expect(output).toMatch(/^202 .*"status":"accepted"/)
    expect(output).toMatch(statusAt(api.url))
  })

  it('send an event from a shell that is answered 202, and print where its status is', async () => {
    await using api = await anApi()
    const output = await run('sh', 'sample.sh', block('Shell', 'sh'), api.url)
    expect(output).toMatch(/"status":"accepted".*\n202\n/)
    expect(output).toMatch(statusAt(api.url))
  })

  // The packages come from the public registries, which may be slow.
  it('send an event from Python that is answered 202, and print where its status is', INSTALLS, async () => {
    const packages = join(folder, 'packages')
    await execute('python3', ['-m', 'pip', 'install', '--quiet', '--target', packages, 'standardwebhooks==1.1.0'])
    await using api = await anApi()
    // A clock whose zone is not UTC shows a time without a zone.
    const env = { PYTHONPATH: packages, TZ: 'America/New_York' }
    const output = await run('python3', 'sample.py', block('Python', 'python'), api.url, env)
    expect(output).toMatch(/^202 .*"status": ?"accepted"/)
    expect(output).toMatch(statusAt(api.url))
  })

  it.skipIf(!isInstalled('go'))(
    'send an event from Go that is answered 202, and print where its status is',
    INSTALLS,
    async () => {
      await writeFile(join(folder, 'sample.go'), block('Go', 'go'))
      const [, library = ''] = /`go get (\S+)`/.exec(page) ?? []
      const go = async (...args: string[]) => await execute('go', args, { cwd: folder })
      await go('mod', 'init', 'example.com/sample')
      await go('get', `${library}@v0.0.1`)
      await go('build', '-o', 'sample', 'sample.go')
      await using api = await anApi()
      const output = await run('env', 'sample', '', api.url)
      expect(output).toMatch(/^202 .*"status":"accepted"/)
      expect(output).toMatch(statusAt(api.url))
    },
  )

  it('send the same event with the same id again after each failure that may pass', async () => {
    await using api = await anApi(['broken', 503, 408, 500, await rejection('bad-request')])
    const output = await run(process.execPath, 'sample.mts', block('TypeScript, sending again', 'ts'), api.url)
    expect(output).toBe(`stored: ${api.url}/v1/customers/cus_2\n`)
    expect(api.ids).toEqual(Array.from({ length: 6 }, () => 'evt_2'))
  })

  it.each([400, 401, 422])('do not send an event again that is rejected with %i', async (status) => {
    await using api = await anApi([status])
    const sending = run(process.execPath, 'sample.mts', block('TypeScript, sending again', 'ts'), api.url)
    await expect(sending).rejects.toThrow(`onramp rejected evt_2: ${status}`)
    expect(api.ids).toEqual(['evt_2'])
  })

  async function run(command: string, name: string, code: string, url: string, env = {}): Promise<string> {
    const file = join(folder, name)
    if (code !== '') await writeFile(file, code)
    const { stdout } = await execute(command, [file], {
      env: { PATH: process.env['PATH'], ONRAMP_URL: url, ONRAMP_WEBHOOK_SECRET: WEBHOOK_SECRET, ...env },
    })
    return stdout
  }
})

// Codes of requests that never reach the app, since they are not valid HTTP.
const CONNECTIONS = ['bad-request', 'headers-too-large', 'too-slow']

describe('the responses', () => {
  const responses = table('What we answer')

  it('of the table are exactly those of the API', async () => {
    const given = Object.values(REQUESTS).map(async (send) => statusAndCode(await send()))
    // test/api/front-door.test.ts has the requests that never reach the app.
    const listed = responses
      .filter(([, code = '']) => !CONNECTIONS.includes(code))
      .map(([status, code]) => `${status} ${code}`)
    expect(new Set(listed)).toEqual(new Set(await Promise.all(given)))
  })

  it('have every code but those of the operator API', () => {
    // A new code has to be added either here or to the page.
    const operators = [
      'invalid-body',
      'invalid-correction',
      'invalid-payloads',
      'invalid-query',
      'no-worker',
      'not-found',
      'nothing-parked',
      'nothing-stuck',
      'unknown-customer',
      'unknown-reset',
      'unknown-resume',
      'ended',
      'hung',
      'hubspot-unavailable',
      'erased',
      'not-erased',
      'read-only-token',
      'resume-running',
      'unauthorized',
    ]
    const codes = responses.map(([, code]) => code).filter(Boolean)
    expect(new Set([...codes, ...operators, ...CONNECTIONS])).toEqual(new Set(Object.keys(PROBLEMS)))
  })
})

const update = (data: object = { phone: '1' }) =>
  JSON.stringify({
    type: 'customer.updated',
    timestamp: new Date().toISOString(),
    data: { customerId: 'cus_docs', ...data },
  })

/** One request for each response. */
const REQUESTS = {
  stored: () => testApi().app.request(signedRequest(update())),
  notJson: () => testApi().app.request(signedRequest('{')),
  webhookId: () => testApi().app.request(signedRequest(update(), { headers: { 'webhook-id': '' } })),
  unsigned: () => testApi().app.request(signedRequest(update(), { headers: { 'webhook-signature': undefined } })),
  methodNotAllowed: () => testApi().app.request('/webhooks/customers'),
  tooLarge: () => testApi().app.request(signedRequest(update({ phone: 'x'.repeat(BODY_LIMIT_BYTES) }))),
  unsupportedMediaType: () =>
    testApi().app.request(signedRequest(update(), { headers: { 'content-type': 'text/plain' } })),
  invalidEvent: () => testApi().app.request(signedRequest(update({ email: null }))),
  internal: () =>
    brokenApi(async () => await Promise.reject(new Error('an error in onramp'))).request(signedRequest(update())),
  overloaded: () => {
    const silent = brokenApi(async () => await new Promise<never>(() => {}))
    for (let index = 0; index < EVENTS.concurrency; index += 1) void silent.request(signedRequest(update()))
    return silent.request(signedRequest(update()))
  },
  backlogFull: async () => {
    const { app } = testApi({ backlogLimits: { historyEvents: 1, historyBytes: 1, checkEvery: 1 } })
    await app.request(signedRequest(update()))
    return await app.request(signedRequest(update()))
  },
  temporalUnavailable: () => testApi({ address: '127.0.0.1:1' }).app.request(signedRequest(update())),
}

async function statusAndCode(response: Response): Promise<string> {
  const { code = '' } = (await response.json()) as { code?: string }
  return `${response.status} ${code}`
}

/** An API with a double of the Temporal client. */
function brokenApi(deliver: () => Promise<void>) {
  return createApp({
    onboardings: { deliver } as unknown as Onboardings,
    customerList: {} as CustomerList,
    parkedCustomers: {} as ParkedCustomers,
    stuckRuns: {} as StuckRuns,
    installation: {} as Installation,
    webhookSecrets: [WEBHOOK_SECRET],
    operatorTokens: [],
    temporalUiUrl: null,
    codec: testCodec(),
    logger: createLogger('test', 'silent'),
  })
}

/** The API on a port. Its first responses are these: a status, a whole response, or a broken connection. */
async function anApi(failures: (number | Response | 'broken')[] = []) {
  const { app } = testApi()
  const ids: (string | null)[] = []
  const server = serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch(request, { incoming }) {
      ids.push(request.headers.get('webhook-id'))
      const failure = failures.shift()
      if (failure === undefined) return app.fetch(request)
      if (failure instanceof Response) return failure
      if (failure === 'broken') incoming.socket.destroy()
      return new Response(null, { status: failure === 'broken' ? 500 : failure, headers: { 'retry-after': '1' } })
    },
  })
  await new Promise((resolve) => server.once('listening', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ids,
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function pathsOf(data: object, prefix = ''): string[] {
  return Object.entries(data).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null ? pathsOf(value as object, `${prefix}${name}.`) : [prefix + name],
  )
}

/** An update of one field; `customerId` counts as a field here. */
function updateOf(path: string, value: unknown): object {
  const data: Record<string, unknown> = { customerId: 'cus_1', phone: '1' }
  const [group = '', field] = path.split('.')
  data[group] = field === undefined ? value : { [field]: value }
  return { type: 'customer.updated', timestamp: '2026-11-24T09:00:00.000Z', data }
}
