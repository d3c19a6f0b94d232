// The whole story of two customers on a stack of real processes, with a canary in every field and with every kind of mistake.

import { connect } from 'node:net'
import type { Client } from '@temporalio/client'
import { EmulatorControl } from 'hubspot-emulator/control'
import { expect, vi } from 'vitest'
import { onboardingId } from '../../domain/ids.ts'
import { CANARIES } from './canaries.ts'
import { HUBSPOT_CALLS } from './onramp.ts'
import { signedRequest } from './sender.ts'

/** A stack that `npm start` has started. */
export interface RunningStack {
  apiUrl: string
  emulatorUrl: string
  client: Client
  webhookSecret: string
  operatorToken: string
}

/** The customer whose contact exists in HubSpot, and one whose address is that customer's. */
export const CUSTOMERS = ['cus_1', 'cus_2'] as const

// On a busy machine a step may take many seconds.
const PATIENCE = { timeout: 120_000, interval: 200 }

/** More values, which the customers get in the course of the story. */
export const LATER_CANARIES = {
  lastName: 'CanaryLater',
  movedTo: 'CanaryMoved',
  movedDomain: 'canary-moved.example',
  second: 'CanarySecond',
  corrected: 'canary-corrected@example.com',
  phone: '+1 555 CANARY CORRECTION',
  ignored: 'CanaryIgnored',
  unknown: 'CanaryUnknown',
  malformed: 'CanaryMalformed',
  forged: 'CanaryForged',
  operator: 'CanaryOperator',
}

/** Ends when both customers are onboarded and everything has gone wrong that can. */
export async function playCanaries(stack: RunningStack): Promise<void> {
  const hubspot = new EmulatorControl(stack.emulatorUrl)
  await hubspot.seed({ contacts: [{ id: '701', properties: { email: CANARIES.email } }] })
  await failAtHubSpot(hubspot)
  const unknown = { plan: LATER_CANARIES.ignored, 'canary-mail@example.com': LATER_CANARIES.ignored }
  await send(stack, 'customer.registered', { customerId: 'cus_1', ...CANARIES, ...unknown })
  await reaches(stack, 'cus_1', ({ phase }) => phase === 'onboarded')

  await hubspot.fault({ ...HUBSPOT_CALLS.updateContact, times: 2, effect: page(500) })
  await send(stack, 'customer.updated', { customerId: 'cus_1', lastName: LATER_CANARIES.lastName })
  const company = { id: 'org_2', name: LATER_CANARIES.movedTo, domain: LATER_CANARIES.movedDomain }
  await send(stack, 'customer.updated', { customerId: 'cus_1', company })

  const second = { customerId: 'cus_2', email: CANARIES.email, firstName: LATER_CANARIES.second }
  await send(stack, 'customer.registered', { ...second, company: { id: 'org_1', name: CANARIES.company.name } })
  await reaches(stack, 'cus_2', ({ attention }) => attention?.reason === 'contact-of-another-customer')
  await sendWrongEvents(stack)
  await sendWrongRequests(stack)
  await sendWrongSignals(stack)

  const corrected = { customer: { email: LATER_CANARIES.corrected } }
  expect((await asOperator(stack, 'POST', '/v1/customers/cus_2/resume', corrected)).status).toBe(202)
  await reaches(stack, 'cus_2', ({ phase }) => phase === 'onboarded')
  expect((await asOperator(stack, 'POST', '/v1/customers/cus_1/resync')).status).toBe(202)
  await reaches(stack, 'cus_1', ({ fields }) => fields['lastName']?.state === 'written')

  const phone = { customer: { phone: LATER_CANARIES.phone } }
  expect((await asOperator(stack, 'POST', '/v1/customers/cus_1/correct', phone)).status).toBe(202)
  await reaches(stack, 'cus_1', ({ fields }) => fields['phone']?.state === 'written')
  await findCanaries(stack)
}

