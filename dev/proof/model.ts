// Plays random sequences of events, faults, operator commands and worker kills. Then compares HubSpot with a small model.

import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import type { EmulatorControl, Fault } from 'hubspot-emulator/control'
import type { CustomerStatus } from '../../api/contract/customer-status.ts'
import { differences, expectationOf } from './expectation.ts'
import type { Expectation, SentEvent } from './expectation.ts'
import { callsBetween, limitsOf } from './limits.ts'
import type { CallFigures } from './limits.ts'
import { changedStrangers, createStrangers } from './strangers.ts'

export interface ModelOptions {
  /** Every customer id contains this name, so that several proofs can share a Temporal server. */
  name: string
  seed: number
  /** How many sequences are played. Each has two customers. */
  runs: number
  /** How many of them are played at the same time. They share the faults. */
  atOnce: number
  /** The portal's limit, which is enforced; `null` enforces none. A small one forces the calls of several sequences into batches. */
  callsPer10s: number | null
  /** The maximum length of a sequence. */
  maxCommands: number
  portal: EmulatorControl
  /** Sends an event with this id; resolves when it is accepted. */
  send: (event: Omit<SentEvent, 'id'>, id: string) => Promise<void>
  /** Sends an operator's command, which may be rejected. */
  operate: (customerId: string, command: OperatorCommand) => Promise<void>
  /** The customer's status; `null` while it is unavailable. */
  status: (customerId: string) => Promise<CustomerStatus | null>
  /** Sends SIGKILL to the worker and starts another one. */
  replaceWorker: () => Promise<void>
  /** After the faults have ended, HubSpot must have the right records within this time. */
  timeoutMs: number
}

type OperatorCommand = 'resume' | 'resync'

export interface ModelReport extends CallFigures {
  seed: number
  runs: number
  commands: number
  /** Values that several records share, such as a customer id. */
  doubled: number
  /** Strangers' contacts that have changed. */
  foreign: number
}

interface Model {
  sent: SentEvent[]
}

type Command = fc.AsyncCommand<Model, ModelOptions>

/** The two customers of a sequence. One has an existing contact; the other one may move between organizations. */
const CUSTOMERS = [
  { hasContact: false, moves: true },
  { hasContact: true, moves: false },
] as const

// Longer than the retry of a write that failed, while no fault is left.
const PENDING_MS = 2_000

/** @throws Error with the seed and the commands of the first sequence after which HubSpot differs from the model */
export async function runModel(options: ModelOptions): Promise<ModelReport> {
  const { portal, name, runs, atOnce, seed, callsPer10s } = options
  await portal.settings({ shuffleBatchRows: true, ...limitsOf(callsPer10s) })
  const strangers = await createStrangers(portal, name)
  const before = await portal.measurements()
  const replaceWorker = oneByOne(options.replaceWorker)
  let run = 0
  let commands = 0
  // Each lane plays its share, one sequence after the other, with a seed of its own.
  const lanes = Array.from({ length: atOnce }, async (_, lane) => {
    const property = fc.asyncProperty(commandsOf(options), async (list) => {
      const model: Model = { sent: [] }
      run += 1
      const real = { ...options, replaceWorker, name: `${name}_${run}` }
      await createAsHubSpotUser(real, real.name)
      await fc.asyncModelRun(() => ({ model, real }), list)
      await waitUntilRight(real, model.sent)
      commands += [...list].length
    })
    await fc.assert(property, { numRuns: Math.ceil(runs / atOnce), seed: seed + lane, endOnFailure: true })
  })
  await Promise.all(lanes)
  return {
    seed,
    runs: run,
    commands,
    ...callsBetween(before, await portal.measurements()),
    doubled: await sharedValues(portal),
    foreign: await changedStrangers(portal, strangers),
  }
}

/** Two sequences may kill the worker in the same moment. */
function oneByOne(act: () => Promise<void>): () => Promise<void> {
  let last = Promise.resolve()
  return async () => {
    last = last.then(act)
    await last
  }
}

async function sharedValues(portal: EmulatorControl): Promise<number> {
  const { companiesPerKey, contactsPerKey, contactsPerEmail, severalPrimaryCompanies } = await portal.invariants()
  const perProperty = [...Object.values(companiesPerKey), ...Object.values(contactsPerKey), contactsPerEmail]
  return perProperty.reduce((sum, shared) => sum + Object.keys(shared).length, severalPrimaryCompanies.length)
}

