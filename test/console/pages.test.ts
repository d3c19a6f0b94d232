// What the pages say: every text of a customer, of HubSpot or of Temporal as text, and results that are true.

import { describe, expect, it } from 'vitest'
import { attentionParts } from '../../api/console/attention.ts'
import { customerListParts } from '../../api/console/customers.ts'
import { customerParts, valuesCard } from '../../api/console/customer.ts'
import { markupOf } from '../../api/console/markup.ts'
import { detailOf } from '../../api/console/problem-page.ts'
import { overviewParts } from '../../api/console/overview.ts'
import { ParkedStatuses, statusesOf } from '../../api/console/parked-rows.ts'
import { countResults, resumedParts, resumeOfAllParts } from '../../api/console/resumed.ts'
import type { ResumeOfAll } from '../../api/console/resumed.ts'
import { ageOf } from '../../api/console/stale.ts'
import type { Parts } from '../../api/console/streams.ts'
import type { CustomerStatus } from '../../api/contract/customer-status.ts'
import { Problem } from '../../api/problems/problem.ts'
import type { TaskQueueState } from '../../api/temporal/task-queue.ts'
import { explain } from '../../domain/attention.ts'
import type { CrmState } from '../../domain/crm-state.ts'
import { PHASES } from '../../domain/onboarding.ts'
import type { Phase } from '../../domain/onboarding.ts'

const CANARY = `"'><img src=x onerror=alert(1)>`
const NOW = '2026-11-24T09:00:00.000Z'
const OPERATOR = { id: CANARY, name: CANARY, scope: 'full', expiresAt: 0 } as const

/** A status with the canary in every text. No schema lets most of them through; the pages do not rely on that. */
const status = (of: Partial<CustomerStatus> = {}): CustomerStatus => ({
  customerId: CANARY,
  phase: 'contact',
  attention: null,
  parked: [{ reason: 'refused-by-hubspot', step: 'contact', since: NOW, message: CANARY, fields: ['phone', CANARY] }],
  waiting: {
    step: 'contact',
    since: NOW,
    attempts: 3,
    nextAttemptAt: NOW,
    answeredBy: 'hubspot',
    status: 503,
    category: CANARY,
    message: CANARY,
  },
  hubspot: {
    contactId: CANARY,
    companyId: CANARY,
    contactUrl: 'javascript:alert(1)',
    companyUrl: `https://crm.example/${CANARY}`,
    contactOutcome: 'existed',
    companyOutcome: 'adopted',
  },
  fields: { phone: { state: 'rejected', at: NOW } },
  lastEventAt: NOW,
  lastWrittenAt: NOW,
  malformedEvents: 1,
  lateEvents: 1,
  unknownEvents: 1,
  timeline: [
    { at: NOW, what: CANARY, outcome: CANARY, fields: ['phone'], by: CANARY, correlationId: CANARY, note: CANARY },
  ],
  links: { temporal: 'javascript:alert(1)', parked: null, waiting: null },
  ...of,
})

const NOBODY = Object.fromEntries(PHASES.map((phase) => [phase, 0])) as { [phase in Phase]: number }

const shown = (parts: Parts) => Object.values(parts).map(markupOf).join('\n')
const snapshot = <T>(value: T) => ({ value, at: 0, failure: null })

const NO_ANSWERS = { '2xx': 0, '4xx': 0, '429': 0, '5xx': 0, none: 0 }

function crmState(of: Partial<CrmState> = {}): CrmState {
  return {
    circuit: { state: 'closed', since: NOW },
    outageSince: null,
    waiting: { first: 0, live: 2, bulk: 1 },
    oldestWaitMs: 3_000,
    inFlight: 1,
    quota: {
      tenSeconds: { limit: 100, left: 20 },
      day: { limit: null, left: null, isReached: false, resetsAt: null },
    },
    limited: { second: 0, 'ten-seconds': 2, day: 0 },
    answers: { '2xx': 5, '4xx': 0, '429': 2, '5xx': 0, none: 0 },
    forbiddenKinds: [],
    ...of,
  }
}

