// Runs the commands of a page as the page has them, with the variables that an operator sets.

import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { inject, onTestFinished } from 'vitest'
import { startSupervisor } from '../../dev/launcher/processes.ts'
import { testTemporalCli } from './temporal.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** The text of a page in `docs/`. */
export function pageText(page: string): string {
  return readFileSync(join(ROOT, 'docs', page), 'utf8')
}

/**
 * The page's block of this language that starts with this text.
 *
 * @throws Error when the page has none, or several
 */
export function blockOf(page: string, start: string, language = 'sh'): string {
  const blocks = [...pageText(page).matchAll(/^( *)```(\w+)\n(.*?)^\1```/gms)].map(
    ([, indent = '', of, text = '']) => ({ of, text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), '') }),
  )
  const found = blocks.filter(({ of, text }) => of === language && text.startsWith(start))
  if (found.length !== 1) throw new Error(`${page} has ${found.length} blocks that start with "${start}".`)
  return found[0]!.text
}

/** Runs the page's commands that start with this text, and returns what they print on standard output. */
export async function runPage(
  page: string,
  start: string,
  env: Record<string, string | undefined> = {},
): Promise<string> {
  const bin = await mkdtemp(join(tmpdir(), 'onramp-test-page-'))
  onTestFinished(() => rm(bin, { recursive: true }))
  await symlink(await testTemporalCli(startSupervisor()), join(bin, 'temporal'))
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', blockOf(page, start)], {
    cwd: ROOT,
    env: {
      ...process.env,
      PATH: `${bin}${delimiter}${process.env['PATH']}`,
      TEMPORAL_ADDRESS: inject('temporalAddress'),
      ...env,
    },
    timeout: 120_000,
  })
  return stdout
}
