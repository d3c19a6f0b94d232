// The OpenAPI document matches the API: the test sends each example and provokes each problem.

import { createConfig, lintFromString } from '@redocly/openapi-core'
import { describe, expect } from 'vitest'
import { EVENTS } from '../../api/middleware/concurrency-limit.ts'
import { onboardingId } from '../../domain/ids.ts'
import { DECODE_LIMIT_BYTES } from '../../domain/limits.ts'
import { testApi } from '../support/api.ts'
import { changedStory } from '../support/changed-story.ts'
import { aContactInHubSpot, aRunningBatchOperation, aStuckCustomer } from '../support/given.ts'
import { onrampWith } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { Draft, mismatch, routesOf } from '../support/openapi.ts'
import type { Route } from '../support/openapi.ts'
import { ask, READ_TOKEN, sendCommand } from '../support/sender.ts'

// Some routes affect all customers of a namespace.
const it = onrampWith({ namespace: 'own' })
const itOnAWorkerOfItsOwn = onrampWith({ namespace: 'own', worker: 'own' })

// temporal.api.enums.v1.BatchOperationState
const RUNNING = 1

const { app } = testApi()
const unconnected = testApi({ address: '127.0.0.1:1' }).app
const routes = await routesOf(app)

describe('the OpenAPI document', () => {
  it('has no error for a linter', async () => {
    const config = await createConfig({
      extends: ['recommended-strict'],
      // A request for the health or the errors cannot be wrong.
      rules: { 'operation-4xx-response': 'off' },
    })
    const source = await (await app.request('/openapi.json')).text()
    const problems = await lintFromString({ source, absoluteRef: 'openapi.json', config })
    expect(problems.map(({ ruleId, message, location }) => `${ruleId} ${message} ${location[0]?.pointer}`)).toEqual([])
  })

  it('has every route except the pages for a browser', () => {
    const pages = /^\/$|^\/docs|^\/console|^\/openapi\.json$/
    const served = app.routes
      .filter(({ method, path }) => method !== 'ALL' && !pages.test(path))
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
    expect(new Set(served)).toEqual(new Set(routes.map(({ method, path }) => `${method} ${path}`)))
  })

  it('has the events as components, one of each type, which a generator of code turns into types', async () => {
    interface Schema {
      properties: { type: { const: string } }
    }
    interface Document {
      paths: { [path: string]: { post: { requestBody: { content: { [type: string]: { schema: object } } } } } }
      components: { schemas: { [name: string]: Schema } & { CustomerEvent: { discriminator: { mapping: object } } } }
    }
    const { paths, components } = (await (await app.request('/openapi.json')).json()) as Document
    const { schema } = paths['/webhooks/customers']!.post.requestBody.content['application/json']!
    expect(schema).toEqual({ $ref: '#/components/schemas/CustomerEvent' })
    expect(components.schemas.CustomerEvent.discriminator.mapping).toEqual({
      'customer.registered': '#/components/schemas/CustomerRegistered',
      'customer.updated': '#/components/schemas/CustomerUpdated',
      'customer.erased': '#/components/schemas/CustomerErased',
    })
    expect(components.schemas['CustomerUpdated']?.properties.type.const).toBe('customer.updated')
    const acceptEvent = routes.find(({ operationId }) => operationId === 'acceptEvent')!
    for (const event of Object.values(acceptEvent.bodies)) expect(mismatch(schema as never, event)).toBeNull()
    expect(mismatch(schema as never, { type: 'customer.updated', data: {} })).not.toBeNull()
  })

  it('requires a body for an event, a correction, a search and for payloads to decode, and for nothing else', () => {
    const needing = routes.filter(({ needsBody }) => needsBody).map(({ operationId }) => operationId)
    expect(needing.toSorted()).toEqual(['acceptEvent', 'correctCustomer', 'decodePayloads', 'findCustomers'])
  })

  it('has an example for each response, which matches the schema', () => {
    const wrong = routes.flatMap(({ operationId, responses }) =>
      responses.flatMap(({ status, examples, schema }) => {
        if (examples.length === 0) return [`${operationId} ${status} has no example`]
        return examples
          .flatMap(({ value }) => mismatch(schema, value) ?? [])
          .map((why) => `${operationId} ${status} ${why}`)
      }),
    )
    expect(wrong).toEqual([])
  })
})

