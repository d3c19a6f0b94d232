// G10 · The portal's daily limit ends in the middle of a burst. `npm run proof -- daily-limit` waits longer, with more customers.

import { randomUUID } from 'node:crypto'
import { expect, onTestFinished } from 'vitest'
import { brokenBy, runDailyLimit } from '../../dev/proof/daily-limit.ts'
import { onrampWith } from '../support/onramp.ts'
import { sendUntilAccepted } from '../support/sender.ts'
import { startWorkerProcess } from '../support/worker-process.ts'

const it = onrampWith({ worker: 'none' })

it('calls stop for the rest of the day, log and metric say so, and after midnight all customers are onboarded', async ({
  onramp,
}) => {
  const report = await runDailyLimit({
    ...onramp,
    name: randomUUID().slice(0, 8),
    customers: 60,
    callsLeft: 30,
    secondsLeft: 12,
    timeoutMs: 60_000,
    send: (event) => sendUntilAccepted(onramp.app, event),
    async startWorker(accessToken) {
      const settings = { HUBSPOT_CALLS_PER_10S: '', HUBSPOT_ACCESS_TOKEN: accessToken }
      const worker = await startWorkerProcess(onramp, settings)
      onTestFinished(() => worker.kill())
      return { log: () => worker.output(), metrics: () => worker.metrics() }
    },
  })
  expect(report).toMatchObject({ lost: 0, doubled: 0, foreign: 0 })
  expect(brokenBy(report)).toEqual([])
})
