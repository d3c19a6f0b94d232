// `npm run customer`: the output for operators and for programs, and the exit code of each command.

import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { freePort } from '../../dev/launcher/free-ports.ts'
import { testApi } from '../support/api.ts'
import { aContactInHubSpot, callAsHubSpotUser } from '../support/given.ts'
import { it, onrampWith, recordsIn } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { ask, OPERATOR_TOKEN, WEBHOOK_SECRET } from '../support/sender.ts'

const SCRIPT = fileURLToPath(new URL('../../cli/main.ts', import.meta.url))
const UNKNOWN = 'cus_nobody'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onramp-customer-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

describe('npm run customer -- status', () => {
  it('shows the phase of a customer, their records in HubSpot and the timeline', async ({ onramp }) => {
    await onramp.registered({}, { timestamp: '2026-11-24T09:00:00.000Z' })
    const { hubspot } = await onramp.reaches('onboarded')

    const { output, exitCode } = await against(onramp, ['status', onramp.customerId])
    expect(exitCode).toBe(0)
    const lines = output.split('\n')
    expect(lines[0]).toBe(`${onramp.customerId}  onboarded`)
    expect(lines[1]).toBe(`  Contact       ${hubspot.contactId}  created  ${hubspot.contactUrl}`)
    expect(output).toContain('Nothing is parked.')
    expect(lines).toContainEqual(expect.stringMatching(/^email +written +2026-11-24T09:00:00\.000Z$/))
    expect(lines).toContainEqual(expect.stringMatching(/^\S+Z +association +associated +\S+ +–$/))
  })

  it('shows why a customer is parked, and what to do', async ({ onramp }) => {
    await isParked(onramp)
    const { output } = await against(onramp, ['status', onramp.customerId])
    const [attention] = (await onramp.status()).parked
    expect(output).toContain(`PARKED\n  contact-of-another-customer at contact`)
    expect(output).toContain(`    ${attention?.message}`)
  })

  it('prints the API’s response unchanged with --json', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    const response = await ask(onramp.app, `/v1/customers/${onramp.customerId}`)
    const { output } = await against(onramp, ['status', onramp.customerId, '--json'])
    expect(output).toBe(`${await response.text()}\n`)
  })

  it('exits with 3 for a customer without an event', async ({ onramp }) => {
    const text = await against(onramp, ['status', UNKNOWN])
    expect(text.output).toMatch(/^404 No customer has this id\nonramp has received no event about this customer.*\n$/)
    expect(text.exitCode).toBe(3)
    const { output, exitCode } = await against(onramp, ['status', UNKNOWN, '--json'])
    expect(JSON.parse(output)).toMatchObject({ code: 'unknown-customer' })
    expect(exitCode).toBe(3)
  })
})

describe('npm run customer -- list', () => {
  it('shows the customers of a phase and of an attention reason', async ({ onramp }) => {
    await isParked(onramp)
    const line = new RegExp(`^${onramp.customerId} +contact +contact-of-another-customer$`, 'm')
    const listed = async (...filter: string[]) => (await against(onramp, ['list', '--all', ...filter])).output
    await expect.poll(() => listed('--attention', 'contact-of-another-customer'), { timeout: 10_000 }).toMatch(line)
    expect(await listed('--phase', 'contact')).toMatch(line)
    expect(await listed('--phase', 'onboarded')).not.toContain(onramp.customerId)
  })

  it('exits with 1 and says why when the API rejects the filter', async ({ onramp }) => {
    const { output, exitCode } = await against(onramp, ['list', '--phase', 'lost'])
    expect(output).toMatch(/^422 The query is not valid\n.*\n {2}phase: must be one of awaiting-registration/)
    expect(exitCode).toBe(1)
  })
})

