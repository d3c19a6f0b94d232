// The story of `npm run demo`: it sends the events, prints each step and checks the records.

import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { EmulatorControl } from 'hubspot-emulator/control'
import { CUSTOMERS, DEMO_UPDATE } from './customers.ts'
import type { DemoCustomer } from './customers.ts'
import { wrongIn } from './records.ts'
import type { LocalSecrets } from '../../platform/local-secrets.ts'
import { textOf } from './page-text.ts'
import { postEvent } from '../send/webhook.ts'
import type { EventToSend } from '../send/webhook.ts'

const OUTAGE_AFTER = 4
const OUTAGE_MS = 3_000
const TIME_LIMIT_MS = 60_000
const POLL_EVERY_MS = 100

interface StoryOptions {
  apiUrl: string
  emulatorUrl: string
  secrets: LocalSecrets
  say: (line: string) => void
}

interface Onboarded {
  customer: DemoCustomer
  hubspot: Record<'contactId' | 'companyId' | 'contactUrl' | 'contactOutcome' | 'companyOutcome', string | null>
  tookMs: number
}

/** Returns true when every record in HubSpot is right in the end. */
export async function playDemo(options: StoryOptions): Promise<boolean> {
  const { say } = options
  const portal = new EmulatorControl(options.emulatorUrl)

  say('')
  say('HubSpot users have created contacts for two of the ten customers already.')
  const existing = new Map<string, string>()
  for (const { customerId, existingContact } of CUSTOMERS) {
    if (existingContact) existing.set(customerId, await createAsHubSpotUser(options, existingContact))
  }

  say(
    `The product registers all ten. When ${OUTAGE_AFTER} are onboarded, HubSpot is unavailable for ${OUTAGE_MS / 1000} s …`,
  )
  const onboardings: Promise<Onboarded>[] = []
  let outageIsOver: Promise<void> | null = null
  for (const [index, customer] of CUSTOMERS.entries()) {
    if (index === OUTAGE_AFTER) {
      await Promise.all(onboardings)
      await portal.fault({ times: null, effect: { kind: 'status', status: 503 } })
      outageIsOver = sleep(OUTAGE_MS).then(async () => await portal.clearFaults())
    }
    const { customerId, registration } = customer
    await post(options, { type: 'customer.registered', data: { customerId, ...registration } })
    const onboarding = waitUntilOnboarded(options, customer)
    // Awaited below. Until then a failure must not end the process as an unhandled rejection.
    onboarding.catch(() => {})
    onboardings.push(onboarding)
  }
  await outageIsOver
  const onboarded = await Promise.all(onboardings)

  say('All are onboarded. The product changes the phone number and the company name of one of them …')
  await post(options, { type: 'customer.updated', data: { ...DEMO_UPDATE } })
  const wrong = await waitUntilRight(portal, existing)

  for (const line of table(onboarded)) say(line)
  for (const line of await pageOf(onboarded[0]?.hubspot.contactUrl)) say(line)
  for (const sentence of wrong) say(sentence)
  say(wrong.length === 0 ? 'Every record in HubSpot is right.' : 'Not every record in HubSpot is right.')
  return wrong.length === 0
}

async function post({ apiUrl, secrets }: StoryOptions, event: Omit<EventToSend, 'timestamp'>): Promise<void> {
  const { webhookSecret } = secrets
  const timestamp = new Date().toISOString()
  const response = await postEvent({ apiUrl, webhookSecret, eventId: randomUUID(), event: { ...event, timestamp } })
  if (response.status !== 202)
    throw new Error(`onramp answered ${response.status} to an event: ${await response.text()}`)
}

/** Creates a contact as a HubSpot user would, and returns its id. */
async function createAsHubSpotUser({ emulatorUrl }: StoryOptions, properties: Record<string, string>): Promise<string> {
  const response = await fetch(`${emulatorUrl}/crm/v3/objects/contacts`, {
    method: 'POST',
    headers: { authorization: 'Bearer a-hubspot-user', 'content-type': 'application/json' },
    body: JSON.stringify({ properties }),
  })
  if (!response.ok) throw new Error(`HubSpot answered ${response.status}: ${await response.text()}`)
  return ((await response.json()) as { id: string }).id
}

async function waitUntilOnboarded({ apiUrl, secrets }: StoryOptions, customer: DemoCustomer): Promise<Onboarded> {
  const begun = Date.now()
  const headers = { authorization: `Bearer ${secrets.operatorToken}` }
  for (;;) {
    const response = await fetch(`${apiUrl}/v1/customers/${customer.customerId}`, { headers })
    const status = (await response.json()) as { phase?: string; attention?: unknown; hubspot: Onboarded['hubspot'] }
    const tookMs = Date.now() - begun
    if (status.phase === 'onboarded') return { customer, hubspot: status.hubspot, tookMs }
    if (tookMs > TIME_LIMIT_MS) throw new Error(`${customer.customerId} is not onboarded: ${JSON.stringify(status)}`)
    await sleep(POLL_EVERY_MS)
  }
}

/** Waits until every record is right or the time limit is over. Returns a sentence for each record that is still wrong. */
async function waitUntilRight(portal: EmulatorControl, existing: ReadonlyMap<string, string>): Promise<string[]> {
  const deadline = Date.now() + TIME_LIMIT_MS / 2
  for (;;) {
    const wrong = wrongIn(await portal.records(), CUSTOMERS, existing)
    if (wrong.length === 0 || Date.now() > deadline) return wrong
    await sleep(POLL_EVERY_MS)
  }
}

/** The emulator's page of a contact, as text, since the emulator stops with the demo. */
async function pageOf(url: string | null | undefined): Promise<string[]> {
  if (!url) return []
  const response = await fetch(url)
  return ['', `  ${url} shows:`, '', ...textOf(await response.text()).map((line) => `    ${line}`), '']
}

function table(onboarded: Onboarded[]): string[] {
  const rows = [
    ['customer', 'path', 'company', 'contact', 'time'],
    ...onboarded.map(({ customer: { customerId, registration }, hubspot, tookMs }) => [
      `${customerId} ${registration.firstName} ${registration.lastName}`,
      `${PATHS[hubspot.companyOutcome ?? ''] ?? '?'} company, ${PATHS[hubspot.contactOutcome ?? ''] ?? '?'} contact`,
      hubspot.companyId ?? '–',
      hubspot.contactId ?? '–',
      `${(tookMs / 1000).toFixed(1)} s`,
    ]),
  ]
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const lines = rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}`.trimEnd())
  return ['', ...lines]
}

const PATHS: Record<string, string> = { created: 'new', existed: 'existing', adopted: 'adopted' }
