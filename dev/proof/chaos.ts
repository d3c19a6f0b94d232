// Onboards many customers despite lost responses, errors, rate limits and killed workers. Then compares HubSpot with the plan.

import { setTimeout as sleep } from 'node:timers/promises'
import type { EmulatorControl, Fault } from 'hubspot-emulator/control'
import { Random } from 'hubspot-emulator/random'
import { callsBetween, limitsOf } from './limits.ts'
import type { CallFigures } from './limits.ts'
import { planCustomers } from './plan.ts'
import type { PlannedCustomer } from './plan.ts'
import { changedStrangers, createStrangers, STRANGERS } from './strangers.ts'

export interface ChaosOptions {
  customers: number
  seed: number
  /** Each call kills a process and starts it again, one after the other, in an order by the seed. */
  kills: (() => Promise<void>)[]
  /**
   * The time over which customers arrive and kills happen. `null`: one event after the other as fast as they are accepted, while
   * kills go on.
   */
  arrivalSeconds: number | null
  /** The portal's limit, which is enforced; `null` enforces none. A small one forces calls into batches. */
  callsPer10s: number | null
  /** The part of the faults that happen, from 0 to 1. A step that fails often waits half a minute before each further attempt. */
  faults: number
  portal: EmulatorControl
  /** Sends an event; resolves when it is accepted. */
  send: (event: { type: string; data: Record<string, unknown> }) => Promise<void>
  /** The customer's status, for the report; `null` while it is unavailable. */
  status: (customerId: string) => Promise<object | null>
  timeoutMs: number
}

/** The result. Everything below the empty line must be zero or empty. */
export interface ChaosReport extends CallFigures {
  seed: number
  customers: number
  contacts: number
  companies: number
  associations: number
  seconds: number

  /** Customers whose records are not right. */
  lost: number
  /** Contacts, companies and associations beyond those of the plan. */
  doubled: number
  /** Strangers' contacts that have changed. */
  foreign: number
  wrong: string[]
}

// 30 % of the writes lose their response after HubSpot has applied them. Another 20 % fail before HubSpot applies them.
const FAULTS = [
  { probability: 0.15, effect: { kind: 'commit-then-cut' } },
  { probability: 0.1, effect: { kind: 'commit-then-status', status: 502 } },
  { probability: 0.05, effect: { kind: 'truncated-json' } },
  { probability: 0.1, effect: { kind: 'status', status: 503 } },
  { probability: 0.05, effect: { kind: 'cut' } },
  { probability: 0.05, effect: { kind: 'status', status: 429, policy: 'SECONDLY', retryAfterSeconds: 1 } },
] as const
// Each batch meets the faults above as well. HubSpot rejects some whole batches for no row of theirs, and forgets rows.
const BATCH_FAULTS = [
  { probability: 0.05, effect: { kind: 'status', status: 400 } },
  { probability: 0.05, effect: { kind: 'status', status: 409 } },
  { probability: 0.1, effect: { kind: 'partial-batch' } },
  { probability: 0.05, effect: { kind: 'empty-batch', written: false } },
] as const
const WRITES = ['POST', 'PUT', 'PATCH']
const POLL_EVERY_MS = 250
// A portal answers a value in use with an error row, or rejects the whole batch. This one does both, in turn.
const SWITCH_CONFLICTS_EVERY_MS = 2000

/** A customer whose records are not right within the time limit counts as `lost` in the report. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { portal } = options
  const plan = planCustomers(options.customers, options.seed)
  await portal.settings({ seed: options.seed, shuffleBatchRows: true, ...limitsOf(options.callsPer10s) })
  const existing = plan.flatMap(({ existingContact }) => (existingContact ? [{ properties: existingContact }] : []))
  await portal.seed({ contacts: existing })
  const strangers = await createStrangers(portal, 'chaos')
  for (const fault of faultsOf(options)) await portal.fault(fault)
  const before = await portal.measurements()

  const startedAt = Date.now()
  const stopSwitching = switchConflicts(portal)
  let wrong
  try {
    await Promise.all([sendAll(options, plan), killAll(options)])
    wrong = await waitUntilRight(options, plan)
  } finally {
    await stopSwitching()
  }
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
    ...callsBetween(before, await portal.measurements()),
    lost: wrong.length,
    doubled:
      contacts.length - STRANGERS - plan.length + (companies.length - keys.size) + (associations.length - plan.length),
    foreign: await changedStrangers(portal, strangers),
    wrong: await Promise.all(wrong.slice(0, 10).map((each) => explained(each, options))),
  }
}

/** The first fault that matches a request applies, so the faults of batches come first. */
function faultsOf({ faults }: ChaosOptions): Fault[] {
  return [
    ...BATCH_FAULTS.map((fault): Fault => ({ path: '/batch/', ...fault })),
    ...WRITES.flatMap((method) => FAULTS.map((fault): Fault => ({ method, path: '^/crm/(?!.*search$)', ...fault }))),
  ].map((fault) => ({ ...fault, times: null, probability: (fault.probability ?? 1) * faults }))
}