/** An operator looks for both customers by their addresses, and for one by an address that nobody has. */
async function findCanaries(stack: RunningStack): Promise<void> {
  for (const [email, found] of [
    [CANARIES.email, ['cus_1']],
    [LATER_CANARIES.corrected, ['cus_2']],
    [`nobody.${CANARIES.email}`, []],
  ] as const) {
    const find = async () => await (await asOperator(stack, 'POST', '/v1/customers/find', { email })).json()
    await vi.waitFor(async () => {
      const { customers = [] } = (await find()) as { customers?: { customerId: string }[] }
      expect(customers.map(({ customerId }) => customerId)).toEqual(found)
    }, PATIENCE)
  }
}

/** Ends when both customers are erased, in HubSpot and in Temporal. */
export async function eraseCanaries(stack: RunningStack): Promise<void> {
  await send(stack, 'customer.erased', { customerId: 'cus_1', firstName: LATER_CANARIES.ignored })
  expect((await asOperator(stack, 'DELETE', '/v1/customers/cus_2')).status).toBe(202)
  // HubSpot may still execute a call that got no response, so onramp looks again for an hour, in the phase `erasing`.
  for (const customerId of CUSTOMERS) await reaches(stack, customerId, ({ phase }) => /^eras(ing|ed)$/.test(phase))
  const hubspot = new EmulatorControl(stack.emulatorUrl)
  await vi.waitFor(async () => expect((await hubspot.records()).contacts).toEqual([]), PATIENCE)
  for (const customerId of CUSTOMERS) {
    await vi.waitFor(async () => expect(await historiesOf(stack.client, customerId)).toHaveLength(1), PATIENCE)
  }
}

/** The history of each of the customer's runs as text, with its payloads as Temporal stores them. */
export async function historiesOf(client: Client, customerId: string): Promise<string[]> {
  const histories: string[] = []
  for await (const { runId } of client.workflow.list({ query: `WorkflowId = '${onboardingId(customerId)}'` })) {
    const history = await client.workflow
      .getHandle(onboardingId(customerId), runId)
      .fetchHistory()
      // A run may be deleted between the list and this call.
      .catch(() => 'deleted meanwhile')
    histories.push(textIn(history))
  }
  return histories
}

function textIn(part: unknown): string {
  if (part instanceof Uint8Array) return Buffer.from(part).toString()
  return typeof part === 'object' && part !== null ? Object.values(part).map(textIn).join('\n') : String(part)
}

/** HubSpot's responses repeat the sent values: in text, in JSON and in HTML pages. */
async function failAtHubSpot(hubspot: EmulatorControl): Promise<void> {
  const { phone } = CANARIES
  const rejection = {
    status: 'error',
    category: 'VALIDATION_ERROR',
    message: `Property values were not valid: [{"isValid":false,"message":"${phone} is no number","error":"INVALID_PHONE","name":"phone"}]`,
    errors: [
      { message: `${phone} is no number`, code: 'INVALID_PHONE', context: { propertyName: ['phone'], value: [phone] } },
    ],
  }
  await hubspot.fault({ ...HUBSPOT_CALLS.createCompany, effect: page(500) })
  await hubspot.fault({ ...HUBSPOT_CALLS.createCompany, effect: page(200) })
  await hubspot.fault({ ...HUBSPOT_CALLS.createContact, effect: responseOf(400, JSON.stringify(rejection)) })
  await hubspot.fault({
    ...HUBSPOT_CALLS.associate,
    effect: responseOf(418, JSON.stringify({ message: JSON.stringify(CANARIES), category: CANARIES.firstName })),
  })
}

function page(status: number) {
  return responseOf(status, `<html>${JSON.stringify(CANARIES)}</html>`)
}

function responseOf(status: number, body: string) {
  return { kind: 'body' as const, status, contentType: 'application/json', body }
}

