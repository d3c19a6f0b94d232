// The transport of all calls to HubSpot: its deadline, its cancellation, and its limit for the size of a response.

import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createHubSpot } from '../../hubspot/client/client.ts'
import type { HubSpotOptions } from '../../hubspot/client/client.ts'
import { quickest } from '../support/quick.ts'

async function startHubSpot(respond: RequestListener, options: Partial<HubSpotOptions> = {}) {
  const server = createServer(respond)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const hubspot = createHubSpot({
    baseUrl: `http://127.0.0.1:${port}`,
    accessToken: 'token',
    apiVersion: '2026-09',
    timeoutMs: 300,
    circuitBreaker: { probeSeconds: 30, onChange: () => {} },
    ...options,
  })
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await hubspot.close()
  })
  return hubspot
}

describe('a call to HubSpot', () => {
  it('ends at its deadline when no response arrives', async () => {
    const hubspot = await startHubSpot(() => {})
    const { tookMs } = await quickest(1500, async () => {
      await expect(hubspot.contacts.find('1')).rejects.toMatchObject({
        status: null,
        message: expect.stringContaining('300 ms') as string,
      })
    })
    expect(tookMs).toBeLessThan(1500)
  })

  it('ends at its deadline when a response starts and never ends', async () => {
    const hubspot = await startHubSpot(
      (_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).write('{"id":'),
    )
    await expect(hubspot.contacts.find('1')).rejects.toMatchObject({ status: null })
  })

  it('closes its socket when the activity is cancelled', async () => {
    const cancellation = new AbortController()
    const closed = Promise.withResolvers<void>()
    const received: RequestListener = (request) => {
      request.socket.once('close', () => closed.resolve())
      cancellation.abort()
    }
    const hubspot = await startHubSpot(received, { timeoutMs: 30_000, cancellation: () => cancellation.signal })
    const call = hubspot.contacts.find('1')
    await expect(call).rejects.toMatchObject({ status: null })
    await closed.promise
  })

  it('ends when a response is too large, without keeping it in memory', async () => {
    const before = process.memoryUsage().rss
    let sent = 0
    const hubspot = await startHubSpot(
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' })
        const chunk = Buffer.alloc(1024 * 1024, ' ')
        const sendMore = () => {
          while (sent < 500 && !response.destroyed) {
            sent += 1
            if (!response.write(chunk)) return void response.once('drain', sendMore)
          }
        }
        sendMore()
      },
      { timeoutMs: 10_000 },
    )
    await expect(hubspot.contacts.find('1')).rejects.toMatchObject({
      message: expect.stringContaining('larger than') as string,
    })
    expect(sent).toBeLessThan(100)
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024)
  })

  it.each(['null', '[]', '"text"', '{}', '{"results":[null]}'])(
    'counts as one without a response when the JSON is not what was asked for: %s',
    async (body) => {
      const hubspot = await startHubSpot((_, response) =>
        response.writeHead(200, { 'content-type': 'application/json' }).end(body),
      )
      const calls = [
        hubspot.contacts.find('1'),
        hubspot.companies.update('1', { phone: '2' }),
        hubspot.companies.create({ name: 'One' }),
        ...(body === '{"results":[null]}' ? [] : [hubspot.associations.companiesOf('1')]),
      ]
      for (const { status, reason } of (await Promise.allSettled(calls)) as PromiseRejectedResult[]) {
        expect({ status, reason: reason as unknown }).toMatchObject({
          status: 'rejected',
          reason: { name: 'HubSpotError', status: null },
        })
      }
    },
  )

  it('sends the token, and its error holds no value of the response', async () => {
    const hubspot = await startHubSpot((request, response) => {
      expect(request.headers.authorization).toBe('Bearer token')
      response.writeHead(400, { 'content-type': 'application/json' }).end('{"message":"ada@example.com is invalid"}')
    })
    const error: unknown = await hubspot.contacts
      .create({ email: 'ada@example.com' })
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ status: 400, message: 'HubSpot answered 400' })
    expect(JSON.stringify(error)).not.toContain('ada@example.com')
  })
})
