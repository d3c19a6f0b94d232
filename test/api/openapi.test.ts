// The API's own description is true: each example in it is carried out, and each problem in it provoked.

import { createConfig, lintFromString } from '@redocly/openapi-core'
import { describe, expect } from 'vitest'
import { EVENTS } from '../../api/middleware/admission.ts'
import { onboardingId } from '../../domain/ids.ts'
import { testApi } from '../support/api.ts'
import { changedStory } from '../support/changed-story.ts'
import { aContactInHubSpot, aRunningBatchOperation } from '../support/given.ts'
import { onrampWith } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { describedOperations, Draft, misfit } from '../support/openapi.ts'
import type { Described } from '../support/openapi.ts'
import { ask, order, READ_TOKEN } from '../support/sender.ts'

// Some routes are about all the customers that there are.
const it = onrampWith({ namespace: 'own' })

const { app } = testApi()
const cutOff = testApi({ address: '127.0.0.1:1' }).app
const operations = await describedOperations(app)

describe('the OpenAPI document', () => {
  it('pleases a linter', async () => {
    const config = await createConfig({
      extends: ['recommended-strict'],
      // Whoever asks for the health or the errors can do nothing wrong.
      rules: { 'operation-4xx-response': 'off' },
    })
    const source = await (await app.request('/openapi.json')).text()
    const problems = await lintFromString({ source, absoluteRef: 'openapi.json', config })
    expect(problems.map(({ ruleId, message, location }) => `${ruleId} ${message} ${location[0]?.pointer}`)).toEqual([])
  })

  it('has every route but the pages that people look at', () => {
    const pages = /^\/$|^\/docs|^\/openapi\.json$/
    const served = app.routes
      .filter(({ method, path }) => method !== 'ALL' && !pages.test(path))
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
    expect(new Set(served)).toEqual(new Set(operations.map(({ method, path }) => `${method} ${path}`)))
  })

  it('has a body that nobody may leave out for an event, and for nothing else', () => {
    expect(operations.filter(({ needsBody }) => needsBody).map(({ operationId }) => operationId)).toEqual(['takeEvent'])
  })

  it('has an example for each of its answers, which is what the answer’s schema says', () => {
    const wrong = operations.flatMap(({ operationId, answers }) =>
      answers.flatMap(({ status, examples, schema }) => {
        if (examples.length === 0) return [`${operationId} ${status} has no example`]
        return examples
          .flatMap(({ value }) => misfit(schema, value) ?? [])
          .map((why) => `${operationId} ${status} ${why}`)
      }),
    )
    expect(wrong).toEqual([])
  })
})

/** What has to be so before an example of this route ends well. */
const GIVEN: { [operationId: string]: (onramp: Onramp) => Promise<{ job: string } | void> } = {
  listCustomers: parked,
  listAttention: parked,
  resumeAttention: parked,
  async resumeProgress(onramp) {
    await parked(onramp)
    return { job: await resumeJob(onramp) }
  },
  customerStatus: onboarded,
  resumeCustomer: parked,
  resyncCustomer: onboarded,
}

async function onboarded(onramp: Onramp): Promise<void> {
  await onramp.registered()
  await onramp.reaches('onboarded')
}

async function parked(onramp: Onramp): Promise<void> {
  await aContactInHubSpot(onramp, { email: 'ada@example.com', onramp_customer_id: 'cus_other' })
  await onramp.registered()
  await expect.poll(async () => (await onramp.status()).attention?.reason).toBe('contact-of-another-customer')
  await expect.poll(() => attentionCounts(onramp), { timeout: 10_000 }).toMatchObject({ attention: [{ count: 1 }] })
}

async function attentionCounts({ app }: Onramp): Promise<unknown> {
  return await (await ask(app, '/v1/attention')).json()
}

/** The resume of everybody who waits for the reason of the examples; one that ran before may have to end first. */
async function resumeJob({ app }: Onramp): Promise<string> {
  let job: string | undefined
  const resume = async () => {
    const response = await order(app, 'POST', '/v1/attention/contact-of-another-customer/resume')
    ;({ job } = (await response.json()) as { job?: string })
    return response.status
  }
  await expect.poll(resume, { timeout: 10_000 }).toBe(202)
  return job ?? ''
}

describe('every example', () => {
  const successes = operations.flatMap((operation) =>
    operation.requests.map(
      (request) => [`${operation.operationId}${request && `, ${request}`}`, operation, request] as const,
    ),
  )

  it.for(successes)('of %s ends as it says', async ([, operation, request], { onramp }) => {
    const given = await GIVEN[operation.operationId]?.(onramp)
    const draft = new Draft(operation, onramp.customerId, request).with(given ? { path: given } : {})
    const response = await onramp.app.request(draft.request())
    const success = operation.answers.find(({ status }) => status.startsWith('2'))
    expect(String(response.status)).toBe(success?.status)
    await expectAsDescribed(response, operation)
  })
})

