// The emulator as a process: its output, its port, its shutdown, and a data folder that survives SIGKILL.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { EmulatorControl } from '../src/control-client.ts'
import { call, uniqueKey } from './hubspot-call.ts'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const contacts = '/crm/v3/objects/contacts'

interface Started {
  child: ChildProcess
  url: string
  line: string
}

async function start(
  environment: Record<string, string> = {},
  errors: 'inherit' | 'pipe' = 'inherit',
): Promise<Started> {
  const child = spawn(process.execPath, [MAIN], {
    env: { ...process.env, EMULATOR_PORT: '0', ONRAMP_DATA_DIR: '', ...environment },
    stdio: ['ignore', 'pipe', errors],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [chunk] = (await once(child.stdout!, 'data')) as [Buffer]
  const line = chunk.toString()
  return { child, line, url: /http:\S+/.exec(line)?.[0] ?? '' }
}

async function killed({ child }: Pick<Started, 'child'>, signal: NodeJS.Signals): Promise<number | null> {
  child.kill(signal)
  const [code] = (await once(child, 'exit')) as [number | null]
  return code
}

async function dataFolder(): Promise<Record<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'onramp-emulator-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return { ONRAMP_DATA_DIR: folder }
}

describe('the process', () => {
  it('prints one line with its address, and responds there', async () => {
    const { line, url } = await start()
    expect(line).toMatch(/^HubSpot emulator on http:\/\/127\.0\.0\.1:\d+\n$/)
    expect((await fetch(url)).status).toBe(200)
  })

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends on %s with exit code 0, even while a request is open',
    async (signal) => {
      const started = await start()
      await new EmulatorControl(started.url).fault({ effect: { kind: 'hang' } })
      const waiting = call(started.url, 'GET', contacts).catch(() => 'disconnected')
      await expect.poll(() => new EmulatorControl(started.url).requests()).toHaveLength(1)
      expect(await killed(started, signal)).toBe(0)
      expect(await waiting).toBe('disconnected')
    },
  )

  it('names a port in use and the variable that changes it', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const child = spawn(process.execPath, [MAIN], {
      env: { ...process.env, EMULATOR_PORT: String(port), ONRAMP_DATA_DIR: '' },
    })
    const [text, [code]] = await Promise.all([errorOutput(child), once(child, 'exit')])
    expect(code).toBe(1)
    expect(text).toContain(String(port))
    expect(text).toContain('EMULATOR_PORT')
    expect(text.trim().split('\n')).toHaveLength(1)
  })
})

async function errorOutput(child: ChildProcess): Promise<string> {
  let text = ''
  for await (const chunk of child.stderr!) text += String(chunk)
  return text
}

