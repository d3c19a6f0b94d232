// What happens in `npm run demo`, told while it happens.

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
const LOOK_EVERY_MS = 100

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

/** Returns whether every record in HubSpot is right in the end. */
export async function tellStory(options: StoryOptions): Promise<boolean> {
  const { say } = options
  const portal = new EmulatorControl(options.emulatorUrl)

  say('')
  say('Two of ten customers are in HubSpot already, typed in by salespeople.')
  const typedIn = new Map<string, string>()
  for (const { customerId, typedIn: properties } of CUSTOMERS) {
    if (properties) typedIn.set(customerId, await typeIn(options, properties))
  }

  say(`The product registers all ten. When ${OUTAGE_AFTER} are onboarded, HubSpot is down for ${OUTAGE_MS / 1000} s …`)
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
    const onboarding = untilOnboarded(options, customer)
    // It is looked at below; until then a failure of it must not end the process before the others are told.
    onboarding.catch(() => {})
    onboardings.push(onboarding)
  }
  await outageIsOver
  const onboarded = await Promise.all(onboardings)

  say('All are onboarded. One of them gets another phone number and another name of their company …')
  await post(options, { type: 'customer.updated', data: { ...DEMO_UPDATE } })
  const wrong = await untilRight(portal, typedIn)

  for (const line of table(onboarded)) say(line)
  for (const line of await pageOf(onboarded[0]?.hubspot.contactUrl)) say(line)
  for (const sentence of wrong) say(sentence)
  say(wrong.length === 0 ? 'Every record in HubSpot is right.' : 'Not every record in HubSpot is right.')
  return wrong.length === 0
}

async function post({ apiUrl, secrets }: StoryOptions, event: Omit<EventToSend, 'timestamp'>): Promise<void> {
  const { webhookSecret } = secrets
  const timestamp = new Date().toISOString()
  const answer = await postEvent({ apiUrl, webhookSecret, eventId: randomUUID(), event: { ...event, timestamp } })
  if (answer.status !== 202) throw new Error(`onramp answers ${answer.status} to an event: ${await answer.text()}`)
}

/** Makes a contact as a salesperson would have, and returns its id. */
async function typeIn({ emulatorUrl }: StoryOptions, properties: Record<string, string>): Promise<string> {
  const answer = await fetch(`${emulatorUrl}/crm/v3/objects/contacts`, {
    method: 'POST',
    headers: { authorization: 'Bearer a-salesperson', 'content-type': 'application/json' },
    body: JSON.stringify({ properties }),
  })
  if (!answer.ok) throw new Error(`HubSpot answers ${answer.status}: ${await answer.text()}`)
  return ((await answer.json()) as { id: string }).id
}

async function untilOnboarded({ apiUrl, secrets }: StoryOptions, customer: DemoCustomer): Promise<Onboarded> {
  const begun = Date.now()
  const headers = { authorization: `Bearer ${secrets.operatorToken}` }
  for (;;) {
    const answer = await fetch(`${apiUrl}/v1/customers/${customer.customerId}`, { headers })
    const status = (await answer.json()) as { phase?: string; attention?: unknown; hubspot: Onboarded['hubspot'] }
    const tookMs = Date.now() - begun
    if (status.phase === 'onboarded') return { customer, hubspot: status.hubspot, tookMs }
    if (tookMs > TIME_LIMIT_MS) throw new Error(`${customer.customerId} is not onboarded: ${JSON.stringify(status)}`)
    await sleep(LOOK_EVERY_MS)
  }
}

/** Waits for the update to arrive; returns what is still wrong when it has taken too long. */
async function untilRight(portal: EmulatorControl, typedIn: ReadonlyMap<string, string>): Promise<string[]> {
  const deadline = Date.now() + TIME_LIMIT_MS / 2
  for (;;) {
    const wrong = wrongIn(await portal.records(), CUSTOMERS, typedIn)
    if (wrong.length === 0 || Date.now() > deadline) return wrong
    await sleep(LOOK_EVERY_MS)
  }
}

/** The emulator's page of a contact. It goes with the stack in a moment, so it is shown here as text. */
async function pageOf(url: string | null | undefined): Promise<string[]> {
  if (!url) return []
  const answer = await fetch(url)
  return ['', `  ${url} shows:`, '', ...textOf(await answer.text()).map((line) => `    ${line}`), '']
}

function table(onboarded: Onboarded[]): string[] {
  const rows = [
    ['customer', 'path taken', 'company', 'contact', 'time'],
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
