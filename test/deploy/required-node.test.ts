// The npm scripts of production on a Node that is too old.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const CHECK = 'platform/required-node.mjs'
const PRODUCTION = ['api', 'worker', 'setup', 'promote', 'customer', 'bundle'] as const

/** The line about a Node of this version, which the check takes this Node for. */
function checkedBy(version: string): { code: number | null; output: string } {
  const disguise = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`
  const args = ['--import', `data:text/javascript,${encodeURIComponent(disguise)}`, CHECK]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' })
  return { code: status, output: stdout + stderr }
}

it.each(['18.20.4', '20.20.2', '22.21.0', '24.1.0'])(
  'Node %s is named in one line with what to do, and ends',
  (version) => {
    const { code, output } = checkedBy(version)
    expect(code).toBe(1)
    expect(output).toMatch(/^[^\n]+\n$/)
    expect(output).toContain(`"node" on the PATH is ${version}`)
    expect(output).toContain('onramp needs Node 24.2 or newer')
  },
)

it.each(['24.2.0', '24.21.0', '26.0.0'])('Node %s is accepted without a word', (version) => {
  expect(checkedBy(version)).toEqual({ code: 0, output: '' })
})

it.each(PRODUCTION)('`npm run %s` begins with the check', (name) => {
  expect(packageJson.scripts[name]).toMatch(new RegExp(`^node ${CHECK.replace('.', '\\.')} && `))
})

/** The machine's own Node, beside the one that npm installed, if it is an old one. */
const oldNode = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'node'))
  .filter((path) => !path.includes('node_modules') && existsSync(path))
  .find((path) => {
    const version = spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout ?? ''
    return /^v(18|20|22)\./.test(version)
  })

it.skipIf(oldNode === undefined)('an old Node understands the check', () => {
  const { status, stderr } = spawnSync(oldNode!, [CHECK], { cwd: ROOT, encoding: 'utf8' })
  expect(status).toBe(1)
  expect(stderr).toMatch(/^onramp needs Node 24\.2 or newer[^\n]+\n$/)
})