function commandsOf({ maxCommands }: ModelOptions) {
  const customer = fc.nat(CUSTOMERS.length - 1)
  // The clock has only ten ticks, so that many events are late or simultaneous.
  const tick = fc.nat(9)
  const text = fc.constantFrom('one', 'two', 'three')
  const cleared = fc.option(text)
  const event = fc.record({
    customer,
    tick,
    type: fc.oneof(
      { weight: 4, arbitrary: fc.constant('customer.registered' as const) },
      { weight: 8, arbitrary: fc.constant('customer.updated' as const) },
      { weight: 1, arbitrary: fc.constant('customer.erased' as const) },
    ),
    firstName: text,
    phone: cleared,
    city: cleared,
    email: fc.nat(1),
    organization: fc.nat(2),
    fields: fc.subarray(['phone', 'city', 'email', 'organization', 'firstName'] as const, { minLength: 1 }),
  })
  return fc.commands(
    [
      fc.oneof(
        { weight: 12, arbitrary: event.map(send) },
        { weight: 3, arbitrary: fc.nat(20).map(repeat) },
        { weight: 5, arbitrary: fault.map(injectFault) },
        { weight: 2, arbitrary: fc.constantFrom(operate('resume'), operate('resync')) },
        { weight: 1, arbitrary: fc.constant(killWorker) },
      ),
    ],
    { maxCommands, size: 'max' },
  )
}

const times = fc.integer({ min: 1, max: 3 })

const faultOfWrite = fc.record({
  method: fc.constantFrom('POST', 'PUT', 'PATCH'),
  path: fc.constant('^/crm/(?!.*search$)'),
  times,
  effect: fc.constantFrom<Fault['effect']>(
    { kind: 'status', status: 503 },
    { kind: 'status', status: 429, policy: 'SECONDLY', retryAfterSeconds: 1 },
    { kind: 'status', status: 400 },
    { kind: 'cut' },
    { kind: 'commit-then-cut' },
    { kind: 'commit-then-status', status: 502 },
    { kind: 'truncated-json' },
    { kind: 'delay', ms: 300 },
  ),
})

// A batch is rejected as a whole for no row of its own, or its response leaves rows out.
const faultOfBatch = fc.record({
  path: fc.constant('/batch/'),
  times,
  effect: fc.constantFrom<Fault['effect']>(
    { kind: 'status', status: 400 },
    { kind: 'status', status: 409 },
    { kind: 'partial-batch' },
    { kind: 'empty-batch' },
    { kind: 'empty-batch', written: false },
  ),
})

const fault: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 2, arbitrary: faultOfWrite },
  { weight: 1, arbitrary: faultOfBatch },
)

interface DrawnEvent {
  customer: number
  tick: number
  type: SentEvent['type']
  firstName: string
  phone: string | null
  city: string | null
  email: number
  organization: number
  /** The fields of an update; a registration has all of them. */
  fields: ('phone' | 'city' | 'email' | 'organization' | 'firstName')[]
}

function send(drawn: DrawnEvent): Command {
  const { customer, tick, type, fields } = drawn
  return command(`${type} of ${customer} at ${tick} with ${fields.join(' and ')}`, async ({ sent }, real) => {
    const id = `evt_${real.name}_${sent.length}`
    const event = eventOf(real.name, drawn)
    await real.send(event, id)
    sent.push({ ...event, id })
  })
}

function repeat(index: number): Command {
  return command(`event ${index} again`, async ({ sent }, real) => {
    const earlier = sent[index]
    if (!earlier) return
    const { id, ...event } = earlier
    await real.send(event, id)
  })
}

const injectFault = (drawn: Fault) => command(JSON.stringify(drawn), async (_, { portal }) => await portal.fault(drawn))

// Commands go only to the customer without an existing contact. A resync overwrites the values of HubSpot users, and the model
// does not know when.
const operate = (name: OperatorCommand) =>
  command(`${name} of 0`, async (_, real) => await real.operate(customerIdOf(real.name, 0), name))

const killWorker = command('kill the worker', async (_, real) => await real.replaceWorker())

/** Every command can run at any time. A failure prints its name. */
function command(name: string, run: Command['run']): Command {
  return { check: () => true, run, toString: () => name }
}