function overview(state: CrmState, workers: Partial<TaskQueueState> = {}) {
  return shown(
    overviewParts(
      snapshot({
        counts: snapshot({ phases: NOBODY, waiting: 2, stuck: 1, completed: 0 }),
        attention: snapshot({ customers: 0, attention: [], links: { temporal: null }, stuck: null }),
        taskQueue: snapshot({
          workflow: { backlog: 7, backlogSeconds: 120 },
          activity: { backlog: 0, backlogSeconds: 0 },
          workers: [CANARY],
          workersOfOtherVersions: [CANARY],
          ...workers,
        }),
        hubSpot: { worker: CANARY, state },
        eventsAMinute: 0,
        stuckList: null,
      }),
    ),
  )
}

describe('every page shows what others have written as text', () => {
  it.each([
    ['the page of a customer', shown(customerParts(snapshot(status()), OPERATOR))],
    [
      'the list of parked customers',
      shown(
        attentionParts(
          snapshot({
            hasMore: false,
            inTemporal: null,
            stuck: null,
            groups: [
              {
                reason: 'refused-by-hubspot',
                step: 'contact',
                count: 1,
                rows: [{ customerId: CANARY, attention: status().parked[0] ?? null }],
              },
            ],
          }),
          OPERATOR,
        ),
      ),
    ],
    ['the values', markupOf(valuesCard(CANARY, { firstName: CANARY }))],
    ['the overview', overview(crmState({ forbiddenKinds: [CANARY] }))],
  ])('%s', (_, page) => {
    expect(page).toContain('onerror')
    expect(page).not.toContain('<img')
    expect(page).not.toContain('"\'>')
    expect(page).not.toContain('href="javascript:')
  })
})

describe('the page of a customer', () => {
  const page = (of: Partial<CustomerStatus>) =>
    shown(customerParts(snapshot(status(of)), OPERATOR)).replaceAll(/\s+/g, ' ')

  it('counts one and several of a thing in the right words', () => {
    const one = page({})
    for (const text of ['1 signal could not', '1 event came after', '1 event kept for', ' Overwrite 1 field <'])
      expect(one).toContain(text)
    const written = { state: 'written', at: NOW } as const
    const several = page({ malformedEvents: 2, lateEvents: 3, fields: { phone: written, email: written } })
    for (const text of ['2 signals could not', '3 events came after', ' Overwrite 2 fields <'])
      expect(several).toContain(text)
  })

  it('says what becomes of a value that onramp does not write', () => {
    expect(page({ fields: { phone: { state: 'kept', at: NOW } } })).toContain('HubSpot’s own value stays')
    expect(page({ fields: { phone: { state: 'skipped', at: NOW } } })).toContain('a newer value is there')
  })

  it('shows code in a message as code, without its backticks', () => {
    const { message } = explain('registration-missing')
    const parked = [{ reason: 'registration-missing', step: 'company', since: NOW, message }] as const
    const shownMessage = page({ phase: 'awaiting-registration', parked: [...parked] })
    expect(shownMessage).toContain('Have the product send <code>customer.registered</code>, or')
  })

  it('says that a waiting step continues by itself, but not when somebody has paused it in Temporal', () => {
    const { waiting } = status()
    for (const text of ['It continues by itself.', 'retried by itself']) expect(page({ parked: [] })).toContain(text)
    const message = 'Somebody has paused the activity in Temporal.'
    const paused = page({ parked: [], waiting: { ...waiting!, nextAttemptAt: null, answeredBy: 'temporal', message } })
    expect(paused).toContain(message)
    expect(paused).not.toMatch(/by itself|on its way/)
  })

  it('that fills in by itself asks nobody to try again', () => {
    for (const code of ['temporal-unavailable', 'no-worker', 'internal'] as const)
      expect(markupOf(ageOf(null, new Problem(code)))).not.toMatch(/[Tt]ry again/)
  })

  it('leads from the values back to the page without them', () => {
    expect(markupOf(valuesCard('cus_1', { firstName: 'Ada' }))).toContain('href="/console/customers/cus_1"')
  })
})

