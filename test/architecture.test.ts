// The table of allowed imports, and the other checks that reject a mistake. Each check is tried on a planted mistake.

import { execFile } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker'
import { afterEach, describe, expect, it } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { violations, type AllowTable } from './support/allowed-imports.ts'
import { cycles } from './support/import-graph.ts'
import type { SourceFile } from './support/imports.ts'
import { moduleState } from './support/module-state.ts'
import { plantsOf } from './support/planted-imports.ts'
import { repositoryFiles } from './support/repository-files.ts'

/** Anything that is not here is rejected, so a new folder or a new dependency needs an entry. */
const ALLOW: AllowTable = {
  domain: {
    packages: ['zod'],
    why: 'Every folder shares domain, so domain imports nothing but zod.',
  },
  workflows: {
    folders: ['domain'],
    packages: ['@temporalio/workflow', '@temporalio/common'],
    neverLoads: ['zod'],
    why: 'Workflows call the CRM only through domain/crm.ts, and zod would nearly double their bundle.',
  },
  activities: {
    folders: ['domain'],
    packages: ['@temporalio/activity', '@temporalio/common'],
    why: 'Activities serve any CRM: worker/main.ts hands it in, and workflows see it as domain/crm.ts.',
  },
  hubspot: {
    folders: ['domain'],
    packages: ['node:*', '@hubspot/api-client', 'email-providers', 'tldts', 'undici'],
    why: 'worker/main.ts hands in logger, metrics and settings; activities translate failures for Temporal.',
  },
  platform: {
    folders: ['domain'],
    packages: ['node:*', '@temporalio/*', 'pino', 'pino-pretty', 'prom-client', 'protobufjs', 'zod'],
    why: 'Every process uses platform, so platform imports none of them.',
  },
  worker: {
    folders: ['activities', 'domain', 'hubspot', 'platform'],
    typesOf: ['workflows'],
    packages: ['node:*', '@temporalio/activity', '@temporalio/worker'],
    packageTypes: ['@temporalio/client'],
    why: 'The worker loads workflows by path, into their sandbox; an import would run them outside it.',
  },
  api: {
    folders: ['domain', 'platform', 'workflows/messages.ts', 'workflows/customer/completed-run.ts'],
    typesOf: ['workflows'],
    packages: [
      'node:*',
      '@hono/*',
      '@picocss/pico',
      'hono',
      'htmx.org',
      'marked',
      'p-queue',
      'standardwebhooks',
      'zod',
    ],
    packagesOf: {
      files: ['api/temporal'],
      packages: ['@temporalio/client', '@temporalio/common'],
    },
    why: 'The API sends messages to onboardings, and reads the result of a completed one. It imports neither HubSpot nor the inside of a workflow.',
  },
  cli: {
    folders: ['domain', 'platform'],
    typesOf: ['api/contract'],
    packages: ['node:*'],
    why: 'The CLI calls the API over HTTP and shares only the types of its contract.',
  },
  move: {
    folders: ['domain', 'platform', 'workflows/messages.ts', 'workflows/customer/completed-run.ts'],
    packages: ['node:*', '@temporalio/client', 'zod'],
    why: 'A move sends messages to onboardings, and hands the result of one to the next.',
  },
  'packages/hubspot-emulator': {
    packages: ['node:*', 'undici', 'zod'],
    why: 'The emulator is HubSpot’s side of the wire: shared code could hide a mistake that both sides make.',
  },
  'packages/hubspot-emulator/test': {
    folders: ['packages/hubspot-emulator'],
    packages: ['node:*', '@hubspot/api-client', 'fast-check', 'playwright-core', 'vitest'],
    why: 'The emulator is tested as a package of its own.',
  },
  dev: {
    folders: ['activities', 'api', 'cli', 'domain', 'hubspot', 'platform', 'types', 'worker', 'workflows'],
    packages: ['*'],
    why: 'Tests import dev, so dev imports no tests.',
  },
  test: { folders: ['*'], packages: ['*'] },
  types: { why: 'A declaration stands alone.' },
  docs: { why: 'Pages hold no code.' },
  deploy: { why: 'Image, manifests, alerts and dashboards hold no code.' },
  '.ci': { why: 'CI runs commands of package.json.' },
  root: { packages: ['vitest'], why: 'The root holds only the settings of tools.' },
}

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const run = promisify(execFile)
const planted: string[] = []
const files = repositoryFiles()

/** The violations of one additional file; empty when the table allows all of its imports. */
const verdict = (path: string, code: string, ...others: SourceFile[]): string =>
  violations([...files, ...others, { path, code }], ALLOW)
    .filter((sentence) => sentence.startsWith(`${path}:`))
    .join('\n')

