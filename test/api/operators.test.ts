// The operator API accepts only bearer tokens of OPERATOR_TOKENS, each within its scope.

import { createHash } from 'node:crypto'
import { describe, expect } from 'vitest'
import { testApi } from '../support/api.ts'
import { aContactInHubSpot, callAsHubSpotUser } from '../support/given.ts'
import { it, onrampWith } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { ask, sendCommand } from '../support/sender.ts'

const sha256 = (token: string) => `sha256:${createHash('sha256').update(token).digest('hex')}`
const TOKEN = 'the-token-of-an-operator'
const OLD = 'the-old-token-of-an-operator'
const NEW = 'the-new-token-of-an-operator'
const READER = 'the-token-of-a-reader'
const appWith = (...operatorTokens: string[]) => testApi({ operatorTokens }).app
const unknown = '/v1/customers/cus_nobody'

describe('GET /v1/customers/{customerId} authenticates', () => {
  it.for([
    ['a token in plain text', TOKEN],
    ['a token by its hash', sha256(TOKEN)],
    ['a token by its hash in capitals', sha256(TOKEN).replace(/[a-f]/g, (digit) => digit.toUpperCase())],
    ['a token that may only read', `read:${TOKEN}`],
    ['a token that may only read, by its hash', `read:${sha256(TOKEN)}`],
  ])('%s: 404, since the customer does not exist', async ([, configured = '']) => {
    expect((await ask(appWith(configured), unknown, TOKEN)).status).toBe(404)
    expect((await ask(appWith(configured), unknown, 'another')).status).toBe(401)
  })

  it('the old and the new token during a rotation, then only the new one', async () => {
    const during = appWith(OLD, sha256(NEW))
    expect((await ask(during, unknown, OLD)).status).toBe(404)
    expect((await ask(during, unknown, NEW)).status).toBe(404)
    const after = appWith(sha256(NEW))
    expect((await ask(after, unknown, OLD)).status).toBe(401)
    expect((await ask(after, unknown, NEW)).status).toBe(404)
  })

  it('a token after the scheme in any case: 404, since the customer does not exist', async () => {
    const response = await appWith(TOKEN).request(unknown, { headers: { authorization: `bearer  ${TOKEN}` } })
    expect(response.status).toBe(404)
  })

  it.for(['', TOKEN, 'Bearer', 'Bearer ', `Bearer${TOKEN}`, `Bearer ${TOKEN} ${TOKEN}`, 'Bearer =', `Basic ${TOKEN}`])(
    'no request with the header `%s`: 401',
    async (authorization) => {
      const response = await appWith(TOKEN).request(unknown, { headers: { authorization } })
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toBe('Bearer')
    },
  )

  it('no request with the hash as its token: 401', async () => {
    expect((await ask(appWith(sha256(TOKEN)), unknown, sha256(TOKEN))).status).toBe(401)
    expect((await ask(appWith(sha256(TOKEN)), unknown, sha256(TOKEN).slice('sha256:'.length))).status).toBe(401)
  })
})

describe('a token that may only read', () => {
  const app = appWith(`read:${READER}`, TOKEN)

  it.for([
    ['POST', '/v1/customers/cus_nobody/resume'],
    ['POST', '/v1/customers/cus_nobody/resync'],
    ['POST', '/v1/attention/email-taken/resume'],
    ['DELETE', '/v1/customers/cus_nobody'],
  ])('gets 403 to %s %s', async ([method = '', path = '']) => {
    const response = await sendCommand(app, method, path, READER)
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ code: 'read-only-token', type: '/errors#read-only-token' })
  })

  it('may find a customer, which changes nothing: 400, since the body is empty', async () => {
    expect((await sendCommand(app, 'POST', '/v1/customers/find', READER)).status).toBe(400)
  })

  it('does not restrict another token: 404, since the customer does not exist', async () => {
    expect((await sendCommand(app, 'POST', '/v1/customers/cus_nobody/resume', TOKEN)).status).toBe(404)
  })

  it('may do everything when the same token is also configured without `read:`', async () => {
    const both = appWith(`read:${TOKEN}`, sha256(TOKEN))
    expect((await sendCommand(both, 'POST', '/v1/customers/cus_nobody/resume', TOKEN)).status).toBe(404)
  })
})