describe('the list of customers', () => {
  it('says of a customer without a phase that no worker has begun, since each of the list has a run', () => {
    const value = { customers: [{ customerId: 'cus_1', phase: null, attention: [] }], next: null }
    expect(shown(customerListParts(snapshot(value), {}))).toContain('no worker has begun')
  })
})

describe('a problem on a page', () => {
  it.each(['hung', 'hubspot-unavailable', 'resume-running', 'unknown-resume', 'unknown-customer', 'erased'] as const)(
    '%s says what a reader of the page can do, and names no request of the API',
    (code) => expect(markupOf(detailOf(code))).not.toMatch(/POST|DELETE|unknown=true|[Ss]end the request/),
  )
})

describe('the list of parked customers', () => {
  const group = (step: 'contact' | 'contact-update' | 'company', customerId: string) => ({
    reason: 'refused-by-hubspot' as const,
    step,
    count: 1,
    rows: [{ customerId, attention: { ...status().parked[0]!, step } }],
  })
  const page = (...groups: ReturnType<typeof group>[]) =>
    shown(attentionParts(snapshot({ hasMore: false, inTemporal: null, stuck: null, groups }), OPERATOR))

  it('leads to all of a reason when it shows some of a step, and counts those whom it shows', () => {
    const list = page({ ...group('contact', 'cus_1'), count: 40 }).replaceAll(/\s+/g, ' ')
    expect(list).toContain('· 40 customers')
    expect(list).toContain('The table shows the first 1.')
    expect(list).toContain('>All who are parked for this reason<')
  })

  it('has an own form for each correction, with customer ids of any form', () => {
    const update = group('contact-update', 'x')
    const rows = [...update.rows, ...group('contact-update', 'x-phone').rows]
    const groups = [group('contact', 'update-x'), { ...update, rows }]
    const ids = [...page(...groups).matchAll(/ id="([^"]+)"/g)]
    expect(ids.length).toBeGreaterThan(8)
    expect(new Set(ids.map(([, id]) => id)).size).toBe(ids.length)
  })

  it('submits the chosen ones when somebody presses Enter: their button is the first of the form', () => {
    const [, form = ''] = /<form\s+id="choose-[^"]*"[^>]*>([\s\S]*?)<\/form>/.exec(page(group('contact', 'cus_1')))!
    const [first = ''] = /<button[\s\S]*?<\/button>/.exec(form)!
    expect(first).toContain('Resume the chosen ones')
    expect(first).not.toContain('formaction')
  })
})

describe('the overview says how HubSpot and Temporal are', () => {
  it.each([
    ['answers', {}],
    ['not called in the last minute', { answers: NO_ANSWERS }],
    ['gives no answer of its own', { answers: { ...NO_ANSWERS, '5xx': 1, none: 2 } }],
    ['rejects the token', { circuit: { state: 'open', since: NOW } }],
    ['unavailable', { outageSince: NOW }],
    ['forbids some calls', { forbiddenKinds: ['contact.update'] }],
    [
      'daily limit reached',
      {
        quota: {
          tenSeconds: { limit: 100, left: 0 },
          day: { limit: 250_000, left: 0, isReached: true, resetsAt: NOW },
        },
      },
    ],
  ] satisfies [string, Partial<CrmState>][])('%s', (word, state) => {
    expect(overview(crmState(state))).toContain(`>${word}<`)
  })

  it('with the quota that is left, the calls that wait, and Temporal’s backlog', () => {
    const page = overview(crmState()).replaceAll(/\s+/g, ' ')
    for (const text of ['20 of 100 left', '3 calls wait for quota, the oldest for 3 s', '5 ok, 2 limited (429)'])
      expect(page).toContain(text)
    expect(overview(crmState({ waiting: { first: 0, live: 1, bulk: 0 } }))).toContain('1 call waits for quota')
    expect(page).toContain('7 tasks not taken, the oldest for 2 min')
  })

  it('with the reason when no worker gets new runs', () => {
    const page = (workersOfOtherVersions: string[]) => overview(crmState(), { workers: [], workersOfOtherVersions })
    for (const others of [[], ['old']]) expect(page(others)).toContain('>no worker<')
    expect(page([])).toContain('none polls the task queue')
    expect(page(['old'])).toContain('none of the current version polls the task queue')
  })
})

