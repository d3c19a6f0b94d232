// POST /webhooks/customers with random bodies and headers: nothing breaks, nothing invalid is accepted, no onboarding gets stuck.

import { Webhook } from 'standardwebhooks'
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { WorkflowNotFoundError } from '@temporalio/client'
import { describe, expect } from 'vitest'
import { onboardingId } from '../../domain/ids.ts'
import { GRPC, grpcCode } from '../../platform/temporal.ts'
import { it } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { signedRequest, WEBHOOK_SECRET } from '../support/sender.ts'

const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_124)
const BODIES = 10_000
const HEADERS = 1_000
// Few customers, so that each onboarding gets many events.
const CUSTOMERS = Array.from({ length: 50 }, (_, index) => `fuzz_${randomUUID().slice(0, 8)}_${index}`)
const CONCURRENCY = 40

// The rules for events, written a second time, since the API's schema cannot check itself.

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A text after trimming: not empty, at most `limit` long, no control characters. */
function isText(value: unknown, limit = 256): boolean {
  if (typeof value !== 'string') return false
  const text = value.trim()
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.length > 0 && text.length <= limit && !/[\u0000-\u001f\u007f-\u009f]/.test(text) && text.isWellFormed()
}
const isId = (value: unknown) => isText(value) && !/[\p{Cf}\p{Zl}\p{Zp}]/u.test((value as string).trim())
const may = (value: unknown, limit?: number) => value === undefined || value === null || isText(value, limit)
const isEmail = (value: unknown) => isText(value, 254) && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test((value as string).trim())

function isAddress(value: unknown): boolean {
  if (value === undefined || value === null) return true
  return isObject(value) && ['street', 'city', 'state', 'postalCode', 'country'].every((part) => may(value[part]))
}

function isCompany(value: unknown): boolean {
  if (value === undefined) return true
  if (!isObject(value)) return false
  const { id, name, domain, website, phone } = value
  return (id === undefined || isId(id)) && may(name) && may(domain, 253) && may(website, 1024) && may(phone)
}

/** True with at least one field; an object counts only with a field in it. */
function changesSomething(data: Record<string, unknown>): boolean {
  const plain = ['email', 'firstName', 'lastName', 'phone', 'website'].some((name) => data[name] !== undefined)
  const { address, company } = data
  const inAddress = ['street', 'city', 'state', 'postalCode', 'country']
  const inCompany = ['id', 'name', 'domain', 'website', 'phone']
  const names = (value: unknown, parts: string[]) => isObject(value) && parts.some((part) => value[part] !== undefined)
  return plain || address === null || names(address, inAddress) || names(company, inCompany)
}

function isTime(value: unknown): boolean {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/.test(value))
    return false
  // This check runs a moment after the API's own, so an event exactly at the limit does not matter.
  return Date.parse(value) <= Date.now() + 10 * 60 * 1000
}

function isValidEvent(text: string): boolean {
  let event: unknown
  try {
    event = JSON.parse(text)
  } catch {
    return false
  }
  if (!isObject(event) || !isTime(event['timestamp']) || !isObject(event['data'])) return false
  const { type, data } = event as { type: unknown; data: Record<string, unknown> }
  if (typeof data['customerId'] !== 'string' || !/^[A-Za-z0-9._:-]{1,128}$/.test(data['customerId'])) return false
  if (type === 'customer.erased') return true
  const { email, firstName, lastName, phone, website, address, company } = data
  const fits =
    (email === undefined || isEmail(email)) &&
    [firstName, lastName, phone].every((value) => may(value)) &&
    may(website, 1024) &&
    isAddress(address) &&
    isCompany(company)
  if (type === 'customer.updated') return fits && changesSomething(data)
  const registeredCompany = company as Record<string, unknown> | undefined
  return (
    type === 'customer.registered' &&
    fits &&
    isEmail(email) &&
    (isText(registeredCompany?.['name']) || isText(registeredCompany?.['domain'], 253))
  )
}

// Addresses that every web form accepts; `strange` adds others.
const plainAddress = fc
  .tuple(
    fc.stringMatching(/^[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,30}$/),
    fc.stringMatching(/^[a-z][a-z0-9]{0,30}$/),
    fc.constantFrom('example', 'xn--p1ai'),
  )
  .map(([name, domain, top]) => `${name}@${domain}.${top}`)
const customer = fc.constantFrom(...CUSTOMERS)
const timestamp = fc
  .integer({ min: -400 * 24 * 3600, max: 9 * 60 })
  .map((seconds) => new Date(Date.now() + seconds * 1000).toISOString())
const text = fc.oneof(fc.string({ maxLength: 40 }), fc.string({ unit: 'grapheme', maxLength: 40 }), fc.constant(null))
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })

