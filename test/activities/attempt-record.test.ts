// G4 · The attempts of one activity: the next one learns that a write got no response, or that the worker was killed.

import { describe, expect, it } from 'vitest'
import { recordAfter, recordBefore } from '../../activities/attempt-record.ts'

const unavailable = { failures: null, isUnanswered: false }
const noResponse = { failures: null, isUnanswered: true }

/** The record that the next attempt starts with, after attempts that each failed like this. */
const afterFailures = (...failures: (typeof unavailable)[]) =>
  failures.reduce(
    (before, failure, index) => {
      return recordBefore(index + 2, recordAfter(index + 1, before, failure))
    },
    recordBefore(1, undefined),
  )

describe('G4 · a write of an activity', () => {
  it('is answered as long as HubSpot answers each attempt', () => {
    expect(recordBefore(1, undefined).isUnanswered).toBe(false)
    expect(afterFailures(unavailable, unavailable).isUnanswered).toBe(false)
  })

  it('is unanswered once an attempt got no response, with any outcome of the later ones', () => {
    expect(afterFailures(noResponse).isUnanswered).toBe(true)
    expect(afterFailures(unavailable, noResponse, unavailable, unavailable).isUnanswered).toBe(true)
  })

  it('is unanswered when a killed worker left the attempt before', () => {
    expect(recordBefore(2, undefined).isUnanswered).toBe(true)
    const { isUnanswered, ...afterOne } = recordAfter(1, recordBefore(1, undefined), unavailable)
    expect(isUnanswered).toBe(false)
    // The second attempt repeated the record of the first one until its worker was killed.
    const third = recordBefore(3, { ...afterOne, isUnanswered })
    expect(third.isUnanswered).toBe(true)
    expect(recordBefore(4, recordAfter(3, third, unavailable)).isUnanswered).toBe(true)
  })
})
