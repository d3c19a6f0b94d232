// G4, G12 · A write without a response may be executed late. It is read back, and the newest value is written again.

import { describe, expect, onTestFinished } from 'vitest'
import type { Fault } from 'hubspot-emulator/control'
import { HUBSPOT_CALLS, onrampWith, recordsIn } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { workflowOf } from '../support/story.ts'
import { startWorkerProcess } from '../support/worker-process.ts'

// Temporal skips the minute before a read-back, and the minutes before the second one. The onboarding does not complete.
const options = { time: 'skips', settings: { idleDays: null } } as const
const it = onrampWith(options)

const READ = {
  contact: { method: 'GET', path: '/objects/(2026-09/)?contacts/[^/]+$' },
  company: { method: 'GET', path: '/objects/(2026-09/)?companies/[^/]+$' },
}

const requestsOf = async ({ portal }: Onramp, call: { method: string; path: string }) => await portal.requests(call)
const timesRead = async (onramp: Onramp, step: string) => {
  const { timeline } = await onramp.status()
  return timeline.filter(({ what, outcome }) => what === step && outcome === 'unchanged').length
}

describe('G4 · a write that HubSpot executes late, after a newer value', () => {
  const RECORDS = [
    {
      record: 'contact',
      call: HUBSPOT_CALLS.updateContact,
      read: READ.contact,
      old: { phone: 'old' },
      newer: { phone: 'new' },
      field: 'phone',
      lateMs: 3100,
    },
    {
      record: 'company',
      call: HUBSPOT_CALLS.updateCompany,
      read: READ.company,
      old: { company: { phone: 'old' } },
      newer: { company: { phone: 'new' } },
      field: 'company.phone',
      // A company is read before each write, which takes 900 ms more here.
      lateMs: 4800,
    },
  ] as const

  it.for(RECORDS)(
    'does not leave the older value on the $record',
    async ({ call, read, old, newer, field, lateMs }, { onramp }) => {
      await onramp.registered()
      await onramp.reaches('onboarded')
      const writes = async () => (await requestsOf(onramp, call)).map(({ status }) => status)
      const before = (await writes()).length

      // Slow reads, since time skipping brings the read-backs at once: the second one must come after the late write.
      await onramp.portal.fault({ ...read, times: null, effect: { kind: 'delay', ms: 900 } })
      await onramp.portal.fault({ ...call, effect: { kind: 'delay', ms: lateMs } })
      // The worker gives up after a second, and repeats the write. The newer value arrives during that.
      await onramp.portal.fault({ ...call, effect: { kind: 'delay', ms: 800 } })
      await onramp.updated(old)
      await expect.poll(async () => (await writes()).length, { interval: 20 }).toBeGreaterThanOrEqual(before + 2)
      await onramp.updated(newer)

      const latest = async () => {
        const { contacts, companies } = await recordsIn(onramp.portal)
        return field === 'phone' ? contacts[0]?.phone : companies[0]?.phone
      }
      // HubSpot has executed the first of them, and the newer value has been written before that or after it.
      await expect.poll(async () => (await writes())[before]).toBe(200)
      await expect.poll(async () => (await writes()).length).toBeGreaterThanOrEqual(before + 3)
      await expect.poll(async () => (await onramp.status()).fields[field]?.state).toBe('written')
      await expect.poll(latest).toBe('new')
    },
  )
})

describe('G12 · an update whose response is lost', () => {
  const UNANSWERED: Fault['effect'][] = [
    { kind: 'commit-then-cut' },
    { kind: 'commit-then-hang' },
    { kind: 'commit-then-status', status: 502 },
    { kind: 'commit-then-status', status: 504 },
    { kind: 'truncated-json' },
  ]

  it.for(UNANSWERED)('is read back twice, and not more often: $kind $status', async (effect, { onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    await onramp.portal.fault({ ...HUBSPOT_CALLS.updateContact, effect })
    await onramp.updated({ phone: '2' })
    await expect.poll(() => timesRead(onramp, 'contact-update')).toBe(2)
    await expect.poll(async () => (await onramp.status()).fields.phone?.state).toBe('written')
    // Nothing is due any more, so Temporal has no timer for the customer.
    const reads = (await requestsOf(onramp, READ.contact)).length
    await onramp.updated({ lastName: 'Lovelace' })
    await expect.poll(async () => (await onramp.status()).fields.lastName?.state).toBe('written')
    expect((await requestsOf(onramp, READ.contact)).length).toBe(reads)
  })

  it('is not read back when HubSpot answered that it is unavailable', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    const before = (await requestsOf(onramp, READ.contact)).length
    await onramp.portal.fault({ ...HUBSPOT_CALLS.updateContact, effect: { kind: 'status', status: 503 } })
    await onramp.updated({ phone: '2' })
    await expect.poll(async () => (await onramp.status()).fields.phone?.state).toBe('written')
    expect((await requestsOf(onramp, READ.contact)).length).toBe(before)
  })
})

describe('G2 · a create whose response is lost', () => {
  it('has both records read back, since a fill-in may be executed late', async ({ onramp }) => {
    await onramp.portal.fault({ ...HUBSPOT_CALLS.createCompany, effect: { kind: 'commit-then-cut' } })
    await onramp.portal.fault({ ...HUBSPOT_CALLS.createContact, effect: { kind: 'commit-then-cut' } })
    await onramp.registered()
    await onramp.reaches('onboarded')
    await expect.poll(() => timesRead(onramp, 'contact-update')).toBe(2)
    await expect
      .poll(async () => Object.values((await onramp.status()).fields).every(({ state }) => state === 'written'))
      .toBe(true)
  })
})

describe('G12 · an update that a killed worker leaves', () => {
  const it = onrampWith({ ...options, worker: 'none' })

  it('is read back', async ({ onramp }) => {
    const first = await startWorkerProcess(onramp)
    onTestFinished(() => first.kill())
    await onramp.registered()
    await onramp.reaches('onboarded')
    await onramp.portal.fault({ ...HUBSPOT_CALLS.updateContact, effect: { kind: 'commit-then-hang' } })
    await onramp.updated({ phone: '2' })
    // The call takes long, so that it goes on as a regular activity, whose death Temporal notices.
    await expect.poll(async () => (await workflowOf(onramp).describe()).raw.pendingActivities?.length).toBe(1)
    await first.kill()

    const second = await startWorkerProcess(onramp)
    onTestFinished(() => second.kill())
    await expect.poll(() => timesRead(onramp, 'contact-update')).toBe(2)
  })
})