describe('the timeline of a customer names the operator', () => {
  /** An API process in which two operators have tokens with names, and a third has one without. */
  const apiOf = ({ taskQueue, client }: Onramp) => {
    const operatorTokens = [`ada=${TOKEN}`, `on-call=${sha256(NEW)}`, OLD]
    return testApi({ taskQueue, namespace: client.options.namespace, operatorTokens }).app
  }
  const post = async (onramp: Onramp, path: string, token: string, body?: object) =>
    await apiOf(onramp).request(`/v1/customers/${onramp.customerId}${path}`, {
      method: path === '' ? 'DELETE' : 'POST',
      headers: { authorization: `Bearer ${token}` },
      ...(body && { body: JSON.stringify(body) }),
    })
  const commandsIn = async (onramp: Onramp) =>
    (await onramp.status()).timeline.flatMap(({ what, outcome, by }) =>
      outcome.endsWith('by an operator') || outcome.startsWith('all with') ? [[what, by]] : [],
    )

  it('who corrects, resyncs and erases', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    expect((await post(onramp, '/correct', TOKEN, { customer: { phone: '2' } })).status).toBe(202)
    expect((await post(onramp, '/resync', NEW)).status).toBe(202)
    expect((await post(onramp, '/resync', OLD)).status).toBe(202)
    expect(await commandsIn(onramp)).toEqual([
      ['correct', 'ada'],
      ['resync', 'on-call'],
      ['resync', undefined],
    ])
    expect((await post(onramp, '', TOKEN)).status).toBe(202)
    const { timeline } = await onramp.reaches('erased')
    expect(timeline).toContainEqual(
      expect.objectContaining({ what: 'erasure', outcome: 'requested by an operator', by: 'ada' }),
    )
  })

  const itAlone = onrampWith({ namespace: 'own' })
  itAlone('who resumes one customer, or all of a reason', async ({ onramp }) => {
    const park = async () => {
      await expect.poll(async () => (await onramp.status()).attention?.reason).toBe('contact-of-another-customer')
    }
    await aContactInHubSpot(onramp, { email: 'ada@example.com', onramp_customer_id: 'cus_other' })
    await onramp.registered()
    await park()
    expect((await post(onramp, '/resume', NEW)).status).toBe(202)
    await park()
    const all = async () =>
      (await sendCommand(apiOf(onramp), 'POST', '/v1/attention/contact-of-another-customer/resume', TOKEN)).status
    await expect.poll(all).toBe(202)
    await expect
      .poll(() => commandsIn(onramp))
      .toEqual([
        ['resume', 'on-call'],
        ['resume', 'ada'],
      ])
  })

  it('and the fields of a command and of what was written, never their values', async ({ onramp }) => {
    await onramp.registered({ phone: 'secret-1' })
    const { hubspot, timeline } = await onramp.reaches('onboarded')
    const fieldsOf = (what: string, entries = timeline) => entries.find((entry) => entry.what === what)?.fields
    expect(fieldsOf('company')?.toSorted()).toEqual(['company.domain', 'company.name'])
    expect(fieldsOf('contact')?.toSorted()).toEqual(['email', 'firstName', 'phone'])
    expect(fieldsOf('association')).toBeUndefined()
    await callAsHubSpotUser(onramp, 'PATCH', `/crm/v3/objects/contacts/${hubspot.contactId}`, {
      properties: { phone: 'secret-2' },
    })
    await post(onramp, '/correct', TOKEN, { customer: { phone: 'secret-3', lastName: 'secret-4' } })
    const written = async () => fieldsOf('contact-update', (await onramp.status()).timeline)
    await expect.poll(async () => (await written())?.toSorted()).toEqual(['lastName', 'phone'])
    const status = await onramp.status()
    expect(fieldsOf('correct', status.timeline)?.toSorted()).toEqual(['lastName', 'phone'])
    expect(JSON.stringify(status)).not.toContain('secret')
  })
})
