// Responses to a request of many calls: rows in any order, rows that are not named, and responses that are lost or unreadable.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BatchKind } from '../../hubspot/client/batch-kind.ts'
import { createBatches } from '../../hubspot/client/batches/batches.ts'
import { existingIdIn } from '../../hubspot/client/conflict.ts'
import { isMissing } from '../../hubspot/client/errors.ts'
import { HubSpotError } from '../../hubspot/client/hubspot-error.ts'
import { createSdk } from '../../hubspot/client/sdk.ts'
import { createTransport } from '../../hubspot/client/transport.ts'
import { COMPANY_KEY, CUSTOMER_ID } from '../../hubspot/properties.ts'
import { startBatchPortal } from '../support/batches.ts'
import type { BatchPortal } from '../support/batches.ts'

type Kinds = ReturnType<typeof createBatches>

/** Two rows of each kind. */
const KINDS: [string, (kinds: Kinds) => { batch: BatchKind<never, unknown>; rows: unknown[] }][] = [
  kind('reads', ({ contacts }) => contacts.read, [
    { id: '101', of: 'active' },
    { id: '102', of: 'active' },
  ]),
  kind('reads by address', ({ contacts }) => contacts.read, [
    { id: 'a@example.com', idProperty: 'email', of: 'active' },
    { id: 'b@example.com', idProperty: 'email', of: 'active' },
  ]),
  kind('creates', ({ companies }) => companies.create, [
    { name: 'One', [COMPANY_KEY]: 'id:org_1' },
    { name: 'Two', [COMPANY_KEY]: 'id:org_2' },
  ]),
  kind('changes', ({ contacts }) => contacts.update, [
    { id: '101', properties: { phone: '1' } },
    { id: '102', properties: { phone: '2' } },
  ]),
  kind('new associations', ({ associations }) => associations.create, [
    { contactId: '101', companyId: '201' },
    { contactId: '102', companyId: '201' },
  ]),
  kind('reads of associations', ({ associations }) => associations.read, [
    { from: 'contact', to: 'company', id: '101' },
    { from: 'contact', to: 'company', id: '102' },
  ]),
  kind('searches', ({ companySearch }) => companySearch, ['one.example', 'two.example']),
]

function kind<Row>(name: string, pick: (kinds: Kinds) => BatchKind<Row, unknown>, rows: Row[]): (typeof KINDS)[number] {
  return [name, (kinds) => ({ batch: pick(kinds) as BatchKind<never, unknown>, rows })]
}

const UNKNOWN = { outcome: 'unknown' }

describe('a request of many calls to a HubSpot in trouble', () => {
  let portal: BatchPortal
  beforeAll(async () => {
    portal = await startBatchPortal('2026-09')
  })
  afterAll(() => portal.stop())
  const prepare = async () => {
    await portal.reset()
    await portal.control.seed({
      contacts: ['101', '102'].map((id) => ({ id, properties: { email: `${id}@example.com` } })),
      companies: [{ id: '201', properties: { name: 'One' } }],
      associations: [],
    })
  }

  it.each(KINDS)('fails as a whole when the response to %s is lost or ends early', async (_, pick) => {
    const { batch, rows } = pick(portal.batches)
    await prepare()
    await portal.control.fault({ effect: { kind: 'commit-then-cut' } })
    await expect(batch.sendMany(rows as never[])).rejects.toMatchObject({ name: 'HubSpotError', status: null })
    await portal.control.fault({ effect: { kind: 'truncated-json' } })
    await expect(batch.sendMany(rows as never[])).rejects.toMatchObject({ name: 'HubSpotError', status: null })
    await portal.control.fault({ effect: { kind: 'html', status: 502 } })
    await expect(batch.sendMany(rows as never[])).rejects.toMatchObject({ name: 'HubSpotError', status: 502 })
  })

  it.each(KINDS)('leaves all %s open when the response holds neither results nor errors', async (_, pick) => {
    const { batch, rows } = pick(portal.batches)
    await prepare()
    await portal.control.fault({ effect: { kind: 'empty-batch' } })
    // A search cannot miss a company that another call would find, so that the domains may go together again.
    const open = batch.kind === 'company.search' ? { outcome: 'undecided' } : UNKNOWN
    expect(await batch.sendMany(rows as never[])).toEqual([open, open])
  })

  it('leaves removals open when the response is not empty', async () => {
    await prepare()
    const body = '{"status":"COMPLETE","errors":[{"status":"error","category":"VALIDATION_ERROR"}]}'
    await portal.control.fault({ effect: { kind: 'body', status: 207, body, contentType: 'application/json' } })
    const rows = [{ contactId: '101', companyId: '201' }]
    expect(await portal.batches.associations.remove.sendMany(rows)).toEqual([UNKNOWN])
  })
})

