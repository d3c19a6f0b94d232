// `npm run demo`: it succeeds, and it would report a wrong record.

import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { CUSTOMERS } from '../../dev/demo/customers.ts'
import { wrongIn } from '../../dev/demo/records.ts'
import type { Records } from '../../dev/demo/records.ts'

describe('npm run demo', () => {
  it('onboards ten customers through an outage, prints how, and finds every record right', async () => {
    // The demo must not use the developer's own HubSpot and Temporal; nothing listens at these addresses.
    const foreign = {
      HUBSPOT_BASE_URL: 'http://127.0.0.1:1',
      HUBSPOT_ACCESS_TOKEN: 'theirs',
      TEMPORAL_ADDRESS: '127.0.0.1:1',
    }
    const { exitCode, output } = await runDemo(foreign)
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 })
    expect(output.match(/^ {2}cus_\d+ .*(new|existing) company, (new|existing) contact .* s$/gm)).toHaveLength(10)
    expect(output.match(/existing contact/g)).toHaveLength(2)
    expect(output).toMatch(/^ {4}Ada Lovelace$/m)
    expect(output).toMatch(/^ {4}.*\+44 20 7946 0999/m)
    expect(output.trimEnd().split('\n').at(-1)).toBe('Every record in HubSpot is right.')
  })
})

describe('the check of the records', () => {
  it('finds nothing wrong in the expected portal', () => {
    const { records, existing } = aPortal()
    expect(wrongIn(records, CUSTOMERS, existing)).toEqual([])
  })

  it.each<[string, (portal: ReturnType<typeof aPortal>) => void, string]>([
    ['a missing contact', ({ records }) => void records.contacts.pop(), 'cus_10 has no contact.'],
    ['a second contact', ({ records }) => void records.contacts.push(records.contacts[2]!), 'cus_3 has 2 contacts.'],
    [
      'a missing association',
      ({ records }) => void records.associations.pop(),
      'cus_10 is associated with 0 companies.',
    ],
    [
      'a second company of an organization',
      ({ records }) => void records.companies.push(aRecord('99', {})),
      'There are 10 companies instead of 9.',
    ],
    [
      'a value that was not written',
      ({ records }) => void (records.contacts[0]!.properties['phone'] = '+44 20 7946 0000'),
      'cus_1 has a contact with phone "+44 20 7946 0000" instead of "+44 20 7946 0999".',
    ],
    [
      'a new contact beside the existing one',
      ({ existing }) => existing.set('cus_2', '999'),
      'cus_2 has contact 102, not the existing 999.',
    ],
  ])('reports %s', (_, change, sentence) => {
    const portal = aPortal()
    change(portal)
    expect(wrongIn(portal.records, CUSTOMERS, portal.existing)).toContain(sentence)
  })
})

/** A portal as the demo expects it; customer 2 has the existing contact 102. */
function aPortal(): { records: Records; existing: Map<string, string> } {
  const records: Records = { contacts: [], companies: [], associations: [] }
  for (const [index, { registration, expected }] of CUSTOMERS.entries()) {
    const contactId = String(101 + index)
    const companyId = registration.company.id
    records.contacts.push(aRecord(contactId, expected.contact))
    if (!records.companies.some(({ id }) => id === companyId))
      records.companies.push(aRecord(companyId, expected.company))
    records.associations.push({ contactId, companyId, typeIds: [279] })
  }
  return { records, existing: new Map([['cus_2', '102']]) }
}

function aRecord(id: string, properties: Record<string, string>): Records['contacts'][number] {
  return { id, properties: { ...properties }, archived: false }
}

async function runDemo(env: Record<string, string>): Promise<{ exitCode: number | null; output: string }> {
  const script = fileURLToPath(new URL('../../dev/demo/main.ts', import.meta.url))
  return await new Promise((resolve) => {
    const child = execFile(process.execPath, [script], { env: { ...process.env, ...env } }, (_, stdout, stderr) => {
      resolve({ exitCode: child.exitCode, output: stdout + stderr })
    })
  })
}