/** Prepares the success of a route's examples. */
const GIVEN: { [operationId: string]: (onramp: Onramp) => Promise<{ job: string } | void> } = {
  listCustomers: parked,
  listAttention: parked,
  resumeAttention: parked,
  async resumeProgress(onramp) {
    await parked(onramp)
    return { job: await resumeJob(onramp) }
  },
  listStuck: stuck,
  resetStuck: stuck,
  async resetProgress(onramp) {
    await stuck(onramp)
    const { job } = (await (await sendCommand(onramp.app, 'POST', '/v1/stuck/reset')).json()) as { job: string }
    return { job }
  },
  customerStatus: onboarded,
  eraseCustomer: onboarded,
  liftErasure: erased,
  resumeCustomer: parked,
  correctCustomer: onboarded,
  resyncCustomer: onboarded,
}

async function onboarded(onramp: Onramp): Promise<void> {
  await onramp.registered()
  await onramp.reaches('onboarded')
}

async function erased(onramp: Onramp): Promise<void> {
  await onramp.erased()
  await onramp.reaches('erased')
}

async function parked(onramp: Onramp): Promise<void> {
  await aContactInHubSpot(onramp, { email: 'ada@example.com', onramp_customer_id: 'cus_other' })
  await onramp.registered()
  await expect.poll(async () => (await onramp.status()).attention?.reason).toBe('contact-of-another-customer')
  await expect.poll(() => attentionCounts(onramp)).toMatchObject({ attention: [{ count: 1 }] })
}

/** No other batch operation is running when the run is on the list, so that it can be reset. */
async function stuck(onramp: Onramp): Promise<void> {
  await aStuckCustomer(onramp)
  const { workflowService, options } = onramp.client
  const running = async () =>
    (await workflowService.listBatchOperations({ namespace: options.namespace })).operationInfo.filter(
      ({ state }) => state === RUNNING,
    )
  await expect.poll(running).toEqual([])
}

async function attentionCounts({ app }: Onramp): Promise<unknown> {
  return await (await ask(app, '/v1/attention')).json()
}

/** Resumes all customers with the reason of the examples; an earlier batch operation may have to end first. */
async function resumeJob({ app }: Onramp): Promise<string> {
  let job: string | undefined
  const resume = async () => {
    const response = await sendCommand(app, 'POST', '/v1/attention/contact-of-another-customer/resume')
    ;({ job } = (await response.json()) as { job?: string })
    return response.status
  }
  await expect.poll(resume).toBe(202)
  return job ?? ''
}

describe('every example', () => {
  const successes = routes.flatMap((route) =>
    route.requests.map((request) => [`${route.operationId}${request && `, ${request}`}`, route, request] as const),
  )

  it.for(successes)('of %s gets the described success', async ([, route, request], { onramp }) => {
    const given = await GIVEN[route.operationId]?.(onramp)
    const draft = new Draft(route, onramp.customerId, request).with(given ? { path: given } : {})
    const response = await onramp.app.request(draft.request())
    const success = route.responses.find(({ status }) => status.startsWith('2'))
    expect(String(response.status)).toBe(success?.status)
    await expectAsDescribed(response, route)
  })
})

