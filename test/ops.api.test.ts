// Health, the front page, and what every answer of the API has in common.

import { describe, expect, it } from 'vitest'
import { testApi } from './support/api.ts'

const { app } = testApi()
const cutOff = testApi({ address: '127.0.0.1:1' }).app

describe('GET /health/live answers 200', () => {
  it('even while Temporal is away, so that nobody restarts a process that is well', async () => {
    expect((await cutOff.request('/health/live')).status).toBe(200)
  })
})

describe('GET /health/ready', () => {
  it('answers 200 when events can be stored', async () => {
    const response = await app.request('/health/ready')
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ status: 'ok' })
  })

  it('answers 503 within three seconds, and names what fails', async () => {
    const started = Date.now()
    const response = await cutOff.request('/health/ready')
    expect(Date.now() - started).toBeLessThan(3000)
    expect(response.status).toBe(503)
    expect(await response.json()).toEqual({ status: 'unavailable', failing: ['temporal'] })
  })
})

describe('GET /', () => {
  it('answers 200 with a page that says what is where', async () => {
    const response = await app.request('/')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toContain('text/html')
    expect(await response.text()).toContain('http://127.0.0.1:8233')
  })
})

describe('every answer', () => {
  it('has security headers and a request id', async () => {
    const { headers } = await app.request('/')
    expect(headers.get('content-security-policy')).toContain(`default-src 'none'`)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('x-request-id')).toMatch(/\S/)
  })

  it('is a problem document with 404 where nothing is', async () => {
    const response = await app.request('/nothing/here')
    expect(response.status).toBe(404)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toMatchObject({ type: '/errors#not-found', status: 404, code: 'not-found' })
  })

  it('is a problem document with 405 where only other methods are answered', async () => {
    const response = await app.request('/webhooks/customers', { method: 'GET' })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toContain('POST')
    expect(await response.json()).toMatchObject({ code: 'method-not-allowed' })
  })

  it('leads from a problem’s type to what to do about it', async () => {
    const page = await (await app.request('/errors')).text()
    expect(page).toContain('<h3 id="no-worker">')
  })
})
