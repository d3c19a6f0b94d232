// The table of the production dependencies and their licences in docs/dependencies.md, generated from the lock file.

import { readFileSync } from 'node:fs'
import { tableOf, withContent } from './marked-content.ts'

export const DEPENDENCIES_PAGE = new URL('../../docs/dependencies.md', import.meta.url)
const LOCK_FILE = new URL('../../package-lock.json', import.meta.url)

/** Packages whose package.json names no licence. Their repository has one. */
const NAMED_ELSEWHERE: Record<string, string> = { unionfs: 'Unlicense' }

interface Dependency {
  name: string
  version: string
  licence: string
}

interface LockFile {
  packages: Record<string, { version?: string; license?: string; dev?: boolean; link?: boolean }>
}

/** Everything that `npm ci --omit=dev` installs on any platform, each version once. */
export function productionDependencies(): Dependency[] {
  const { packages } = JSON.parse(readFileSync(LOCK_FILE, 'utf8')) as LockFile
  const installed = Object.entries(packages)
    .filter(([path, { dev, link }]) => path.includes('node_modules/') && dev !== true && link !== true)
    .map(([path, { version = '', license }]) => {
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
      return { name, version, licence: license ?? NAMED_ELSEWHERE[name] ?? 'unknown' }
    })
  const once = new Map(installed.map((each) => [`${each.name} ${each.version}`, each]))
  return [...once.values()].toSorted((one, other) => one.name.localeCompare(other.name, 'en'))
}

/** The page with the current table. */
export function withLicences(page: string): string {
  const rows = productionDependencies().map(({ name, version, licence }) => [`\`${name}\``, version, licence])
  return withContent(page, 'licences', tableOf(['package', 'version', 'licence'], rows))
}