describe('a crash', () => {
  it('prints where it happened, and nothing of the error’s text', async () => {
    // The text of an error may quote a request, as that of `JSON.parse` does.
    const crash = `process.on('SIGUSR2', () => { JSON.parse('Canary') })`
    const { child } = await start(
      { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(crash)}` },
      'pipe',
    )
    const text = errorOutput(child)
    expect(await killed({ child }, 'SIGUSR2')).toBe(1)
    expect(await text).toMatch(/^The emulator ends: SyntaxError\n +at /)
    expect(await text).not.toContain('Canary')
  })
})

describe('a data folder', () => {
  it('has nothing of an erased contact in any of its files', async () => {
    const folder = await dataFolder()
    const { url } = await start(folder)
    const files = async () => {
      const path = join(folder['ONRAMP_DATA_DIR'] ?? '', 'hubspot')
      const names = await readdir(path)
      return (await Promise.all(names.map((name) => readFile(join(path, name), 'latin1')))).join('')
    }
    const properties = { email: 'canary@example.com' }
    const id = String((await call(url, 'POST', contacts, { properties })).body['id'])
    await call(url, 'PATCH', `${contacts}/${id}`, { properties: { city: 'canary city' } })
    expect(await files()).toContain('canary')
    await call(url, 'POST', `${contacts}/gdpr-delete`, { objectId: id })
    expect(await files()).not.toContain('canary')
  })

  it('has every write that was acknowledged before a SIGKILL', async () => {
    const folder = await dataFolder()
    const first = await start(folder)
    const acknowledged: string[] = []
    const writing = Array.from({ length: 8 }, async (_, writer) => {
      for (let at = 0; ; at += 1) {
        const email = `c${writer}-${at}@example.com`
        const { status } = await call(first.url, 'POST', contacts, { properties: { email } })
        if (status === 201) acknowledged.push(email)
      }
    })
    const ended = Promise.allSettled(writing)
    await expect.poll(() => acknowledged.length, { interval: 5 }).toBeGreaterThan(150)
    await killed(first, 'SIGKILL')
    await ended

    const second = await start(folder)
    const { contacts: restored } = await new EmulatorControl(second.url).records()
    const emails = new Set(restored.map(({ properties }) => properties['email']))
    expect(acknowledged.filter((email) => !emails.has(email))).toEqual([])
    // A write that was not acknowledged may be there too, but nothing may be there twice.
    expect(restored).toHaveLength(emails.size)
  })

  it('has properties, associations, archived and merged records, and continues the ids', async () => {
    const folder = await dataFolder()
    const first = await start(folder)
    const create = async (url: string, type: string, properties: Record<string, string>) =>
      String((await call(url, 'POST', `/crm/v3/objects/${type}`, { properties })).body['id'])
    await call(first.url, 'POST', '/crm/v3/properties/companies', uniqueKey('companies'))
    const company = await create(first.url, 'companies', { name: 'A', own_key: 'k1' })
    const [ada, countess, gone] = [
      await create(first.url, 'contacts', { email: 'ada@example.com' }),
      await create(first.url, 'contacts', { email: 'countess@example.com' }),
      await create(first.url, 'contacts', { email: 'gone@example.com' }),
    ]
    await call(first.url, 'PUT', `/crm/v4/objects/contacts/${ada}/associations/default/companies/${company}`)
    await call(first.url, 'DELETE', `${contacts}/${gone}`)
    const merged = await call(first.url, 'POST', `${contacts}/merge`, {
      primaryObjectId: ada,
      objectIdToMerge: countess,
    })
    const survivor = String(merged.body['id'])
    // The highest id is that of an erased contact. It must not be assigned again.
    const erased = await create(first.url, 'contacts', { email: 'erased@example.com' })
    await call(first.url, 'POST', `${contacts}/gdpr-delete`, { objectId: erased })
    await killed(first, 'SIGKILL')

    const { url } = await start(folder)
    expect((await call(url, 'GET', `/crm/v3/objects/companies/k1?idProperty=own_key`)).body['id']).toBe(company)
    expect((await call(url, 'GET', `${contacts}/${countess}`)).body['id']).toBe(survivor)
    expect((await call(url, 'GET', `${contacts}/${gone}`)).status).toBe(404)
    expect((await call(url, 'GET', `${contacts}/${gone}?archived=true`)).status).toBe(200)
    expect(await call(url, 'POST', contacts, { properties: { email: 'countess@example.com' } })).toMatchObject({
      status: 409,
      body: { message: `Contact already exists. Existing ID: ${survivor}` },
    })
    const associations = await call(url, 'GET', `/crm/v4/objects/contacts/${survivor}/associations/companies`)
    expect(associations.body['results']).toMatchObject([{ toObjectId: Number(company) }])
    const next = await create(url, 'contacts', { email: 'next@example.com' })
    expect(Number(next)).toBeGreaterThan(Number(erased))
  })

  it('can be used by one emulator at a time', async () => {
    const folder = await dataFolder()
    await start(folder)
    const child = spawn(process.execPath, [MAIN], { env: { ...process.env, EMULATOR_PORT: '0', ...folder } })
    const [text, [code]] = await Promise.all([errorOutput(child), once(child, 'exit')])
    expect(code).toBe(1)
    expect(text).toContain('ONRAMP_DATA_DIR')
    expect(text.trim().split('\n')).toHaveLength(1)
  })

  it('is empty after a reset', async () => {
    const folder = await dataFolder()
    const first = await start(folder)
    await call(first.url, 'POST', contacts, { properties: { email: 'ada@example.com' } })
    await new EmulatorControl(first.url).reset()
    await killed(first, 'SIGTERM')
    const second = await start(folder)
    expect((await new EmulatorControl(second.url).records()).contacts).toEqual([])
  })

  it('is optional: without one, nothing survives a restart', async () => {
    const first = await start()
    await call(first.url, 'POST', contacts, { properties: { email: 'ada@example.com' } })
    await killed(first, 'SIGTERM')
    const second = await start()
    expect((await new EmulatorControl(second.url).records()).contacts).toEqual([])
  })
})
