// G10 · The quota against the emulator with its limits enforced: HubSpot's own count, not ours, decides whether a call was one too many.

import { EmulatorControl } from 'hubspot-emulator/control'
import { startEmulator } from 'hubspot-emulator/server'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../hubspot/client/clock.ts'
import type { Clock } from '../../hubspot/client/clock.ts'
import { createHubSpot } from '../../hubspot/client/client.ts'
import type { HubSpot } from '../../hubspot/client/client.ts'
import { QuotaScheduler } from '../../hubspot/client/scheduler.ts'

async function startPortal(settings: Parameters<EmulatorControl['settings']>[0] = {}) {
  const emulator = await startEmulator({ port: 0 })
  const control = new EmulatorControl(emulator.url)
  await control.settings({ enforceLimits: true, latencyMs: 100, ...settings })
  const clients: HubSpot[] = []
  const client = (scheduler = new QuotaScheduler()) => {
    const hubspot = createHubSpot({
      baseUrl: emulator.url,
      accessToken: 'test',
      apiVersion: '2026-09',
      timeoutMs: 5000,
      circuitBreaker: { probeSeconds: 1, onChange: () => {} },
      scheduler,
    })
    clients.push(hubspot)
    return hubspot
  }
  const read = async () =>
    void (await fetch(`${emulator.url}/crm/v3/objects/contacts?limit=1`, { headers: { authorization: 'Bearer test' } }))
  const statuses = async () => (await control.requests()).map(({ status }) => status)
  return {
    control,
    client,
    read,
    statuses,
    async [Symbol.asyncDispose]() {
      await Promise.all(clients.map((hubspot) => hubspot.close()))
      await emulator.stop()
    },
  }
}

/** A page of contacts is no row, so each call goes alone, and their number is the number of calls. */
const readsOf = (hubspot: HubSpot, count: number) =>
  Promise.all(Array.from({ length: count }, () => hubspot.contacts.readAny()))

/** The machine's clock, which a test can move forward together with the emulator's. */
class SkippingClock implements Clock {
  #skippedMs = 0
  readonly #late = new Set<() => void>()

  now(): number {
    return systemClock.now() + this.#skippedMs
  }

  date(): number {
    return systemClock.date() + this.#skippedMs
  }

  after(ms: number, run: () => void): () => void {
    if (ms < 20_000) return systemClock.after(ms, run)
    this.#late.add(run)
    return () => this.#late.delete(run)
  }

  skip(ms: number): void {
    this.#skippedMs += ms
    const late = [...this.#late]
    this.#late.clear()
    for (const run of late) run()
  }
}

const shareOf429 = (statuses: (number | null)[]) => statuses.filter((status) => status === 429).length / statuses.length

describe('G10 · the quota of HubSpot', () => {
  // The emulator's window takes ten seconds of real time, so the loads run side by side, each with a portal of its own.
  let loads: (number | null)[][]
  beforeAll(async () => {
    loads = await Promise.all([oneWorker(), twoWorkers(), neighbourApp()])
  })

  async function oneWorker() {
    await using portal = await startPortal()
    await readsOf(portal.client(), 260)
    return await portal.statuses()
  }

  async function twoWorkers() {
    await using portal = await startPortal({ latencySpreadMs: 50 })
    await Promise.all([readsOf(portal.client(), 150), readsOf(portal.client(), 150)])
    return await portal.statuses()
  }

  async function neighbourApp() {
    await using portal = await startPortal()
    const calls: Promise<void>[] = []
    const neighbour = setInterval(() => calls.push(portal.read()), 105)
    // Its calls fill half of the window, evenly.
    await vi.waitUntil(async () => (await portal.statuses()).length > 90, { timeout: 120_000 })
    await readsOf(portal.client(), 150)
    clearInterval(neighbour)
    await Promise.all(calls)
    return await portal.statuses()
  }

  it('is not exceeded by one worker: 260 calls at once meet no 429', () => {
    const [statuses] = loads
    expect(statuses).toEqual(Array.from({ length: 260 }, () => 200))
  })

  it('is shared by two workers: at most 1 % of their calls meet a 429', () => {
    const [, statuses] = loads
    expect(shareOf429(statuses ?? [])).toBeLessThanOrEqual(0.01)
  })

  it('is shared with a neighbour app that uses half of it: at most 1 % of the calls meet a 429, its own included', () => {
    const [, , statuses] = loads
    expect(shareOf429(statuses ?? [])).toBeLessThanOrEqual(0.01)
  })

  it('is smaller with HUBSPOT_CALLS_PER_10S and HUBSPOT_RESERVE, with any headers of HubSpot', async () => {
    await using portal = await startPortal()
    const { client, control } = portal
    const reads = readsOf(client(new QuotaScheduler({ callsPer10s: 40, reservePercent: 50 })), 60).catch(() => {})
    await expect.poll(async () => (await control.requests()).length).toBeGreaterThan(24)
    const times = (await control.requests()).map(({ at }) => Date.parse(at))
    for (const start of times) {
      expect(times.filter((at) => at >= start && at < start + 10_000).length).toBeLessThanOrEqual(20)
    }
    void reads
  })

  it('allows searches of their own, which meet no 429', async () => {
    await using portal = await startPortal()
    const { client, statuses } = portal
    const hubspot = client()
    await Promise.all(Array.from({ length: 12 }, (_, index) => hubspot.companies.searchByDomain(`d${index}.example`)))
    expect(new Set(await statuses())).toEqual(new Set([200]))
  })

  it('of the day stops all calls until the next day, but for a probe an hour', async () => {
    await using portal = await startPortal({ callsPerDay: 30, latencyMs: 0 })
    const { client, control, statuses } = portal
    const changes: string[] = []
    const clock = new SkippingClock()
    const scheduler = new QuotaScheduler({
      clock,
      reservePercent: 0,
      onDailyLimit: (change) => void changes.push(change),
    })
    const hubspot = client(scheduler)
    const outcomeOf = (read: Promise<unknown>) => read.then(() => 'answered').catch(({ finding }) => finding as string)
    const reads = Array.from({ length: 50 }, () => outcomeOf(hubspot.contacts.readAny()))
    // The last tenth of the day's calls goes out slowly.
    const inAMinute = () => {
      clock.skip(60_000)
      return changes
    }
    await expect.poll(inAMinute).toEqual(['reached'])
    const outcomes = await Promise.all(reads)
    expect(Object.groupBy(outcomes, (outcome) => outcome)).toMatchObject({
      answered: { length: 30 },
      'daily-limit': { length: 20 },
    })
    const sent = (await statuses()).length
    // 64 calls may be on their way when HubSpot answers the first 429.
    expect(sent).toBeLessThanOrEqual(30 + 64)

    await control.advanceClock(60 * 60_000)
    clock.skip(60 * 60_000)
    expect(await outcomeOf(readsOf(hubspot, 20))).toBe('daily-limit')
    await expect.poll(async () => (await statuses()).slice(sent)).toEqual([429])

    await control.advanceClock(24 * 60 * 60_000)
    clock.skip(24 * 60 * 60_000)
    expect(await outcomeOf(readsOf(hubspot, 20))).toBe('answered')
    expect(changes).toEqual(['reached', 'over'])
  })

  it('makes a call wait after a 429, and not its caller', async () => {
    await using portal = await startPortal()
    const { client, control, statuses } = portal
    await control.fault({ times: 3, effect: { kind: 'status', status: 429, policy: 'TEN_SECONDLY_ROLLING' } })
    await client().contacts.readAny()
    expect(await statuses()).toEqual([429, 429, 429, 200])
  })
})
