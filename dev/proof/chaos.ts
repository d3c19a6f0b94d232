// Plays many customers through lost answers, errors, limits and killed workers, then holds HubSpot against the plan.

import { setTimeout as sleep } from 'node:timers/promises'
import type { EmulatorControl } from 'hubspot-emulator/control'
import { planCustomers } from './plan.ts'
import type { PlannedCustomer } from './plan.ts'

export interface ProofOptions {
  customers: number
  seed: number
  /** How often a worker is killed while customers are under way. */
  kills: number
  portal: EmulatorControl
  hubspotUrl: string
  /** Sends one event; resolves when it is accepted. */
  send: (event: { type: string; data: Record<string, unknown> }) => Promise<void>
  /** Kills a worker without warning and starts another. */
  replaceWorker: () => Promise<void>
  timeoutMs: number
}

/** What came out. Everything but the first block must be zero or empty. */
export interface ProofReport {
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

// Of each write, so many answers are lost after HubSpot has done what it was asked, and so many calls are refused before.
const TROUBLE = [
  { probability: 0.15, effect: { kind: 'commit-then-cut' } },
  { probability: 0.1, effect: { kind: 'commit-then-status', status: 502 } },
  { probability: 0.05, effect: { kind: 'truncated-json' } },
  { probability: 0.1, effect: { kind: 'status', status: 503 } },
  { probability: 0.05, effect: { kind: 'status', status: 429, policy: 'SECONDLY', retryAfterSeconds: 1 } },
] as const
const WRITES = ['POST', 'PUT', 'PATCH']
const STRANGERS = 20
const LOOK_EVERY_MS = 250

/** @throws Error when the customers are not all onboarded in time */
export async function prove(options: ProofOptions): Promise<ProofReport> {
  const { portal } = options
  const plan = planCustomers(options.customers, options.seed)
  await portal.settings({ seed: options.seed })
  await typeIn(options, plan)
  const strangers = await strangersIn(portal)
  for (const method of WRITES)
    for (const fault of TROUBLE) await portal.fault({ method, path: '^/crm/(?!.*search$)', times: null, ...fault })

  const begun = Date.now()
  const killing = killWorkers(options, plan.length)
  for (const { customerId, registration, update } of plan) {
    await options.send({ type: 'customer.registered', data: { customerId, ...registration } })
    if (update) await options.send({ type: 'customer.updated', data: { customerId, ...update } })
  }
  await killing
  const wrong = await untilRight(options, plan)
  const seconds = (Date.now() - begun) / 1000

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

/** What people have in HubSpot: some of the customers, and strangers whom nobody may touch. */
async function typeIn({ hubspotUrl }: ProofOptions, plan: PlannedCustomer[]): Promise<void> {
  const strangers: Record<string, string>[] = Array.from({ length: STRANGERS }, (_, index) => ({
    email: `stranger-${index}@people.example`,
    firstname: 'Stranger',
  }))
  for (const properties of [...strangers, ...plan.flatMap(({ typedIn }) => (typedIn ? [typedIn] : []))]) {
    const answer = await fetch(`${hubspotUrl}/crm/v3/objects/contacts`, {
      method: 'POST',
      headers: { authorization: 'Bearer people', 'content-type': 'application/json' },
      body: JSON.stringify({ properties }),
    })
    if (answer.status !== 201) throw new Error(`HubSpot answered ${answer.status}: ${await answer.text()}`)
  }
}

async function killWorkers({ kills, replaceWorker }: ProofOptions, customers: number): Promise<void> {
  for (let kill = 0; kill < kills; kill += 1) {
    // Evenly over the thick of it: some ten customers a second get through.
    await sleep(((customers / 10) * 1000) / (kills + 1))
    await replaceWorker()
  }
}

async function untilRight(options: ProofOptions, plan: PlannedCustomer[]): Promise<string[]> {
  const deadline = Date.now() + options.timeoutMs
  for (;;) {
    const wrong = await wrongIn(options.portal, plan)
    if (wrong.length === 0 || Date.now() > deadline) return wrong
    await sleep(LOOK_EVERY_MS)
  }
}

/** Each customer whose records are not as they must be, in a sentence. */
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
