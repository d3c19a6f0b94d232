// The port domain/crm.ts: the story tests of the vitest project memory-crm pass on a CRM in memory, and no code of domain or
// workflows names HubSpot.

import { parseSync, Visitor } from 'oxc-parser'
import { describe, expect } from 'vitest'
import { importsOf } from '../support/imports.ts'
import type { SourceFile } from '../support/imports.ts'
import { it } from '../support/onramp.ts'
import { repositoryFiles } from '../support/repository-files.ts'

const files = repositoryFiles()

describe('the CRM in memory', () => {
  const crm = files.find(({ path }) => path === 'test/support/memory-crm.ts')!

  it('is the CRM of the story tests in this vitest project', ({ onramp }) => {
    expect(onramp.hubspotUrl).toBe('no HubSpot')
  })

  it('runs files that exist, like every other project', () => {
    const config = files.find(({ path }) => path === 'vitest.config.ts')!
    const named = [...config.code.matchAll(/'(test\/[\w/.-]+\.ts)'/g)].map(([, path]) => path)
    expect(named.length).toBeGreaterThan(10)
    expect(files.map(({ path }) => path)).toEqual(expect.arrayContaining(named))
  })

  it('has at most 200 lines, and imports only domain and its own records', () => {
    expect(crm.code.trimEnd().split('\n').length).toBeLessThanOrEqual(200)
    const records = files.find(({ path }) => path === 'test/support/memory-records.ts')!
    const others = [...importsOf(crm), ...importsOf(records)].filter(({ file }) => !file?.startsWith('domain/'))
    expect(new Set(others.map(({ specifier }) => specifier))).toEqual(new Set(['./memory-records.ts', 'node:crypto']))
  })
})

describe('domain and workflows', () => {
  it('name HubSpot in their code only as the public key of the status', () => {
    const sources = files.filter(({ path }) => /^(domain|workflows)\/.*\.ts$/.test(path))
    expect(sources.length).toBeGreaterThan(30)
    expect(sources.flatMap(hubSpotIn)).toEqual([
      'domain/onboarding-status.ts: hubspot',
      'workflows/customer/status.ts: hubspot',
    ])
  })

  it.for([
    ['a variable', 'const hubSpotId = 1'],
    ['a type', 'type X = HubSpotError'],
    ['a property', 'x.hubspotContact'],
    ['a private field', 'class X { #hubspot = 1 }'],
    ['a member of a type', 'interface X { hubspotId: string }'],
    ['an import', `import { createHubSpotCrm } from './x.ts'`],
  ] as const)('may not name HubSpot in %s', ([, code]) => {
    expect(hubSpotIn({ path: 'domain/x.ts', code })).not.toEqual([])
  })

  it('may not name HubSpot in the name of a file', () => {
    expect(hubSpotIn({ path: 'domain/hubspot.ts', code: '' })).toEqual(['domain/hubspot.ts'])
  })

  it('may name HubSpot in texts and comments', () => {
    expect(hubSpotIn({ path: 'domain/x.ts', code: `// HubSpot\nconst x = 'HubSpot' + \`HubSpot\`` })).toEqual([])
  })
})

/** The places where a file names HubSpot: its path and the identifiers of its code. Texts and comments do not count. */
function hubSpotIn({ path, code }: SourceFile): string[] {
  const found = [path]
  const add = ({ name }: { name: string }) => found.push(`${path}: ${name}`)
  new Visitor({ Identifier: add, PrivateIdentifier: add }).visit(parseSync(path, code).program)
  return found.filter((name) => /hubspot/i.test(name))
}