function eventOf(name: string, drawn: DrawnEvent): Omit<SentEvent, 'id'> {
  const { customer, tick, type, firstName, phone, city, email, organization } = drawn
  const customerId = customerIdOf(name, customer)
  const timestamp = new Date(Date.UTC(2026, 0, 1) + tick).toISOString()
  if (type === 'customer.erased') return { type, timestamp, data: { customerId } }

  const { hasContact, moves } = CUSTOMERS[customer] ?? CUSTOMERS[0]
  const organizationId = moves ? `org_${name}_${organization}` : null
  const all = {
    firstName,
    phone,
    address: { city },
    // The email address identifies the existing contact, so the address stays the same.
    email: hasContact || email === 0 ? addressOf(customerId) : `second-${addressOf(customerId)}`,
    company:
      organizationId === null
        ? { name: `Company of ${customerId}` }
        : { id: organizationId, name: `Company ${organizationId}` },
  }
  const has = (field: DrawnEvent['fields'][number]) => type === 'customer.registered' || drawn.fields.includes(field)
  return {
    type,
    timestamp,
    data: {
      customerId,
      ...(has('firstName') && { firstName: all.firstName }),
      ...(has('phone') && { phone: all.phone }),
      ...(has('city') && { address: all.address }),
      ...(has('email') && { email: all.email }),
      ...(has('organization') && { company: all.company }),
    },
  }
}

async function createAsHubSpotUser({ portal }: ModelOptions, name: string): Promise<void> {
  const contacts = CUSTOMERS.flatMap(({ hasContact }, index) =>
    hasContact ? [{ email: addressOf(customerIdOf(name, index)), firstname: 'Existing' }] : [],
  )
  await portal.seed({ contacts: contacts.map((properties) => ({ properties })) })
}

async function waitUntilRight(real: ModelOptions, sent: SentEvent[]): Promise<void> {
  await real.portal.clearFaults()
  const expected = CUSTOMERS.map(({ hasContact }, index) =>
    expectationOf(customerIdOf(real.name, index), sent, hasContact ? 'Existing' : null),
  )
  const started = expected.filter(({ customerId }) => sent.some(({ data }) => data.customerId === customerId))
  const deadline = Date.now() + real.timeoutMs
  let rightSince = Infinity
  for (;;) {
    const { unfinished, pending } = await workOf(real, started)
    const wrong = unfinished.length > 0 ? unfinished : differences(expected, await real.portal.records())
    rightSince = wrong.length > 0 ? Infinity : Math.min(rightSince, Date.now())
    // A value whose response was lost stays pending for a minute, until it is read back. Other pending values are written sooner.
    if (wrong.length === 0 && (pending === 0 || Date.now() - rightSince > PENDING_MS)) return
    if (Date.now() > deadline)
      throw new Error(`HubSpot differs from the model:\n${wrong.join('\n')}\nafter ${JSON.stringify(sent)}`)
    await sleep(50)
  }
}

/** The customers with unfinished work, and the number of pending values. HubSpot may look right before all work is done. */
async function workOf(real: ModelOptions, expected: Expectation[]): Promise<{ unfinished: string[]; pending: number }> {
  let pending = 0
  const found = await Promise.all(
    expected.map(async ({ customerId, phase }) => {
      const status = await real.status(customerId)
      if (status === null) return `the status of ${customerId} is unavailable`
      // The faults have ended, so an operator resumes every parked customer.
      if (status.parked.length > 0) await real.operate(customerId, 'resume')
      if (status.parked.length > 0) return `${customerId} is parked: ${JSON.stringify(status.parked)}`
      // After a lost response the erasure looks again an hour later.
      const actual = status.phase === 'erasing' ? 'erased' : status.phase
      if (actual !== phase) return `${customerId} has phase ${status.phase}, not ${phase}`
      // Before the registration onramp writes nothing.
      if (phase !== 'onboarded') return []
      const states = Object.values(status.fields).map(({ state }) => state)
      pending += states.filter((state) => state === 'pending').length
      return states.includes('rejected') ? `${customerId} has rejected values: ${JSON.stringify(status.fields)}` : []
    }),
  )
  return { unfinished: found.flat(), pending }
}

function customerIdOf(name: string, index: number): string {
  return `cus_${name}_${index}`
}

function addressOf(customerId: string): string {
  return `${customerId.toLowerCase()}@people.example`
}
