// G1, G2 · Signals that arrive during the local activities of an onboarding wait for their end: Temporal may place them before.

import { readFileSync } from 'node:fs'
import { Worker } from '@temporalio/worker'
import { describe, expect, inject } from 'vitest'
import { dataConverter } from '../../platform/payloads/data-converter.ts'
import { NO_KEYS } from '../../platform/payloads/key-ring.ts'
import { HUBSPOT_CALLS, it, onrampWith, recordsIn } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { progressSinks } from '../../worker/progress.ts'

// Recorded while 110 signals arrived during a slow call, and shortened to one of them. Temporal failed the workflow task, and the
// local activities that the first signal had started were recorded behind the others.
const FAILED_TASK = new URL('failed-workflow-task.json', import.meta.url)

async function registeredSlowly(onramp: Onramp): Promise<void> {
  await onramp.portal.fault({ ...HUBSPOT_CALLS.createContact, effect: { kind: 'delay', ms: 700 } })
  await onramp.registered()
  await expect.poll(() => onramp.portal.requests(HUBSPOT_CALLS.createContact)).toHaveLength(1)
}

describe('signals that Temporal places before the local activities', () => {
  it('do not change what those have sent: the history replays', async () => {
    const options = {
      workflowBundle: { codePath: inject('workflowBundlePath') },
      sinks: progressSinks(),
      dataConverter: dataConverter({ ring: NO_KEYS, namespace: 'default', unreadableMessages: 'mark' }),
    }
    const history = JSON.parse(readFileSync(FAILED_TASK, 'utf8')) as unknown
    await Worker.runReplayHistory(options, history, 'onboarding/cus_burst')
  })
})

describe('signals that arrive while no worker runs', () => {
  const itOnAWorkerOfItsOwn = onrampWith({ worker: 'own' })
  itOnAWorkerOfItsOwn('are delivered in the order of their arrival', async ({ onramp }) => {
    await onramp.stopWorker()
    await onramp.erased()
    await onramp.registered()
    await onramp.startWorker()
    await onramp.reaches('erased')
    expect((await onramp.status()).lateEvents).toBe(1)
    expect(await onramp.portal.requests(HUBSPOT_CALLS.createContact)).toEqual([])
  })
})

describe('a signal during a local activity', () => {
  it('is written once the customer is onboarded', async ({ onramp }) => {
    await registeredSlowly(onramp)
    await onramp.updated({ phone: '2', company: { phone: '3' } })
    await expect
      .poll(() => recordsIn(onramp.portal))
      .toMatchObject({ contacts: [{ phone: '2' }], companies: [{ phone: '3' }], associations: [{}] })
    expect((await onramp.reaches('onboarded')).parked).toEqual([])
  })

  it('erases the customer, who is in HubSpot for a moment', async ({ onramp }) => {
    await registeredSlowly(onramp)
    await onramp.erased()
    await expect.poll(async () => (await recordsIn(onramp.portal)).contacts).toEqual([])
    expect(['erasing', 'erased']).toContain((await onramp.status()).phase)
  })

  it('moves the customer to another organization', async ({ onramp }) => {
    await registeredSlowly(onramp)
    await onramp.updated({ company: { id: 'org_2', name: 'Looms', domain: 'looms.example' } })
    await expect
      .poll(async () => {
        const { companies, associations } = await recordsIn(onramp.portal)
        return associations.map(({ companyId }) => companies.find(({ id }) => id === companyId)?.name)
      })
      .toEqual(['Looms'])
  })
})
