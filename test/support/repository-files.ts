// Lists the files of the repository, with their code.

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { holdsCode, type SourceFile } from './imports.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** All files that git tracks or would add. */
export function repositoryFiles(): SourceFile[] {
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  return execFileSync('git', list, { cwd: ROOT, encoding: 'utf8' })
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(ROOT, path)))
    .map((path) => ({ path, code: holdsCode(path) ? readFileSync(join(ROOT, path), 'utf8') : '' }))
}