describe('the response to many calls', () => {
  let body: unknown
  let headers: Record<string, string> = {}
  const server = createServer((_, response) =>
    response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body)),
  )
  const transport = createTransport({ accessToken: 'test', apiVersion: '2026-09', timeoutMs: 2000 })
  let batches: Kinds
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    batches = createBatches(createSdk(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, transport.send))
  })
  afterAll(async () => {
    await transport.close()
    server.close()
  })

  it('gives each row its own outcome, in whatever order and however many rows it names', async () => {
    const each = fc.record({ fate: fc.constantFrom('result', 'error', 'neither'), order: fc.nat(1_000_000) })
    await fc.assert(
      fc.asyncProperty(fc.array(each, { minLength: 1, maxLength: 100 }), async (fates) => {
        const placed = fates.map(({ fate, order }, at) => ({ fate, at, order })).sort((a, b) => a.order - b.order)
        const of = (wanted: string) => placed.filter(({ fate }) => fate === wanted).map(({ at }) => at)
        body = {
          results: of('result').map((at) => ({ id: `7${at}`, properties: {}, objectWriteTraceId: String(at) })),
          errors: of('error').map((at) => ({
            category: 'CONFLICT',
            context: { objectWriteTraceId: [String(at)], existingId: [`8${at}`] },
          })),
        }
        const rows = fates.map((_, at) => ({ email: `${at}@example.com` }))
        const outcomes = await batches.contacts.create.sendMany(rows)
        const seen = outcomes.map((row) => {
          if (row.outcome === 'answered') return `result ${row.answer.id}`
          return row.outcome === 'failed' ? `error ${existingIdIn(row.error.body)}` : 'neither'
        })
        expect(seen).toEqual(
          fates.map(({ fate }, at) => ({ result: `result 7${at}`, error: `error 8${at}`, neither: 'neither' })[fate]),
        )
      }),
      { numRuns: 30 },
    )
  })

  it.each(KINDS)('to %s may be any JSON: each row has an outcome, or the request has failed', async (_, pick) => {
    const { batch, rows } = pick(batches)
    const odd = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom({ toString: 1 }, '101', 101, ['102'], 'constructor', 'CONFLICT'),
    )
    const names = [
      'id',
      'from',
      'to',
      'toObjectId',
      'associationTypes',
      'category',
      'context',
      'message',
      'subCategory',
    ]
    const properties = fc.record({ email: odd, hs_additional_emails: odd, domain: odd, [COMPANY_KEY]: odd })
    const context = fc.record({ ids: odd, id: odd, objectWriteTraceId: odd, fromObjectId: odd })
    const row = fc.record({
      ...Object.fromEntries(names.map((name) => [name, odd])),
      properties,
      context,
      from: fc.record({ id: odd }),
    })
    const list = fc.oneof(fc.jsonValue(), fc.array(fc.jsonValue()), fc.array(row))
    const envelope = fc.record(
      { results: list, errors: list, total: fc.jsonValue(), paging: fc.jsonValue() },
      { requiredKeys: [] },
    )
    await fc.assert(
      fc.asyncProperty(fc.oneof(envelope, fc.jsonValue()), async (json) => {
        body = json
        const outcomes = await batch.sendMany(rows as never[]).catch((error: unknown) => error)
        expect(outcomes instanceof HubSpotError ? outcomes.status : (outcomes as unknown[]).length).toBeOneOf([null, 2])
      }),
      { numRuns: 100 },
    )
  })

  it('leaves a row open for an error of an unknown category, and for several records of its key', async () => {
    const row = { email: 'a@example.com' }
    const context = { objectWriteTraceId: ['0'] }
    body = { results: [], errors: [{ status: 'error', category: 'NEVER_SEEN', context }] }
    expect(await batches.contacts.create.sendMany([row])).toEqual([UNKNOWN])

    const properties = { [CUSTOMER_ID]: 'cus_1' }
    body = { results: ['1', '2'].map((id) => ({ id, properties })) }
    const key = { id: 'cus_1', idProperty: CUSTOMER_ID, of: 'active' as const }
    expect(await batches.contacts.read.sendMany([key])).toEqual([UNKNOWN])
  })

  it('shows a missing record also without a correlation id, and does not name the records of other rows', async () => {
    const ids = ['101', '102']
    body = { results: [], errors: [{ status: 'error', category: 'OBJECT_NOT_FOUND', context: { ids } }] }
    const rows = ids.map((id) => ({ id, of: 'active' as const }))
    for (const row of await batches.contacts.read.sendMany(rows)) {
      const { error } = row as Extract<typeof row, { outcome: 'failed' }>
      expect(isMissing(error)).toBe(true)
      expect(JSON.stringify(error.body)).not.toMatch(/10[12]/)
    }
    headers = { 'x-hubspot-correlation-id': '01a22560-f885-74de-9cca-97efbdce8764' }
    expect(await batches.contacts.read.sendMany(rows)).toMatchObject([
      { error: { correlationId: headers['x-hubspot-correlation-id'] } },
      {},
    ])
  })
})