/** Switches the portal's way to reject a value in use, until the returned function is called. */
function switchConflicts(portal: EmulatorControl): () => Promise<void> {
  const stop = new AbortController()
  const switching = (async () => {
    for (let isWhole = true; !stop.signal.aborted; isWhole = !isWhole) {
      await portal.settings({ batchCreateConflicts: isWhole ? 'whole' : 'row' })
      await sleep(SWITCH_CONFLICTS_EVERY_MS, undefined, { signal: stop.signal }).catch(() => {})
    }
  })()
  return async () => {
    stop.abort()
    await switching
  }
}

async function sendAll({ arrivalSeconds, send }: ChaosOptions, plan: PlannedCustomer[]): Promise<void> {
  const sendEventsOf = async ({ customerId, registration, update }: PlannedCustomer) => {
    await send({ type: 'customer.registered', data: { customerId, ...registration } })
    if (update) await send({ type: 'customer.updated', data: { customerId, ...update } })
  }
  if (arrivalSeconds === null) {
    for (const customer of plan) await sendEventsOf(customer)
    return
  }
  // Customers do not wait for each other, so that many arrive during an outage.
  await Promise.all(
    plan.map(async (customer, index) => {
      await sleep((index / plan.length) * arrivalSeconds * 1000)
      await sendEventsOf(customer)
    }),
  )
}

async function killAll({ kills, arrivalSeconds, customers, seed }: ChaosOptions): Promise<void> {
  const random = new Random(seed)
  // Without a given time, the kills are spread over the run, in which about ten customers a second are onboarded.
  const pauseMs = ((arrivalSeconds ?? customers / 10) * 1000) / (kills.length + 1)
  for (const kill of random.shuffled(kills)) {
    await sleep(pauseMs * (0.5 + random.next()))
    await kill()
  }
}

async function waitUntilRight(options: ChaosOptions, plan: PlannedCustomer[]): Promise<WrongCustomer[]> {
  const deadline = Date.now() + options.timeoutMs
  for (;;) {
    const wrong = await wrongIn(options.portal, plan)
    if (wrong.length === 0 || Date.now() > deadline) return wrong
    await sleep(POLL_EVERY_MS)
  }
}

interface WrongCustomer {
  customerId: string
  what: string
}

async function wrongIn(portal: EmulatorControl, plan: PlannedCustomer[]): Promise<WrongCustomer[]> {
  const { contacts, companies, associations } = await portal.records()
  const contactOf = new Map(contacts.map((contact) => [contact.properties['onramp_customer_id'], contact]))
  const companyOf = new Map(companies.map((company) => [company.properties['onramp_company_key'], company]))
  const pairs = new Set(associations.map(({ contactId, companyId }) => `${contactId} ${companyId}`))

  return plan.flatMap(({ customerId, registration, expected }) => {
    const wrong = (what: string) => [{ customerId, what }]
    const contact = contactOf.get(customerId)
    const company = companyOf.get(expected.companyKey)
    if (!contact) return wrong('has no contact')
    if (!company) return wrong('has no company')
    if (!pairs.has(`${contact.id} ${company.id}`)) return wrong(`is not associated with ${expected.companyKey}`)
    const { email, firstname, phone } = contact.properties
    const isRight = email === registration.email && firstname === expected.firstName && phone === expected.phone
    return isRight ? [] : wrong(`has other values: ${firstname}, ${phone}`)
  })
}

/** One sentence, with what onramp says of the customer. */
async function explained({ customerId, what }: WrongCustomer, { status }: ChaosOptions): Promise<string> {
  const known = await status(customerId)
  return `${customerId} ${what}. Status: ${known === null ? 'unavailable' : JSON.stringify(known)}`
}
