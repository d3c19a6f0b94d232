// G2 · A worker process is killed with SIGKILL during a call, and another worker continues within seconds.

import { describe, expect, onTestFinished } from 'vitest'
import { aContactInHubSpot, rejectionOf } from '../support/given.ts'
import { HUBSPOT_CALLS, onrampWith, recordsIn } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { at, workflowOf } from '../support/story.ts'
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

describe('G2, G4, G12 · an onboarding that no task has recorded when its worker is killed', () => {
  const contactOf = async ({ portal }: Onramp, email: string) =>
    (await recordsIn(portal)).contacts.find((contact) => contact.email === email)

  it('keeps the values of HubSpot users on the contact that it has only claimed', async ({ onramp }) => {
    const email = 'countess@example.com'
    const first = await startWorkerProcess(onramp)
    onTestFinished(() => first.kill())
    const additional = { hs_additional_emails: 'ada@example.com' }
    await aContactInHubSpot(onramp, { email, ...additional, firstname: 'Augusta' })
    await onramp.registered({ lastName: 'Lovelace' })
    await expect.poll(() => contactOf(onramp, email), { interval: 5 }).toHaveProperty('onramp_customer_id')
    await first.kill()
    expect(await contactOf(onramp, email)).not.toHaveProperty('onramp_last_event_at')

    const second = await startWorkerProcess(onramp)
    onTestFinished(() => second.kill())
    const status = await onramp.reaches('onboarded')
    expect(status.fields).toMatchObject({ firstName: { state: 'kept' }, lastName: { state: 'written' } })
    expect(await contactOf(onramp, email)).toMatchObject({ firstname: 'Augusta', lastname: 'Lovelace' })
  })

  it('writes an update of an earlier time, and parks what HubSpot rejects', async ({ onramp }) => {
    const email = 'ada@example.com'
    const first = await startWorkerProcess(onramp)
    onTestFinished(() => first.kill())
    const rejection = rejectionOf('website', 'INVALID_URL')
    await onramp.portal.fault({ ...HUBSPOT_CALLS.createContact, effect: rejection })
    await onramp.portal.fault({ ...HUBSPOT_CALLS.associate, effect: { kind: 'delay', ms: 1300 } })
    await onramp.registered({ website: 'nonsense' }, at(10))
    await expect.poll(() => contactOf(onramp, email), { interval: 5 }).toBeTruthy()
    await first.kill()
    const { events = [] } = await workflowOf(onramp).fetchHistory()
    expect(
      events?.filter((event) => event.markerRecordedEventAttributes ?? event.activityTaskScheduledEventAttributes),
    ).toEqual([])
    await onramp.updated({ phone: '111' }, at(5))

    await onramp.portal.fault({ method: 'PATCH', path: `/contacts/${onramp.customerId}$`, effect: rejection })
    const second = await startWorkerProcess(onramp)
    onTestFinished(() => second.kill())
    await expect.poll(async () => (await contactOf(onramp, email))?.phone).toBe('111')
    expect((await onramp.reaches('onboarded')).parked).toMatchObject([{ fields: ['website'] }])
  })
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
