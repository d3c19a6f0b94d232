// The package that `npm pack` makes, in the folder of somebody who has nothing else: it runs, has types, and the README's examples pass.

import { execFile, spawn } from 'node:child_process'
import { cpSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'

const PACKAGE = join(import.meta.dirname, '..')
const ROOT = join(PACKAGE, '../..')
const INSTALLED = join(ROOT, 'node_modules')
const env = { ...process.env, PATH: [join(INSTALLED, '.bin'), process.env['PATH']].join(delimiter) }

const execute = promisify(execFile)
let folder: string
let tarball: string
let empty: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hubspot-emulator-package-'))
  // `npm pack` exchanges package.json for a moment, so it works on a copy: other tests load the package meanwhile.
  const copy = join(folder, 'source/packages/hubspot-emulator')
  for (const name of ['package.json', 'README.md', 'LICENSE', 'pack.ts', 'tsconfig.pack.json', 'src'])
    cpSync(join(PACKAGE, name), join(copy, name), { recursive: true })
  cpSync(join(ROOT, 'tsconfig.json'), join(folder, 'source/tsconfig.json'))
  await symlink(INSTALLED, join(folder, 'source/node_modules'))
  const { stdout } = await execute('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: copy, env })
  tarball = join(folder, stdout.trim().split('\n').at(-1) ?? '')

  empty = join(folder, 'somebody')
  await mkdir(empty)
  await writeFile(join(empty, 'package.json'), '{ "private": true, "type": "module" }')
  await execute('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball], { cwd: empty, env })
  // HubSpot's own client for the example; the one that is here saves a download.
  await symlink(join(INSTALLED, '@hubspot'), join(empty, 'node_modules/@hubspot'))
  await mkdir(join(empty, 'node_modules/@types'), { recursive: true })
  await symlink(join(INSTALLED, '@types/node'), join(empty, 'node_modules/@types/node'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Ends npx and what it started; npx itself would pass no signal on. */
function end(group: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (group !== undefined) process.kill(-group, signal)
  } catch {
    // It has ended already.
  }
}

/** The first code block of this kind in the README. */
async function example(kind: string): Promise<string> {
  const readme = await readFile(join(PACKAGE, 'README.md'), 'utf8')
  const [, block] = new RegExp(`^\`\`\`${kind}\\n(import [^]*?)^\`\`\``, 'm').exec(readme) ?? []
  if (block === undefined) throw new Error(`The README has no example in ${kind}.`)
  return block
}

describe('the packed package', () => {
  it('runs by npx in an otherwise empty folder, with its pages, and ends on SIGTERM', async () => {
    const emulator = spawn('npx', ['hubspot-emulator'], {
      cwd: empty,
      env: { ...env, EMULATOR_PORT: '0' },
      detached: true,
    })
    const ended = new Promise((resolve) => emulator.once('close', resolve))
    onTestFinished(() => end(emulator.pid, 'SIGKILL'))
    const line = await new Promise<string>((resolve) => emulator.stdout.once('data', (chunk) => resolve(String(chunk))))
    const url = /^HubSpot emulator on (http:\S+)$/m.exec(line)?.[1] ?? ''
    const created = await fetch(`${url}/crm/v3/objects/contacts`, {
      method: 'POST',
      headers: { authorization: 'Bearer any', 'content-type': 'application/json' },
      body: JSON.stringify({ properties: { email: 'ada@example.com' } }),
    })
    expect(created.status).toBe(201)
    const page = await (await fetch(url)).text()
    expect(page).toContain('ada@example.com')
    expect((await fetch(`${url}/page.css`)).status).toBe(200)
    end(emulator.pid, 'SIGTERM')
    // Only when all of them have ended is their output closed.
    await ended
  })

  it('has the name that the README names, and holds neither sources nor tests', async () => {
    expect(await readFile(join(PACKAGE, 'README.md'), 'utf8')).toContain(`./${basename(tarball)}`)
    const { stdout } = await execute('tar', ['-tzf', tarball])
    const files = stdout.trim().split('\n')
    expect(files).toContain('package/dist/main.js')
    expect(files).toContain('package/dist/server.d.ts')
    expect(files.filter((name) => /\/(?:src|test|bench)\/|(?<!\.d)\.ts$/.test(name))).toEqual([])
  })

  it('passes the README’s example in TypeScript, which its types accept', async () => {
    await writeFile(join(empty, 'example.test.ts'), await example('ts'))
    const options = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2024', '--skipLibCheck']
    await execute('tsc', [...options, '--types', 'node', 'example.test.ts'], { cwd: empty, env })
    const { stdout } = await execute(process.execPath, ['--test', 'example.test.ts'], { cwd: empty })
    expect(stdout).toMatch(/pass 1\b/)
  })

  it('passes the README’s example in Python', async () => {
    await writeFile(join(empty, 'example_test.py'), await example('python'))
    const { stderr } = await execute('python3', ['example_test.py'], { cwd: empty, env })
    expect(stderr).toContain('OK')
  })
})
