// The result of a resume for one customer. The console and the CLI show it.

import { describe, expect, it } from 'vitest'
import { isAboutCustomer, lastResumeOf, resultOfResume } from '../../domain/resume-result.ts'
import type { StatusAfterResume } from '../../domain/resume-result.ts'

const EARLIER = '2026-11-24T09:00:00.000Z'
const STARTED_AT = '2026-11-24T10:00:00.000Z'
const REACHED_AT = '2026-11-24T10:00:05.000Z'
const LATER = '2026-11-24T10:00:06.000Z'
const OF_ALL = { reason: 'email-taken', since: STARTED_AT }

const signalled = (at = REACHED_AT, reason = 'email-taken') => ({ at, what: 'resume', outcome: `all with ${reason}` })
const parked = (since: string, reason: 'email-taken' | 'refused-by-hubspot' | 'registration-missing' = 'email-taken') =>
  ({ reason, step: 'contact-update', since, message: '' }) as const

/** A customer whom the resume has reached, and whose fields are all written. */
const status = (of: Partial<StatusAfterResume> = {}): StatusAfterResume => ({
  phase: 'onboarded',
  parked: [],
  waiting: null,
  fields: { phone: { state: 'written', at: EARLIER } },
  timeline: [signalled()],
  ...of,
})

describe('G12 · the result of a resume of all customers of a reason', () => {
  it.each([
    ['went-on', 'everything is written', {}],
    ['went-on', 'it stays parked for another reason', { parked: [parked(EARLIER, 'refused-by-hubspot')] }],
    ['went-on', 'its registration has not come', { phase: 'awaiting-registration' as const }],
    [
      'went-on',
      'it was parked for another reason while Temporal signalled others',
      { parked: [parked(STARTED_AT, 'registration-missing')] },
    ],
    ['parked-again', 'it is parked for the reason again', { parked: [parked(LATER)] }],
    ['parked-again', 'it is parked for another reason since', { parked: [parked(LATER, 'refused-by-hubspot')] }],
    [
      'parked-again',
      'it is parked since, and its timeline is too short to say more',
      { parked: [parked(LATER)], timeline: [] },
    ],
    ['waiting', 'HubSpot has answered an attempt with an error', { waiting: { attempts: 1, nextAttemptAt: LATER } }],
    ['waiting', 'a later attempt is on its way', { waiting: { attempts: 2, nextAttemptAt: null } }],
    ['none', 'the first attempt is on its way', { waiting: { attempts: 1, nextAttemptAt: null } }],
    ['none', 'a value is still to be written', { fields: { phone: { state: 'pending' as const, at: EARLIER } } }],
    ['none', 'it is not onboarded so far', { phase: 'contact' as const }],
    ['still-parked', 'the signal has not reached it', { parked: [parked(EARLIER)], timeline: [] }],
    [
      'still-parked',
      'only an earlier resume has reached it',
      { parked: [parked(EARLIER)], timeline: [signalled(EARLIER)] },
    ],
    [
      'still-parked',
      'only a resume of another reason has reached it',
      { parked: [parked(EARLIER)], timeline: [signalled(LATER, 'refused-by-hubspot')] },
    ],
  ] satisfies [string, string, Partial<StatusAfterResume>][])('is %s for a customer when %s', (result, _, of) => {
    expect(resultOfResume(status(of), OF_ALL)).toBe(result)
  })

  it('does not depend on `waiting`, which an older API leaves out', () => {
    const { waiting: _, ...older } = status()
    expect(resultOfResume(older, OF_ALL)).toBe('went-on')
  })

  it('concerns those who were parked for the reason when it started, and those whom it has reached', () => {
    const concerns = (of: Partial<StatusAfterResume>) => isAboutCustomer(status({ timeline: [], ...of }), OF_ALL)
    expect(concerns({ parked: [parked(EARLIER)] })).toBe(true)
    expect(concerns({ timeline: [signalled()] })).toBe(true)
    expect(concerns({ parked: [parked(LATER)] })).toBe(false)
    expect(concerns({ parked: [parked(EARLIER, 'refused-by-hubspot')] })).toBe(false)
    expect(concerns({ timeline: [signalled(EARLIER)] })).toBe(false)
  })
})

describe('G12 · the result of a resume of one customer', () => {
  it('counts from the last resume or correction in the timeline', () => {
    const timeline = [
      { at: EARLIER, what: 'resume', outcome: 'resumed by an operator' },
      { at: REACHED_AT, what: 'correct', outcome: 'corrected by an operator' },
      { at: LATER, what: 'contact-update', outcome: 'written' },
    ]
    const last = lastResumeOf({ timeline })
    expect(last).toEqual({ reason: null, since: REACHED_AT })
    expect(resultOfResume(status({ timeline, parked: [parked(STARTED_AT)] }), last!)).toBe('went-on')
    expect(resultOfResume(status({ timeline, parked: [parked(LATER)] }), last!)).toBe('parked-again')
    expect(lastResumeOf({ timeline: [] })).toBeNull()
  })
})
