// G9 · A 404 for a record that was there: when it counts as missing at once, and when the step asks again.

import { beforeEach, describe, expect, it, vi } from 'vitest'
import { HubSpotError } from '../../hubspot/client/hubspot-error.ts'
import { MissingRecords } from '../../hubspot/client/missing-records.ts'
import type { NeutralOutcome } from '../../hubspot/client/neutral-call.ts'

const correlationId = '0193b0a0-0000-7000-8000-000000000000'
const missing = async () => {
  throw new HubSpotError({ status: 404, headers: {}, text: JSON.stringify({ status: 'error', correlationId }) })
}
const counts = { status: 404, finding: null }
const asksAgain = { status: 404, finding: 'missing-for-several', retryAfterSeconds: 60 }

describe('G9 · a record that is missing', () => {
  const neutralCall = vi.fn<() => Promise<NeutralOutcome>>()
  const create = () => new MissingRecords({ neutralCall, pauseSeconds: 60 })
  const find = (records: MissingRecords, customer: string, step = 'updateContact') =>
    records.confirm({ customer, step }, missing)

  beforeEach(() => {
    neutralCall.mockReset().mockResolvedValue('succeeded')
    vi.useFakeTimers()
    return () => vi.useRealTimers()
  })

  it('counts when the neutral call succeeds; nothing is asked when the record is there', async () => {
    await expect(find(create(), 'cus_1')).rejects.toMatchObject(counts)
    expect(neutralCall).toHaveBeenCalledTimes(1)
    expect(await create().confirm({ customer: 'cus_1', step: 'updateContact' }, async () => 'there')).toBe('there')
    expect(neutralCall).toHaveBeenCalledTimes(1)
  })

  it.each(['answered', 'rejected', 'failed'] as const)(
    'does not count when the neutral call is %s',
    async (outcome) => {
      neutralCall.mockResolvedValue(outcome)
      await expect(find(create(), 'cus_1')).rejects.toMatchObject({ status: 404, finding: 'unconfirmed' })
    },
  )

  it('does not count for a second customer in the same step within a minute, before it has asked again', async () => {
    const records = create()
    await expect(find(records, 'cus_1')).rejects.toMatchObject(counts)
    await expect(find(records, 'cus_2')).rejects.toMatchObject(asksAgain)
    vi.advanceTimersByTime(59_000)
    await expect(find(records, 'cus_2')).rejects.toMatchObject(asksAgain)
    vi.advanceTimersByTime(1000)
    await expect(find(records, 'cus_2')).rejects.toMatchObject(counts)
    await expect(find(records, 'cus_2')).rejects.toMatchObject(counts)
  })

  it('counts at once for the same customer, in another step, and after a minute', async () => {
    const records = create()
    await expect(find(records, 'cus_1')).rejects.toMatchObject(counts)
    await expect(find(records, 'cus_1')).rejects.toMatchObject(counts)
    await expect(find(records, 'cus_2', 'associateContact')).rejects.toMatchObject(counts)
    vi.advanceTimersByTime(60_001)
    await expect(find(records, 'cus_2')).rejects.toMatchObject(counts)
  })

  it('counts for each of a thousand customers after the pause', async () => {
    const records = create()
    const customers = Array.from({ length: 1000 }, (_, index) => `cus_${index}`)
    const askAll = () => Promise.allSettled(customers.map((customer) => find(records, customer)))
    const findings = (settled: PromiseSettledResult<unknown>[]) =>
      settled.filter((one) => one.status === 'rejected' && (one.reason as HubSpotError).finding === null).length
    expect(findings(await askAll())).toBe(1)
    vi.advanceTimersByTime(60_000)
    // The first one asks again now: it was not asked before, and others have found records missing.
    expect(findings(await askAll())).toBe(999)
  })
})
