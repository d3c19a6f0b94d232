// The fences between the folders: each is red on a planted mistake.

import { execFile } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker'
import { afterEach, describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const run = promisify(execFile)
const planted: string[] = []

async function plant(path: string, code: string): Promise<string> {
  const file = join(ROOT, path)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, code)
  planted.push(file)
  return file
}

/** What a tool prints when it is not content; empty when it is. */
async function complaints(tool: 'oxlint' | 'tsc', args: string[]): Promise<string> {
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

describe('the linter refuses', () => {
  it.each([
    ['Node in the domain', 'domain', `import 'node:fs'`, 'may know nothing but zod'],
    ['Node in a workflow', 'workflows', `import 'node:fs'`, 'belongs in an activity'],
    ['an activity in a workflow', 'workflows', `import '../activities/index.ts'`, 'meet only in domain/crm.ts'],
    [
      'zod in a workflow',
      'workflows',
      `import { CustomerEvent } from '../domain/events.ts'\nexport const x = CustomerEvent`,
      'import type',
    ],
    [
      'the schema of a status in a workflow',
      'workflows',
      `import { OnboardingStatus } from '../domain/onboarding-status.ts'\nexport const x = OnboardingStatus`,
      'import type',
    ],
    ['a workflow in an activity', 'activities', `import '../workflows/index.ts'`, 'meet workflows only in'],
    ['a process in the plumbing', 'platform', `import '../worker/worker.ts'`, 'plumbing that the processes share'],
    ['a workflow in the worker', 'worker', `import '../workflows/index.ts'`, 'loads workflows by path'],
    [
      'the inside of a workflow in the API',
      'api',
      `import '../workflows/customer/state.ts'`,
      'never HubSpot or the inside',
    ],
    ['the Temporal client in the rest of the API', 'api', `import '@temporalio/client'`, 'know its client'],
    ['HubSpot in the API', 'api', `import '@hubspot/api-client'`, 'never HubSpot or the inside'],
    [
      'onramp in the emulator',
      'packages/hubspot-emulator/src',
      `import '../../../domain/ids.ts'`,
      'would let a shared mistake hide',
    ],
    ['a forgotten promise', 'activities', `export function x() { Promise.resolve(1) }`, 'no-floating-promises'],
  ])('%s', async (_, folder, code, why) => {
    const file = await plant(`${folder}/planted-by-test.ts`, `${code}\n`)
    expect(await complaints('oxlint', [file])).toContain(why)
  })

  it('nothing about the messages of an onboarding in the API', async () => {
    const file = await plant('api/planted-by-test.ts', `export { resume } from '../workflows/messages.ts'\n`)
    expect(await complaints('oxlint', [file])).toBe('')
  })
})

describe('the type check refuses', () => {
  it('the globals of Node, and a duration without a unit, in workflow code', async () => {
    await plant(
      'workflows/planted-by-test.ts',
      `import { sleep } from '@temporalio/workflow'
export const a = process.env
export const b = fetch
export const c = sleep('10 parsecs')
export const d = sleep('10 seconds')
`,
    )
    const found = await complaints('tsc', ['-p', 'workflows'])
    expect(found).toMatch(/planted-by-test\.ts\(2,.*process/)
    expect(found).toMatch(/planted-by-test\.ts\(3,.*fetch/)
    expect(found).toMatch(/planted-by-test\.ts\(4,.*parsecs/)
    expect(found).not.toContain('planted-by-test.ts(5')
  })
})

describe('Temporal’s bundler refuses', () => {
  it('Node in workflow code that slipped through', async () => {
    const workflowsPath = await plant(
      'build/planted-by-test.ts',
      `import { readFileSync } from 'node:fs'\nexport const x = readFileSync\n`,
    )
    const said: string[] = []
    const logger = new DefaultLogger('ERROR', ({ message }) => said.push(message))
    await expect(bundleWorkflowCode({ workflowsPath, logger })).rejects.toThrow('Webpack finished with errors')
    expect(said.join()).toContain('node:fs')
  })
})