async function plant(path: string, code: string): Promise<string> {
  const file = join(ROOT, path)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, code)
  planted.push(file)
  return file
}

/** The output of a tool that fails; empty when it succeeds. */
async function failureOutput(tool: 'oxlint' | 'tsc', args: string[]): Promise<string> {
  try {
    await run(join(ROOT, 'node_modules/.bin', tool), args, { cwd: ROOT })
    return ''
  } catch (error) {
    return String((error as { stdout?: string }).stdout)
  }
}

afterEach(async () => {
  await Promise.all(planted.splice(0).map((file) => rm(file, { force: true })))
})

describe('the imports of the repository', () => {
  it('are all allowed by the table', () => {
    expect(violations(files, ALLOW)).toEqual([])
  })

  it('reach dev and test only from dev and test', () => {
    const targets = Object.entries(ALLOW)
      .filter(([folder]) => folder !== 'dev' && folder !== 'test')
      .flatMap(([, { folders = [], typesOf = [] }]) => [...folders, ...typesOf])
    expect(targets.filter((entry) => /^(\*|dev|test)(\/|$)/.test(entry))).toEqual([])
  })

  it('have no cycles, types included', () => {
    expect(cycles(files)).toEqual([])
  })
})

describe('the table rejects a planted import for each folder and package that it does not allow', () => {
  const packages = [
    ...Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }),
    'node:fs',
    'not-in-package-json',
  ]
  const { plants, targets } = plantsOf(ALLOW, packages)
  const rejections = violations([...targets, ...plants], ALLOW)

  it.each(Object.keys(ALLOW).filter((folder) => folder !== 'test'))('in %s', (folder) => {
    const inFolder = plants.filter((plant) => plant.folder === folder)
    const accepted = inFolder.filter(
      ({ path, says }) => !rejections.some((sentence) => sentence.startsWith(`${path}:`) && sentence.includes(says)),
    )
    expect(inFolder).not.toEqual([])
    expect(accepted).toEqual([])
  })

  it('and there are more than 500 of them', () => {
    expect(plants.length).toBeGreaterThan(500)
  })
})

describe('the table rejects', () => {
  it.each([
    ['zod in a workflow', 'workflows/x.ts', `import { CustomerEvent } from '../domain/events.ts'`, 'loads zod through'],
    [
      'an import without names',
      'activities/x.ts',
      `import '../hubspot/setup.ts'`,
      'activities may not import hubspot.',
    ],
    ['a re-export', 'platform/x.ts', `export * from '../api/main.ts'`, 'platform may not import api.'],
    ['an import at run time', 'worker/x.ts', `await import('../api/main.ts')`, 'worker may not import api.'],
    ['a computed import', 'worker/x.ts', `await import(process.argv[2]!)`, 'as a literal'],
    ['the type of an import', 'cli/x.ts', `type X = import('../worker/main.ts').X`, 'cli may not import worker.'],
    ['the types of Node', 'workflows/x.ts', `/// <reference types="node" />`, 'workflows may not import node.'],
    ['a resolved package', 'cli/x.ts', `import.meta.resolve('hono')`, 'cli may not import hono.'],
    ['a required package', 'cli/x.ts', `createRequire(import.meta.url)('hono/x.js')`, 'cli may not import hono.'],
    [
      'a type that is imported as a value',
      'cli/x.ts',
      `import { type X } from '../api/contract/customers.ts'`,
      'import type',
    ],
    ['a module of Node without node:', 'dev/x.ts', `import 'fs'`, 'Write node:fs.'],
    ['an absolute path', 'dev/x.ts', `import '/domain/ids.ts'`, 'Write a relative path'],
    ['an address', 'dev/x.ts', `import 'https://example.com/x.js'`, 'Write a relative path'],
    ['an alias', 'dev/x.ts', `import '#domain'`, 'Write a relative path'],
    ['a file that does not exist', 'dev/x.ts', `import '../domain/id.ts'`, 'There is no file domain/id.ts.'],
    ['a folder without a row', 'sidecar/main.ts', ``, 'add a row for its folder'],
    ['Temporal’s client outside of api/temporal', 'api/x.ts', `import '@temporalio/client'`, 'Of api, only'],
  ])('%s', (_, path, code, why) => {
    expect(verdict(path, code)).toContain(why)
  })

  it('zod in a workflow through another file', () => {
    const between = { path: 'domain/between.ts', code: `export * from '../domain/events.ts'` }
    expect(verdict('workflows/x.ts', `import { X } from '../domain/between.ts'`, between)).toContain(
      'loads zod through domain/between.ts → domain/events.ts',
    )
  })

  it('no import that is allowed', () => {
    expect(verdict('workflows/x.ts', `import type { CustomerEvent } from '../domain/events.ts'`)).toBe('')
    expect(verdict('api/x.ts', `export { resume } from '../workflows/messages.ts'`)).toBe('')
    expect(verdict('api/x.ts', `import type { X } from '../workflows/customer/state.ts'`)).toBe('')
    expect(verdict('worker/x.ts', `import type { X } from '../workflows/messages.ts'`)).toBe('')
    expect(verdict('cli/x.ts', `import type { X } from '../api/contract/customers.ts'`)).toBe('')
  })

  it('each import with a sentence that says why and where the table is', () => {
    expect(verdict('activities/x.ts', `\nimport { X } from '../hubspot/setup.ts'`)).toBe(
      'activities/x.ts:2 imports ../hubspot/setup.ts: activities may not import hubspot. ' +
        'Activities serve any CRM: worker/main.ts hands it in, and workflows see it as domain/crm.ts. ' +
        'The allowed imports stand in ALLOW in test/architecture.test.ts.',
    )
  })
})