async function sendWrongEvents(stack: RunningStack): Promise<void> {
  const { malformed, forged, unknown } = LATER_CANARIES
  const event = (type: string, data: object) => JSON.stringify({ type, timestamp: new Date().toISOString(), data })
  const wrong = event('customer.updated', { customerId: 'cus_1', email: malformed, address: { city: [malformed] } })
  const forgery = { secret: 'whsec_' + Buffer.alloc(32, 1).toString('base64'), id: `${forged}@example.com` }
  const expected: [Request, number][] = [
    [signed(stack, `{"email": ${malformed}`), 400],
    [signed(stack, malformed), 400],
    [signed(stack, wrong), 422],
    [signed(stack, event(`customer.${unknown}`, { customerId: 'cus_1', email: CANARIES.email })), 422],
    [signed(stack, event('customer.updated', { customerId: CANARIES.email, phone: malformed })), 422],
    [signed(stack, event('customer.updated', { customerId: 'cus_1', phone: forged }), forgery), 401],
    [signed(stack, wrong, { headers: { 'webhook-timestamp': forged, 'webhook-signature': `v1,${forged}` } }), 401],
    [signed(stack, wrong, { headers: { 'content-type': `text/${malformed}` } }), 415],
    [signed(stack, malformed.repeat(4_700)), 413],
  ]
  for (const [request, status] of expected) expect((await post(stack, request)).status).toBe(status)
}

async function sendWrongRequests(stack: RunningStack): Promise<void> {
  const { operator, malformed } = LATER_CANARIES
  const correction = { customer: { email: operator, firstName: { [CANARIES.email]: operator } } }
  const responses = [
    await asOperator(stack, 'GET', `/v1/customers/${CANARIES.email}`),
    await asOperator(stack, 'GET', `/v1/customers?phase=${operator}&${operator}=1`),
    await asOperator(stack, 'POST', '/v1/customers/cus_2/resume', correction),
    await asOperator(stack, 'GET', `/${operator}`),
    await asOperator({ ...stack, operatorToken: operator }, 'GET', '/v1/customers'),
  ]
  expect(responses.map(({ status }) => status)).toEqual([404, 422, 422, 404, 401])
  await writeToPort(stack.apiUrl, `GET /${malformed} HTTP/1.1\r\n${malformed}: \u0000${malformed}\r\n\r\n`)
}

/** Signals that a newer API, or somebody with access to Temporal, may send. */
async function sendWrongSignals({ client }: RunningStack): Promise<void> {
  const onboarding = client.workflow.getHandle(onboardingId('cus_1'))
  await onboarding.signal('customerExploded', { id: 'evt_1', customer: CANARIES, note: LATER_CANARIES.unknown })
  await onboarding.signal('customerUpdated', LATER_CANARIES.malformed)
  await onboarding.signal('customerUpdated', { id: 'evt_2', at: 'now', customer: { email: LATER_CANARIES.malformed } })
}

async function send(stack: RunningStack, type: string, data: object): Promise<void> {
  const response = await post(stack, signed(stack, JSON.stringify({ type, timestamp: new Date().toISOString(), data })))
  expect(response.status).toBe(202)
}

function signed(stack: RunningStack, body: string, options: Parameters<typeof signedRequest>[1] = {}): Request {
  return signedRequest(body, { secret: stack.webhookSecret, ...options })
}

async function post({ apiUrl }: RunningStack, request: Request): Promise<Response> {
  const { headers } = request
  return await fetch(`${apiUrl}/webhooks/customers`, { method: 'POST', headers, body: await request.text() })
}

async function asOperator(
  { apiUrl, operatorToken }: RunningStack,
  method: string,
  path: string,
  body?: object,
): Promise<Response> {
  const headers = { authorization: `Bearer ${operatorToken}`, 'content-type': 'application/json' }
  return await fetch(apiUrl + path, { method, headers, ...(body && { body: JSON.stringify(body) }) })
}

interface Status {
  phase: string
  attention: { reason: string } | null
  fields: { [name: string]: { state: string } }
}

async function reaches(stack: RunningStack, customerId: string, isReached: (status: Status) => boolean): Promise<void> {
  const read = async () => {
    const response = await asOperator(stack, 'GET', `/v1/customers/${customerId}`)
    const status = (await response.json()) as Status
    return response.ok && isReached(status) ? 'reached' : status
  }
  // A poll of `expect` belongs to a test, and the story is played before the first one.
  await vi.waitFor(async () => expect(await read()).toBe('reached'), PATIENCE)
}

/** Writes bytes that are no valid HTTP, and waits for the end of the connection. */
async function writeToPort(url: string, text: string): Promise<void> {
  const { hostname, port } = new URL(url)
  await new Promise<void>((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) })
    socket.once('close', () => resolve()).on('error', () => {})
    socket.resume().end(text)
  })
}
