// Login, sessions and what guards the forms of the console, without a browser.

import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { startServer } from '../../api/server.ts'
import { testApi } from '../support/api.ts'
import type { ApiOptions } from '../support/api.ts'

const TOKEN = 'ada-and-her-operator-token'
const READER = 'bob-and-his-operator-token'
const HOUR = 60 * 60 * 1000

/** An API on which no customer is: the pages show that nobody is there, or that no worker answers. */
const api = (options: ApiOptions = {}) =>
  testApi({ operatorTokens: [`ada=${TOKEN}`, `bob=read:${READER}`], ...options }).app
type App = ReturnType<typeof api>

const FORM = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' }

async function logIn(app: App, token: string, next = '/console', headers: Record<string, string> = {}) {
  const body = new URLSearchParams({ token, next }).toString()
  return await app.request('/console/login', { method: 'POST', headers: { ...FORM, ...headers }, body })
}

async function cookieOf(app: App, token = TOKEN): Promise<string> {
  const [cookie = ''] = ((await logIn(app, token)).headers.get('set-cookie') ?? '').split(';')
  return cookie
}

const visit = async (app: App, path: string, cookie = '') => await app.request(path, { headers: { cookie } })

async function submit(app: App, path: string, cookie: string, headers: Record<string, string> = FORM) {
  return await app.request(path, { method: 'POST', headers: { ...headers, cookie }, body: '' })
}

describe('GET / and the pages of the console', () => {
  it('lead to the login without a session, and back to the page after it', async () => {
    const app = api()
    expect((await visit(app, '/')).headers.get('location')).toBe('/console')
    const response = await visit(app, '/console/customers?phase=contact')
    expect(response.status).toBe(303)
    const login = response.headers.get('location') ?? ''
    expect(login).toBe('/console/login?next=%2Fconsole%2Fcustomers%3Fphase%3Dcontact')
    expect(await (await visit(app, login)).text()).toContain('value="/console/customers?phase=contact"')
    expect((await logIn(app, TOKEN, '/console/customers?phase=contact')).headers.get('location')).toBe(
      '/console/customers?phase=contact',
    )
  })

  it('say after a form without a session that it had no effect, and lead back to the page of the form', async () => {
    const app = api()
    const login = (await submit(app, '/console/customers/cus_1/correct', '')).headers.get('location') ?? ''
    expect(login).toBe('/console/login?next=%2Fconsole%2Fcustomers%2Fcus_1%2Fcorrect&lost=form')
    expect(await (await visit(app, login)).text()).toContain('what you sent had no effect')
    const after = (await logIn(app, TOKEN, '/console/customers/cus_1/correct')).headers.get('location') ?? ''
    expect((await visit(app, after, await cookieOf(app))).headers.get('location')).toBe('/console/customers/cus_1')
  })

  it.each([
    ['/console/customers/cus_1/resume', '/console/customers/cus_1'],
    ['/console/attention/resume', '/console/attention'],
    ['/console/attention/email-taken/resume', '/console/attention'],
    ['/console/stuck/reset', '/console/attention'],
    ['/console/find', '/console'],
  ])('lead from %s, the address of a form, to the page of the form', async (path, of) => {
    const app = api()
    expect((await visit(app, path, await cookieOf(app))).headers.get('location')).toBe(of)
  })

  it.each(['//evil.example', 'https://evil.example', '/console/../v1', '/elsewhere', '/console\\evil'])(
    'never lead to %s after the login',
    async (next) => {
      const location = (await logIn(api(), TOKEN, next)).headers.get('location') ?? ''
      expect(new URL(location, 'http://onramp.test').href).toMatch(/^http:\/\/onramp\.test\/console/)
    },
  )

  it('answer 401 to a stream without a session', async () => {
    expect((await visit(api(), '/console/live')).status).toBe(401)
  })
})

