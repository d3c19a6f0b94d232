// G1, G2, G3 · Two hundred customers through lost responses, errors, rate limits and a killed worker: none lost, no duplicate, no other contact changed.

import { expect, onTestFinished } from 'vitest'
import { runChaos } from '../../dev/proof/chaos.ts'
import { onrampWith } from '../support/onramp.ts'
import { send } from '../support/sender.ts'
import { startWorkerProcess } from '../support/worker-process.ts'

const it = onrampWith({ worker: 'none' })
const SEED = 20_261_124

it(
  `G2 · two hundred customers are right in HubSpot in the end, with seed ${SEED}`,
  { timeout: 300_000 },
  async ({ onramp }) => {
    let worker = await startWorkerProcess(onramp)
    onTestFinished(() => worker.kill())

    const report = await runChaos({
      customers: 200,
      seed: SEED,
      kills: 1,
      portal: onramp.portal,
      hubspotUrl: onramp.hubspotUrl,
      timeoutMs: 240_000,
      async send(event) {
        expect((await send(onramp.app, event)).status).toBe(202)
      },
      async replaceWorker() {
        await worker.kill()
        worker = await startWorkerProcess(onramp)
      },
    })
    expect(report).toMatchObject({
      customers: 200,
      contacts: 200,
      associations: 200,
      missing: 0,
      duplicates: 0,
      foreignWrites: 0,
      wrong: [],
    })
  },
)
