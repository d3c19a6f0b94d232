// The one way to HubSpot: a deadline that holds, a cancellation that reaches the socket, a body that cannot fill the memory.

import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createHubSpot } from '../../hubspot/client/client.ts'
import type { HubSpotOptions } from '../../hubspot/client/client.ts'

async function hubSpotThat(answers: RequestListener, options: Partial<HubSpotOptions> = {}) {
  const server = createServer(answers)
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
  it('ends at its deadline when no answer comes', async () => {
    const hubspot = await hubSpotThat(() => {})
    const begun = Date.now()
    await expect(hubspot.contacts.find('1')).rejects.toMatchObject({
      status: null,
      message: expect.stringContaining('300 ms') as string,
    })
    expect(Date.now() - begun).toBeLessThan(1500)
  })

  it('ends at its deadline when an answer begins and never ends', async () => {
    const hubspot = await hubSpotThat(
      (_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).write('{"id":'),
    )
    await expect(hubspot.contacts.find('1')).rejects.toMatchObject({ status: null })
  })

  it('closes its socket when the activity is cancelled', async () => {
    const cancelling = new AbortController()
    const closed = Promise.withResolvers<void>()
    const hubspot = await hubSpotThat((request) => request.socket.once('close', () => closed.resolve()), {
      timeoutMs: 30_000,
      cancellation: () => cancelling.signal,
    })
    const call = hubspot.contacts.find('1')
    setTimeout(() => cancelling.abort(), 50)
    await expect(call).rejects.toMatchObject({ status: null })
    await closed.promise
  })

  it('gives up on an answer that is too large, without keeping it', async () => {
    const before = process.memoryUsage().rss
    let sent = 0
    const hubspot = await hubSpotThat(
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' })
        const chunk = Buffer.alloc(1024 * 1024, ' ')
        const pour = () => {
          while (sent < 500 && !response.destroyed) {
            sent += 1
            if (!response.write(chunk)) return void response.once('drain', pour)
          }
        }
        pour()
      },
      { timeoutMs: 10_000 },
    )
    await expect(hubspot.contacts.find('1')).rejects.toMatchObject({
      message: expect.stringContaining('larger than') as string,
    })
    expect(sent).toBeLessThan(100)
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024)
  })

  it('sends the token, and names no value in an error', async () => {
    const hubspot = await hubSpotThat((request, response) => {
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
