// The file of the prebuilt workflow bundle. Loads no SDK, so that `npm start` can look for the file at no cost.

import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const SDK_VERSION = (createRequire(import.meta.url)('@temporalio/worker/package.json') as { version: string }).version
const SOURCES = ['workflows/**/*.ts', 'domain/**/*.ts', 'platform/payloads/*-converter.ts', 'worker/bundle.ts']

const BUILD_FOLDER = join(ROOT, 'build')

/**
 * The path of the bundle of today's sources. The file name contains a hash of the sources and of the SDK version, so that an
 * outdated bundle is never used.
 */
export function prebuiltPath(folder = BUILD_FOLDER): string {
  const hash = createHash('sha256').update(SDK_VERSION)
  for (const source of globSync(SOURCES, { cwd: ROOT }).sort())
    hash.update(source).update(readFileSync(join(ROOT, source)))
  return join(folder, `workflow-bundle-${hash.digest('hex').slice(0, 16)}.js`)
}

export function isPrebuilt(): boolean {
  return existsSync(prebuiltPath())
}

/** The code of the prebuilt bundle; `null` when it is missing, outdated, or another user's. */
export function readPrebuilt(): string | null {
  try {
    return readFileSync(prebuiltPath(), 'utf8')
  } catch {
    return null
  }
}

/**
 * Writes the bundle and deletes the earlier ones.
 *
 * @returns the path of the file
 * @throws Error when the folder cannot be written to
 */
export function writePrebuilt(code: string, folder = BUILD_FOLDER): string {
  mkdirSync(folder, { recursive: true })
  const path = prebuiltPath(folder)
  // The rename is atomic, so a worker that starts at this moment never reads half of the file.
  const unfinished = `${path}.${process.pid}`
  writeFileSync(unfinished, code)
  renameSync(unfinished, path)
  for (const name of globSync('workflow-bundle-*.js', { cwd: folder })) {
    const other = join(folder, name)
    if (other !== path) rmSync(other, { force: true })
  }
  return path
}
