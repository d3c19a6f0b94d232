// The recorded histories of each version, and the index that freezes them: a changed or removed history is noticed.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import manifest from '../../package.json' with { type: 'json' }

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const HISTORIES = join(ROOT, 'test/histories')
const INDEX = 'index.json'
// What a history depends on. The commit that the index names has to be the code that wrote the history.
const RECORDED_CODE = ['workflows', 'domain', 'activities', 'hubspot', 'worker', 'platform']

/** Each history with the commit whose code wrote it. */
type Index = Record<string, { commit: string; sha256: string }>

export interface RecordedHistory {
  version: string
  name: string
  path: string
}

/** The folder of the histories that this version's code writes. */
export const RECORDING_FOLDER = folderOf(manifest.version)

/** All histories of all versions. */
export function recordedHistories(): RecordedHistory[] {
  return recordedVersions().flatMap((version) =>
    historiesIn(folderOf(version)).map((name) => ({ version, name, path: join(folderOf(version), `${name}.json`) })),
  )
}

export function recordedVersions(): string[] {
  return globSync('*/', { cwd: HISTORIES })
    .map((folder) => basename(folder))
    .toSorted()
}

export function folderOf(version: string): string {
  return join(HISTORIES, version)
}

/** The versions from 0.2.0 on that the changelog names as released. Formats of 0.1.0 could still change. */
export function releasedVersions(): string[] {
  const changelog = readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8')
  const versions = [...changelog.matchAll(/^## (\d+\.\d+\.\d+) - /gm)].map(([, version]) => version ?? '')
  return versions.filter((version) => version !== '0.1.0')
}

export function historiesIn(folder: string): string[] {
  return globSync('*.json', { cwd: folder })
    .filter((file) => file !== INDEX)
    .toSorted()
    .map((file) => basename(file, '.json'))
}

/** One sentence for each history of the folder that is not what its index says; empty when all of them are. */
export function indexProblems(folder: string): string[] {
  const index = readIndex(folder)
  const names = historiesIn(folder)
  return [
    ...names.filter((name) => !(name in index)).map((name) => `${name} is not in ${INDEX}.`),
    ...Object.entries(index).flatMap(([name, { sha256 }]) => {
      if (!names.includes(name)) return [`${name} is removed.`]
      return sha256Of(folder, name) === sha256 ? [] : [`${name} is changed.`]
    }),
  ]
}

/**
 * Called before a recording.
 *
 * @throws Error when this version is released, or when the code differs from the last commit
 */
export function assertMayRecord(): void {
  if (releasedVersions().includes(manifest.version)) {
    throw new Error(`${manifest.version} is released, so its histories are frozen. Record for the next version.`)
  }
  const changed = git('status', '--porcelain', '--', ...RECORDED_CODE)
  if (changed !== '') throw new Error(`Commit these first, since the index names the commit of the code:\n${changed}`)
}

/** Writes the index of the folder. The histories in `recorded` are of the last commit; the others keep their commit. */
export function writeIndex(folder: string, recorded: readonly string[]): void {
  const before = readIndex(folder)
  const head = git('rev-parse', 'HEAD')
  const index: Index = {}
  for (const name of historiesIn(folder)) {
    const commit = recorded.includes(name) ? head : (before[name]?.commit ?? head)
    index[name] = { commit, sha256: sha256Of(folder, name) }
  }
  writeFileSync(join(folder, INDEX), `${JSON.stringify(index, null, 1)}\n`)
}

function readIndex(folder: string): Index {
  const path = join(folder, INDEX)
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Index) : {}
}

function sha256Of(folder: string, name: string): string {
  return createHash('sha256')
    .update(readFileSync(join(folder, `${name}.json`)))
    .digest('hex')
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim()
}
