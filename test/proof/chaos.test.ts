// G1, G2, G3, G10 · Many customers through lost responses, errors, a small limit that forces batches, and a killed worker.

import { expect, onTestFinished } from 'vitest'
import { runChaos } from '../../dev/proof/chaos.ts'
import { onrampWith } from '../support/onramp.ts'
import { sendUntilAccepted } from '../support/sender.ts'
import { startWorkerProcess } from '../support/worker-process.ts'

const it = onrampWith({ worker: 'none' })
const SEED = 20_261_124

it(
  `G2 · a hundred customers are right in HubSpot in the end, with seed ${SEED}`,
  { timeout: 300_000 },
  async ({ onramp }) => {
    // The worker follows the limit that the emulator states.
    const startWorker = () => startWorkerProcess(onramp, { HUBSPOT_CALLS_PER_10S: '' })
    let worker = await startWorker()
    onTestFinished(() => worker.kill())

    const report = await runChaos({
      customers: 100,
      seed: SEED,
      arrivalSeconds: null,
      kills: [
        async () => {
          await worker.kill()
          worker = await startWorker()
        },
      ],
      callsPer10s: 100,
      faults: 0.4,
      portal: onramp.portal,
      timeoutMs: 240_000,
      status: (customerId) => onramp.status(customerId).catch(() => null),
      send: (event) => sendUntilAccepted(onramp.app, event),
    })
    expect(report).toMatchObject({
      customers: 100,
      contacts: 100,
      associations: 100,
      lost: 0,
      doubled: 0,
      foreign: 0,
      wrong: [],
    })
    expect(report.batches).toBeGreaterThan(10)
  },
)
