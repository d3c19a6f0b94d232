// A full disk: the emulator rejects what it cannot store, serves what it has, and continues when there is space again.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { EmulatorControl } from '../src/control-client.ts'
import { call, uniqueKey } from './hubspot-call.ts'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const contacts = '/crm/objects/2026-09/contacts'
// The longest value that HubSpot stores has 65,536 characters; some of them fill a small disk.
const LONG = 'x'.repeat(60_000)

let folder: string
let child: ChildProcess
let url: string
let control: EmulatorControl
let errors = ''

/** Starts the emulator on the folder of the test. */
async function start(): Promise<void> {
  child = spawn(process.execPath, [MAIN], { env: { ...process.env, EMULATOR_PORT: '0', ONRAMP_DATA_DIR: folder } })
  const started = child
  onTestFinished(() => void started.kill('SIGKILL'))
  errors = ''
  child.stderr!.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  const [line] = (await once(child.stdout!, 'data')) as [Buffer]
  url = /http:\S+/.exec(line.toString())?.[0] ?? ''
  control = new EmulatorControl(url)
}

async function restartAfterSigkill(): Promise<void> {
  child.kill('SIGKILL')
  await once(child, 'exit')
  await start()
}

const create = (email: string, more: Record<string, string> = {}) =>
  call(url, 'POST', contacts, { properties: { email, ...more } })
const emails = async () => (await control.records()).contacts.map(({ properties }) => properties['email'])

/** SQLite itself rejects every page above the limit (`max_page_count`), with the error that it has for a full disk. */
async function fillDisk(): Promise<string[]> {
  const { size } = await stat(join(folder, 'hubspot', 'portal.sqlite'))
  await control.settings({ dataFileMaxBytes: size + 200_000 })
  const acknowledged: string[] = []
  for (let at = 0; at < 20; at += 1) {
    const email = `filler${at}@example.com`
    const { status } = await create(email, { address: LONG })
    if (status !== 201) return acknowledged
    acknowledged.push(email)
  }
  throw new Error('The disk did not become full.')
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onramp-disk-full-'))
  const made = folder
  onTestFinished(() => rm(made, { recursive: true, force: true }))
  await start()
})

