// GET /v1/customers: the list and the status of customers, for operators only.

import { randomUUID } from 'node:crypto'
import { describe, expect } from 'vitest'
import { onboardingId } from '../../domain/ids.ts'
import type { OnboardingStatus } from '../../domain/onboarding-status.ts'
import { testApi } from '../support/api.ts'
import { changedStory } from '../support/changed-story.ts'
import { aContactInHubSpot } from '../support/given.ts'
import { it, onrampWith } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { untilQuick } from '../support/quick.ts'
import { ask, OPERATOR_TOKEN, send } from '../support/sender.ts'

interface Listed {
  customers: { customerId: string; phase: string; attention: string[] }[]
  next: string | null
}

describe('GET /v1/customers/{customerId} answers 200', () => {
  it('with phase, HubSpot ids, links and timeline', async ({ onramp }) => {
    await onramp.registered({}, { timestamp: '2026-11-24T09:00:00.000Z' })
    const { hubspot } = await onramp.reaches('onboarded')

    const response = await ask(onramp.app, `/v1/customers/${onramp.customerId}`)
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({
      customerId: onramp.customerId,
      phase: 'onboarded',
      attention: null,
      parked: [],
      waiting: null,
      hubspot: {
        contactId: hubspot.contactId,
        companyId: hubspot.companyId,
        contactUrl: expect.stringContaining(`/record/0-1/${hubspot.contactId}`) as string,
        companyUrl: expect.stringContaining(`/record/0-2/${hubspot.companyId}`) as string,
        contactOutcome: 'created',
        companyOutcome: 'created',
      },
      fields: Object.fromEntries(
        ['email', 'firstName', 'company.name', 'company.domain'].map((field) => [
          field,
          { state: 'written', at: '2026-11-24T09:00:00.000Z' },
        ]),
      ),
      lastEventAt: '2026-11-24T09:00:00.000Z',
      lastWrittenAt: expect.any(String) as string,
      malformedEvents: 0,
      lateEvents: 0,
      unknownEvents: 0,
      timeline: [
        { at: expect.any(String) as string, what: 'event', outcome: 'registered' },
        ...['company', 'contact', 'association'].map((what) => ({
          at: expect.any(String) as string,
          what,
          outcome: what === 'association' ? 'associated' : 'created',
          ...(what === 'company' && { fields: ['company.name', 'company.domain'] }),
          ...(what === 'contact' && { fields: ['email', 'firstName'] }),
          correlationId: expect.any(String) as string,
        })),
      ],
      links: {
        temporal: `http://127.0.0.1:8233/namespaces/default/workflows/onboarding%2F${onramp.customerId}`,
        parked: null,
        waiting: null,
      },
    })
  })
})

describe('GET /v1/customers answers 200', () => {
  it('with the customers of a phase', async ({ onramp }) => {
    await onramp.updated({ phone: '1' })
    const mine = async (phase: string) => {
      const { customers } = (await (await ask(onramp.app, `/v1/customers?phase=${phase}`)).json()) as Listed
      return customers.filter(({ customerId }) => customerId === onramp.customerId)
    }
    await expect
      .poll(() => mine('awaiting-registration'))
      .toEqual([{ customerId: onramp.customerId, phase: 'awaiting-registration', attention: [] }])
    await onramp.registered()
    await expect.poll(() => mine('onboarded')).toHaveLength(1)
    expect(await mine('awaiting-registration')).toEqual([])
  })

  it('with the customers of an attention reason', async ({ onramp }) => {
    await aContactInHubSpot(onramp, { email: 'ada@example.com', onramp_customer_id: 'cus_other' })
    await onramp.registered()
    const parked = async () => {
      const { customers } = (await (
        await ask(onramp.app, '/v1/customers?attention=contact-of-another-customer')
      ).json()) as Listed
      return customers.filter(({ customerId }) => customerId === onramp.customerId)
    }
    await expect
      .poll(parked)
      .toEqual([{ customerId: onramp.customerId, phase: 'contact', attention: ['contact-of-another-customer'] }])
    await onramp.updated({ email: 'ada.lovelace@example.com' })
    await expect.poll(parked).toEqual([])
  })

  it('with customers who are in a phase because of an outage', async ({ onramp }) => {
    await onramp.portal.fault({
      method: 'PUT',
      path: '/associations/',
      times: 100,
      effect: { kind: 'status', status: 503 },
    })
    await onramp.registered()
    const phases = async () => {
      const { customers } = (await (await ask(onramp.app, '/v1/customers?phase=association')).json()) as Listed
      return customers.filter(({ customerId }) => customerId === onramp.customerId).length
    }
    await expect.poll(phases).toBe(1)
  })

  it('page by page', async ({ onramp }) => {
    const ids = Array.from({ length: 102 }, () => `cus_${randomUUID()}`)
    await Promise.all(ids.map((customerId) => onramp.updated({ customerId, phone: '1' })))
    const seen = new Set<string>()
    const walk = async () => {
      let cursor: string | null = ''
      while (cursor !== null) {
        const page = (await (await ask(onramp.app, `/v1/customers${cursor && `?cursor=${cursor}`}`)).json()) as Listed
        expect(page.customers.length).toBeLessThanOrEqual(100)
        for (const { customerId } of page.customers) seen.add(customerId)
        cursor = page.next
      }
      return ids.every((id) => seen.has(id))
    }
    await expect.poll(walk).toBe(true)
  })
})

