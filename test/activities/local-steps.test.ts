// G4, G10 · Steps as local activities: what takes long goes on as a regular activity, and only what the CRM itself takes counts as slow.

import { asyncLocalStorage } from '@temporalio/activity'
import type { Context } from '@temporalio/activity'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { currentTerms } from '../../activities/caller.ts'
import { createActivities } from '../../activities/index.ts'
import type { ContactDraft, Crm } from '../../domain/crm.ts'
import { CRM_REJECTION, CrmFailure, CrmRejection } from '../../domain/failures.ts'
import type { Rejection } from '../../domain/failures.ts'
import { NOT_LOCAL, TAKES_LONG } from '../../domain/step-call.ts'
import type { StepCall } from '../../domain/step-call.ts'

const LIVE: StepCall = { priority: 'live' }
const created = { outcome: 'created', contactId: '701' }
const draftOf = (customerId: string): ContactDraft => ({
  customerId,
  companyKey: null,
  values: { email: 'ada@example.com' },
  lastEventAt: 1000,
})
const details = { answeredBy: null, status: null, category: null, correlationId: null }
const unlimited = (type: string) => new CrmFailure(type, { type, retryAfterMs: null, retryLimit: null, details })

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A worker, with a CRM whose calls wait for quota and then for their answers. */
function startWorker() {
  const sent: string[] = []
  const portal = {
    quotaMs: 0,
    answerMs: 100,
    failure: null as CrmFailure | null,
    /** The client sends the write a second time, after the first one got no response. What comes of the second one. */
    again: null as 'success' | Error | null,
  }
  const createContact = async ({ customerId }: ContactDraft) => {
    if (portal.failure) throw portal.failure
    const terms = currentTerms()!
    const { quotaMs, answerMs } = portal
    await new Promise((resolve) => setTimeout(resolve, quotaMs))
    if (!terms.maySend('write')) throw unlimited('HubSpotNotSent')
    sent.push(customerId)
    const end = terms.onSend('write')
    await new Promise((resolve) => setTimeout(resolve, answerMs))
    end()
    if (portal.again !== null) terms.onUnanswered()
    if (portal.again instanceof Error) throw portal.again
    return created
  }
  const activities = createActivities({ createContact } as unknown as Crm)
  const attempt = async (isLocal: boolean, how: StepCall, customerId: string) => {
    const info = { isLocal, attempt: 1, activityType: 'createContact' }
    const context = {
      info: { ...info, workflowExecution: { workflowId: customerId, runId: 'r' } },
      cancellationSignal: new AbortController().signal,
      heartbeat: () => {},
    } as unknown as Context
    const outcome = asyncLocalStorage.run(context, () => activities.createContact(draftOf(customerId), how))
    return await outcome.catch((error: unknown) => error)
  }
  return {
    sent,
    portal,
    local: (customerId = 'cus_1', how = LIVE) => attempt(true, how, customerId),
    regular: (how: StepCall = LIVE, customerId = 'cus_1') => attempt(false, how, customerId),
  }
}

const after = async <T>(ms: number, outcome: Promise<T>) => {
  await vi.advanceTimersByTimeAsync(ms)
  return await outcome
}

describe('G4 · a write that the client has sent again, since the first one got no response', () => {
  const rejection: Rejection = { reason: 'refused-by-hubspot', message: 'no', fields: [], correlationId: null }

  it('is unanswered when it succeeds, locally and regularly', async () => {
    const { portal, local, regular } = startWorker()
    portal.again = 'success'
    expect(await after(100, local())).toEqual({ ...created, unanswered: true })
    expect(await after(100, regular())).toEqual({ ...created, unanswered: true })
  })

  it('is unanswered when it is rejected', async () => {
    const { portal, local, regular } = startWorker()
    portal.again = new CrmRejection(rejection)
    const rejected = { type: CRM_REJECTION, details: [{ reason: 'refused-by-hubspot', unanswered: true }] }
    expect(await after(100, local())).toMatchObject(rejected)
    expect(await after(100, regular())).toMatchObject(rejected)
  })

  it('is unanswered when it fails, for the regular activity that follows', async () => {
    const { portal, local } = startWorker()
    portal.again = unlimited('HubSpotUnavailable')
    expect(await after(100, local())).toMatchObject({ details: [{ type: 'HubSpotUnavailable', isUnanswered: true }] })
  })
})