describe('npm run customer -- resume', () => {
  it('resumes a parked customer with corrections', async ({ onramp }) => {
    await isParked(onramp)
    const corrections = ['--set', 'email=ada.lovelace@example.com', '--set', 'company.phone=1', '--set', 'firstName=']
    expect(await against(onramp, ['resume', onramp.customerId, ...corrections])).toEqual({
      output: `${onramp.customerId} is resumed with the corrections.\n`,
      exitCode: 0,
    })
    await onramp.reaches('onboarded')
    const { contacts, companies } = await recordsIn(onramp.portal)
    expect(contacts).toContainEqual(expect.objectContaining({ email: 'ada.lovelace@example.com' }))
    expect(contacts).not.toContainEqual(expect.objectContaining({ firstname: 'Ada' }))
    expect(companies).toEqual([expect.objectContaining({ phone: '1' })])
  })

  it('exits with 1 and names the field of a correction that is not valid', async ({ onramp }) => {
    await isParked(onramp)
    const { output, exitCode } = await against(onramp, ['resume', onramp.customerId, '--set', 'email=ada'])
    expect(output).toMatch(/^422 The correction is not valid\n.*\n {2}customer\.email: must be an e-mail address\n$/)
    expect(exitCode).toBe(1)
  })

  it('exits with 1 when nothing is parked', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    const { output, exitCode } = await against(onramp, ['resume', onramp.customerId])
    expect(output).toContain('409 Nothing is parked\n')
    expect(exitCode).toBe(1)
  })
})

describe('npm run customer', () => {
  const itAlone = onrampWith({ namespace: 'own' })

  itAlone('counts the parked customers, and resumes all of them', async ({ onramp }) => {
    await isParked(onramp)
    const { output } = await until(async () => await against(onramp, ['attention']), 'contact-of-another-customer')
    expect(output).toMatch(/contact-of-another-customer +all +1\ncontact-of-another-customer +contact +1\n/)

    const strangers = await recordsIn(onramp.portal)
    await callAsHubSpotUser(onramp, 'DELETE', `/crm/v3/objects/contacts/${strangers.contacts[0]?.id}`)
    const resumed = await against(onramp, ['resume-all', 'contact-of-another-customer'])
    expect(resumed).toEqual({
      output: 'Resuming contact-of-another-customer is done: 1 of 1 resumed, 0 failed.\n',
      exitCode: 0,
    })
    await onramp.reaches('onboarded')
  })

  itAlone('writes all fields of a customer again, and erases the customer', async ({ onramp }) => {
    await onramp.registered({ phone: '2' })
    const { hubspot } = await onramp.reaches('onboarded')
    await callAsHubSpotUser(onramp, 'PATCH', `/crm/v3/objects/contacts/${hubspot.contactId}`, {
      properties: { phone: '9' },
    })
    const phones = async () => (await recordsIn(onramp.portal)).contacts.map(({ phone }) => phone)
    expect((await against(onramp, ['resync', onramp.customerId])).exitCode).toBe(0)
    await expect.poll(phones).toEqual(['2'])
    expect((await against(onramp, ['erase', onramp.customerId, '--yes'])).exitCode).toBe(0)
    await expect.poll(phones, { timeout: 10_000 }).toEqual([])
  })
})