describe('a customer whose run has completed (idle)', () => {
  const itSoon = onrampWith({ settings: { idleDays: 1 / 86_400 }, namespace: 'own', pageSize: 1 })

  const completedRuns = async ({ client, customerId }: Onramp) =>
    await client.workflow.count(`WorkflowId = 'onboarding/${customerId}' AND ExecutionStatus = 'Completed'`)
  const hasCompleted = async (onramp: Onramp, runs: number) =>
    await expect.poll(async () => (await completedRuns(onramp)).count).toBe(runs)
  /** All customers of a phase in the namespace, page by page. */
  const allIn = async ({ app }: Onramp, phase: string) => {
    const seen = []
    for (let next: string | null = ''; next !== null;) {
      const cursor: string = next && `&cursor=${next}`
      const page = (await (await ask(app, `/v1/customers?phase=${phase}${cursor}`)).json()) as Listed
      seen.push(...page.customers)
      ;({ next } = page)
    }
    return seen
  }

  itSoon(
    'is listed once with the phase of the newest run, also after several runs and during a new one',
    async ({ onramp }) => {
      const { customerId } = onramp
      await onramp.registered()
      await hasCompleted(onramp, 1)
      await expect.poll(() => allIn(onramp, 'onboarded')).toEqual([{ customerId, phase: 'onboarded', attention: [] }])
      expect(await (await ask(onramp.app, `/v1/customers/${customerId}`)).json()).toMatchObject({ phase: 'onboarded' })

      await onramp.updated({ phone: '1' })
      await hasCompleted(onramp, 2)
      await expect.poll(() => allIn(onramp, 'onboarded')).toEqual([{ customerId, phase: 'onboarded', attention: [] }])

      // HubSpot does not answer, so the new run has not yet found the onboarded customer.
      await onramp.portal.fault({
        method: 'GET',
        path: '/contacts/',
        times: 100,
        effect: { kind: 'status', status: 503 },
      })
      await onramp.updated({ phone: '2' })
      await expect.poll(() => allIn(onramp, 'awaiting-registration')).toHaveLength(1)
      expect(await allIn(onramp, 'onboarded')).toEqual([])
    },
  )
})

describe('GET /v1/customers/{customerId} answers 200 to a customer whose run has completed (idle)', () => {
  const itThirtyDays = onrampWith({ worker: 'own', time: 'skips' })
  const completed = async (onramp: Onramp) => {
    await onramp.registered()
    const { workflow } = onramp.client
    const ended = async () => (await workflow.getHandle(onboardingId(onramp.customerId)).describe()).status.name
    await expect.poll(ended).toBe('COMPLETED')
    return await onramp.status()
  }
  const expectSameStatus = async ({ app, customerId }: Onramp, status: OnboardingStatus) => {
    const { pendingStep: _, ...before } = status
    const response = await ask(app, `/v1/customers/${customerId}`)
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ ...before, phase: 'onboarded', waiting: null })
  }

  itThirtyDays('also after an upgrade to workers that cannot replay the run', async ({ onramp }) => {
    const before = await completed(onramp)
    await onramp.stopWorker()
    await onramp.startWorker({ code: await changedStory() })
    await expectSameStatus(onramp, before)
  })

  itThirtyDays('also without any worker', async ({ onramp }) => {
    const before = await completed(onramp)
    await onramp.stopWorker()
    await expectSameStatus(onramp, before)
  })
})

