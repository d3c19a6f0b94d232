// G8 · One customer who is updated without a pause, over many runs. `npm run proof -- soak` sends twenty times as many updates.

import { expect } from 'vitest'
import { runSoak } from '../../dev/proof/soak.ts'
import { onrampWith } from '../support/onramp.ts'
import { sendUntilAccepted } from '../support/sender.ts'

const CONTINUE_AS_NEW_AT_EVENTS = 150
const it = onrampWith({ settings: { continueAsNewAtEvents: CONTINUE_AS_NEW_AT_EVENTS } })

it('a thousand updates stay in short runs, and none is lost at a continue-as-new', async ({ onramp }) => {
  const report = await runSoak({
    ...onramp,
    updates: 1000,
    senders: 4,
    send: (event) => sendUntilAccepted(onramp.app, event),
  })
  // The whole report stands in a failure.
  expect(report).toEqual({ ...report, lost: 0, wrong: 0 })
  expect(report.runs).toBeGreaterThan(5)
  // Events that arrive during a continue-as-new extend the run; four senders send far fewer than another 150 in that time.
  expect(report.longestRun).toBeLessThan(2 * CONTINUE_AS_NEW_AT_EVENTS)
})
