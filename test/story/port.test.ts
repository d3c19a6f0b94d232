// The port domain/crm.ts: the story tests pass on a CRM in memory, and no code of domain or workflows names HubSpot.

import { parseSync, Visitor } from 'oxc-parser'
import { describe, expect, vi } from 'vitest'
import { importsOf } from '../support/imports.ts'
import type { SourceFile } from '../support/imports.ts'
import { it } from '../support/onramp.ts'
import { repositoryFiles } from '../support/repository-files.ts'

// The story tests, unchanged. A test that needs HubSpot's faults, settings or requests is skipped with its reason.
import './onboarding.test.ts'
import './existing-contact.test.ts'
import './updates.test.ts'
import './moves.test.ts'
import './parked.test.ts'
import './idle.test.ts'
import './company.test.ts'
import './deleted-records.test.ts'
import './continue-as-new.test.ts'
import './erasure.test.ts'

// vitest runs this before the imports, and support/onramp.ts reads the variable.
vi.hoisted(() => {
  process.env['ONRAMP_TEST_CRM'] = 'memory'
})

const files = repositoryFiles()

describe('the CRM in memory', () => {
  const crm = files.find(({ path }) => path === 'test/support/memory-crm.ts')!

  it('is the CRM of all story tests in this file', ({ onramp }) => {
    expect(onramp.hubspotUrl).toBe('no HubSpot')
  })

  it('has at most 200 lines, and imports only domain', () => {
    expect(crm.code.trimEnd().split('\n').length).toBeLessThanOrEqual(200)
    const others = importsOf(crm).filter(({ file }) => !file?.startsWith('domain/'))
    expect(others.map(({ specifier }) => specifier)).toEqual(['node:crypto'])
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
