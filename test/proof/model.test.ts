// G1 to G10 · Random sequences of events, faults and killed workers, compared with a model. Random stories in which HubSpot users
// work as well and customers are idle, with rules for their end. `npm run proof -- model` plays many more.

import { randomUUID } from 'node:crypto'
import { expect, onTestFinished } from 'vitest'
import { runUserStories } from '../../dev/proof/hubspot-users/run.ts'
import { runModel } from '../../dev/proof/model.ts'
import { onboardingId } from '../../domain/ids.ts'
import type { CustomerStatus } from '../../api/contract/customer-status.ts'
import { onrampWith } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { ask, sendCommand, sendUntilAccepted } from '../support/sender.ts'
import { startWorkerProcess } from '../support/worker-process.ts'

// A low limit, so that runs continue as new within a sequence.
const it = onrampWith({ worker: 'none', settings: { continueAsNewAtEvents: 40 } })
// The same stories in every run of CI, and others in every other run.
const SEED = Number(process.env['MODEL_SEED'] ?? (process.env['CI'] === undefined ? Date.now() % 1_000_000 : 1))
const RUNS = Number(process.env['MODEL_RUNS'] ?? 10)

const itWithIdleCustomers = onrampWith({ settings: { idleDays: 2 / 86_400, continueAsNewAtEvents: 40 } })
const STORIES = Number(process.env['MODEL_STORIES'] ?? 12)

// As long as a poll of the tests waits: a developer sees a red one sooner.
const PATIENCE_MS = process.env['CI'] === undefined ? 60_000 : 240_000

const statusOf = async ({ app }: Onramp, customerId: string) => {
  const response = await ask(app, `/v1/customers/${customerId}`)
  return response.ok ? ((await response.json()) as CustomerStatus) : null
}

it(
  `HubSpot is as the model says after ${RUNS} sequences under a small limit, with seed ${SEED}`,
  { timeout: 600_000 },
  async ({ onramp }) => {
    // The worker follows the limit that the emulator states.
    const startWorker = () => startWorkerProcess(onramp, { HUBSPOT_CALLS_PER_10S: '' })
    let worker = await startWorker()
    onTestFinished(() => worker.kill())
    const report = await runModel({
      name: randomUUID().slice(0, 8),
      seed: SEED,
      runs: RUNS,
      atOnce: 5,
      callsPer10s: 60,
      maxCommands: 20,
      portal: onramp.portal,
      send: (event, id) => sendUntilAccepted(onramp.app, event, id),
      async operate(customerId, command) {
        const response = await sendCommand(onramp.app, 'POST', `/v1/customers/${customerId}/${command}`)
        expect([202, 404, 409, 503]).toContain(response.status)
      },
      status: (customerId) => statusOf(onramp, customerId),
      async replaceWorker() {
        await worker.kill()
        worker = await startWorker()
      },
      // The sequences share their faults, so that one may have to retry while others still inject some.
      timeoutMs: 180_000,
    })
    expect(report).toMatchObject({ runs: RUNS, doubled: 0, foreign: 0 })
    expect(report.batches).toBeGreaterThan(0)
  },
)

itWithIdleCustomers(
  `all rules hold after ${STORIES} stories with HubSpot users and idle customers, with seed ${SEED}`,
  { timeout: 600_000 },
  async ({ onramp }) => {
    const report = await runUserStories({
      name: randomUUID().slice(0, 8),
      seed: SEED,
      stories: STORIES,
      atOnce: 3,
      callsPer10s: null,
      onFailure: 'report',
      portal: onramp.portal,
      hubspotUrl: onramp.hubspotUrl,
      send: (event, id) => sendUntilAccepted(onramp.app, event, id),
      status: (customerId) => statusOf(onramp, customerId),
      async isRunning(customerId) {
        const { status } = await onramp.client.workflow.getHandle(onboardingId(customerId)).describe()
        return status.name === 'RUNNING'
      },
      timeoutMs: PATIENCE_MS,
    })
    expect(report.stories).toBe(STORIES)
  },
)