describe('a login', () => {
  it('sets a cookie that scripts and other sites do not get, secure behind TLS', async () => {
    const plain = (await logIn(api(), TOKEN)).headers.get('set-cookie')
    expect(plain).toMatch(/^onramp-session=/)
    for (const attribute of ['HttpOnly', 'SameSite=Strict', 'Path=/', 'Max-Age=43200'])
      expect(plain).toContain(attribute)
    expect(plain).not.toContain('Secure')
    const behindTls = await logIn(api(), TOKEN, '/console', { 'x-forwarded-proto': 'https' })
    expect(behindTls.headers.get('set-cookie')).toContain('Secure')
    const behindTwoProxies = await logIn(api(), TOKEN, '/console', { 'x-forwarded-proto': 'https, http' })
    expect(behindTwoProxies.headers.get('set-cookie')).toContain('Secure')
  })

  it.each([
    ['another token', 'not-one-of-the-operator-tokens'],
    ['no token', ''],
    ['the hash of a token', `sha256:${createHash('sha256').update(TOKEN).digest('hex')}`],
  ])('with %s is answered 401 and begins no session', async (_, token) => {
    const response = await logIn(api(), token)
    expect(response.status).toBe(401)
    expect(response.headers.get('set-cookie')).toBeNull()
    expect(await response.text()).toContain('no operator token')
  })

  it('is answered 429 after ten failures in a minute', async () => {
    const app = api()
    for (let index = 0; index < 10; index += 1) expect((await logIn(app, 'wrong')).status).toBe(401)
    const response = await logIn(app, TOKEN)
    expect(response.status).toBe(429)
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  it('says so when OPERATOR_TOKENS is empty', async () => {
    const response = await logIn(api({ operatorTokens: [] }), TOKEN)
    expect(response.status).toBe(401)
    expect(await response.text()).toContain('OPERATOR_TOKENS is empty')
  })
})

describe('a session', () => {
  it('holds in another API process with the same settings, and during a rotation of the webhook secrets', async () => {
    const secrets = [
      'whsec_b25yYW1wLXRlc3Qtc2VjcmV0LW9mLTMyLWJ5dGVzISE=',
      'whsec_YW5vdGhlci1zZWNyZXQtb2YtMzItYnl0ZXMtISEhISE=',
    ]
    const cookie = await cookieOf(api({ webhookSecrets: secrets.slice(0, 1) }))
    expect((await visit(api({ webhookSecrets: secrets.toReversed() }), '/console', cookie)).status).toBe(200)
    expect((await visit(api({ webhookSecrets: secrets.slice(1) }), '/console', cookie)).status).toBe(303)
  })

  it('ends after twelve hours', async () => {
    let now = Date.now()
    const app = api({ now: () => now })
    const cookie = await cookieOf(app)
    now += 12 * HOUR - 1
    expect((await visit(app, '/console', cookie)).status).toBe(200)
    now += 1
    expect((await visit(app, '/console', cookie)).status).toBe(303)
  })

  it('ends with its token, and follows a change of its scope', async () => {
    const cookie = await cookieOf(api())
    expect((await visit(api({ operatorTokens: [`bob=${READER}`] }), '/console', cookie)).status).toBe(303)
    const page = await visit(api({ operatorTokens: [`ada=read:${TOKEN}`] }), '/console', cookie)
    expect(await page.text()).toContain('read only')
  })

  it('ends at the logout, also for a copy of its cookie; other sessions of the token go on', async () => {
    const app = api()
    const [cookie, other] = [await cookieOf(app), await cookieOf(app)]
    const response = await submit(app, '/console/logout', cookie)
    expect(response.headers.get('set-cookie')).toMatch(/^onramp-session=;.*Max-Age=0/)
    expect((await visit(app, '/console', cookie)).status).toBe(303)
    expect((await visit(app, '/console/live', cookie)).status).toBe(401)
    expect((await visit(app, '/console', other)).status).toBe(200)
  })

  it('is rejected when somebody has changed the cookie', async () => {
    const app = api()
    const cookie = decodeURIComponent(await cookieOf(app))
    const [name = '', value = ''] = cookie.split(/=(.*)/s)
    const [login = '', signature = ''] = value.split('.')
    const [expiresAt, id = ''] = login.split(/-(.*)/s)
    for (const forged of [
      `${Number(expiresAt) + HOUR}-${id}.${signature}`,
      login,
      `${login}.${signature.slice(1)}`,
      'x',
    ]) {
      expect((await visit(app, '/console', `${name}=${encodeURIComponent(forged)}`)).status).toBe(303)
    }
  })

  it('serves no bearer API: GET /v1/customers with a cookie alone is answered 401', async () => {
    const app = api()
    expect((await visit(app, '/v1/customers', await cookieOf(app))).status).toBe(401)
  })
})

describe('the streams of live pages', () => {
  it('are at most 200 at a time; the next one is answered 503 until another one ends', async () => {
    const app = api()
    const cookie = await cookieOf(app)
    const open = async () => await visit(app, '/console/live', cookie)
    const streams = await Promise.all(Array.from({ length: 200 }, open))
    expect(new Set(streams.map(({ status }) => status))).toEqual(new Set([200]))
    expect((await open()).status).toBe(503)
    await streams.pop()?.body?.cancel()
    let another = await open()
    await expect
      .poll(async () => {
        if (another.status !== 200) another = await open()
        return another.status
      })
      .toBe(200)
    await Promise.all([...streams, another].map(async ({ body }) => await body?.cancel()))
  })

  it('are none for HEAD, however often it is asked; and no cache keeps one', async () => {
    const app = api()
    const cookie = await cookieOf(app)
    const head = async () => await app.request('/console/live', { method: 'HEAD', headers: { cookie } })
    const heads = await Promise.all(Array.from({ length: 201 }, head))
    expect(new Set(heads.map(({ status }) => status))).toEqual(new Set([200]))
    const { status, headers, body } = await visit(app, '/console/live', cookie)
    expect(status).toBe(200)
    for (const each of [...heads.map((response) => response.headers), headers]) {
      expect(each.get('content-type')).toBe('text/event-stream')
      expect(each.get('cache-control')).toBe('no-store')
    }
    await body?.cancel()
  })

  it('end some seconds after a logout in another tab of the session', async () => {
    const app = api()
    const [cookie, other] = [await cookieOf(app), await cookieOf(app)]
    const [stream, ofOther] = [await visit(app, '/console/live', cookie), await visit(app, '/console/live', other)]
    await submit(app, '/console/logout', cookie)
    expect(await stream.text()).toContain('event: logged-out')
    const reader = ofOther.body!.getReader()
    expect(new TextDecoder().decode((await reader.read()).value)).not.toContain('logged-out')
    await reader.cancel()
  })

  it('end with the session', async () => {
    let now = Date.now()
    const app = api({ now: () => now })
    const response = await visit(app, '/console/live', await cookieOf(app))
    now += 12 * HOUR
    expect(await response.text()).toContain('event: logged-out')
  })

  it('end when the API stops, which does not wait for them', async () => {
    const app = api()
    const { port, stop } = await startServer(app, { host: '127.0.0.1', port: 0 })
    const headers = { cookie: await cookieOf(app), accept: 'text/event-stream' }
    const response = await fetch(`http://127.0.0.1:${port}/console/live`, { headers })
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    const ended = response.text().catch(() => 'ended')
    await stop()
    await ended
  })
})

describe('a form', () => {
  const path = '/console/customers/cus_nobody/resume'

  it.each([
    ['another site', { ...FORM, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['another host of the same site', { ...FORM, 'sec-fetch-site': 'same-site', origin: 'http://evil.localhost' }],
    ['an unknown origin', { 'content-type': FORM['content-type'] }],
    ['a script that sends plain text', { 'content-type': 'text/plain', origin: 'null' }],
  ])('of %s is answered 403', async (_, headers) => {
    const app = api()
    const response = await submit(app, path, await cookieOf(app), headers as Record<string, string>)
    expect(response.status).toBe(403)
    expect(await response.text()).toContain('another site')
  })

  it('of this console behind a proxy that ends TLS is accepted: 404, since the customer does not exist', async () => {
    const app = api()
    const headers = { 'content-type': FORM['content-type'], origin: 'https://localhost' }
    expect((await submit(app, path, await cookieOf(app), headers)).status).toBe(404)
  })

  it.each([
    path,
    '/console/customers/cus_1/values',
    '/console/customers/cus_1/erase',
    '/console/attention/email-taken/resume',
  ])('POST %s is answered 403 to a token that may only read', async (of) => {
    const app = api()
    const response = await submit(app, of, await cookieOf(app, READER))
    expect(response.status).toBe(403)
    expect(await response.text()).toContain('may only read')
  })
})

describe('a resume of chosen customers', () => {
  it('without any says that nobody was resumed', async () => {
    const app = api()
    const cookie = await cookieOf(app)
    const path = (await submit(app, '/console/attention/resume', cookie)).headers.get('location') ?? ''
    expect(await (await visit(app, path, cookie)).text()).toContain('Nobody was resumed: choose customers first.')
  })
})

describe('every page', () => {
  it('forbids inline code, foreign files, frames and copies in caches, and names its address to no other site', async () => {
    const app = api()
    const { headers } = await visit(app, '/console', await cookieOf(app))
    const policy = headers.get('content-security-policy')
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self';")
    expect(policy).not.toContain('unsafe')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('referrer-policy')).toBe('same-origin')
  })

  it('has a first view of less than 100 kB, whose files a browser asks for once', async () => {
    const app = api()
    const headers = { cookie: await cookieOf(app), 'accept-encoding': 'gzip' }
    const page = await app.request('/console', { headers })
    const compressed = Buffer.from(await page.arrayBuffer())
    const files = [
      ...gunzipSync(compressed)
        .toString()
        .matchAll(/(?:href|src)="(\/console\/assets\/[^"]+)"/g),
    ]
    expect(files.length).toBeGreaterThanOrEqual(5)
    let bytes = compressed.length
    for (const [, path = ''] of files) {
      const file = await app.request(path, { headers: { 'accept-encoding': 'gzip' } })
      expect(file.headers.get('cache-control')).toContain('immutable')
      expect(file.headers.get('content-encoding')).toBe('gzip')
      bytes += (await file.arrayBuffer()).byteLength
    }
    expect(bytes).toBeLessThan(100_000)
  })

  it('is a page with 404 for a path that does not exist and for an id that is none', async () => {
    const app = api()
    const cookie = await cookieOf(app)
    for (const path of ['/console/nothing', '/console/customers/a%40b']) {
      const response = await visit(app, path, cookie)
      expect(response.status).toBe(404)
      expect(response.headers.get('content-type')).toContain('text/html')
    }
  })
})
