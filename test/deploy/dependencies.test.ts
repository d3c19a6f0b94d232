// What production installs: licences that a company can accept, from the registry that the lock file pins, without install scripts.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import lockFile from '../../package-lock.json' with { type: 'json' }
import packageJson from '../../package.json' with { type: 'json' }
import { billOfMaterials } from '../../dev/sbom/bill.ts'
import { DEPENDENCIES_PAGE, productionDependencies, withLicences } from '../../dev/docs/licences.ts'

/** Each allows a company to use the package in a closed product. */
const ALLOWED = [
  '0BSD',
  'Apache-2.0',
  'Apache-2.0 AND MIT',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  // Zero-Clause BSD by its older name.
  'BSD-0-Clause',
  // Data about browsers, for the bundler.
  'CC-BY-4.0',
  'ISC',
  'MIT',
  'Unlicense',
]

type Locked = { dev?: boolean; link?: boolean; resolved?: string; integrity?: string; hasInstallScript?: boolean }
const installed = Object.entries(lockFile.packages as Record<string, Locked>).filter(
  ([path, { link }]) => path.includes('node_modules/') && link !== true,
)

describe('the production dependencies', () => {
  it('have licences of the allowed list', () => {
    const others = productionDependencies().filter(({ licence }) => !ALLOWED.includes(licence))
    expect(others).toEqual([])
  })

  it('are in docs/dependencies.md with version and licence (`npm run docs` writes it)', () => {
    const page = readFileSync(DEPENDENCIES_PAGE, 'utf8')
    const squeezed = (text: string) => text.replaceAll(/ {2,}/g, ' ').replaceAll(/-{3,}/g, '---')
    expect(squeezed(withLicences(page))).toBe(squeezed(page))
  })

  it('are all in the bill of materials, and nothing else is', () => {
    const { metadata, components } = billOfMaterials()
    const named = components.map(({ group, name, version }) => `${group ? `${group}/` : ''}${name} ${version}`)
    const installed = productionDependencies().map(({ name, version }) => `${name} ${version}`)
    expect(metadata.component.version).toBe(packageJson.version)
    expect(new Set(named)).toEqual(new Set(installed))
  })

  it('run no install script', () => {
    const withScript = installed.filter(([, { dev, hasInstallScript }]) => dev !== true && hasInstallScript === true)
    const allowed: Record<string, boolean> = packageJson.allowScripts
    const names = withScript.map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length))
    expect(names.filter((name) => allowed[name] !== false)).toEqual([])
  })
})

describe('the lock file', () => {
  it('has the hash of every package, and names no registry', () => {
    expect(installed.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([path]) => path)).toEqual([])
    expect(installed.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([])
  })
})