// The API here is a double: it answers from a script and records the requests.
describe('npm run customer, with a scripted API,', () => {
  it('counts the parked customers by reason and step', async () => {
    const attention = [
      { reason: 'email-taken', count: 12, steps: [{ step: 'contact-update', count: 12 }] },
      { reason: 'refused-by-hubspot', count: 3, steps: [{ step: 'contact', count: 3 }] },
    ]
    await using api = await aScriptedApi({ 'GET /v1/attention': [200, { attention }] })
    expect((await run(['attention'], api.env)).output).toBe(
      [
        'REASON              STEP            CUSTOMERS',
        'email-taken         all             12',
        'email-taken         contact-update  12',
        'refused-by-hubspot  all             3',
        'refused-by-hubspot  contact         3',
        '',
      ].join('\n'),
    )
    expect(JSON.parse((await run(['attention', '--json'], api.env)).output)).toEqual({ attention })
  })

  const started = { reason: 'email-taken', count: 12, job: 'j1' }
  const job = { reason: 'email-taken', total: 12, since: '2026-11-24T09:00:00.000Z' }
  const routes = (end: object) => ({
    'POST /v1/attention/email-taken/resume': [202, started, { location: '/v1/jobs/j1' }] as Scripted,
    'GET /v1/jobs/j1': [
      [200, { ...job, state: 'running', resumed: 4, failed: 0 }],
      [503, { title: 'onramp is overloaded', status: 503, code: 'overloaded' }],
      [200, { ...job, ...end }],
    ] as Scripted[],
  })

  it('resumes all customers who are parked for a reason, and waits for the end', async () => {
    await using api = await aScriptedApi(routes({ state: 'completed', resumed: 12, failed: 0 }))
    expect(await run(['resume-all', 'email-taken'], api.env)).toEqual({
      output: 'Resuming email-taken is done: 12 of 12 resumed, 0 failed.\n',
      exitCode: 0,
    })
  })

  it('exits with 1 when some of them could not be resumed', async () => {
    await using api = await aScriptedApi(routes({ state: 'completed', resumed: 10, failed: 2 }))
    expect(await run(['resume-all', 'email-taken'], api.env)).toEqual({
      output: 'Resuming email-taken is done: 10 of 12 resumed, 2 failed.\n',
      exitCode: 1,
    })
  })

  it('does not wait for the end with --json', async () => {
    await using api = await aScriptedApi(routes({}))
    const { output, exitCode } = await run(['resume-all', 'email-taken', '--json'], api.env)
    expect(JSON.parse(output)).toEqual(started)
    expect(exitCode).toBe(0)
    expect(api.requests).toEqual(['POST /v1/attention/email-taken/resume'])
  })

  it('lists the first page and says that there are more, or all pages with --all', async () => {
    const customer = (customerId: string) => ({ customerId, phase: 'onboarded', attention: [] })
    const pages = {
      'GET /v1/customers?phase=onboarded': [200, { customers: [customer('cus_1')], next: 'c+1' }] as Scripted,
      'GET /v1/customers?phase=onboarded&cursor=c%2B1': [
        200,
        { customers: [customer('cus_2')], next: null },
      ] as Scripted,
    }
    await using api = await aScriptedApi(pages)
    const first = (await run(['list', '--phase', 'onboarded'], api.env)).output
    expect(first).toMatch(/cus_1 +onboarded +–\nThere are more customers; --all lists them\.\n$/)
    const all = (await run(['list', '--phase', 'onboarded', '--all'], api.env)).output
    expect(all).toMatch(/cus_1 +onboarded +–\ncus_2 +onboarded +–\n$/)
    const json = (await run(['list', '--phase', 'onboarded', '--all', '--json'], api.env)).output
    expect(JSON.parse(json)).toEqual({ customers: [customer('cus_1'), customer('cus_2')], next: null })
  })

  it('uses address and token of `npm start` without settings', async () => {
    await using api = await aScriptedApi({ 'GET /v1/attention': [200, { attention: [] }] })
    await writeFile(
      join(folder, 'secrets.json'),
      JSON.stringify({ webhookSecret: WEBHOOK_SECRET, operatorToken: OPERATOR_TOKEN }),
    )
    const { port } = new URL(api.env.ONRAMP_URL)
    expect(await run(['attention'], { PORT: port, ONRAMP_DATA_DIR: folder })).toEqual({
      output: 'No customer is parked.\n',
      exitCode: 0,
    })
  })

  it('exits with 1 and shows the response of another server, without its control characters', async () => {
    await using api = await aScriptedApi({ 'GET /v1/attention': [502, '<h1>\u001b[31mBad Gateway</h1>'] })
    const { output, exitCode } = await run(['attention'], api.env)
    expect(output).toBe('502 is not a response of onramp\n<h1> [31mBad Gateway</h1>\n')
    expect(exitCode).toBe(1)
  })

  it('exits with 1 and leaves standard output empty when another server answers in HTML', async () => {
    await using api = await aScriptedApi({
      'GET /v1/attention': [502, '<h1>Bad Gateway</h1>'],
      'GET /v1/customers': [200, '<h1>Hi'],
    })
    for (const command of ['attention', 'list']) {
      const { stdout, exitCode } = await runApart([command, '--json'], api.env)
      expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 })
    }
  })

  it('has styles only where the terminal supports them', async () => {
    await using api = await aScriptedApi({
      'GET /v1/customers': [200, { customers: [{ customerId: 'cus_1', attention: [] }], next: null }],
    })
    expect((await run(['list'], api.env)).output).not.toContain('\u001b')
    expect((await run(['list'], { ...api.env, FORCE_COLOR: '1' })).output).toContain('\u001b[1mCUSTOMER')
  })
})

