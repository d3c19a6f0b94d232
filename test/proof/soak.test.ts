// G8 · One customer who changes without a pause, over many runs. `npm run proof -- soak` sends twenty times as much.

import { expect } from 'vitest'
import { soak } from '../../dev/proof/soak.ts'
import { onrampWith } from '../support/onramp.ts'
import { send } from '../support/sender.ts'

const RENEW_AT = 150
const it = onrampWith({ settings: { continueAsNewAtEvents: RENEW_AT } })

it('a thousand updates stay in short runs, and none is lost at the seams', { timeout: 60_000 }, async ({ onramp }) => {
  const report = await soak({
    ...onramp,
    updates: 1000,
    senders: 4,
    async send(event) {
      expect((await send(onramp.app, event)).status).toBe(202)
    },
  })
  expect(report).toMatchObject({ lostAtSeams: 0, wrong: 0 })
  expect(report.runs).toBeGreaterThan(5)
  // What arrives while a run hands over still belongs to it; with four senders that is far from as much again.
  expect(report.longestRun).toBeLessThan(2 * RENEW_AT)
})
