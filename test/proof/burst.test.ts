// G7, G8 · A burst of signals for one customer during one slow local call. `npm run proof -- burst` repeats it on a whole stack.

import { expect, inject } from 'vitest'
import { runBurst, brokenBy } from '../../dev/proof/burst.ts'
import { it } from '../support/onramp.ts'
import { sendUntilAccepted } from '../support/sender.ts'

it.for([
  // Temporal buffers 100 signals during a workflow task. A run with 150 continues as new.
  { what: '110 signals', signals: 110, characters: 1 },
  { what: '300 signals', signals: 300, characters: 1 },
  { what: '40 signals of 64 KiB', signals: 40, characters: 64 * 1024 },
])(
  '$what during a slow call: the onboarding goes on, nothing is lost, and the histories replay',
  async ({ signals, characters }, { onramp }) => {
    const report = await runBurst({
      ...onramp,
      signals,
      characters,
      delayMs: 800,
      workflowBundle: { codePath: inject('workflowBundlePath') },
      timeoutMs: 60_000,
      send: (event) => sendUntilAccepted(onramp.app, event),
      status: (customerId) => onramp.status(customerId).catch(() => null),
    })
    expect(report).toMatchObject({ lost: 0, doubled: 0 })
    expect(brokenBy(report)).toEqual([])
  },
)
