// Runs the story tests on the given Temporal server.

import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ClusterContext, PartResult } from './part.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs')
const REPORTER = fileURLToPath(new URL('test-counts.ts', import.meta.url))

/** The file that `test-counts.ts` writes. */
export interface TestCounts {
  passed: number
  failed: string[]
  /** How many tests each reason skipped. */
  skipped: Record<string, number>
}

/** @throws Error when vitest itself fails */
export async function runStories({ temporal, settings, stopping }: ClusterContext): Promise<PartResult> {
  const folder = await mkdtemp(join(tmpdir(), 'onramp-cluster-'))
  const file = join(folder, 'counts.json')
  try {
    const args = ['run', '--project', '2026-09*', '--reporter', 'default', '--reporter', REPORTER, 'test/story']
    const given = { ONRAMP_TEST_TEMPORAL: temporal.address, ONRAMP_TEST_NAMESPACE: temporal.namespace }
    // As in CI, a failed test gets a second attempt, and polls take longer.
    const env = { ...process.env, ...given, ONRAMP_TEST_COUNTS: file, CI: 'true' }
    const child = spawn(process.execPath, [VITEST, ...args], {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    stopping.addEventListener('abort', () => child.kill('SIGTERM'), { once: true })
    const code = await new Promise((resolve) => child.once('exit', resolve))
    const counts = JSON.parse(await readFile(file, 'utf8').catch(() => 'null')) as TestCounts | null
    if (counts === null) throw new Error(`vitest ended with ${String(code)} and without a result. Its output is above.`)
    return resultOf(counts, code === 0, settings.say)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function resultOf({ passed, failed, skipped }: TestCounts, isGreen: boolean, say: (line: string) => void): PartResult {
  for (const [reason, count] of Object.entries(skipped)) say(`  ${count} skipped: ${reason}`)
  const all = Object.values(skipped).reduce((sum, count) => sum + count, 0)
  const wrong = failed.map((name) => `The test "${name}" failed.`)
  if (!isGreen && failed.length === 0) wrong.push('vitest failed outside of a test. Its output is above.')
  return { what: `${passed} tests passed, ${failed.length} failed, ${all} skipped`, proof: null, wrong }
}
