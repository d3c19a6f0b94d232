// Random requests: the emulator answers each with HubSpot's 2xx or 4xx and keeps running.

import fc from 'fast-check'
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startEmulator } from '../src/server.ts'
import { call } from './hubspot-call.ts'

let url: string
let stop: () => Promise<void>

beforeAll(async () => {
  const emulator = await startEmulator()
  ;({ url } = emulator)
  stop = () => emulator.stop()
})
afterAll(() => stop())

const REQUESTS = 10_000
const AT_ONCE = 50

const names = [
  'properties',
  'inputs',
  'id',
  'idProperty',
  'email',
  'domain',
  'name',
  'filterGroups',
  'filters',
  'sorts',
]
const moreNames = [
  'associations',
  'to',
  'from',
  'types',
  'associationTypeId',
  'associationCategory',
  'objectId',
  'after',
]
const property = fc.constantFrom(
  ...names,
  ...moreNames,
  'limit',
  'values',
  'operator',
  'propertyName',
  '__proto__',
  'constructor',
)
const leaf = fc.oneof(
  fc.string(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom('email', 'EQ', 'IN', 'ada@example.com', 'HUBSPOT_DEFINED', '279', 279, '171591000001', 1e21),
)
const { body } = fc.letrec<{ body: unknown; object: unknown; list: unknown }>((self) => ({
  body: fc.oneof({ maxDepth: 4, withCrossShrink: true }, leaf, self('object'), self('list')),
  object: fc.dictionary(property, self('body'), { maxKeys: 5 }),
  list: fc.array(self('body'), { maxLength: 4 }),
}))
const segment = fc.oneof(
  fc.constantFrom(
    'crm',
    'v3',
    'v4',
    'objects',
    '2026-09',
    'contacts',
    'companies',
    'batch',
    'create',
    'read',
    'update',
  ),
  fc.constantFrom(
    'upsert',
    'archive',
    'search',
    'merge',
    'gdpr-delete',
    'associations',
    'default',
    'properties',
    'groups',
  ),
  fc.constantFrom('171591000001', '0', '-1', '%', '%00', '..', '', 'integrations', 'me', 'oauth', 'token', 'labels'),
  fc.string().map((text) => encodeURIComponent(text.replace(/[\uD800-\uDFFF]/g, ''))),
)
const knownPath = fc.constantFrom(
  '/crm/v3/objects/contacts',
  '/crm/v3/objects/contacts/171591000001',
  '/crm/v3/objects/contacts/search',
  '/crm/v3/objects/contacts/merge',
  '/crm/v3/objects/contacts/gdpr-delete',
  '/crm/v3/objects/contacts/batch/create',
  '/crm/v3/objects/contacts/batch/read',
  '/crm/objects/2026-09/companies/batch/update',
  '/crm/objects/2026-09/companies/batch/upsert',
  '/crm/objects/2026-09/companies/batch/archive',
  '/crm/v4/objects/contacts/171591000001/associations/companies/171591000002',
  '/crm/v4/objects/contacts/171591000001/associations/default/companies/171591000002',
  '/crm/v4/associations/contacts/companies/batch/create',
  '/crm/v4/associations/contacts/companies/batch/read',
  '/crm/v4/associations/contacts/companies/batch/archive',
  '/crm/v4/associations/contacts/companies/batch/labels/archive',
  '/crm/v3/properties/contacts',
  '/crm/v3/properties/contacts/email',
  '/crm/v3/properties/contacts/groups',
  '/oauth/v1/token',
)
const query = fc.constantFrom(
  '',
  '?limit=x',
  '?after=-1',
  '?properties=',
  '?idProperty=email',
  '?archived=true&limit=1',
  '?%',
)
const fuzzed = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE'),
  path: fc.oneof(
    knownPath,
    fc.array(segment, { maxLength: 9 }).map((segments) => `/${segments.join('/')}`),
  ),
  query,
  body: fc.oneof(
    body.map((value) => JSON.stringify(value) ?? ''),
    fc.string(),
    fc.constantFrom('', '{', '[{', 'null', '{"a":1}}'),
  ),
})

/** Sends the request unchanged; fetch would normalize the path. */
function send({
  method,
  path,
  query,
  body,
}: {
  method: string
  path: string
  query: string
  body: string
}): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const headers = { authorization: 'Bearer any', 'content-type': 'application/json', accept: 'application/json' }
    const outgoing = request({ hostname, port, method, path: path + query, headers }, (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, text: Buffer.concat(chunks).toString() }))
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

describe('10,000 random requests', () => {
  it('all get a response, and none a 500', async () => {
    const requests = fc.sample(fuzzed, { numRuns: REQUESTS, seed: 4 })
    const unexpected: unknown[] = []
    const check = async (one: (typeof requests)[number]) => {
      const { status, text } = await send(one)
      const isPage = text.startsWith('<')
      const hasMessage = isPage || text === '' || /"(message|results|portalId|id|access_token|name)"/.test(text)
      const isFine = status >= 200 && status < 500 && (status < 400 || hasMessage)
      if (!isFine) unexpected.push({ ...one, status, text: text.slice(0, 300) })
    }
    for (let at = 0; at < requests.length; at += AT_ONCE) await Promise.all(requests.slice(at, at + AT_ONCE).map(check))
    expect(unexpected).toEqual([])
    const { status } = await call(url, 'POST', '/crm/v3/objects/contacts', {
      properties: { email: 'after@example.com' },
    })
    expect(status).toBe(201)
  })
})

describe('a body of 10 MB', () => {
  it('answers 413, and the next request succeeds', async () => {
    const { status, text } = await send({
      method: 'POST',
      path: '/crm/v3/objects/contacts',
      query: '',
      body: 'x'.repeat(10 * 1024 * 1024),
    })
    expect([status, JSON.parse(text)]).toMatchObject([413, { status: 'error' }])
    expect((await call(url, 'GET', '/crm/v3/objects/contacts')).status).toBe(200)
  })
})