/** Provokes each problem, on any route. */
const PROVOKED: { [code: string]: (onramp: Onramp, draft: Draft) => Promise<Response> } = {
  'backlog-full': async (onramp, draft) => {
    const { client, taskQueue } = onramp
    await onramp.updated({ phone: '1' })
    const { namespace } = client.options
    const { app } = testApi({
      taskQueue,
      namespace,
      backlogLimits: { historyEvents: 1, historyBytes: 1, checkEvery: 1 },
    })
    return await app.request(draft.request())
  },
  async ended(onramp, draft) {
    await onboarded(onramp)
    await onramp.client.workflow.getHandle(onboardingId(onramp.customerId)).terminate('by the test')
    return await onramp.app.request(draft.request())
  },
  async erased(onramp, draft) {
    await erased(onramp)
    return await onramp.app.request(draft.request())
  },
  'hubspot-unavailable': async ({ app, portal }, draft) => {
    await portal.fault({ path: '/', times: 100, effect: { kind: 'status', status: 503 } })
    return await app.request(draft.request())
  },
  hung: async (onramp, draft) => {
    await onboarded(onramp)
    await onramp.stopWorker()
    await onramp.updated({ phone: '2' })
    await onramp.startWorker({ code: await changedStory() })
    const ask = async () => await onramp.app.request(draft.request())
    let response = await ask()
    await expect
      .poll(async () => {
        response = await ask()
        return await response.clone().json()
      })
      .toMatchObject({ code: 'hung' })
    return response
  },
  'invalid-body': async ({ app }, draft) => await app.request(draft.with({ body: '{}' }).request()),
  'invalid-correction': async ({ app }, draft) =>
    await app.request(draft.with({ body: '{"customer":{"email":null}}' }).request()),
  'invalid-event': async ({ app }, draft) => await app.request(draft.with({ body: '{}' }).request()),
  'invalid-payloads': async ({ app }, draft) => await app.request(draft.with({ body: '{}' }).request()),
  'invalid-query': async ({ app }, draft) => await app.request(draft.with({ query: 'phase=lost' }).request()),
  'no-worker': async ({ customerId }, draft) => {
    const { app } = testApi()
    const acceptEvent = routes.find(({ operationId }) => operationId === 'acceptEvent')!
    // An erasure needs a worker only for a customer without an event.
    if (draft.operationId !== 'eraseCustomer')
      expect((await app.request(new Draft(acceptEvent, customerId, 'updated').request())).status).toBe(202)
    // On a busy machine the API may take Temporal for unavailable at first.
    let response = await app.request(draft.request())
    const codeOf = async () => ((await response.clone().json()) as { code?: string }).code
    while ((await codeOf()) === 'temporal-unavailable') response = await app.request(draft.request())
    return response
  },
  'not-erased': async (onramp, draft) => {
    await onboarded(onramp)
    return await onramp.app.request(draft.request())
  },
  'not-found': async ({ app }, draft) => await app.request(draft.with({ path: { '*': '@' } }).request()),
  'unknown-customer': async ({ app }, draft) => await app.request(draft.request()),
  'unknown-resume': async ({ app }, draft) => await app.request(draft.request()),
  'not-json': async ({ app }, draft) => await app.request(draft.with({ body: '{' }).request()),
  'nothing-parked': async (onramp, draft) => {
    await onboarded(onramp)
    await expect.poll(() => attentionCounts(onramp)).toMatchObject({ attention: [] })
    return await onramp.app.request(draft.request())
  },
  overloaded: async (_, draft) => {
    // More requests than either limit has slots.
    const { app } = testApi({ address: '127.0.0.1:1' })
    for (let index = 0; index < EVENTS.concurrency; index += 1) void app.request(draft.request())
    return await app.request(draft.request())
  },
  'read-only-token': async ({ app }, draft) =>
    await app.request(draft.with({ headers: { authorization: `Bearer ${READ_TOKEN}` } }).request()),
  'nothing-stuck': async ({ app }, draft) => {
    const answer = async () => (await app.request(draft.request())).status
    await expect.poll(answer).toBe(409)
    return await app.request(draft.request())
  },
  'unknown-reset': async ({ app }, draft) => await app.request(draft.request()),
  'resume-running': async (onramp, draft) => {
    await (draft.operationId === 'resetStuck' ? stuck(onramp) : parked(onramp))
    await aRunningBatchOperation(onramp)
    await expect.poll(async () => (await onramp.app.request(draft.request())).status).toBe(503)
    return await onramp.app.request(draft.request())
  },
  'too-large': async ({ app }, draft) =>
    await app.request(draft.with({ body: ' '.repeat(DECODE_LIMIT_BYTES + 1) }).request()),
  unauthorized: async ({ app }, draft) => await app.request(draft.with({ headers: { authorization: '' } }).request()),
  unsigned: async ({ app }, draft) =>
    await app.request(draft.with({ headers: { 'webhook-signature': 'v1,AAAA' } }).request()),
  'unsupported-media-type': async ({ app }, draft) =>
    await app.request(draft.with({ headers: { 'content-type': 'text/plain' } }).request()),
  'webhook-id': async ({ app }, draft) => await app.request(draft.with({ headers: { 'webhook-id': '' } }).request()),
}

