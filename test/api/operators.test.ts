// The operator API accepts only bearer tokens of OPERATOR_TOKENS, each within its scope.

import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { testApi } from '../support/api.ts'
import { ask, sendCommand } from '../support/sender.ts'

const sha256 = (token: string) => `sha256:${createHash('sha256').update(token).digest('hex')}`
const appWith = (...operatorTokens: string[]) => testApi({ operatorTokens }).app
const unknown = '/v1/customers/cus_nobody'

describe('GET /v1/customers/{customerId} authenticates', () => {
  it.each([
    ['a token in plain text', 'token'],
    ['a token by its hash', sha256('token')],
    ['a token by its hash in capitals', sha256('token').replace(/[a-f]/g, (digit) => digit.toUpperCase())],
    ['a token that may only read', 'read:token'],
    ['a token that may only read, by its hash', `read:${sha256('token')}`],
  ])('%s: 404, since the customer does not exist', async (_, configured) => {
    expect((await ask(appWith(configured), unknown, 'token')).status).toBe(404)
    expect((await ask(appWith(configured), unknown, 'another')).status).toBe(401)
  })

  it('the old and the new token during a rotation, then only the new one', async () => {
    const during = appWith('old', sha256('new'))
    expect((await ask(during, unknown, 'old')).status).toBe(404)
    expect((await ask(during, unknown, 'new')).status).toBe(404)
    const after = appWith(sha256('new'))
    expect((await ask(after, unknown, 'old')).status).toBe(401)
    expect((await ask(after, unknown, 'new')).status).toBe(404)
  })

  it('a token after the scheme in any case: 404, since the customer does not exist', async () => {
    const response = await appWith('token').request(unknown, { headers: { authorization: 'bearer  token' } })
    expect(response.status).toBe(404)
  })

  it.each(['', 'token', 'Bearer', 'Bearer ', 'Bearertoken', 'Bearer token token', 'Bearer =', 'Basic token'])(
    'no request with the header `%s`: 401',
    async (authorization) => {
      const response = await appWith('token').request(unknown, { headers: { authorization } })
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toBe('Bearer')
    },
  )

  it('no request with the hash as its token: 401', async () => {
    expect((await ask(appWith(sha256('token')), unknown, sha256('token'))).status).toBe(401)
    expect((await ask(appWith(sha256('token')), unknown, sha256('token').slice('sha256:'.length))).status).toBe(401)
  })
})

describe('a token that may only read', () => {
  const app = appWith('read:reader', 'writer')

  it.each([
    ['POST', '/v1/customers/cus_nobody/resume'],
    ['POST', '/v1/customers/cus_nobody/resync'],
    ['POST', '/v1/attention/email-taken/resume'],
    ['DELETE', '/v1/customers/cus_nobody'],
  ])('gets 403 to %s %s', async (method, path) => {
    const response = await sendCommand(app, method, path, 'reader')
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ code: 'read-only-token', type: '/errors#read-only-token' })
  })

  it('does not restrict another token: 404, since the customer does not exist', async () => {
    expect((await sendCommand(app, 'POST', '/v1/customers/cus_nobody/resume', 'writer')).status).toBe(404)
  })

  it('may do everything when the same token is also configured without `read:`', async () => {
    const both = appWith('read:token', sha256('token'))
    expect((await sendCommand(both, 'POST', '/v1/customers/cus_nobody/resume', 'token')).status).toBe(404)
  })
})