describe('npm run customer', () => {
  it('shows its help without a command', async () => {
    const { output, exitCode } = await run([])
    expect(output).toContain('npm run customer -- resume-all REASON')
    expect(exitCode).toBe(0)
  })

  it.for([
    ['greet', 'There is no command "greet". The commands are status, list,'],
    ['status', 'status needs an argument: status ID.'],
    ['status cus_1 cus_2', 'Unexpected argument "cus_2".'],
    ['status cus_1 --phase contact', 'status has no option --phase.'],
    ['list --fase contact', "Unknown option '--fase'."],
    ['erase cus_1', 'Erasing cus_1 cannot be undone. Confirm it with --yes.'],
    ['resume cus_1 --set phnoe=1', '--set phnoe=1 must be FIELD=VALUE, where FIELD is one of email,'],
    ['resume cus_1 --set phone', '--set phone must be FIELD=VALUE'],
  ] as const)('exits with 2 and says what is wrong with "%s"', async ([command, message]) => {
    const { output, exitCode } = await run(command.split(' '), { ONRAMP_URL: 'http://127.0.0.1:1', ONRAMP_TOKEN: 'x' })
    expect(output).toContain(message)
    expect(exitCode).toBe(2)
  })

  it('exits with 2 and says how to get a token when there is none', async () => {
    const { output, exitCode } = await run(['list'], { ONRAMP_DATA_DIR: join(folder, 'empty') })
    expect(output).toContain(`There is no operator token in ${join(folder, 'empty', 'secrets.json')}.`)
    expect(exitCode).toBe(2)
  })

  it('exits with 2 and names a setting that is not valid', async () => {
    expect(await run(['list'], { ONRAMP_URL: 'onramp.example' })).toEqual({
      output: 'The settings cannot be used:\n  ONRAMP_URL must be an http or https address\n',
      exitCode: 2,
    })
  })

  it.for(['two words', 'tökén'])('exits with 2 and names ONRAMP_TOKEN when no header can hold %s', async (token) => {
    const { output, exitCode } = await run(['list'], { ONRAMP_URL: 'http://127.0.0.1:1', ONRAMP_TOKEN: token })
    expect(output).toMatch(/^The settings cannot be used:\n {2}ONRAMP_TOKEN must be /)
    expect(output).not.toContain(token)
    expect(exitCode).toBe(2)
  })

  it('exits with 2 instead of sending the token of this machine to another', async () => {
    const { output, exitCode } = await run(['list'], { ONRAMP_URL: 'http://127.0.0.1:1', ONRAMP_DATA_DIR: folder })
    expect(output).toContain('ONRAMP_TOKEN must be set as well.')
    expect(exitCode).toBe(2)
  })

  it('exits with 1 and names ONRAMP_TOKEN when the token is wrong', async () => {
    await using api = await served(testApi().app)
    const { output, exitCode } = await run(['list'], { ONRAMP_URL: api.url, ONRAMP_TOKEN: 'another' })
    expect(output).toMatch(
      /^401 An operator token is required\n.*\nSet ONRAMP_TOKEN to a token of OPERATOR_TOKENS\.\n$/,
    )
    expect(exitCode).toBe(1)
  })

  it('exits with 1, not with 3, when ONRAMP_URL has no list', async () => {
    await using api = await served(testApi().app)
    const { output, exitCode } = await run(['list'], { ONRAMP_URL: `${api.url}/onramp`, ONRAMP_TOKEN: OPERATOR_TOKEN })
    expect(output).toMatch(/^404 Not found\n/)
    expect(exitCode).toBe(1)
  })

  it('exits with 4 when the API does not respond', async () => {
    const url = `http://127.0.0.1:${await freePort()}`
    const { output, exitCode } = await run(['list'], { ONRAMP_URL: url, ONRAMP_TOKEN: 'x' })
    expect(output).toContain(`No response from ${url}.`)
    expect(exitCode).toBe(4)
  })
})

