// The HubSpot emulator: what the other tests trust it with.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { EmulatorControl } from '../dev/hubspot/control.ts'
import { startEmulator } from '../dev/hubspot/server.ts'

interface Body {
  id?: string
  message?: string
  category?: string
  correlationId?: string
}

async function emulator(): Promise<{ url: string; portal: EmulatorControl }> {
  const started = await startEmulator()
  onTestFinished(() => started.stop())
  return { url: started.url, portal: new EmulatorControl(started.url) }
}

/** A call of HubSpot's API. */
async function ask(
  url: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; headers: Headers; body: Body }> {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: 'Bearer test', accept: 'application/json', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: (text === '' ? {} : JSON.parse(text)) as Body }
}

const ada = { properties: { email: 'Ada@Example.com', firstname: 'Ada' } }

describe('an address that many ask for at once', () => {
  it.each(['/crm/v3/objects/contacts', '/crm/objects/2026-09/contacts'])('becomes one contact (%s)', async (path) => {
    const { url } = await emulator()
    const answers = await Promise.all(Array.from({ length: 200 }, () => ask(url, 'POST', path, ada)))
    const created = answers.filter(({ status }) => status === 201)
    const refused = answers.filter(({ status }) => status === 409)
    expect([created.length, refused.length]).toEqual([1, 199])
    expect(new Set(refused.map(({ body }) => body.message))).toEqual(
      new Set([`Contact already exists. Existing ID: ${created[0]?.body.id}`]),
    )
  })
})

describe('every answer', () => {
  it('has its correlation id in the header too, and counts the quota down', async () => {
    const { url } = await emulator()
    const first = await ask(url, 'GET', '/crm/v3/objects/contacts/1')
    const second = await ask(url, 'GET', '/crm/v3/objects/contacts/1')
    expect(first).toMatchObject({ status: 404, body: { message: 'resource not found' } })
    expect(first.headers.get('x-hubspot-correlation-id')).toBe(first.body.correlationId)
    const remaining = [first, second].map(({ headers }) => Number(headers.get('x-hubspot-ratelimit-remaining')))
    expect(remaining[0]! - remaining[1]!).toBe(1)
  })

  it('is 401 without a token', async () => {
    const { url } = await emulator()
    const response = await fetch(`${url}/crm/v3/objects/contacts/1`)
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ category: 'INVALID_AUTHENTICATION' })
  })

  it('is 429 of ten seconds when the quota is used up and enforced', async () => {
    const { url, portal } = await emulator()
    await portal.settings({ enforceLimits: true, callsPer10s: 3 })
    const answers = []
    for (let call = 0; call < 4; call += 1) answers.push(await ask(url, 'GET', '/crm/v3/objects/contacts/1'))
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 429])
    expect(answers[3]?.body).toMatchObject({ policyName: 'TEN_SECONDLY_ROLLING' })
  })
})

describe('a company', () => {
  it('is made twice with the same domain, since HubSpot does not keep them apart', async () => {
    const { url, portal } = await emulator()
    for (let time = 0; time < 2; time += 1) {
      const { status } = await ask(url, 'POST', '/crm/v3/objects/companies', {
        properties: { name: 'A', domain: 'a.example' },
      })
      expect(status).toBe(201)
    }
    expect(Object.values((await portal.invariants()).companiesPerDomain)).toHaveLength(1)
  })

  it('is made once by upsert of an own unique property', async () => {
    const { url, portal } = await emulator()
    const group = { name: 'own', label: 'Own' }
    const key = {
      name: 'own_key',
      label: 'Key',
      groupName: 'own',
      type: 'string',
      fieldType: 'text',
      hasUniqueValue: true,
    }
    expect((await ask(url, 'POST', '/crm/v3/properties/companies/groups', group)).status).toBe(201)
    expect((await ask(url, 'POST', '/crm/v3/properties/companies', key)).status).toBe(201)
    expect(await ask(url, 'POST', '/crm/v3/properties/companies', key)).toMatchObject({
      status: 409,
      body: { category: 'OBJECT_ALREADY_EXISTS' },
    })

    const input = { id: 'k1', idProperty: 'own_key', properties: { own_key: 'k1', name: 'A' } }
    for (let time = 0; time < 2; time += 1) {
      expect((await ask(url, 'POST', '/crm/objects/2026-09/companies/batch/upsert', { inputs: [input] })).status).toBe(
        200,
      )
    }
    expect((await portal.records()).companies).toHaveLength(1)
    const taken = await ask(url, 'POST', '/crm/v3/objects/companies', { properties: { name: 'B', own_key: 'k1' } })
    expect(taken).toMatchObject({ status: 400, body: { category: 'VALIDATION_ERROR' } })
    expect(taken.body.message).toContain('already has that value')
  })
})

describe('an emulator with a data folder', () => {
  it('has after a SIGKILL all that it has answered', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'onramp-emulator-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const main = fileURLToPath(new URL('../dev/hubspot/main.ts', import.meta.url))
    const start = async () => {
      const child = spawn(process.execPath, [main], {
        env: { ...process.env, EMULATOR_PORT: '0', ONRAMP_DATA_DIR: folder },
      })
      onTestFinished(() => void child.kill('SIGKILL'))
      const [line] = (await once(child.stdout, 'data')) as [Buffer]
      return { child, url: /http:\S+/.exec(line.toString())?.[0] ?? '' }
    }

    const first = await start()
    const contact = await ask(first.url, 'POST', '/crm/v3/objects/contacts', ada)
    const company = await ask(first.url, 'POST', '/crm/v3/objects/companies', { properties: { name: 'A' } })
    const tie = `/crm/v4/objects/contacts/${contact.body.id}/associations/default/companies/${company.body.id}`
    expect((await ask(first.url, 'PUT', tie)).status).toBe(200)
    first.child.kill('SIGKILL')
    await once(first.child, 'exit')

    const second = await start()
    const { contacts, companies, associations } = await new EmulatorControl(second.url).records()
    expect([contacts.length, companies.length]).toEqual([1, 1])
    expect(associations).toMatchObject([{ contactId: contact.body.id, companyId: company.body.id }])
    expect((await ask(second.url, 'POST', '/crm/v3/objects/contacts', ada)).status).toBe(409)
  })
})

const BROWSER = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
)

describe.skipIf(BROWSER === undefined)('the pages, in a browser', () => {
  it('show a contact with its company, and whatever people typed as text', async () => {
    const { url } = await emulator()
    const contact = await ask(url, 'POST', '/crm/v3/objects/contacts', {
      properties: { email: 'ada@example.com', firstname: '<script>document.title="hacked"</script>' },
    })
    const company = await ask(url, 'POST', '/crm/v3/objects/companies', { properties: { name: 'Analytical Engines' } })
    await ask(
      url,
      'PUT',
      `/crm/v4/objects/contacts/${contact.body.id}/associations/default/companies/${company.body.id}`,
    )

    const browser = await chromium.launch({
      executablePath: BROWSER ?? '',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    })
    onTestFinished(() => browser.close())
    const page = await browser.newPage()
    await page.goto(url)
    await page.getByRole('link', { name: '<script>' }).click()
    expect(await page.title()).not.toBe('hacked')
    expect(await page.getByText('ada@example.com').count()).toBeGreaterThan(0)
    await page.getByRole('link', { name: 'Analytical Engines' }).click()
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Analytical Engines')
    await page.getByRole('link', { name: 'Requests' }).click()
    expect(await page.getByText('/crm/v3/objects/companies').count()).toBeGreaterThan(0)
  })
})
