// G9 · How long a step may fail before its customer is parked: alone for a day, not in an outage.

import { describe, expect, it } from 'vitest'
import { isOverLimit, withOneMore } from '../../activities/failures-in-a-row.ts'
import type { FailuresInARow } from '../../activities/failures-in-a-row.ts'
import { Successes } from '../../activities/successes.ts'

const HOUR = 60 * 60 * 1000
const rejection = { reason: 'hubspot-unexplained' as const, message: '', fields: [], correlationId: null }
const limit = { aloneMs: 24 * HOUR, rejection }

/** Fails once an hour for so many hours; `othersSucceed` says in which. Returns the hour in which the customer is parked. */
function parkedAfter(hours: number, othersSucceed: (hour: number) => boolean): number | null {
  let series: FailuresInARow | null = null
  let othersSucceededAt: number | null = null
  for (let hour = 0; hour <= hours; hour++) {
    const at = hour * HOUR
    if (othersSucceed(hour)) othersSucceededAt = at - 1
    series = withOneMore(series, { type: 'HubSpotUnavailable', at, othersSucceededAt })
    if (isOverLimit(limit, series, at)) return hour
  }
  return null
}

describe('G9 · a step that fails for one customer', () => {
  it('parks that customer after a day in which it succeeds for others', () => {
    expect(parkedAfter(100, () => true)).toBe(25)
  })

  it('parks that customer when others come seldom, as at night', () => {
    expect(parkedAfter(100, (hour) => hour % 10 === 1)).toBe(25)
  })

  it('parks nobody in an outage, however long, nor right after it', () => {
    expect(parkedAfter(1000, () => false)).toBeNull()
    expect(parkedAfter(1000, (hour) => hour < 2)).toBeNull()
    expect(parkedAfter(50, (hour) => hour < 2 || hour >= 48)).toBeNull()
  })

  it('does not count a success before its first failure', () => {
    const first = withOneMore(null, { type: 'HubSpotUnavailable', at: 1000, othersSucceededAt: 999 })
    expect(first).toMatchObject({ count: 1, since: 1000, aloneSince: null })
  })

  it('starts a new series with a failure of another type', () => {
    const series = withOneMore(null, { type: 'HubSpotUnavailable', at: 1000, othersSucceededAt: 1001 })
    const next = withOneMore(series, { type: 'HubSpotUnreachable', at: 2000, othersSucceededAt: 1001 })
    expect(next).toMatchObject({ type: 'HubSpotUnreachable', count: 1, since: 2000, aloneSince: null })
  })

  it('is compared with other customers only, and only in the same step', () => {
    const successes = new Successes()
    successes.note('updateContact', { customer: 'cus_2', at: 1 })
    successes.note('updateContact', { customer: 'cus_1', at: 2 })
    successes.note('updateContact', { customer: 'cus_1', at: 3 })
    successes.note('createContact', { customer: 'cus_3', at: 4 })
    expect(successes.ofOthers('updateContact', 'cus_1')).toBe(1)
    expect(successes.ofOthers('updateContact', 'cus_2')).toBe(3)
    expect(successes.ofOthers('createContact', 'cus_3')).toBeNull()
  })
})
