// G9 · The failures of a step in a row go on when a run cancels its activity, and the next run asks for another one.

import { expect, it } from 'vitest'
import { EarlierFailures } from '../../activities/earlier-failures.ts'

const failures = {
  type: 'HubSpotUnavailable',
  count: 3,
  since: 1_000_000,
  aloneSince: 1_000_000,
  othersSucceededAt: null,
}

it('are known to the next activity of a step that has waited since', () => {
  const earlier = new EarlierFailures()
  earlier.failed('cus_1 updateContact', failures)
  expect(earlier.of('cus_1 updateContact', 1_000_000)).toEqual(failures)
})

it('are not those of a step that did not wait before, waits since later, or has ended', () => {
  const earlier = new EarlierFailures()
  earlier.failed('cus_1 updateContact', failures)
  expect([earlier.of('cus_1 updateContact', undefined), earlier.of('cus_1 updateContact', 2_000_000)]).toEqual([
    null,
    null,
  ])
  earlier.ended('cus_1 updateContact')
  expect(earlier.of('cus_1 updateContact', 1_000_000)).toBeNull()
})
