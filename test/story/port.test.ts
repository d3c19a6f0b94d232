// The port holds: domain and workflows know a CRM, not HubSpot, and the stories come true on a CRM in memory.

import { parseSync, Visitor } from 'oxc-parser'
import { describe, expect, vi } from 'vitest'
import { importsOf } from '../support/imports.ts'
import type { SourceFile } from '../support/imports.ts'
import { it } from '../support/onramp.ts'
import { repositoryFiles } from '../support/repository-files.ts'

// The stories as they are. A test that needs trouble with HubSpot, its settings or its requests skips itself and says so.
import './onboarding.test.ts'
import './existing-contact.test.ts'
import './updates.test.ts'
import './moves.test.ts'
import './parked.test.ts'
import './revival.test.ts'
import './company.test.ts'
import './life.test.ts'

// vitest runs it before the imports above, and support/onramp.ts reads it.
vi.hoisted(() => {
  process.env['ONRAMP_TEST_CRM'] = 'memory'
})

const files = repositoryFiles()

describe('the CRM in memory', () => {
  const crm = files.find(({ path }) => path === 'test/support/memory-crm.ts')!

  it('is what the stories in this file run on', ({ onramp }) => {
    expect(onramp.hubspotUrl).toBe('no HubSpot')
  })

  it('has at most 200 lines, and no code but that of domain', () => {
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
  ] as const)('are caught with %s of that name', ([, code]) => {
    expect(hubSpotIn({ path: 'domain/x.ts', code })).not.toEqual([])
  })

  it('are caught with a file of that name', () => {
    expect(hubSpotIn({ path: 'domain/hubspot.ts', code: '' })).toEqual(['domain/hubspot.ts'])
  })

  it('may speak of HubSpot to people', () => {
    expect(hubSpotIn({ path: 'domain/x.ts', code: `// HubSpot\nconst x = 'HubSpot' + \`HubSpot\`` })).toEqual([])
  })
})

/** Where a file says HubSpot: in its path, and in the names of its code. Texts and comments do not count. */
function hubSpotIn({ path, code }: SourceFile): string[] {
  const found = [path]
  const add = ({ name }: { name: string }) => found.push(`${path}: ${name}`)
  new Visitor({ Identifier: add, PrivateIdentifier: add }).visit(parseSync(path, code).program)
  return found.filter((name) => /hubspot/i.test(name))
}