describe('every problem', () => {
  const documented = routes.flatMap((route) =>
    route.responses
      .filter(({ status, contentType }) => status !== 'default' && contentType === 'application/problem+json')
      .flatMap(({ status, examples }) => examples.map(({ name: code, value }) => ({ route, status, code, value }))),
  )
  const expectProblem = async (response: Response, { route, status, code, value }: (typeof documented)[number]) => {
    expect(`${route.operationId} ${response.status}`).toBe(`${route.operationId} ${status}`)
    expect(await response.clone().json()).toMatchObject({ code })
    // The limit is that of the route.
    if (code === 'too-large') expect(await response.clone().json()).toEqual(value)
    await expectAsDescribed(response, route)
  }

  const isAsDescribed = async ([, one]: (typeof byItself)[number], { onramp }: { onramp: Onramp }) => {
    const { route, code } = one
    const draft = new Draft(route, onramp.customerId, route.requests[0]!)
    await expectProblem(await PROVOKED[code]!(onramp, draft), one)
  }
  const byItself = documented
    .filter(({ code }) => code !== 'temporal-unavailable')
    .map((one) => [`${one.route.operationId} ${one.status} ${one.code}`, one] as const)
  it.for(byItself.filter(([, { code }]) => code !== 'hung'))('%s is as described', isAsDescribed)
  itOnAWorkerOfItsOwn.for(byItself.filter(([, { code }]) => code === 'hung'))('%s is as described', isAsDescribed)

  // Each takes three seconds, so the requests are concurrent.
  it('temporal-unavailable is as described on every route', async ({ onramp }) => {
    const unavailable = documented.filter(({ code }) => code === 'temporal-unavailable')
    await Promise.all(
      unavailable.map(async (one) => {
        const draft = new Draft(one.route, onramp.customerId, one.route.requests[0]!)
        await expectProblem(await unconnected.request(draft.request()), one)
      }),
    )
    expect(unavailable.length).toBeGreaterThan(5)
  })

  it('is `default` for an unexpected error', async ({ onramp }) => {
    const broken = testApi({ isBroken: true }).app
    const breakable = routes.filter(({ responses }) => responses.some(({ status }) => status === 'default'))
    for (const route of breakable) {
      const response = await broken.request(new Draft(route, onramp.customerId, route.requests[0]!).request())
      expect(response.status).toBe(500)
      await expectAsDescribed(response, route)
    }
    expect(breakable.length).toBeGreaterThan(0)
  })
})

describe('GET /health/ready', () => {
  it('503 is as described', async () => {
    const ready = routes.find(({ operationId }) => operationId === 'ready')!
    const response = await unconnected.request('/health/ready')
    expect(response.status).toBe(503)
    await expectAsDescribed(response, ready)
  })
})

async function expectAsDescribed(response: Response, { responses }: Route): Promise<void> {
  const described =
    responses.find(({ status }) => status === String(response.status)) ??
    responses.find(({ status }) => status === 'default')
  expect(response.headers.get('content-type')?.split(';')[0]).toBe(described?.contentType)
  for (const header of described?.headers ?? []) expect(response.headers.get(header)).toMatch(/\S/)
  const text = await response.text()
  expect(mismatch(described?.schema, described?.contentType?.startsWith('text/') ? text : JSON.parse(text))).toBe(null)
}