const details = fc.record(
  {
    email: plainAddress,
    firstName: text,
    lastName: text,
    phone: text,
    website: fc.oneof(fc.webUrl(), fc.constant(null)),
    address: fc.oneof(fc.record({ street: text, city: text, country: text }, { requiredKeys: [] }), fc.constant(null)),
    company: fc.record(
      { id: fc.constantFrom('org_1', 'org_2'), name: text, domain: fc.domain(), phone: text },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
)

const validEvent = fc.oneof(
  fc.record({
    type: fc.constant('customer.registered'),
    timestamp,
    data: fc
      .tuple(details, customer, plainAddress, fc.constantFrom('Analytical Engines', 'Difference Engines'))
      .map(([more, customerId, email, name]) => ({ ...more, customerId, email, company: { ...more.company, name } })),
  }),
  fc.record({
    type: fc.constant('customer.updated'),
    timestamp,
    data: fc.tuple(details, customer).map(([more, customerId]) => ({ phone: '1', ...more, customerId })),
  }),
  // Separate customers, since an erased customer stays erased and would cover nothing else.
  fc.record({
    type: fc.constant('customer.erased'),
    timestamp,
    data: fc.record({ customerId: fc.constantFrom(`${CUSTOMERS[0]}:erased`, `${CUSTOMERS[1]}:erased`) }),
  }),
)

const strange = fc.oneof(
  fc.anything(),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom('a\u0000b', '\uD800', '\u202Eabc', 'x'.repeat(257), '   ', '', 1e308, -0, 2 ** 53 + 2, true, []),
  fc.integer({ min: 1, max: 400 }).map((depth) => nested(depth)),
)

function nested(depth: number): unknown {
  return depth === 0 ? 1 : { inner: nested(depth - 1) }
}

const PATHS = [
  'type',
  'timestamp',
  'data',
  ...['customerId', 'email', 'firstName', 'phone', 'website', 'address', 'company', '__proto__', 'constructor'].map(
    (name) => `data.${name}`,
  ),
  ...['address.city', 'company.id', 'company.name', 'company.domain', 'company.__proto__'].map(
    (name) => `data.${name}`,
  ),
]

/** An event with a strange value at one of its paths, or without the path. */
const mutated = fc
  .tuple(validEvent, fc.constantFrom(...PATHS), optional(strange))
  .map(([event, path, value]) => JSON.stringify(replaced(event, path.split('.'), value)))

function replaced(target: unknown, [name = '', ...rest]: string[], value: unknown): unknown {
  const source = isObject(target) ? target : {}
  const entries = Object.entries(source).filter(([key]) => key !== name)
  // Built from entries instead of assigned, so that `__proto__` becomes a normal property.
  const inner = rest.length === 0 ? value : replaced(source[name], rest, value)
  return Object.fromEntries([...entries, [name, inner]])
}

/** Text that JSON.stringify never produces: truncated, duplicate keys, huge numbers, a bracket in the middle. */
const tampered = fc
  .tuple(validEvent, fc.nat(), fc.constantFrom('truncated', 'twice', 'huge', 'bracket', 'deep', 'bytes'))
  .map(([event, at, how]) => {
    const json = JSON.stringify(event)
    const place = at % json.length
    switch (how) {
      case 'truncated':
        return json.slice(0, place)
      case 'twice':
        return json.replace('"data":{', `"data":{"customerId":"a@b.c","email":null,"phone":{},`)
      case 'huge':
        return json.replace('"data":{', `"data":{"phone":1e999,"n":${'9'.repeat(400)},`)
      case 'bracket':
        return `${json.slice(0, place)}}${json.slice(place)}`
      case 'deep':
        return json.replace('"data":{', `"data":{"deep":${'['.repeat(5_000)}${']'.repeat(5_000)},`)
      case 'bytes':
        return `${json.slice(0, place)}\u0000\uFEFF${json.slice(place)}`
    }
  })

const body = fc.oneof(
  { weight: 4, arbitrary: mutated },
  { weight: 2, arbitrary: validEvent.map((event) => JSON.stringify(event)) },
  { weight: 2, arbitrary: tampered },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 500 }) },
)

// A header can only hold Latin-1 without line ends.
const headerText = fc
  .string({ unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)), maxLength: 300 })
  .map((value) => value.replaceAll('\u007f', ''))
const headers = fc.record(
  {
    'webhook-id': optional(headerText),
    'webhook-timestamp': optional(fc.oneof(headerText, fc.double().map(String), fc.bigInt().map(String))),
    'webhook-signature': optional(
      fc.oneof(
        headerText,
        headerText.map((value) => `v1,${value}`),
      ),
    ),
    'content-type': optional(fc.oneof(headerText, fc.constantFrom('application/json; charset=utf-16', 'text/json'))),
    'content-length': optional(fc.oneof(fc.nat().map(String), fc.constantFrom('-1', '1e3', '0x10', ''))),
  },
  { requiredKeys: [] },
)

interface Sent {
  text: string
  request: Request
}

/** Sends all bodies and returns those whose response broke a promise. */
async function brokenPromises(app: { request: (request: Request) => Response | Promise<Response> }, all: Sent[]) {
  const seen: Record<number, number> = {}
  const broken: { status: number; text: string }[] = []
  const accepted = new Set<string>()
  const waiting = all.values()
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      for (const { text: sent, request } of waiting) {
        const { status } = await app.request(request)
        seen[status] = (seen[status] ?? 0) + 1
        if (status === 202) accepted.add(customerOf(sent))
        const isBroken = (status >= 500 && status !== 503) || (status === 202 && !isValidEvent(sent))
        if (isBroken) broken.push({ status, text: sent.slice(0, 500) })
      }
    }),
  )
  return { seen, broken, accepted }
}

