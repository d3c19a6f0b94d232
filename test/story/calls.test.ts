// The calls to HubSpot of each case, kind by kind and in their order, as the emulator received them.

import { readFileSync } from 'node:fs'
import type { EmulatorControl } from 'hubspot-emulator/control'
import { describe, expect } from 'vitest'
import { aCompanyInHubSpot, aContactInHubSpot } from '../support/given.ts'
import { it, onrampWith } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { at, firstContact } from '../support/story.ts'

// HubSpot's answers take this long here. Calls that start within it go side by side; a slow machine needs less to start them.
const LATENCY_MS = 600

const LETTERS: [letter: string, method: string, target: RegExp][] = [
  // Of a call about a contact that is erased since, the journal keeps only the path.
  ['L', 'GET', /\/contacts\/(.*idProperty=onramp_customer_id|cus_[^/]*\?$)/],
  ['K', 'GET', /\/companies\/.*idProperty=onramp_company_key/],
  ['D', 'GET', /\/companies\/.*idProperty=onramp_company_domain/],
  ['R', 'GET', /\/\d+\/associations\//],
  ['g', 'GET', /\/(contacts|companies)\/\d+/],
  ['S', 'POST', /\/companies\/search/],
  ['U', 'POST', /\/companies\?$/],
  ['P', 'POST', /\/contacts\?$/],
  ['E', 'POST', /\/gdpr-delete/],
  ['A', 'PUT', /\/associations\//],
  ['X', 'DELETE', /\/associations\//],
  ['Z', 'DELETE', /\/companies\/\d+\?$/],
]

/** One letter for each call; docs/performance.md explains them. */
function letterOf({ method, path, query, body }: JournalEntry): string {
  if (method === 'PATCH') return /"onramp_(claimed_at|customer_id)"/.test(body) ? 'm' : 'f'
  const target = `${path}?${query}`
  return LETTERS.find(([, verb, pattern]) => verb === method && pattern.test(target))?.[0] ?? `${method} ${target}`
}

type JournalEntry = Awaited<ReturnType<EmulatorControl['requests']>>[number]

interface Case {
  name: string
  /** The calls in the table of docs/performance.md: `∥` stands between calls that go side by side. */
  calls: string
  /** What HubSpot and onramp have before. */
  before?: (onramp: Onramp) => Promise<void>
  act: (onramp: Onramp) => Promise<void>
  isOver?: (onramp: Onramp) => Promise<boolean>
}

const domain = 'analytical.example'
const isOnboarded = async (onramp: Onramp) => (await onramp.status()).phase === 'onboarded'
const colleague = ({ customerId }: Onramp) => ({ customerId: `${customerId}-colleague`, email: 'c@example.com' })
const onboarded = async (onramp: Onramp, data: object = { company: { id: 'org_1', name: 'Engines' } }) => {
  await onramp.registered({ ...data }, at(0))
  await onramp.reaches('onboarded')
}

const CASES: Case[] = [
  {
    name: 'new customer, new company without a domain',
    calls: 'L∥K U P A',
    act: (onramp) => onramp.registered({ company: { id: 'org_1', name: 'Engines' } }),
  },
  {
    name: 'new customer, new company with id and domain',
    calls: 'L∥K∥D∥S U P A',
    act: (onramp) => onramp.registered({ company: { id: 'org_1', name: 'Engines', domain } }),
  },
  {
    name: 'company that HubSpot users made',
    calls: 'L∥K∥D∥S g m g f P A',
    before: async (onramp) => void (await aCompanyInHubSpot(onramp, { name: 'Engines', domain })),
    act: (onramp) => onramp.registered({ company: { id: 'org_1', name: 'Engines', domain } }),
  },
  {
    name: 'contact that HubSpot users made (409)',
    calls: 'L∥K U P g m g f A',
    before: async (onramp) => void (await aContactInHubSpot(onramp, { email: 'ada@example.com' })),
    act: (onramp) => onramp.registered({ company: { id: 'org_1', name: 'Engines' } }),
  },
  {
    name: 'second customer of a company',
    calls: 'L∥K P A',
    before: async (onramp) => {
      const { customerId } = colleague(onramp)
      await onramp.registered({ ...colleague(onramp), company: { id: 'org_1', name: 'Engines' } })
      await onramp.reaches('onboarded', customerId)
    },
    act: (onramp) => onramp.registered({ company: { id: 'org_1', name: 'Engines' } }),
  },
  {
    name: 'second customer, who brings a new value of the company',
    calls: 'L∥K g f K P A',
    before: async (onramp) => {
      const { customerId } = colleague(onramp)
      await onramp.registered({ ...colleague(onramp), company: { id: 'org_1', name: 'Engines' } })
      await onramp.reaches('onboarded', customerId)
    },
    act: (onramp) => onramp.registered({ company: { id: 'org_1', name: 'Engines', phone: '1' } }),
  },
  {
    name: 'phone of the customer',
    calls: 'f',
    before: onboarded,
    act: (onramp) => onramp.updated({ phone: '1' }, at(1)),
    isOver: async (onramp) => (await firstContact(onramp))?.phone === '1',
  },
  {
    name: 'phone of the customer, which HubSpot has already',
    calls: '',
    before: (onramp) => onboarded(onramp, { phone: '1', company: { id: 'org_1', name: 'Engines' } }),
    act: (onramp) => onramp.updated({ phone: '1' }, at(1)),
    isOver: async (onramp) => (await onramp.status()).timeline.some(({ outcome }) => outcome.startsWith('updated')),
  },
  {
    name: 'phone of the company, with the watermark of the contact',
    calls: 'K f K f',
    before: onboarded,
    act: (onramp) => onramp.updated({ company: { phone: '1' } }, at(1)),
    isOver: async (onramp) =>
      (await firstContact(onramp))?.onramp_last_event_at === String(Date.parse(at(1).timestamp)),
  },
  {
    name: 'move to a new company',
    calls: 'K U L A R X f',
    before: onboarded,
    act: (onramp) => onramp.updated({ company: { id: 'org_2', name: 'Two' } }, at(1)),
    isOver: async (onramp) => (await onramp.status()).timeline.some(({ note }) => note?.startsWith('moved from')),
  },
  {
    name: 'erasure',
    calls: 'L E',
    before: onboarded,
    act: (onramp) => onramp.erased(),
    isOver: async (onramp) => (await onramp.status()).phase === 'erased',
  },
  {
    name: 'erasure with a company that is the customer’s alone',
    calls: 'L E K R Z',
    before: (onramp) => onboarded(onramp, { company: { name: 'Engines' } }),
    act: (onramp) => onramp.erased(),
    isOver: async (onramp) => (await onramp.status()).phase === 'erased',
  },
]

describe('the calls to HubSpot', () => {
  it.for(CASES)('of $name are $calls', async ({ calls, before, act, isOver = isOnboarded }, { onramp }) => {
    await before?.(onramp)
    const known = (await callsOf(onramp)).length
    await act(onramp)
    await expect.poll(() => isOver(onramp)).toBe(true)
    const letters = (await callsOf(onramp)).slice(known).map(letterOf)
    // Calls that go side by side arrive in any order.
    const expected = calls.split(' ').map((row) => row.split('∥').toSorted().join('∥'))
    expect(inRows(letters, expected)).toBe(expected.join(' '))
  })

  it('are the ones of the table in docs/performance.md', () => {
    const page = readFileSync(new URL('../../docs/performance.md', import.meta.url), 'utf8')
    const rows = page.split('\n').flatMap((line) => {
      const cells = line.split('|').map((cell) => cell.trim())
      return CASES.some(({ name }) => name === cells[1]) ? [cells.slice(1, 4).join(' | ')] : []
    })
    const counted = ({ name, calls }: Case) => {
      const letters = calls.split(/[ ∥]/).filter((letter) => letter !== '')
      const searches = letters.filter((letter) => letter === 'S').length
      const others = letters.length - searches
      return `${name} | ${calls === '' ? '–' : calls} | ${others}${searches > 0 ? ' + search' : ''}`
    }
    expect(rows).toEqual(CASES.map(counted))
  })
})

describe('a new customer', () => {
  const itWithoutAdoption = onrampWith({ policies: { adoption: 'off' } })

  it('waits for four answers of HubSpot in a row, and no longer', async ({ onramp }) => {
    expect(await rowsOfRegistration(onramp)).toEqual(['D∥K∥L∥S', 'U', 'P', 'A'])
  })

  itWithoutAdoption('waits for four answers without company adoption as well', async ({ onramp }) => {
    expect(await rowsOfRegistration(onramp)).toEqual(['D∥K∥L', 'U', 'P', 'A'])
  })
})

// Not those of the setup, and not those of HubSpot users, which the tests make by version 3 of the contacts and companies.
const ONRAMPS = { path: '/crm/(objects|v[34]/objects)/' }
const callsOf = async ({ portal }: Onramp) => await portal.requests(ONRAMPS)

/** The letters in rows of the expected lengths, each row in the order of the alphabet. */
function inRows(letters: string[], expected: string[]): string {
  const rest = [...letters]
  const rows = expected.map((row) => rest.splice(0, row.split('∥').length).toSorted().join('∥'))
  return [...rows, ...rest].filter((row) => row !== '').join(' ')
}

async function rowsOfRegistration(onramp: Onramp): Promise<string[]> {
  const known = (await callsOf(onramp)).length
  await onramp.portal.settings({ latencyMs: LATENCY_MS })
  await onramp.registered({ company: { id: 'org_1', name: 'Engines', domain } })
  await onramp.reaches('onboarded')
  return rowsIn((await callsOf(onramp)).slice(known))
}

/** The calls that started before the first answer of their row could come, as one row. */
function rowsIn(entries: JournalEntry[]): string[] {
  const rows: JournalEntry[][] = []
  for (const entry of entries) {
    const [first] = rows.at(-1) ?? []
    if (first && Date.parse(entry.at) - Date.parse(first.at) < LATENCY_MS) rows.at(-1)?.push(entry)
    else rows.push([entry])
  }
  return rows.map((row) => row.map(letterOf).toSorted().join('∥'))
}