describe('a full disk', () => {
  it("answers a write with HubSpot's 503, names the file in one line, and serves reads", async () => {
    await create('ada@example.com')
    await fillDisk()
    for (let at = 0; at < 3; at += 1) {
      const rejected = await create('grace@example.com', { address: LONG })
      expect(rejected).toMatchObject({
        status: 503,
        body: { status: 'error', message: 'Service unavailable', correlationId: expect.any(String) },
      })
    }
    expect((await call(url, 'GET', `${contacts}/ada@example.com?idProperty=email`)).status).toBe(200)
    await expect
      .poll(() => errors.trim().split('\n'))
      .toEqual([
        `The disk is full: the emulator cannot write to ${join(folder, 'hubspot', 'portal.sqlite')}. It answers changes with 503 until there is space.`,
      ])
  })

  it('leaves in memory and on the disk exactly what was acknowledged', async () => {
    const acknowledged = ['ada@example.com']
    await create('ada@example.com')
    acknowledged.push(...(await fillDisk()))
    expect((await create('grace@example.com', { address: LONG })).status).toBe(503)
    expect(await emails()).toEqual(acknowledged)
    expect((await call(url, 'GET', `${contacts}/grace@example.com?idProperty=email`)).status).toBe(404)
    await restartAfterSigkill()
    expect(await emails()).toEqual(acknowledged)
  })

  it('stores changes again as soon as there is space, and says so', async () => {
    await create('ada@example.com')
    const acknowledged = ['ada@example.com', ...(await fillDisk())]
    await create('grace@example.com', { address: LONG })
    await control.settings({ dataFileMaxBytes: null })
    expect((await create('grace@example.com', { address: LONG })).status).toBe(201)
    await expect.poll(() => errors.trim().split('\n').at(-1)).toMatch(/portal\.sqlite can be written again\.$/)
    await restartAfterSigkill()
    expect(await emails()).toEqual([...acknowledged, 'grace@example.com'])
  })

  it('has space again for new records when large ones were erased', async () => {
    await fillDisk()
    const { body } = await call(url, 'GET', `${contacts}/filler0@example.com?idProperty=email`)
    expect((await create('grace@example.com', { address: LONG })).status).toBe(503)
    await call(url, 'POST', `${contacts}/gdpr-delete`, { objectId: body['id'] })
    expect((await create('grace@example.com', { address: LONG })).status).toBe(201)
  })

  it('changes no part of an update, a batch, an associated contact or a property that could not be stored', async () => {
    const ada = String((await create('ada@example.com', { city: 'London' })).body['id'])
    const { body } = await call(url, 'POST', '/crm/objects/2026-09/companies', { properties: { name: 'Engines' } })
    const types = [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 279 }]
    await fillDisk()
    await fillLastPages()
    const before = await control.records()

    const key = { ...uniqueKey('contacts'), description: LONG }
    const rejected = [
      await call(url, 'PATCH', `${contacts}/${ada}`, { properties: { city: 'Rome', address: LONG } }),
      await call(url, 'POST', contacts, {
        properties: { email: 'grace@example.com', address: LONG },
        associations: [{ to: { id: body['id'] }, types }],
      }),
      await call(url, 'POST', `${contacts}/batch/create`, {
        inputs: [{ properties: { email: 'a@example.com' } }, { properties: { email: 'b@example.com', address: LONG } }],
      }),
      await call(url, 'POST', '/crm/properties/2026-09/contacts', key),
    ]
    expect(rejected.map(({ status }) => status)).toEqual([503, 503, 503, 503])
    expect(await control.records()).toEqual(before)
    expect((await call(url, 'GET', '/crm/properties/2026-09/contacts/own_key')).status).toBe(404)
    expect((await create('ada@example.com')).body['message']).toContain(ada)
    await restartAfterSigkill()
    expect(await control.records()).toEqual(before)
  })

  it('drops a company that HubSpot would create by itself, and rejects no request because of it', async () => {
    await control.settings({ autoCreateCompanies: true, autoCreateDelayMs: 60_000 })
    for (let at = 0; at < 40; at += 1) await create(`early@domain${at}.example`)
    await control.settings({ autoCreateCompanies: false })
    await fillDisk()
    await fillLastPages()
    await control.advanceClock(61_000)
    expect((await call(url, 'GET', `${contacts}/early@domain0.example?idProperty=email`)).status).toBe(200)
    expect((await control.records()).companies).toEqual([])
    expect((await control.records()).associations).toEqual([])

    await control.settings({ dataFileMaxBytes: null, autoCreateCompanies: true, autoCreateDelayMs: 0 })
    await create('grace@later.example')
    expect((await control.records()).companies.map(({ properties }) => properties['domain'])).toEqual(['later.example'])
  })

  it('does not end the process when a delay passes in the meantime', async () => {
    await control.settings({ autoCreateCompanies: true, autoCreateDelayMs: 1 })
    await fillDisk()
    for (let at = 0; at < 100; at += 1) await create(`small${at}@domain${at}.example`)
    await expect.poll(() => errors).toContain('The disk is full')
    expect((await call(url, 'GET', contacts)).status).toBe(200)
    expect(child.exitCode).toBe(null)
  })

  it('does not stop a reset, which empties memory and disk', async () => {
    await fillDisk()
    await control.reset()
    expect((await create('ada@example.com')).status).toBe(201)
    await restartAfterSigkill()
    expect(await emails()).toEqual(['ada@example.com'])
  })
})

/** Fills what a long value left free. */
async function fillLastPages(): Promise<void> {
  for (let at = 0; at < 200; at += 1) {
    if ((await create(`small${at}@example.com`, { address: 'x'.repeat(3000) })).status !== 201) return
  }
  throw new Error('The disk did not become full.')
}
