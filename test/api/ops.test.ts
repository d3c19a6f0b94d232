// Health, the way to the console, and the headers and errors that all responses of the API share.

import { describe, expect, it } from 'vitest'
import { GRPC } from '../../platform/temporal.ts'
import { testApi } from '../support/api.ts'
import type { ApiOptions } from '../support/api.ts'
import { quickest } from '../support/quick.ts'
import { ask, OPERATOR_TOKEN, signedRequest } from '../support/sender.ts'
import { temporalWithout } from '../support/temporal-proxy.ts'

const { app } = testApi()
const unconnected = testApi({ address: '127.0.0.1:1' }).app
const broken = testApi({ isBroken: true }).app

describe('GET /health/live answers 200', () => {
  it('even while Temporal is unavailable, so that no supervisor restarts a healthy process', async () => {
    expect((await unconnected.request('/health/live')).status).toBe(200)
  })
})

describe('GET /health/ready', () => {
  it('answers 200 when events can be stored', async () => {
    const response = await app.request('/health/ready')
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ status: 'ok' })
  })

  it('answers 503 within three seconds, and names the failing part', async () => {
    const isReady = async () => await unconnected.request('/health/ready')
    const { result: response, tookMs } = await quickest(3000, isReady)
    expect(tookMs).toBeLessThan(3000)
    expect(response.status).toBe(503)
    expect(await response.json()).toEqual({ status: 'unavailable', failing: ['temporal'] })
  })

  it('names a wrong namespace, and a key that Temporal rejects or that has no right to the namespace', async () => {
    const failing = async (options: ApiOptions) => {
      const { app: api, client } = testApi(options)
      const response = await api.request('/health/ready')
      await client.connection.close()
      return await response.json()
    }
    const missing = await failing({ namespace: 'missing' })
    expect(missing).toEqual({ status: 'unavailable', failing: ['temporal-namespace'] })
    for (const status of [GRPC.permissionDenied, GRPC.unauthenticated]) {
      const address = await temporalWithout('temporal.api.workflowservice.v1.WorkflowService', status)
      expect(await failing({ address })).toEqual({ status: 'unavailable', failing: ['temporal-access'] })
    }
  })
})

describe('GET /', () => {
  it('answers 302 and leads to the console', async () => {
    const response = await app.request('/')
    expect(response.status).toBe(302)
    expect(response.headers.get('location')).toBe('/console')
  })
})

describe('every response', () => {
  it.each([
    ['200, the login', 200, () => app.request('/console/login')],
    ['302', 302, () => app.request('/')],
    ['200, the errors', 200, () => app.request('/errors')],
    ['200, the documentation', 200, () => app.request('/docs')],
    ['200, the OpenAPI document', 200, () => app.request('/openapi.json')],
    ['401', 401, () => app.request('/v1/customers')],
    ['404', 404, () => app.request('/nothing/here')],
    ['405', 405, () => app.request('/webhooks/customers')],
    ['422', 422, () => app.request(signedRequest('{}'))],
    ['500', 500, () => ask(broken, '/v1/customers')],
    ['503', 503, () => unconnected.request('/health/ready')],
  ])('has security headers and a request id: %s', async (_, expected, request) => {
    const { status, headers } = await request()
    expect(status).toBe(expected)
    expect(headers.get('content-security-policy')).toContain(`default-src 'none'`)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('x-request-id')).toMatch(/\S/)
  })

  it('is a problem document with 404 for a path that does not exist', async () => {
    const response = await app.request('/nothing/here')
    expect(response.status).toBe(404)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toMatchObject({ type: '/errors#not-found', status: 404, code: 'not-found' })
  })

  it.each([
    ['GET', '/webhooks/customers', ['POST']],
    ['PUT', '/v1/customers', ['GET', 'HEAD']],
    ['POST', '/v1/customers/cus_1', ['DELETE', 'GET', 'HEAD']],
    ['GET', '/v1/customers/cus_1/resume', ['POST']],
    ['DELETE', '/health/live', ['GET', 'HEAD']],
    ['POST', '/errors', ['GET', 'HEAD']],
  ])('is a problem document with 405 to %s %s, and allows %s', async (method, path, allowed) => {
    const response = await app.request(path, { method, headers: { authorization: `Bearer ${OPERATOR_TOKEN}` } })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')?.split(', ').toSorted()).toEqual(allowed)
    expect(await response.json()).toMatchObject({ code: 'method-not-allowed' })
  })

  it('is a problem document with 500 that does not reveal the error', async () => {
    const response = await ask(broken, '/v1/customers')
    expect(response.status).toBe(500)
    const text = await response.text()
    expect(JSON.parse(text)).toMatchObject({ type: '/errors#internal', code: 'internal' })
    expect(text).not.toContain('broken by the test')
  })

  it('has a section of /errors for its type to point to', async () => {
    const page = await (await app.request('/errors')).text()
    expect(page).toContain('<h3 id="no-worker">')
  })
})
