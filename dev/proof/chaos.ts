// Onboards many customers despite lost responses, errors, rate limits and killed workers. Then compares HubSpot with the plan.

import { setTimeout as sleep } from 'node:timers/promises'
import type { EmulatorControl } from 'hubspot-emulator/control'
import { planCustomers } from './plan.ts'
import type { PlannedCustomer } from './plan.ts'

export interface ChaosOptions {
  customers: number
  seed: number
  /** How often a worker is killed while customers are being onboarded. */
  kills: number
  portal: EmulatorControl
  hubspotUrl: string
  /** Sends an event; resolves when it is accepted. */
  send: (event: { type: string; data: Record<string, unknown> }) => Promise<void>
  /** Sends SIGKILL to a worker and starts another one. */
  replaceWorker: () => Promise<void>
  timeoutMs: number
}

/** The result. Everything below the empty line must be zero or empty. */
export interface ChaosReport {
  seed: number
  customers: number
  contacts: number
  companies: number
  associations: number
  seconds: number

  missing: number
  duplicates: number
  foreignWrites: number
  wrong: string[]
}

// 30 % of the writes lose their response after HubSpot has applied them. Another 15 % fail before HubSpot applies them.
const FAULTS = [
  { probability: 0.15, effect: { kind: 'commit-then-cut' } },
  { probability: 0.1, effect: { kind: 'commit-then-status', status: 502 } },
  { probability: 0.05, effect: { kind: 'truncated-json' } },
  { probability: 0.1, effect: { kind: 'status', status: 503 } },
  { probability: 0.05, effect: { kind: 'status', status: 429, policy: 'SECONDLY', retryAfterSeconds: 1 } },
] as const
const WRITES = ['POST', 'PUT', 'PATCH']
const STRANGERS = 20
const POLL_EVERY_MS = 250

/** A customer whose records are not right within the time limit counts as `missing` in the report. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { portal } = options
  const plan = planCustomers(options.customers, options.seed)
  await portal.settings({ seed: options.seed })
  await createAsHubSpotUser(options, plan)
  const strangers = await strangersIn(portal)
  for (const method of WRITES)
    for (const fault of FAULTS) await portal.fault({ method, path: '^/crm/(?!.*search$)', times: null, ...fault })

  const startedAt = Date.now()
  const killing = killWorkers(options, plan.length)
  for (const { customerId, registration, update } of plan) {
    await options.send({ type: 'customer.registered', data: { customerId, ...registration } })
    if (update) await options.send({ type: 'customer.updated', data: { customerId, ...update } })
  }
  await killing
  const wrong = await waitUntilRight(options, plan)
  const seconds = (Date.now() - startedAt) / 1000

  const { contacts, companies, associations } = await portal.records()
  const keys = new Set(plan.map(({ expected }) => expected.companyKey))
  return {
    seed: options.seed,
    customers: plan.length,
    contacts: contacts.length - STRANGERS,
    companies: companies.length,
    associations: associations.length,
    seconds,
    missing: wrong.length,
    duplicates:
      contacts.length - STRANGERS - plan.length + (companies.length - keys.size) + (associations.length - plan.length),
    foreignWrites: differences(strangers, await strangersIn(portal)),
    wrong: wrong.slice(0, 10),
  }
}

/** Creates the records of HubSpot users: contacts of some customers, and contacts of strangers, which must not change. */
async function createAsHubSpotUser({ hubspotUrl }: ChaosOptions, plan: PlannedCustomer[]): Promise<void> {
  const strangers: Record<string, string>[] = Array.from({ length: STRANGERS }, (_, index) => ({
    email: `stranger-${index}@people.example`,
    firstname: 'Stranger',
  }))
  for (const properties of [
    ...strangers,
    ...plan.flatMap(({ existingContact }) => (existingContact ? [existingContact] : [])),
  ]) {
    const response = await fetch(`${hubspotUrl}/crm/v3/objects/contacts`, {
      method: 'POST',
      headers: { authorization: 'Bearer hubspot-user', 'content-type': 'application/json' },
      body: JSON.stringify({ properties }),
    })
    if (response.status !== 201) throw new Error(`HubSpot answered ${response.status}: ${await response.text()}`)
  }
}

async function killWorkers({ kills, replaceWorker }: ChaosOptions, customers: number): Promise<void> {
  for (let kill = 0; kill < kills; kill += 1) {
    // The kills are spread evenly over the run, in which about ten customers a second are onboarded.
    await sleep(((customers / 10) * 1000) / (kills + 1))
    await replaceWorker()
  }
}

async function waitUntilRight(options: ChaosOptions, plan: PlannedCustomer[]): Promise<string[]> {
  const deadline = Date.now() + options.timeoutMs
  for (;;) {
    const wrong = await wrongIn(options.portal, plan)
    if (wrong.length === 0 || Date.now() > deadline) return wrong
    await sleep(POLL_EVERY_MS)
  }
}

/** One sentence for each customer with wrong records. */
async function wrongIn(portal: EmulatorControl, plan: PlannedCustomer[]): Promise<string[]> {
  const { contacts, companies, associations } = await portal.records()
  const contactOf = new Map(contacts.map((contact) => [contact.properties['onramp_customer_id'], contact]))
  const companyOf = new Map(companies.map((company) => [company.properties['onramp_company_key'], company]))
  const pairs = new Set(associations.map(({ contactId, companyId }) => `${contactId} ${companyId}`))

  return plan.flatMap(({ customerId, registration, expected }) => {
    const contact = contactOf.get(customerId)
    const company = companyOf.get(expected.companyKey)
    if (!contact) return [`${customerId} has no contact`]
    if (!company) return [`${customerId} has no company`]
    if (!pairs.has(`${contact.id} ${company.id}`))
      return [`${customerId} is not associated with ${expected.companyKey}`]
    const { email, firstname, phone } = contact.properties
    const isRight = email === registration.email && firstname === expected.firstName && phone === expected.phone
    return isRight ? [] : [`${customerId} has other values: ${firstname}, ${phone}`]
  })
}

async function strangersIn(portal: EmulatorControl): Promise<string[]> {
  const { contacts } = await portal.records()
  return contacts
    .filter(({ properties }) => properties['firstname'] === 'Stranger')
    .map((contact) => JSON.stringify(contact))
}

function differences(before: string[], after: string[]): number {
  return before.filter((record) => !after.includes(record)).length
}
