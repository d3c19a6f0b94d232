// `npm run send`: the event that it sends, and its messages when it fails.

import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventOf } from '../../dev/send/options.ts'
import { freePort } from '../../dev/launcher/free-ports.ts'
import { WEBHOOK_SECRET } from '../support/sender.ts'

const NOW = new Date('2026-11-24T09:00:00.000Z')

describe('the command line of an event', () => {
  it('has an option for every field', () => {
    const options = {
      customer: 'cus_1',
      email: 'ada@example.com',
      'first-name': 'Ada',
      'last-name': 'Lovelace',
      phone: '+44 20 7946 0000',
      website: 'https://ada.example',
      street: "12 St James's Square",
      city: 'London',
      state: 'Greater London',
      'postal-code': 'SW1Y 4JH',
      country: 'United Kingdom',
      company: 'Analytical Engines',
      'company-id': 'org_1',
      domain: 'analytical.example',
      'company-website': 'https://analytical.example',
      'company-phone': '+44 20 7946 0001',
      'event-id': 'evt_1',
      at: '2026-11-01T00:00:00.000Z',
    }
    const parsed = eventOf(
      ['register', ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])],
      NOW,
    )
    expect(parsed).toEqual({
      eventId: 'evt_1',
      event: {
        type: 'customer.registered',
        timestamp: '2026-11-01T00:00:00.000Z',
        data: {
          customerId: 'cus_1',
          email: 'ada@example.com',
          firstName: 'Ada',
          lastName: 'Lovelace',
          phone: '+44 20 7946 0000',
          website: 'https://ada.example',
          address: {
            street: "12 St James's Square",
            city: 'London',
            state: 'Greater London',
            postalCode: 'SW1Y 4JH',
            country: 'United Kingdom',
          },
          company: {
            id: 'org_1',
            name: 'Analytical Engines',
            domain: 'analytical.example',
            website: 'https://analytical.example',
            phone: '+44 20 7946 0001',
          },
        },
      },
    })
  })

  it('means a new event that happens now, by default', () => {
    const command = ['update', '--customer', 'cus_1', '--phone', '1']
    const [first, second] = [parse(command), parse(command)]
    expect(first.event.timestamp).toBe('2026-11-24T09:00:00.000Z')
    expect(first.eventId).not.toBe(second.eventId)
  })

  it('erases a customer', () => {
    expect(parse(['erase', '--customer', 'cus_1']).event).toEqual({
      type: 'customer.erased',
      timestamp: '2026-11-24T09:00:00.000Z',
      data: { customerId: 'cus_1' },
    })
  })

  it('clears a field with an empty value', () => {
    const { event } = parse(['update', '--customer', 'cus_1', '--phone', '', '--city', ''])
    expect(event.data).toEqual({ customerId: 'cus_1', phone: null, address: { city: null } })
  })

  it('means the same customer for the same address without an id', () => {
    const first = parse(['register', '--email', 'ada@example.com'])
    const second = parse(['register', '--email', ' Ada@example.com'])
    expect(first.event.data['customerId']).toMatch(/^cus_[0-9a-f]{10}$/)
    expect(second.event.data['customerId']).toBe(first.event.data['customerId'])
  })

  it.each([
    [['update', '--phone', '1'], 'An update needs --customer'],
    [['erase'], 'An erasure needs --customer'],
    [['erase', '--customer', 'cus_1', '--phone', '1'], 'An erasure needs --customer alone.'],
    [['greet'], 'Unknown command "greet": use register, update or erase.'],
    [['register', '--emial', 'ada@example.com'], "Unknown option '--emial'."],
    [['register', '--company', 'Analytical', 'Engines'], 'Unexpected argument "Engines". Put quotes around'],
  ])('gets a message on what is wrong with %j', (command, message) => {
    expect(() => eventOf(command, NOW)).toThrow(message)
  })
})

