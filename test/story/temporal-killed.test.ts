// G1 · Temporal is killed while events pour in, and started again on its file: what was accepted is in HubSpot, once.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { EmulatorControl } from 'hubspot-emulator/control'
import { startEmulator } from 'hubspot-emulator/server'
import { superviseParts } from '../../dev/launcher/processes.ts'
import type { Supervisor } from '../../dev/launcher/processes.ts'
import { untilAnswering } from '../../dev/launcher/readiness.ts'
import { startTemporalServer } from '../../dev/launcher/temporal/server.ts'
import { TASK_QUEUE } from '../../domain/ids.ts'
import { recordsOf } from '../support/onramp.ts'
import { deliver } from '../support/repeating-sender.ts'
import { WEBHOOK_SECRET } from '../support/sender.ts'
import type { SentEvent } from '../support/sender.ts'
import { freePort, testTemporalCli } from '../support/temporal.ts'
import { startWorkerProcess } from '../support/worker-process.ts'

// Each registers and changes three times.
const CUSTOMERS = 500
const PER_COMPANY = 4
const EVENTS = CUSTOMERS * 4
// Longer than the API waits for it: a shorter absence is not even noticed by the sender.
const AWAY_MS = 4_000

describe('G1 · Temporal that is killed while events pour in', () => {
  it(`loses none of ${EVENTS} accepted events, and doubles none`, { timeout: 300_000 }, async () => {
    const { supervisor, folder } = await aPlaceForParts()
    const temporal = await aTemporalOnAFile(supervisor, folder)
    const { portal, apiUrl } = await everythingElse(supervisor, folder, temporal.address)
    const begun = Date.now()

    const killing: Promise<void>[] = []
    const deliveries = await deliver(apiUrl, eventsOf(CUSTOMERS), (accepted) => {
      if (accepted === EVENTS / 2) killing.push(temporal.killAndRestart())
    })
    await Promise.all(killing)
    const delivered = Date.now()
    expect(deliveries).toMatchObject({ accepted: EVENTS, rejected: [] })
    // Otherwise nobody has noticed that Temporal was away, and the test is about nothing.
    expect(deliveries.unavailable).toBeGreaterThan(0)

    await expect.poll(() => wrongIn(portal), { timeout: 200_000, interval: 500 }).toEqual([])
    // The association comes last, after a contact that may have everything from its creation.
    await expect.poll(async () => (await recordsOf(portal)).associations, { timeout: 30_000 }).toHaveLength(CUSTOMERS)
    const { contacts, companies } = await recordsOf(portal)
    expect(contacts).toHaveLength(CUSTOMERS)
    expect(companies).toHaveLength(Math.ceil(CUSTOMERS / PER_COMPANY))
    console.log(
      `${EVENTS} events: ${deliveries.unavailable} answers of 503, ${deliveries.unanswered} without an answer, ` +
        `accepted after ${delivered - begun} ms, in HubSpot after ${Date.now() - begun} ms`,
    )
  })
})

/** All registrations first, then the three changes of each: half of them are under way when Temporal is killed. */
function eventsOf(customers: number): SentEvent[] {
  const ids = Array.from({ length: customers }, (_, index) => index)
  const updates = (change: (index: number) => Record<string, unknown>) =>
    ids.map((index) => ({ type: 'customer.updated', data: { customerId: `cus_${index}`, ...change(index) } }))
  return [
    ...ids.map((index) => ({
      type: 'customer.registered',
      data: {
        customerId: `cus_${index}`,
        email: `customer-${index}@people.example`,
        firstName: 'Ada',
        company: { id: `org_${Math.floor(index / PER_COMPANY)}`, name: 'Analytical Engines' },
      },
    })),
    // Each of another field, so that each event can be seen in the end.
    ...updates((index) => ({ phone: `phone-${index}` })),
    ...updates((index) => ({ lastName: `Lovelace-${index}` })),
    ...updates((index) => ({ address: { city: `city-${index}` } })),
  ]
}

/** The customers who are not in HubSpot as the product told them. */
async function wrongIn(portal: EmulatorControl): Promise<string[]> {
  const { contacts } = await recordsOf(portal)
  const byId = new Map(contacts.map((contact) => [contact['onramp_customer_id'], contact]))
  return Array.from({ length: CUSTOMERS }, (_, index) => index).flatMap((index) => {
    const contact = byId.get(`cus_${index}`)
    if (contact === undefined) return [`cus_${index} has no contact`]
    const { phone, lastname, city } = contact
    const isRight = phone === `phone-${index}` && lastname === `Lovelace-${index}` && city === `city-${index}`
    return isRight ? [] : [`cus_${index}: ${phone}, ${lastname}, ${city}`]
  })
}

async function aPlaceForParts(): Promise<{ supervisor: Supervisor; folder: string }> {
  const supervisor = superviseParts()
  const folder = await mkdtemp(join(tmpdir(), 'onramp-killed-'))
  onTestFinished(async () => {
    await supervisor.close({ top: 0, base: 0 })
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  return { supervisor, folder }
}

async function aTemporalOnAFile(supervisor: Supervisor, folder: string) {
  const [cli, port] = [await testTemporalCli(supervisor), await freePort()]
  const start = async () =>
    await startTemporalServer({
      cli,
      supervisor,
      env: process.env,
      port,
      uiPort: null,
      file: join(folder, 'temporal.sqlite'),
      logFile: join(folder, 'temporal.log'),
    })
  const first = await start()
  return {
    address: first.address,
    async killAndRestart() {
      process.kill(first.pid!, 'SIGKILL')
      await first.ended
      await new Promise((resolve) => setTimeout(resolve, AWAY_MS))
      await start()
    },
  }
}

/** HubSpot, a worker and the API, the latter two as processes of their own. */
async function everythingElse(supervisor: Supervisor, folder: string, temporalAddress: string) {
  const emulator = await startEmulator()
  onTestFinished(() => emulator.stop())
  const [port, metricsPort] = [await freePort(), await freePort()]
  const env = {
    ...process.env,
    TEMPORAL_ADDRESS: temporalAddress,
    HUBSPOT_BASE_URL: emulator.url,
    WEBHOOK_SECRETS: WEBHOOK_SECRET,
    PORT: String(port),
    METRICS_PORT: String(metricsPort),
  }
  const start = (name: string, entry: string) =>
    supervisor.start({
      name,
      layer: 'top',
      command: process.execPath,
      args: [fileURLToPath(new URL(`../../${entry}`, import.meta.url))],
      env,
      cwd: folder,
      logFile: join(folder, `${name}.log`),
    })

  expect(await start('setup', 'worker/setup.ts').ended).toBe('exited with code 0')
  const worker = await startWorkerProcess(
    { hubspotUrl: emulator.url, taskQueue: TASK_QUEUE },
    { TEMPORAL_ADDRESS: temporalAddress },
  )
  onTestFinished(() => worker.kill())
  const apiUrl = `http://127.0.0.1:${port}`
  await untilAnswering(start('API', 'api/main.ts'), `${apiUrl}/health/ready`)
  return { portal: new EmulatorControl(emulator.url), apiUrl }
}