describe('ten thousand signed bodies', () => {
  it('are answered with no 5xx but 503, with 202 only when valid, and leave no onboarding stuck', async ({
    onramp,
  }) => {
    console.log(`bodies with seed ${SEED}`)
    const bodies = fc.sample(body, { seed: SEED, numRuns: BODIES })
    // UTF-8 cannot hold half a surrogate pair, so the check applies to the text that arrives.
    const all = bodies.map((sent) => ({ text: sent.toWellFormed(), request: signedRequest(sent.toWellFormed()) }))
    const { seen, broken, accepted } = await brokenPromises(onramp.app, all)
    console.log('responses', seen)

    expect(broken).toEqual([])
    expect(seen[202]).toBeGreaterThan(1_000)
    expect(seen[422]).toBeGreaterThan(1_000)
    expect(seen[400]).toBeGreaterThan(1_000)
    await expectNoneStuck(onramp, accepted)
  })

  it('are all accepted when they are valid', async ({ onramp }) => {
    const events = fc.sample(validEvent, { seed: SEED, numRuns: 400 }).map((event) => JSON.stringify(event))
    const valid = events.filter(isValidEvent).map((event) => ({ text: event, request: signedRequest(event) }))
    const { seen, accepted } = await brokenPromises(
      { request: (request) => untilAvailable(onramp.app, request) },
      valid,
    )
    expect(valid.length).toBeGreaterThan(100)
    expect(seen).toEqual({ 202: valid.length })
    await expectNoneStuck(onramp, accepted)
  })
})

describe('random headers', () => {
  it('are never answered 5xx but 503, and 202 only with a valid signature', async ({ onramp }) => {
    const customerId = CUSTOMERS[0]!
    const event = JSON.stringify({
      type: 'customer.updated',
      timestamp: new Date().toISOString(),
      data: { customerId, phone: '1' },
    })
    const broken: unknown[] = []
    let accepted = 0
    for (const drawn of fc.sample(headers, { seed: SEED, numRuns: HEADERS })) {
      const request = signedRequest(event, { headers: drawn })
      const signed = isSigned(request, event)
      const { status } = await untilAvailable(onramp.app, request)
      if (status === 202) accepted += 1
      if (status >= 500 || (status === 202 && !signed)) broken.push({ status, drawn })
    }
    expect(broken).toEqual([])
    // Some random headers leave the signature valid.
    expect(accepted).toBeGreaterThan(0)
    await expectNoneStuck(onramp, new Set([customerId]))
  })
})

/** Repeats a request that is answered 503, as the product does: a busy machine may be slow to store an event. */
async function untilAvailable(app: Onramp['app'], request: Request): Promise<Response> {
  for (;;) {
    const response = await app.request(request.clone())
    if (response.status !== 503) return response
    await sleep(Number(response.headers.get('retry-after') ?? 1) * 1000)
  }
}

/** True when the three signature headers of a request are valid for the text. */
function isSigned(request: Request, text: string): boolean {
  const id = request.headers.get('webhook-id')
  const at = Number(request.headers.get('webhook-timestamp'))
  if (id === null || !Number.isSafeInteger(at)) return false
  const given = request.headers.get('webhook-signature') ?? ''
  return given.split(' ').includes(new Webhook(WEBHOOK_SECRET).sign(id, new Date(at * 1000), text))
}

function customerOf(text: string): string {
  return (JSON.parse(text) as { data: { customerId: string } }).data.customerId
}

/** Queries each onboarding of the test, checks the histories of all its runs, and terminates it. */
async function expectNoneStuck(onramp: Onramp, customerIds: Set<string>): Promise<void> {
  const { client } = onramp
  expect(customerIds.size).toBeGreaterThan(0)
  for (const customerId of customerIds) {
    const workflowId = onboardingId(customerId)
    await expect.poll(() => onramp.status(customerId)).toHaveProperty('phase')
    for await (const { runId } of client.workflow.list({ query: `WorkflowId = '${workflowId}'` })) {
      const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory().catch(emptyIfDeleted)
      const failures = (events ?? []).flatMap(
        (event) => event.workflowTaskFailedEventAttributes?.failure?.message ?? [],
      )
      // Temporal rejects a continue-as-new once when an event arrives at the same moment. Nothing is lost.
      expect(failures.filter((message) => message !== 'UnhandledCommand')).toEqual([])
    }
    await client.workflow.getHandle(workflowId).terminate('the test is over')
  }
}

/** The earlier runs of an erased customer are deleted, and Visibility lists them a little longer. */
function emptyIfDeleted(error: unknown): { events: [] } {
  if (grpcCode(error) !== GRPC.notFound && !(error instanceof WorkflowNotFoundError)) throw error
  return { events: [] }
}