describe('a local step that waits for quota', () => {
  it('goes on as a regular activity, in its place in the queue', async () => {
    const { sent, portal, local, regular } = startWorker()
    portal.quotaMs = 2000
    expect(await after(1500, local())).toMatchObject({ type: NOT_LOCAL })
    portal.quotaMs = 60_000
    expect(await after(600, regular())).toEqual(created)
    expect(sent).toEqual(['cus_1'])
  })

  it('has no unanswered write when another worker has its regular activity, and is not sent as well', async () => {
    const one = startWorker()
    const other = startWorker()
    one.portal.quotaMs = 2000
    expect(await after(1500, one.local())).toMatchObject({ type: NOT_LOCAL })
    expect(await after(100, other.regular())).toEqual(created)
    await vi.advanceTimersByTimeAsync(60_000)
    expect([one.sent, other.sent]).toEqual([[], ['cus_1']])
  })

  it('starts again when its turn came before its regular activity', async () => {
    const { sent, portal, local, regular } = startWorker()
    portal.quotaMs = 1600
    await after(1500, local())
    await vi.advanceTimersByTimeAsync(200)
    portal.quotaMs = 0
    expect(await after(100, regular())).toEqual(created)
    expect(sent).toEqual(['cus_1'])
  })

  it.each<StepCall>([LIVE, { priority: 'bulk' }])('does not make later steps regular: %j', async (how) => {
    const { sent, portal, local, regular } = startWorker()
    portal.quotaMs = 5000
    await after(1500, local('cus_1', how))
    expect(await after(5000, regular(how))).toEqual(created)
    portal.quotaMs = 0
    expect(await after(100, local('cus_2'))).toEqual(created)
    expect(sent).toEqual(['cus_1', 'cus_2'])
  })
})

describe('a local step whose write takes long', () => {
  it('is answered in the regular activity of its worker, and unanswered in that of another worker', async () => {
    const one = startWorker()
    const other = startWorker()
    one.portal.answerMs = 2000
    expect(await after(1500, one.local('cus_1'))).toMatchObject({ type: TAKES_LONG })
    expect(await after(600, one.regular({ ...LIVE, isStarted: true }))).toEqual(created)
    expect(await after(100, other.regular({ ...LIVE, isStarted: true }))).toEqual({ ...created, unanswered: true })
  })

  it('makes later steps regular, until one is prompt again', async () => {
    const { sent, portal, local, regular } = startWorker()
    portal.answerMs = 2000
    await after(1500, local())
    await after(600, regular({ ...LIVE, isStarted: true }))
    portal.answerMs = 100
    expect(await local('cus_2')).toMatchObject({ type: NOT_LOCAL })
    expect(await after(100, regular(LIVE, 'cus_2'))).toEqual(created)
    expect(await after(100, local('cus_3'))).toEqual(created)
    expect(sent).toEqual(['cus_1', 'cus_2', 'cus_3'])
  })
})

describe('while the quota of the day is used up', () => {
  it('a local step fails with the reason, for however many customers', async () => {
    const { portal, local } = startWorker()
    portal.failure = unlimited('HubSpotDailyLimit')
    for (let customer = 0; customer < 5; customer += 1) {
      expect(await local(`cus_${customer}`)).toMatchObject({ type: 'HubSpotDailyLimit' })
    }
    portal.failure = null
    expect(await after(100, local('cus_9'))).toEqual(created)
  })
})
