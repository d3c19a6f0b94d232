// G2 · A worker that dies in the middle: a real process, a real SIGKILL, and another one takes over within seconds.

import { describe, expect, onTestFinished } from 'vitest'
import { CALLS, onrampWith, recordsOf } from '../support/onramp.ts'
import { startWorkerProcess } from '../support/worker-process.ts'

const it = onrampWith({ worker: 'none' })

const WRITES = [
  { what: 'company', call: CALLS.createCompany },
  { what: 'contact', call: CALLS.createContact },
  { what: 'association', call: CALLS.associate },
]

describe('G2 · a worker that is killed between HubSpot’s write and Temporal’s record', () => {
  it.for(WRITES)('leaves one $what, and the customer is onboarded within seconds', async ({ call }, { onramp }) => {
    const first = await startWorkerProcess(onramp)
    onTestFinished(() => first.kill())
    await onramp.portal.fault({ ...call, effect: { kind: 'commit-then-hang' } })
    await onramp.registered()
    await expect.poll(() => onramp.portal.requests(call), { timeout: 10_000 }).not.toEqual([])
    await first.kill()

    const killedAt = Date.now()
    const second = await startWorkerProcess(onramp)
    onTestFinished(() => second.kill())
    await onramp.reaches('onboarded')

    const { contacts, companies, associations } = await recordsOf(onramp.portal)
    expect(companies).toHaveLength(1)
    expect(contacts).toHaveLength(1)
    expect(associations).toEqual([{ contactId: contacts[0]?.id, companyId: companies[0]?.id }])
    // Three seconds until its heartbeat is missed, as many until its workflow task is given away; the rest is room for a busy machine.
    expect(Date.now() - killedAt).toBeLessThan(15_000)
  })
})

describe('a worker that is told to stop', () => {
  it('finishes the call that it has begun, and ends with 0', async ({ onramp }) => {
    const worker = await startWorkerProcess(onramp)
    onTestFinished(() => worker.kill())
    await onramp.portal.fault({ ...CALLS.createContact, effect: { kind: 'delay', ms: 1000 } })
    await onramp.registered()
    await expect.poll(async () => (await onramp.portal.requests(CALLS.createCompany)).length).toBe(1)
    expect(await worker.stop()).toBe(0)

    const second = await startWorkerProcess(onramp)
    onTestFinished(() => second.kill())
    await onramp.reaches('onboarded')
    expect((await onramp.portal.requests(CALLS.createContact)).length).toBe(1)
  })
})
