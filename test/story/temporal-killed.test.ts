// G1 · Temporal is killed while events arrive, and restarted on its file: every accepted event reaches HubSpot once.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { EmulatorControl } from 'hubspot-emulator/control'
import { startEmulator } from 'hubspot-emulator/server'
import { startSupervisor } from '../../dev/launcher/processes.ts'
import type { Supervisor } from '../../dev/launcher/processes.ts'
import { waitUntilReady } from '../../dev/launcher/readiness.ts'
import { startTemporalServer } from '../../dev/launcher/temporal/server.ts'
import { TASK_QUEUE } from '../../domain/ids.ts'
import { recordsIn } from '../support/onramp.ts'
import { PAYLOAD_KEYS } from '../support/payload-keys.ts'
import { deliver } from '../support/repeating-sender.ts'
import { WEBHOOK_SECRET } from '../support/sender.ts'
import type { SentEvent } from '../support/sender.ts'
import { freePort, testTemporalCli } from '../support/temporal.ts'
import { startWorkerProcess } from '../support/worker-process.ts'

const CUSTOMERS = 200
const PER_COMPANY = 4
// Each customer registers and is updated three times.
const EVENTS = CUSTOMERS * 4
// Longer than the API waits for Temporal. The sender does not notice a shorter outage.
const OUTAGE_MS = 4_000

describe('G1 · Temporal, killed while events arrive', () => {
  it(
    `loses none of ${EVENTS} accepted events, and nothing in HubSpot is doubled`,
    { timeout: 600_000 },
    async ({ skip }) => {
      skip(!inject('temporalIsDevelopment'), 'starts a Temporal server of its own')
      const { supervisor, folder } = await startSupervisorInFolder()
      const temporal = await startTemporalOnAFile(supervisor, folder)
      const { portal, apiUrl } = await startOtherProcesses(supervisor, folder, temporal.address)
      const startedAt = Date.now()

      const restarts: Promise<void>[] = []
      const deliveries = await deliver(apiUrl, eventsOf(CUSTOMERS), (accepted) => {
        if (accepted === EVENTS / 2) restarts.push(temporal.killAndRestart())
      })
      await Promise.all(restarts)
      const deliveredAt = Date.now()
      expect(deliveries).toMatchObject({ accepted: EVENTS, rejected: [] })
      // Without a 503 the sender did not notice the outage, and the test would prove nothing.
      expect(deliveries.unavailable).toBeGreaterThan(0)

      await expect.poll(() => wrongCustomers(portal), { timeout: 400_000, interval: 500 }).toEqual([])
      // A contact may have all values from its creation, and its association comes after it.
      await expect.poll(async () => (await recordsIn(portal)).associations).toHaveLength(CUSTOMERS)
      const { contacts, companies } = await recordsIn(portal)
      expect(contacts).toHaveLength(CUSTOMERS)
      expect(companies).toHaveLength(Math.ceil(CUSTOMERS / PER_COMPANY))
      console.log(
        `${EVENTS} events: ${deliveries.unavailable} responses of 503, ${deliveries.unanswered} without a response, ` +
          `accepted after ${deliveredAt - startedAt} ms, in HubSpot after ${Date.now() - startedAt} ms`,
      )
    },
  )
})

/** First all registrations, then three updates of each customer. Temporal is killed when half of the events are accepted. */
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
    // Each update sets another field, so that the records show each event.
    ...updates((index) => ({ phone: `phone-${index}` })),
    ...updates((index) => ({ lastName: `Lovelace-${index}` })),
    ...updates((index) => ({ address: { city: `city-${index}` } })),
  ]
}

/** One line for each customer whose contact is missing or does not have the values of all events. */
async function wrongCustomers(portal: EmulatorControl): Promise<string[]> {
  const { contacts } = await recordsIn(portal)
  const byId = new Map(contacts.map((contact) => [contact['onramp_customer_id'], contact]))
  return Array.from({ length: CUSTOMERS }, (_, index) => index).flatMap((index) => {
    const contact = byId.get(`cus_${index}`)
    if (contact === undefined) return [`cus_${index} has no contact`]
    const { phone, lastname, city } = contact
    const isRight = phone === `phone-${index}` && lastname === `Lovelace-${index}` && city === `city-${index}`
    return isRight ? [] : [`cus_${index}: ${phone}, ${lastname}, ${city}`]
  })
}

async function startSupervisorInFolder(): Promise<{ supervisor: Supervisor; folder: string }> {
  const supervisor = startSupervisor()
  const folder = await mkdtemp(join(tmpdir(), 'onramp-killed-'))
  onTestFinished(async () => {
    await supervisor.close({ top: 0, base: 0 })
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  return { supervisor, folder }
}

async function startTemporalOnAFile(supervisor: Supervisor, folder: string) {
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
      await new Promise((resolve) => setTimeout(resolve, OUTAGE_MS))
      await start()
    },
  }
}

/** Starts the emulator in this process, and a worker and the API as processes of their own. */
async function startOtherProcesses(supervisor: Supervisor, folder: string, temporalAddress: string) {
  const emulator = await startEmulator()
  onTestFinished(() => emulator.stop())
  const [port, metricsPort] = [await freePort(), await freePort()]
  const env = {
    ...process.env,
    TEMPORAL_ADDRESS: temporalAddress,
    HUBSPOT_BASE_URL: emulator.url,
    WEBHOOK_SECRETS: WEBHOOK_SECRET,
    PAYLOAD_KEYS,
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
    { TEMPORAL_ADDRESS: temporalAddress, TEMPORAL_NAMESPACE: 'default' },
  )
  onTestFinished(() => worker.kill())
  const apiUrl = `http://127.0.0.1:${port}`
  await waitUntilReady(start('API', 'api/main.ts'), `${apiUrl}/health/ready`)
  return { portal: new EmulatorControl(emulator.url), apiUrl }
}