describe('G12 · the result of a resume', () => {
  it('of nobody says so, and counts nobody as gone on', () => {
    const page = shown(resumedParts(snapshot([]), []))
    expect(page).toContain('names no customer')
    expect(page).not.toContain('went on')
  })

  it('of all counts whom nobody answers for as unknown, never as gone on', () => {
    const results = new Map([
      ['a', 'parked-again'],
      ['b', null],
      ['c', 'none'],
      ['d', 'other'],
      ['e', 'still-parked'],
    ] as const)
    expect(countResults(results)).toEqual({ parkedAgain: ['a'], waiting: 0, open: 2, unknown: 1 })
  })

  it('of all names nobody as gone on while some are unknown, and none at all when not all were looked at', () => {
    const page = (of: Partial<ResumeOfAll>) =>
      shown(resumeOfAllParts(snapshot({ ...OF_ALL, ...of }))).replaceAll(/\s+/g, ' ')
    expect(page({})).toContain('7 went on, 2 are parked again, 1 waits for HubSpot.')
    const unsettled = page({ unknown: 3, open: 1, isSettled: false })
    expect(unsettled).toContain('1 customer under way. No worker answers for 3 customers.')
    expect(unsettled).not.toContain('went on')
    const nobody = { parkedAgain: [], waiting: 10 }
    expect(page(nobody)).toContain('0 went on')
    expect(page(nobody)).not.toContain('message-good')
    expect(page({ parkedAgain: [] })).toContain('message-good')
    const partial = page({ isPartial: true })
    expect(partial).toContain('At least 2 parked again, at least 1 wait for HubSpot.')
    expect(partial).not.toContain('went on')
  })
})

const OF_ALL: ResumeOfAll = {
  progress: { reason: 'email-taken', state: 'completed', total: 10, signalled: 10, failed: 0, since: NOW },
  parkedAgain: ['one', 'two'],
  waiting: 1,
  open: 0,
  unknown: 0,
  isPartial: false,
  isSettled: true,
}

describe('the statuses of a page', () => {
  const silent = async () => await new Promise<never>(() => {})

  it('share one deadline: a customer without an answer by then has no status', async () => {
    const answers = await statusesOf(
      async (id) => await (id === 'here' ? Promise.resolve(status({ customerId: id })) : silent()),
      ['here', ...Array.from({ length: 40 }, (_, index) => `silent-${index}`)],
      100,
    )
    expect([...answers.keys()]).toEqual(['here'])
  })

  it('are asked again at once when nobody has answered', async () => {
    let asked = 0
    const statuses = new ParkedStatuses(async (customerId) => {
      asked += 1
      return await (asked === 1 ? Promise.reject(new Problem('no-worker')) : Promise.resolve(status({ customerId })))
    })
    const list = {
      hasMore: false,
      groups: [{ reason: 'refused-by-hubspot' as const, step: 'contact' as const, customerIds: ['one'] }],
    }
    expect((await statuses.rowsOf(list)).groups[0]?.rows[0]?.attention).toBeNull()
    expect((await statuses.rowsOf(list)).groups[0]?.rows[0]?.attention?.message).toBe(CANARY)
  })
})
