// The messages about wrong fields: they are ours, not those of the validation library, in every response of status 422.

import { describe, expect, it } from 'vitest'
import { createApp } from '../../api/app.ts'
import type { CustomerList } from '../../api/temporal/customer-list.ts'
import type { Installation } from '../../api/temporal/installation.ts'
import type { Onboardings } from '../../api/temporal/onboardings.ts'
import type { ParkedCustomers } from '../../api/temporal/parked-customers.ts'
import type { StuckRuns } from '../../api/temporal/stuck-runs.ts'
import type { FieldError } from '../../api/problems/problems.ts'
import { FIELD_NAMES } from '../../domain/fields.ts'
import { createLogger } from '../../platform/logger.ts'
import { operatorToken } from '../support/api.ts'
import { testCodec } from '../support/payload-keys.ts'
import { OPERATOR_TOKEN, signedRequest, WEBHOOK_SECRET } from '../support/sender.ts'

// Valid input goes no further than these doubles.
const app = createApp({
  onboardings: { deliver: async () => {}, resume: async () => {} } as unknown as Onboardings,
  customerList: { page: async () => await Promise.resolve({ customers: [], next: null }) } as unknown as CustomerList,
  parkedCustomers: {} as ParkedCustomers,
  stuckRuns: {} as StuckRuns,
  installation: {} as Installation,
  webhookSecrets: [WEBHOOK_SECRET],
  operatorTokens: [operatorToken(OPERATOR_TOKEN)],
  temporalUiUrl: null,
  codec: testCodec(),
  logger: createLogger('test', 'silent'),
})

const timestamp = '2026-11-24T09:00:00.000Z'
const customer = { email: 'ada@example.com', address: { city: 'London' }, company: { id: 'org_1', name: 'Engines' } }
const EVENTS = ['registered', 'updated', 'erased'].map((type) => ({
  type: `customer.${type}`,
  timestamp,
  data: { customerId: 'cus_1', ...customer },
}))

const authorization = `Bearer ${OPERATOR_TOKEN}`
const sendEvent = async (event: unknown) => await app.request(signedRequest(JSON.stringify(event)))
const sendCorrection = async (body: unknown) =>
  await app.request('/v1/customers/cus_1/resume', {
    method: 'POST',
    headers: { authorization },
    body: JSON.stringify(body),
  })
const list = async (query: string) => await app.request(`/v1/customers?${query}`, { headers: { authorization } })

describe('a response of status 422', () => {
  it.each([
    ['an event that is a list', () => sendEvent([]), '', 'must be an object'],
    ['an event without type', () => sendEvent({ timestamp }), 'type', /^must be one of customer\.registered, /],
    ['an event of another type', () => sendEvent(changed(EVENTS[0], 'type', 'x')), 'type', /^must be one of customer/],
    ['an event without data', () => sendEvent(changed(EVENTS[0], 'data', undefined)), 'data', 'is missing'],
    ['data that is null', () => sendEvent(changed(EVENTS[0], 'data', null)), 'data', 'must be an object'],
    ['no e-mail address', () => sendEvent(changed(EVENTS[0], 'data.email', undefined)), 'data.email', 'is missing'],
    [
      'an e-mail address that is a number',
      () => sendEvent(changed(EVENTS[0], 'data.email', 1)),
      'data.email',
      'must be a string',
    ],
    [
      'a company that is a text',
      () => sendEvent(changed(EVENTS[0], 'data.company', 'x')),
      'data.company',
      'must be an object',
    ],
    ['a correction that is a list', () => sendCorrection([]), '', 'must be an object'],
    ['corrections that are a text', () => sendCorrection({ customer: 'x' }), 'customer', 'must be an object'],
    [
      'a phone number that is true',
      () => sendCorrection({ customer: { phone: true } }),
      'customer.phone',
      'must be a string',
    ],
    ['an unknown phase', () => list('phase=lost'), 'phase', /^must be one of awaiting-registration, /],
    ['an unknown reason', () => list('attention=lost'), 'attention', /^must be one of contact-of-another-customer, /],
    ['two cursors', () => list('cursor=a&cursor=b'), 'cursor', 'must be a string'],
  ])('names the field and what it must be: %s', async (_, send, path, message) => {
    const response = await send()
    expect(response.status).toBe(422)
    const { errors } = (await response.json()) as { errors: FieldError[] }
    expect(errors.find((error) => error.path === path)?.message).toMatch(message)
  })

  it('has no message of the validation library, for any kind of wrong input', async () => {
    const events = [...VALUES.slice(1), ...EVENTS.flatMap((event) => PATHS.flatMap((path) => variants(event, path)))]
    const correctionPaths = PATHS.filter((path) => path.startsWith('data.')).map((path) =>
      path.replace('data', 'customer'),
    )
    const corrections = [
      ...VALUES.slice(1),
      ...['customer', ...correctionPaths].flatMap((path) => variants({ customer }, path)),
    ]
    const queries = ['phase', 'attention', 'cursor'].flatMap((name) => [
      `${name}=x`,
      `${name}=x&${name}=y`,
      `${name}=${LONG}`,
    ])

    const responses: Response[] = []
    for (const event of events) responses.push(await sendEvent(event))
    for (const correction of corrections) responses.push(await sendCorrection(correction))
    for (const query of queries) responses.push(await list(query))

    const invalid = responses.filter(({ status }) => status === 422)
    const texts = await Promise.all(invalid.map((response) => response.text()))
    const messages = new Set(
      texts
        .flatMap((text) => (JSON.parse(text) as { errors: { message: string }[] }).errors)
        .map(({ message }) => message),
    )
    expect(texts.filter((text) => /Invalid|expected|received|Unrecognized|Too /.test(text))).toEqual([])
    expect([...messages].filter((message) => !/^(is missing|is not a field|must |needs )/.test(message))).toEqual([])
    // Enough variants fail, and for enough different reasons.
    expect(invalid.length).toBeGreaterThan(500)
    expect(messages.size).toBeGreaterThan(10)
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200, 202, 422]))
  })
})

const LONG = 'x'.repeat(5_000)
const VALUES = [undefined, null, true, 0, 1.5, '', ' ', 'x', 'a\u0000b', '\uD800', LONG, [], ['x'], {}, { x: 1 }]
const PATHS = [
  'type',
  'timestamp',
  'data',
  ...['customerId', 'address', 'company', 'company.id', 'unknown', ...FIELD_NAMES].map((field) => `data.${field}`),
]

/** The body with each of the values at a path. */
function variants(body: object, path: string): unknown[] {
  return VALUES.map((value) => changed(body, path, value))
}

function changed(body: object | undefined, path: string, value: unknown): object {
  const [name = '', ...rest] = path.split('.')
  const inner = (body as Record<string, object> | undefined)?.[name]
  return { ...body, [name]: rest.length === 0 ? value : changed(inner, rest.join('.'), value) }
}