describe('GET /v1/customers answers 401', () => {
  const { app } = testApi()

  it.for([
    ['without a token', null, undefined],
    ['with another token', 'another', undefined],
    ['when no token is configured', OPERATOR_TOKEN, []],
  ] as const)('%s', async ([, token, operatorTokens]) => {
    const asked = operatorTokens ? testApi({ operatorTokens: [...operatorTokens] }).app : app
    for (const path of ['/v1/customers', '/v1/customers/cus_1', '/v1/nothing']) {
      const response = await ask(asked, path, token)
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toBe('Bearer')
      expect(await response.json()).toMatchObject({ code: 'unauthorized' })
    }
  })

  it('with a header of another kind', async () => {
    const response = await app.request('/v1/customers', { headers: { authorization: `Basic ${OPERATOR_TOKEN}` } })
    expect(response.status).toBe(401)
  })
})

describe('GET /v1/customers/{customerId} answers 404', () => {
  it.for([
    ['cus_nobody', 'unknown-customer', /^onramp has received no event about this customer/],
    ['ada@example.com', 'not-found', /^An e-mail address is no customer id/],
    ['x'.repeat(200), 'not-found', /^No customer can have this id/],
  ] as const)('to %s, a customer without an event, and says how to find one', async ([customerId, code, begin]) => {
    const response = await ask(testApi().app, `/v1/customers/${customerId}`)
    expect(response.status).toBe(404)
    const { detail, ...problem } = (await response.json()) as { code: string; detail: string }
    expect(problem.code).toBe(code)
    expect(detail).toMatch(begin)
    expect(detail).toContain('`POST /v1/customers/find`')
    expect(detail).toContain('`npm run customer -- find`')
    // An address must not come back in a text that somebody may log (G11).
    expect(detail).not.toContain(customerId)
  })
})

describe('GET /v1/customers answers 422', () => {
  it.for([
    'phase=lost',
    `phase=company' OR WorkflowType='x`,
    'attention=none',
    'waiting=lost',
    'cursor=!!',
    'cursor=AAAA',
  ])('to ?%s', async (query) => {
    const response = await ask(testApi().app, `/v1/customers?${encodeURI(query)}`)
    expect(response.status).toBe(422)
    expect(await response.json()).toMatchObject({ code: 'invalid-query' })
  })
})

describe('GET /v1/customers answers 422', () => {
  const itByOne = onrampWith({ namespace: 'own', pageSize: 1 })
  itByOne('to the cursor of another list', async ({ onramp }) => {
    for (const customerId of ['cus_a', 'cus_b']) await onramp.updated({ customerId, phone: '1' })
    const cursor = async () =>
      ((await (await ask(onramp.app, '/v1/customers?phase=awaiting-registration')).json()) as Listed).next
    await expect.poll(cursor).not.toBeNull()
    const response = await ask(onramp.app, `/v1/customers?phase=company&cursor=${await cursor()}`)
    expect(response.status).toBe(422)
  })
})

/** Asks until the problem has this code: on a busy machine the API may take Temporal for unavailable at first. */
async function askUntil(app: Onramp['app'], path: string, code: string) {
  let answer: { response: Response; tookMs: number } | null = null
  const askOnce = async () => {
    const startedAt = performance.now()
    const response = await ask(app, path)
    answer = { response, tookMs: performance.now() - startedAt }
    return await response.json()
  }
  await expect.poll(askOnce).toMatchObject({ code })
  return answer!
}

describe('GET /v1/customers/{customerId} answers 503', () => {
  it('no-worker within about three seconds when no worker runs', async () => {
    const { app } = testApi()
    const customerId = `cus_${randomUUID()}`
    await send(app, { type: 'customer.updated', data: { customerId, phone: '1' } })

    const askAgain = () => askUntil(app, `/v1/customers/${customerId}`, 'no-worker')
    const { response, tookMs } = await untilQuick(4000, askAgain)
    expect(tookMs).toBeLessThan(4000)
    expect(response.headers.get('retry-after')).toBe('5')
    expect(response.status).toBe(503)
  })

  /** Starts a worker that cannot replay any earlier history. */
  async function changeStoryOfWorkers(onramp: Onramp): Promise<void> {
    await onramp.stopWorker()
    await onramp.startWorker({ code: await changedStory() })
  }

  const itOnAWorkerOfItsOwn = onrampWith({ worker: 'own' })
  itOnAWorkerOfItsOwn('hung when the worker cannot replay the customer’s history', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    await changeStoryOfWorkers(onramp)
    const { response } = await askUntil(onramp.app, `/v1/customers/${onramp.customerId}`, 'hung')
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('30')
  })

  it('temporal-unavailable when Temporal does not answer', async () => {
    const response = await ask(testApi({ address: '127.0.0.1:1' }).app, '/v1/customers/cus_1')
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({ code: 'temporal-unavailable' })
  })
})
