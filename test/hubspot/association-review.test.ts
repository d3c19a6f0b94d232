// A minute after a contact was associated, its associations are read again; only what is found reaches the customer.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AssociationReview } from '../../domain/crm.ts'
import { createAssociationReviews } from '../../hubspot/association-review.ts'
import type { AssociationReviewOptions } from '../../hubspot/association-review.ts'
import { HubSpotError } from '../../hubspot/client/hubspot-error.ts'

type Companies = Awaited<ReturnType<AssociationReviewOptions['hubspot']['associations']['companiesOf']>>

const MINUTE_MS = 60_000
const primary = (companyId: string) => ({ companyId, isPrimary: true, labels: [] })
const plain = (companyId: string) => ({ companyId, isPrimary: false, labels: [] })
const association = (contactId: string, knownIds: string[] = []) => ({
  customerId: `cus_${contactId}`,
  contactId,
  companyId: '801',
  knownIds,
})

/** The reviews on a HubSpot with these companies of each contact; records the reads and the findings. */
function reviewsWith(
  companies: { [contactId: string]: Companies | Error },
  options: Partial<AssociationReviewOptions> = {},
) {
  const read: string[] = []
  const found: { [customerId: string]: AssociationReview } = {}
  const lost: number[] = []
  const companiesOf = async (contactId: string) => {
    const answer = companies[contactId] ?? []
    if (answer instanceof Error) throw answer
    return answer
  }
  const companiesOfMany = async (contactIds: string[]) => {
    read.push(...contactIds)
    return await Promise.all(contactIds.map((contactId) => companiesOf(contactId).catch(() => null)))
  }
  const reviews = createAssociationReviews({
    hubspot: { associations: { companiesOf, companiesOfMany } },
    policy: 'if-none',
    report: async (customerId, review) => void (found[customerId] = review),
    onLost: (count) => lost.push(count),
    ...options,
  })
  return { reviews, read, found, lost }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('the associations of a contact', () => {
  it('are read once, about a minute after the association, together with those of other contacts', async () => {
    const { reviews, read } = reviewsWith({ '701': [primary('801')], '702': [primary('801')] })
    reviews.made(association('701'))
    await vi.advanceTimersByTimeAsync(10_000)
    reviews.made(association('702'))
    await vi.advanceTimersByTimeAsync(MINUTE_MS - 11_000)
    expect(read).toEqual([])
    await vi.advanceTimersByTimeAsync(26_000)
    expect(read).toEqual(['701', '702'])
    await vi.advanceTimersByTimeAsync(10 * MINUTE_MS)
    expect(read).toEqual(['701', '702'])
  })

  it('are read at once when the worker stops', async () => {
    const { reviews, read, found } = reviewsWith({ '701': [primary('801'), plain('802')] })
    reviews.made(association('701'))
    await reviews.drain()
    expect(read).toEqual(['701'])
    expect(Object.keys(found)).toEqual(['cus_701'])
  })

  it('are no finding when the company is the only one, and the primary one', async () => {
    const { reviews, found, lost } = reviewsWith({ '701': [primary('801')] })
    reviews.made(association('701'))
    await reviews.drain()
    expect([found, lost]).toEqual([{}, []])
  })

  it('name the companies that HubSpot has associated itself, but not those that were there before', async () => {
    const { reviews, found } = reviewsWith({ '701': [primary('900'), plain('801'), plain('802')] })
    reviews.made(association('701', ['900']))
    await reviews.drain()
    const note = 'HubSpot has also associated it with company 802'
    expect(found).toEqual({ cus_701: { companyId: '801', finding: 'other-companies', note } })
  })

  it('are made again when no company is the primary one, unless the policy is `never`', async () => {
    const withIfNone = reviewsWith({ '701': [plain('801')] })
    withIfNone.reviews.made(association('701'))
    await withIfNone.reviews.drain()
    expect(withIfNone.found).toMatchObject({ cus_701: { finding: 'without-primary' } })

    const withNever = reviewsWith({ '701': [plain('801')] }, { policy: 'never' })
    withNever.reviews.made(association('701'))
    await withNever.reviews.drain()
    expect(withNever.found).toEqual({})
  })

  it('are of no interest when the contact has left the company, or was erased', async () => {
    const text = JSON.stringify({ status: 'error', correlationId: '1' })
    const missing = new HubSpotError({ status: 404, headers: {}, text })
    const { reviews, found, lost } = reviewsWith({ '701': [primary('802')], '702': missing, '703': [] })
    for (const contactId of ['701', '702', '703']) reviews.made(association(contactId))
    await reviews.drain()
    expect([found, lost]).toEqual([{}, []])
  })

  it('that cannot be read cost only the notice, and no other contact’s', async () => {
    const { reviews, found, lost } = reviewsWith({ '701': new Error('no answer'), '702': [plain('801')] })
    for (const contactId of ['701', '702']) reviews.made(association(contactId))
    await reviews.drain()
    expect([Object.keys(found), lost]).toEqual([['cus_702'], [1]])
  })

  it('wait in bounded memory: the oldest are dropped first', async () => {
    const { reviews, read, lost } = reviewsWith({})
    for (let count = 0; count < 10_003; count += 1) reviews.made(association(String(count)))
    await reviews.drain()
    expect([read.length, read[0], lost]).toEqual([10_000, '3', [3]])
  })
})
