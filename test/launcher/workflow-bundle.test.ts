// The workflow bundle: the same for the same sources wherever it is built, and one file of it on disk.

import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { prebuiltPath, writePrebuilt } from '../../worker/prebuilt-bundle.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PRINT_BUNDLE = `process.stdout.write(await (await import('${ROOT}worker/bundle.ts')).bundleWorkflows())`

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'onramp-test-build-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

describe('the workflow bundle', () => {
  it('is the same in every working folder, since its hash is the version of the workers', async () => {
    const options = { cwd: await aFolder(), maxBuffer: 64 * 1024 * 1024 }
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', PRINT_BUNDLE], options)
    expect(stdout === (await readFile(inject('workflowBundlePath'), 'utf8'))).toBe(true)
  })

  it('has no path of the machine that built it', async () => {
    const code = await readFile(inject('workflowBundlePath'), 'utf8')
    const sourceMap = Buffer.from(code.split('base64,').at(-1) ?? '', 'base64').toString()
    expect(sourceMap).toContain('workflows/onboard-customer.ts')
    expect([code.includes(ROOT), sourceMap.includes(ROOT)]).toEqual([false, false])
  })
})

describe('a prebuilt bundle', () => {
  it('replaces those of earlier sources', async () => {
    const folder = await aFolder()
    await writeFile(join(folder, 'workflow-bundle-0123456789abcdef.js'), 'earlier')
    await writeFile(join(folder, 'other.txt'), 'not ours')
    const path = writePrebuilt('code', folder)
    expect(path).toBe(prebuiltPath(folder))
    expect(await readFile(path, 'utf8')).toBe('code')
    expect(await readdir(folder)).toHaveLength(2)
  })
})
