// G1 to G9 · Random sequences of events, faults and killed workers, compared with a model. `npm run proof -- model` plays many more.

import { randomUUID } from 'node:crypto'
import { expect, onTestFinished } from 'vitest'
import { runModel } from '../../dev/proof/model.ts'
import type { OnboardingStatus } from '../../domain/onboarding-status.ts'
import { onrampWith } from '../support/onramp.ts'
import { ask, send, sendCommand } from '../support/sender.ts'
import { startWorkerProcess } from '../support/worker-process.ts'

// A low limit, so that runs continue as new within a sequence.
const it = onrampWith({ worker: 'none', settings: { continueAsNewAtEvents: 40 } })
const SEED = Number(process.env['MODEL_SEED'] ?? Date.now() % 1_000_000)
const RUNS = Number(process.env['MODEL_RUNS'] ?? 25)

it(
  `HubSpot is as the model says after ${RUNS} sequences with seed ${SEED}`,
  { timeout: 240_000 },
  async ({ onramp }) => {
    let worker = await startWorkerProcess(onramp)
    onTestFinished(() => worker.kill())
    const report = await runModel({
      name: randomUUID().slice(0, 8),
      seed: SEED,
      runs: RUNS,
      maxCommands: 20,
      portal: onramp.portal,
      hubspotUrl: onramp.hubspotUrl,
      async send(event, id) {
        expect((await send(onramp.app, event, id)).status).toBe(202)
      },
      async operate(customerId, command) {
        const response = await sendCommand(onramp.app, 'POST', `/v1/customers/${customerId}/${command}`)
        expect([202, 404, 409, 503]).toContain(response.status)
      },
      async status(customerId) {
        const response = await ask(onramp.app, `/v1/customers/${customerId}`)
        return response.ok ? ((await response.json()) as OnboardingStatus) : null
      },
      async replaceWorker() {
        await worker.kill()
        worker = await startWorkerProcess(onramp)
      },
      timeoutMs: 40_000,
    })
    expect(report.runs).toBe(RUNS)
  },
)