/** How to run into each problem, whichever route it is. */
const PROVOKED: { [code: string]: (onramp: Onramp, draft: Draft) => Promise<Response> } = {
  async ended(onramp, draft) {
    await onboarded(onramp)
    await onramp.client.workflow.getHandle(onboardingId(onramp.customerId)).terminate('the test wants it')
    return await onramp.app.request(draft.request())
  },
  async erased(onramp, draft) {
    await onramp.erased()
    await onramp.reaches('erased')
    return await onramp.app.request(draft.request())
  },
  hung: async (onramp, draft) => {
    await onboarded(onramp)
    await onramp.stopWorker()
    await onramp.updated({ phone: '2' })
    await onramp.startWorker({ code: await changedStory() })
    const ask = async () => await onramp.app.request(draft.request())
    await expect.poll(async () => await (await ask()).json(), { timeout: 15_000 }).toMatchObject({ code: 'hung' })
    return await ask()
  },
  'invalid-correction': async ({ app }, draft) =>
    await app.request(draft.with({ body: '{"customer":{"email":null}}' }).request()),
  'invalid-event': async ({ app }, draft) => await app.request(draft.with({ body: '{}' }).request()),
  'invalid-query': async ({ app }, draft) => await app.request(draft.with({ query: 'phase=lost' }).request()),
  'no-worker': async ({ customerId }, draft) => {
    const { app } = testApi()
    const told = operations.find(({ operationId }) => operationId === 'takeEvent')!
    expect((await app.request(new Draft(told, customerId, 'updated').request())).status).toBe(202)
    return await app.request(draft.request())
  },
  'not-found': async ({ app }, draft) => await app.request(draft.with({ path: { '*': '@' } }).request()),
  'unknown-customer': async ({ app }, draft) => await app.request(draft.request()),
  'unknown-resume': async ({ app }, draft) => await app.request(draft.request()),
  'not-json': async ({ app }, draft) => await app.request(draft.with({ body: '{' }).request()),
  'nothing-parked': async (onramp, draft) => {
    await onboarded(onramp)
    await expect.poll(() => attentionCounts(onramp), { timeout: 10_000 }).toEqual({ attention: [] })
    return await onramp.app.request(draft.request())
  },
  overloaded: async (_, draft) => {
    // As many as may be with Temporal at a time, in either lane.
    const { app } = testApi({ address: '127.0.0.1:1' })
    for (let index = 0; index < EVENTS.concurrency; index += 1) void app.request(draft.request())
    return await app.request(draft.request())
  },
  'read-only-token': async ({ app }, draft) =>
    await app.request(draft.with({ headers: { authorization: `Bearer ${READ_TOKEN}` } }).request()),
  'resume-running': async (onramp, draft) => {
    await parked(onramp)
    await aRunningBatchOperation(onramp)
    await expect.poll(async () => (await onramp.app.request(draft.request())).status).toBe(503)
    return await onramp.app.request(draft.request())
  },
  'too-large': async ({ app }, draft) => await app.request(draft.with({ body: ' '.repeat(65_537) }).request()),
  unauthorized: async ({ app }, draft) => await app.request(draft.with({ headers: { authorization: '' } }).request()),
  unsigned: async ({ app }, draft) =>
    await app.request(draft.with({ headers: { 'webhook-signature': 'v1,AAAA' } }).request()),
  'unsupported-media-type': async ({ app }, draft) =>
    await app.request(draft.with({ headers: { 'content-type': 'text/plain' } }).request()),
  'webhook-id': async ({ app }, draft) => await app.request(draft.with({ headers: { 'webhook-id': '' } }).request()),
}

describe('every problem', () => {
  const documented = operations.flatMap((operation) =>
    operation.answers
      .filter(({ status, contentType }) => status !== 'default' && contentType === 'application/problem+json')
      .flatMap(({ status, examples }) => examples.map(({ name: code }) => ({ operation, status, code }))),
  )
  const answersAsDescribed = async (response: Response, { operation, status, code }: (typeof documented)[number]) => {
    expect(`${operation.operationId} ${response.status}`).toBe(`${operation.operationId} ${status}`)
    expect(await response.clone().json()).toMatchObject({ code })
    await expectAsDescribed(response, operation)
  }

  const byItself = documented.filter(({ code }) => code !== 'temporal-unavailable')
  it.for(byItself.map((one) => [`${one.operation.operationId} ${one.status} ${one.code}`, one] as const))(
    '%s is what it says',
    async ([, one], { onramp }) => {
      const { operation, code } = one
      const draft = new Draft(operation, onramp.customerId, operation.requests[0]!)
      await answersAsDescribed(await PROVOKED[code]!(onramp, draft), one)
    },
  )

  // Each takes three seconds, so they are asked together.
  it('temporal-unavailable is what it says, whichever the route', async ({ onramp }) => {
    const unavailable = documented.filter(({ code }) => code === 'temporal-unavailable')
    await Promise.all(
      unavailable.map(async (one) => {
        const draft = new Draft(one.operation, onramp.customerId, one.operation.requests[0]!)
        await answersAsDescribed(await cutOff.request(draft.request()), one)
      }),
    )
    expect(unavailable.length).toBeGreaterThan(5)
  })

  it('is a `default` where anything else can break, too', async ({ onramp }) => {
    const broken = testApi({ isBroken: true }).app
    const breakable = operations.filter(({ answers }) => answers.some(({ status }) => status === 'default'))
    for (const operation of breakable) {
      const response = await broken.request(new Draft(operation, onramp.customerId, operation.requests[0]!).request())
      expect(response.status).toBe(500)
      await expectAsDescribed(response, operation)
    }
    expect(breakable.length).toBeGreaterThan(0)
  })
})

describe('GET /health/ready', () => {
  it('503 is what it says', async () => {
    const ready = operations.find(({ operationId }) => operationId === 'ready')!
    const response = await cutOff.request('/health/ready')
    expect(response.status).toBe(503)
    await expectAsDescribed(response, ready)
  })
})

async function expectAsDescribed(response: Response, { answers }: Described): Promise<void> {
  const answer =
    answers.find(({ status }) => status === String(response.status)) ??
    answers.find(({ status }) => status === 'default')
  expect(response.headers.get('content-type')?.split(';')[0]).toBe(answer?.contentType)
  for (const header of answer?.headers ?? []) expect(response.headers.get(header)).toMatch(/\S/)
  const text = await response.text()
  expect(misfit(answer?.schema, answer?.contentType?.startsWith('text/') ? text : JSON.parse(text))).toBe(null)
}
