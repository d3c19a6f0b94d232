// POST /codec/decode: the Temporal UI and CLI read what Temporal stores, with an operator's token.

import { describe, expect } from 'vitest'
import { DECODE_LIMIT_BYTES } from '../../domain/limits.ts'
import { onboardingId } from '../../domain/ids.ts'
import { testApi } from '../support/api.ts'
import { consoleSession } from '../support/console-session.ts'
import { it } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { OTHER_KEY } from '../support/payload-keys.ts'
import { OPERATOR_TOKEN, READ_TOKEN } from '../support/sender.ts'

interface JsonPayload {
  metadata?: Record<string, string>
  data?: string
}

const { app } = testApi()
const base64 = (text: string) => Buffer.from(text).toString('base64')
const IN_CLEAR = { metadata: { encoding: base64('json/plain') }, data: base64('"Ada"') }

/** As the Temporal UI asks. */
async function decode(payloads: unknown, { headers = {}, to = app }: { headers?: object; to?: typeof app } = {}) {
  return await to.request('/codec/decode?preserveStorageRefs=true', {
    method: 'POST',
    headers: {
      authorization: `Bearer ${OPERATOR_TOKEN}`,
      'content-type': 'application/json',
      'x-namespace': 'default',
      ...headers,
    },
    body: typeof payloads === 'string' ? payloads : JSON.stringify({ payloads }),
  })
}

async function textsIn(response: Response): Promise<string[]> {
  const { payloads } = (await response.json()) as { payloads: JsonPayload[] }
  return payloads.map(({ data = '' }) => Buffer.from(data, 'base64').toString())
}

/** The payloads of the customer's first event and of the answer to a query, as Temporal has them. */
async function storedPayloads({ client, customerId }: Onramp): Promise<JsonPayload[]> {
  const workflowId = onboardingId(customerId)
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory()
  const signal = events?.find((event) => event.workflowExecutionSignaledEventAttributes)
  const { queryResult } = await client.workflowService.queryWorkflow({
    namespace: 'default',
    execution: { workflowId },
    query: { queryType: '__temporal_workflow_metadata' },
  })
  const stored = [signal?.workflowExecutionSignaledEventAttributes?.input?.payloads?.[0], queryResult?.payloads?.[0]]
  return stored.map((payload) => ({
    metadata: Object.fromEntries(
      Object.entries(payload?.metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')]),
    ),
    data: Buffer.from(payload?.data ?? []).toString('base64'),
  }))
}

describe('the console’s session, without a token,', () => {
  const decodeBy = async (token: string) => {
    const { cookie } = await consoleSession({ app }, token)
    return await decode([IN_CLEAR], { headers: { authorization: '', cookie } })
  }

  it('decodes when it is that of a full token', async () => {
    const response = await decodeBy(OPERATOR_TOKEN)
    expect(response.status).toBe(200)
    expect(await textsIn(response)).toEqual(['"Ada"'])
  })

  it('does not decode when it is that of a read-only token', async () => {
    expect((await decodeBy(READ_TOKEN)).status).toBe(401)
  })
})

describe('POST /codec/decode answers 200', () => {
  it('with the payloads in clear, in the same order: an event, and what the Temporal UI shows of the onboarding', async ({
    onramp,
  }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    const [event, metadata] = await storedPayloads(onramp)
    expect(Buffer.from(event?.data ?? '', 'base64').toString('latin1')).not.toContain('ada@example.com')
    const response = await decode([metadata, IN_CLEAR, event])
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await textsIn(response)).toEqual([
      expect.stringContaining('**onboarded**'),
      '"Ada"',
      expect.stringContaining('ada@example.com'),
    ])
  })

  it('with a payload as it is when the key is missing, the payload was changed, or is in clear', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    const [event] = await storedPayloads(onramp)
    const changed = { ...event, data: base64('changed, and long enough for a nonce and a tag') }
    const { app: withOtherKey } = testApi({ payloadKeys: OTHER_KEY })
    const response = await decode([event, changed, IN_CLEAR], { to: withOtherKey })
    expect(await response.json()).toEqual({ payloads: [event, changed, IN_CLEAR] })
    expect(await (await decode([changed])).json()).toEqual({ payloads: [changed] })
  })
})

describe('POST /codec/decode rejects', () => {
  it('401 without a token, 403 with a read-only token', async () => {
    expect((await decode([IN_CLEAR], { headers: { authorization: '' } })).status).toBe(401)
    expect((await decode([IN_CLEAR], { headers: { authorization: 'Bearer wrong' } })).status).toBe(401)
    expect((await decode([IN_CLEAR], { headers: { authorization: `Bearer ${READ_TOKEN}` } })).status).toBe(403)
  })

  it('401 before it reads a body that is too large, then 413', async () => {
    const large = ' '.repeat(DECODE_LIMIT_BYTES + 1)
    expect((await decode(large, { headers: { authorization: '' } })).status).toBe(401)
    expect((await decode(large)).status).toBe(413)
  })

  it.for([
    ['{', 400],
    ['[]', 422],
    ['{"payloads":{}}', 422],
    ['{"payloads":[{"data":"%"}]}', 422],
    ['{"payloads":[{"metadata":{"encoding":7}}]}', 422],
  ] as const)('%s with %i', async ([body, status]) => {
    expect((await decode(body)).status).toBe(status)
  })

  it('404 for an attempt to encode', async () => {
    const headers = { authorization: `Bearer ${OPERATOR_TOKEN}` }
    expect((await app.request('/codec/encode', { method: 'POST', headers, body: '{"payloads":[]}' })).status).toBe(404)
  })
})

describe('a browser may call POST /codec/decode', () => {
  const preflight = async (origin: string) =>
    await app.request('/codec/decode', {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-namespace' },
    })

  it.for(['http://127.0.0.1:8233', 'http://localhost:8233'])('from the Temporal UI at %s', async (origin) => {
    const asked = await preflight(origin)
    expect(asked.status).toBe(204)
    expect(Object.fromEntries(asked.headers)).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'POST,OPTIONS',
      'access-control-allow-headers': 'content-type,x-namespace,authorization,authorization-extras',
      vary: expect.stringContaining('Origin'),
    })
    expect((await decode([IN_CLEAR], { headers: { origin } })).headers.get('access-control-allow-origin')).toBe(origin)
  })

  it.for([
    'http://127.0.0.1:8234',
    'https://127.0.0.1:8233',
    'http://127.0.0.1:8233.evil.example',
    'http://evil.example',
    'null',
  ])('but not from %s', async (origin) => {
    expect((await preflight(origin)).headers.has('access-control-allow-origin')).toBe(false)
    const response = await decode([IN_CLEAR], { headers: { origin } })
    expect(response.headers.has('access-control-allow-origin')).toBe(false)
  })

  it('and sees from there why its token was rejected', async () => {
    const origin = 'http://127.0.0.1:8233'
    const response = await decode([IN_CLEAR], { headers: { origin, authorization: '' } })
    expect(response.status).toBe(401)
    expect(response.headers.get('access-control-allow-origin')).toBe(origin)
  })
})
