// Who may use the operator API: bearers of a token, each as far as its scope goes.

import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { testApi } from '../support/api.ts'
import { ask, order } from '../support/sender.ts'

const sha256 = (token: string) => `sha256:${createHash('sha256').update(token).digest('hex')}`
const appWith = (...operatorTokens: string[]) => testApi({ operatorTokens }).app
const unknown = '/v1/customers/cus_nobody'

describe('GET /v1/customers/{customerId} lets in', () => {
  it.each([
    ['a token as it stands there', 'token'],
    ['a token whose hash stands there', sha256('token')],
    ['a token whose hash stands there in capitals', sha256('token').replace(/[a-f]/g, (digit) => digit.toUpperCase())],
    ['a token that only reads', 'read:token'],
    ['a token that only reads, by its hash', `read:${sha256('token')}`],
  ])('%s: 404, since there is no such customer', async (_, configured) => {
    expect((await ask(appWith(configured), unknown, 'token')).status).toBe(404)
    expect((await ask(appWith(configured), unknown, 'another')).status).toBe(401)
  })

  it('the old token and the new one while they rotate, and then the new one alone', async () => {
    const during = appWith('old', sha256('new'))
    expect((await ask(during, unknown, 'old')).status).toBe(404)
    expect((await ask(during, unknown, 'new')).status).toBe(404)
    const after = appWith(sha256('new'))
    expect((await ask(after, unknown, 'old')).status).toBe(401)
    expect((await ask(after, unknown, 'new')).status).toBe(404)
  })

  it('a token behind the scheme’s name in any case: 404, since there is no such customer', async () => {
    const answer = await appWith('token').request(unknown, { headers: { authorization: 'bearer  token' } })
    expect(answer.status).toBe(404)
  })

  it.each(['', 'token', 'Bearer', 'Bearer ', 'Bearertoken', 'Bearer token token', 'Bearer =', 'Basic token'])(
    'nobody who sends the header `%s`: 401',
    async (authorization) => {
      const answer = await appWith('token').request(unknown, { headers: { authorization } })
      expect(answer.status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    },
  )

  it('nobody who has only the hash: 401', async () => {
    expect((await ask(appWith(sha256('token')), unknown, sha256('token'))).status).toBe(401)
    expect((await ask(appWith(sha256('token')), unknown, sha256('token').slice('sha256:'.length))).status).toBe(401)
  })
})

describe('a token that only reads', () => {
  const app = appWith('read:reader', 'writer')

  it.each([
    ['POST', '/v1/customers/cus_nobody/resume'],
    ['POST', '/v1/customers/cus_nobody/resync'],
    ['POST', '/v1/attention/email-taken/resume'],
    ['DELETE', '/v1/customers/cus_nobody'],
  ])('gets 403 to %s %s', async (method, path) => {
    const response = await order(app, method, path, 'reader')
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ code: 'read-only-token', type: '/errors#read-only-token' })
  })

  it('leaves another token its full scope: 404, since there is no such customer', async () => {
    expect((await order(app, 'POST', '/v1/customers/cus_nobody/resume', 'writer')).status).toBe(404)
  })

  it('does everything when the same token stands there without `read:`, too', async () => {
    const both = appWith('read:token', sha256('token'))
    expect((await order(both, 'POST', '/v1/customers/cus_nobody/resume', 'token')).status).toBe(404)
  })
})