describe('npm run send', () => {
  let dataDir: string

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'onramp-send-'))
  })
  afterEach(async () => {
    await rm(dataDir, { recursive: true, force: true })
  })

  it('signs with the secret of the data folder, and prints addresses when the event is accepted', async () => {
    const secrets = { webhookSecret: WEBHOOK_SECRET, operatorToken: 'a-token' }
    await writeFile(join(dataDir, 'secrets.json'), JSON.stringify(secrets))
    await using api = await anApi({
      status: 202,
      body: { customerId: 'cus_1', eventId: 'evt_1', ignored: [] },
      location: '/v1/customers/cus_1',
    })

    const { exitCode, output } = await runSend(['register', '--customer', 'cus_1', '--email', 'ada@example.com'], {
      PORT: api.port,
    })

    expect(output).toContain('202 accepted: customer cus_1, event evt_1')
    expect(output).toContain(`http://127.0.0.1:${api.port}/v1/customers/cus_1`)
    expect(exitCode).toBe(0)
    const [{ path, headers, body }] = api.requests as [Request]
    expect(path).toBe('/webhooks/customers')
    const signed = new Webhook(WEBHOOK_SECRET).verify(body, headers as Record<string, string>)
    expect(signed).toMatchObject({
      type: 'customer.registered',
      data: { customerId: 'cus_1', email: 'ada@example.com' },
    })
  })

  it('prints why the API rejects the event, field by field', async () => {
    await using api = await anApi({
      status: 422,
      body: {
        title: 'The event is invalid',
        detail: 'See errors.',
        errors: [{ path: 'data.email', message: 'is missing' }],
      },
    })
    const { exitCode, output } = await runSend(['register'], { PORT: api.port, WEBHOOK_SECRETS: WEBHOOK_SECRET })
    expect(output).toBe('422 The event is invalid\nSee errors.\n  data.email: is missing\n')
    expect(exitCode).toBe(1)
  })

  it('prints how to start the stack when nothing answers', async () => {
    const port = await freePort()
    const { exitCode, output } = await runSend(['register'], { PORT: port, WEBHOOK_SECRETS: WEBHOOK_SECRET })
    expect(output).toMatch(`Nothing answers on http://127.0.0.1:${port}. Run \`npm start\` in another terminal first`)
    expect(exitCode).toBe(1)
  })

  it('prints where it looked for the secret when there is none', async () => {
    const { exitCode, output } = await runSend(['register'], {})
    expect(output).toContain(`There is no webhook secret in ${join(dataDir, 'secrets.json')}.`)
    expect(exitCode).toBe(1)
  })

  it('exits with 2 for a wrong command, and with 0 for help', async () => {
    expect((await runSend(['greet'], {})).exitCode).toBe(2)
    const help = await runSend(['--help'], {})
    expect(help.exitCode).toBe(0)
    expect(help.output).toContain('--postal-code')
  })

  async function runSend(
    args: string[],
    env: Record<string, string | number>,
  ): Promise<{ exitCode: number; output: string }> {
    const script = fileURLToPath(new URL('../../dev/send/main.ts', import.meta.url))
    const given = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)]))
    return await new Promise((resolve) => {
      const options = { env: { PATH: process.env['PATH'], ONRAMP_DATA_DIR: dataDir, ...given } }
      const child = execFile(process.execPath, [script, ...args], options, (_, stdout, stderr) => {
        resolve({ exitCode: child.exitCode!, output: stdout + stderr })
      })
    })
  }
})

function parse(command: string[]): Exclude<ReturnType<typeof eventOf>, 'help'> {
  const parsed = eventOf(command, NOW)
  if (parsed === 'help') throw new Error('The command asks for help.')
  return parsed
}

interface Request {
  path: string | undefined
  headers: IncomingHttpHeaders
  body: string
}

/** Answers every request alike, and records them. */
async function anApi(response: { status: number; body: unknown; location?: string }) {
  const requests: Request[] = []
  const server = createServer((request, reply) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      requests.push({ path: request.url, headers: request.headers, body: Buffer.concat(chunks).toString() })
      reply.writeHead(response.status, response.location === undefined ? {} : { location: response.location })
      reply.end(JSON.stringify(response.body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as { port: number }).port,
    requests,
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