async function isParked(onramp: Onramp): Promise<void> {
  await aContactInHubSpot(onramp, { email: 'ada@example.com', onramp_customer_id: 'cus_other' })
  await onramp.registered()
  await expect.poll(async () => (await onramp.status()).attention?.reason).toBe('contact-of-another-customer')
}

/** Repeats a command until its output contains a text, since Visibility lags by some moments. */
async function until(runAgain: () => Promise<Ended>, text: string): Promise<Ended> {
  let ended = await runAgain()
  await expect.poll(async () => (ended = await runAgain()).output, { timeout: 15_000 }).toContain(text)
  return ended
}

/** Runs a command against onramp, with its API on a port. */
async function against({ app }: Onramp, args: string[]): Promise<Ended> {
  await using server = await served(app)
  return await run(args, { ONRAMP_URL: server.url, ONRAMP_TOKEN: OPERATOR_TOKEN })
}

interface Ended {
  output: string
  exitCode: number | null
}

/** Runs a command as a process, in a folder without `.env`. */
async function run(args: string[], env: Record<string, string> = {}): Promise<Ended> {
  const { stdout, stderr, exitCode } = await runApart(args, env)
  return { output: stdout + stderr, exitCode }
}

/** The same, with standard output and standard error apart. */
async function runApart(args: string[], env: Record<string, string>) {
  return await new Promise<{ stdout: string; stderr: string; exitCode: number | null }>((resolve) => {
    const options = { cwd: folder, env: { PATH: process.env['PATH'], ...env } }
    const child = execFile(process.execPath, [SCRIPT, ...args], options, (_, stdout, stderr) => {
      resolve({ stdout, stderr, exitCode: child.exitCode })
    })
  })
}

/** A response: status, body and headers. */
type Scripted = [status: number, body?: object | string, headers?: Record<string, string>]

/** An API that answers each request from a script, with one response after the other where it has several. */
async function aScriptedApi(script: Record<string, Scripted | Scripted[]>) {
  const requests: string[] = []
  const app = new Hono()
  app.all('*', (c) => {
    if (c.req.header('authorization') !== `Bearer ${OPERATOR_TOKEN}`) return c.json({}, 401)
    const { pathname, search } = new URL(c.req.url)
    const request = `${c.req.method} ${pathname}${search}`
    requests.push(request)
    const scripted = script[request]
    const next = Array.isArray(scripted?.[0]) ? (scripted as Scripted[]).shift() : (scripted as Scripted | undefined)
    const [status, body = {}, headers = {}] = next ?? [404]
    return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers })
  })
  const server = await served(app)
  return { ...server, requests, env: { ONRAMP_URL: server.url, ONRAMP_TOKEN: OPERATOR_TOKEN } }
}

async function served(app: Hono): Promise<{ url: string; [Symbol.asyncDispose]: () => Promise<void> }> {
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 })
  await new Promise((resolve) => server.once('listening', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