describe('a cycle of imports is reported with its files in order', () => {
  it('when two files import types from each other', () => {
    const a = { path: 'domain/a.ts', code: `import type { B } from './b.ts'` }
    const b = { path: 'domain/b.ts', code: `export type { A } from './a.ts'` }
    expect(cycles([a, b])).toEqual(['domain/a.ts → domain/b.ts → domain/a.ts'])
  })

  it('when it leads through three files', () => {
    const a = { path: 'api/a.ts', code: `import './routes/b.ts'` }
    const b = { path: 'api/routes/b.ts', code: `import type { C } from '../c.ts'` }
    const c = { path: 'api/c.ts', code: `await import('./a.ts')` }
    expect(cycles([a, b, c])).toEqual(['api/a.ts → api/routes/b.ts → api/c.ts → api/a.ts'])
  })
})

describe('the modules of workflow code, which all workflows of a worker share,', () => {
  const IN_THE_BUNDLE = /^(workflows|domain)\/|^platform\/payloads\/[a-z]+-converter\.ts$/

  it('keep nothing', () => {
    const loaded = files.filter(({ path }) => IN_THE_BUNDLE.test(path))
    expect(loaded.length).toBeGreaterThan(40)
    expect(loaded.flatMap(moduleState)).toEqual([])
  })

  it.each([
    ['a variable', 'let customers = 0'],
    ['a collection', 'export const seen = new Map<string, number>()'],
    ['a search with a position', 'const WORD = /a/g'],
  ])('would be found with %s', (_, code) => {
    expect(moduleState({ path: 'workflows/x.ts', code })).toEqual([`workflows/x.ts: ${code.replace('export ', '')}`])
  })

  it('may have constants', () => {
    const code = 'const NAMES: ReadonlySet<string> = new Set([])\nconst ONE = 1\nexport const f = () => new Map()'
    expect(moduleState({ path: 'workflows/x.ts', code })).toEqual([])
  })
})

describe('the linter rejects', () => {
  it('a promise that is not awaited', async () => {
    const file = await plant('activities/planted-by-test.ts', `export function x() { Promise.resolve(1) }\n`)
    expect(await failureOutput('oxlint', [file])).toContain('no-floating-promises')
  })
})

describe('the type check rejects', () => {
  it('the globals of Node, and a duration with an unknown unit, in workflow code', async () => {
    await plant(
      'workflows/planted-by-test.ts',
      `import { sleep } from '@temporalio/workflow'
export const a = process.env
export const b = fetch
export const c = sleep('10 parsecs')
export const d = sleep('10 seconds')
`,
    )
    const output = await failureOutput('tsc', ['-p', 'workflows'])
    expect(output).toMatch(/planted-by-test\.ts\(2,.*process/)
    expect(output).toMatch(/planted-by-test\.ts\(3,.*fetch/)
    expect(output).toMatch(/planted-by-test\.ts\(4,.*parsecs/)
    expect(output).not.toContain('planted-by-test.ts(5')
  })
})

describe('Temporal’s bundler rejects', () => {
  it('a Node module in workflow code', async () => {
    const workflowsPath = await plant(
      'build/planted-by-test.ts',
      `import { readFileSync } from 'node:fs'\nexport const x = readFileSync\n`,
    )
    const messages: string[] = []
    const logger = new DefaultLogger('ERROR', ({ message }) => messages.push(message))
    await expect(bundleWorkflowCode({ workflowsPath, logger })).rejects.toThrow('Webpack finished with errors')
    expect(messages.join()).toContain('node:fs')
  })
})
