// G2 · A worker process is killed with SIGKILL during a call, and another worker continues within seconds.

import { describe, expect, onTestFinished } from 'vitest'
import { HUBSPOT_CALLS, onrampWith, recordsIn } from '../support/onramp.ts'
import { startWorkerProcess } from '../support/worker-process.ts'

const it = onrampWith({ worker: 'none' })

const WRITES = [
  { what: 'company', call: HUBSPOT_CALLS.createCompany },
  { what: 'contact', call: HUBSPOT_CALLS.createContact },
  { what: 'association', call: HUBSPOT_CALLS.associate },
]

describe('G2 · a worker that is killed after HubSpot’s write and before Temporal records it', () => {
  it.for(WRITES)(
    'leaves one $what, and another worker onboards the customer within 30 seconds',
    async ({ call }, { onramp }) => {
      const first = await startWorkerProcess(onramp)
      onTestFinished(() => first.kill())
      await onramp.portal.fault({ ...call, effect: { kind: 'commit-then-hang' } })
      await onramp.registered()
      await expect.poll(() => onramp.portal.requests(call)).not.toEqual([])
      await first.kill()

      const second = await startWorkerProcess(onramp)
      onTestFinished(() => second.kill())
      const readyAt = Date.now()
      await onramp.reaches('onboarded')

      const { contacts, companies, associations } = await recordsIn(onramp.portal)
      expect(companies).toHaveLength(1)
      expect(contacts).toHaveLength(1)
      expect(associations).toEqual([{ contactId: contacts[0]?.id, companyId: companies[0]?.id }])
      // Temporal misses the heartbeat after three seconds, and gives the workflow task to another worker after three more. The
      // rest is room for a busy machine.
      expect(Date.now() - readyAt).toBeLessThan(30_000)
    },
  )
})

describe('a worker that gets SIGTERM', () => {
  it('finishes its call and exits with code 0', async ({ onramp }) => {
    const worker = await startWorkerProcess(onramp)
    onTestFinished(() => worker.kill())
    await onramp.portal.fault({ ...HUBSPOT_CALLS.createContact, effect: { kind: 'delay', ms: 1000 } })
    await onramp.registered()
    await expect.poll(async () => (await onramp.portal.requests(HUBSPOT_CALLS.createCompany)).length).toBe(1)
    expect(await worker.stop()).toBe(0)

    const second = await startWorkerProcess(onramp)
    onTestFinished(() => second.kill())
    await onramp.reaches('onboarded')
    expect((await onramp.portal.requests(HUBSPOT_CALLS.createContact)).length).toBe(1)
  })
})
