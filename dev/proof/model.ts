// Plays random sequences of events, faults, operator commands and worker kills. Then compares HubSpot with a small model.

import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import type { EmulatorControl, Fault } from 'hubspot-emulator/control'
import type { OnboardingStatus } from '../../domain/onboarding-status.ts'
import { differences, expectationOf } from './expectation.ts'
import type { Expectation, SentEvent } from './expectation.ts'

export interface ModelOptions {
  /** Every customer id contains this name, so that several proofs can share a Temporal server. */
  name: string
  seed: number
  /** How many sequences are played. They run one after the other, and each has two customers. */
  runs: number
  /** The maximum length of a sequence. */
  maxCommands: number
  portal: EmulatorControl
  hubspotUrl: string
  /** Sends an event with this id; resolves when it is accepted. */
  send: (event: Omit<SentEvent, 'id'>, id: string) => Promise<void>
  /** Sends an operator's command, which may be rejected. */
  operate: (customerId: string, command: OperatorCommand) => Promise<void>
  /** The customer's status; `null` while it is unavailable. */
  status: (customerId: string) => Promise<OnboardingStatus | null>
  /** Sends SIGKILL to the worker and starts another one. */
  replaceWorker: () => Promise<void>
  /** After the faults have ended, HubSpot must have the right records within this time. */
  timeoutMs: number
}

type OperatorCommand = 'resume' | 'resync'

interface Model {
  sent: SentEvent[]
}

type Command = fc.AsyncCommand<Model, ModelOptions>

/** The two customers of a sequence. One has an existing contact; the other one may move between organizations. */
const CUSTOMERS = [
  { hasContact: false, moves: true },
  { hasContact: true, moves: false },
] as const

/** @throws Error with the seed and the commands of the first sequence after which HubSpot differs from the model */
export async function runModel(options: ModelOptions): Promise<{ runs: number; seed: number; commands: number }> {
  let run = 0
  let commands = 0
  const property = fc.asyncProperty(commandsOf(options), async (list) => {
    const model: Model = { sent: [] }
    run += 1
    const name = `${options.name}_${run}`
    await createAsHubSpotUser(options, name)
    const real = { ...options, name }
    await fc.asyncModelRun(() => ({ model, real }), list)
    await waitUntilRight(real, model.sent)
    commands += [...list].length
  })
  await fc.assert(property, { numRuns: options.runs, seed: options.seed, endOnFailure: true })
  return { runs: run, seed: options.seed, commands }
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

const fault: fc.Arbitrary<Fault> = fc.record({
  method: fc.constantFrom('POST', 'PUT', 'PATCH'),
  path: fc.constant('^/crm/(?!.*search$)'),
  times: fc.integer({ min: 1, max: 3 }),
  effect: fc.constantFrom<Fault['effect']>(
    { kind: 'status', status: 503 },
    { kind: 'status', status: 429, policy: 'SECONDLY', retryAfterSeconds: 1 },
    { kind: 'status', status: 400 },
    { kind: 'commit-then-cut' },
    { kind: 'commit-then-status', status: 502 },
    { kind: 'truncated-json' },
    { kind: 'delay', ms: 300 },
  ),
})

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
  for (;;) {
    const unfinished = await unfinishedIn(real, started)
    const wrong = unfinished.length > 0 ? unfinished : differences(expected, await real.portal.records())
    if (wrong.length === 0) return
    if (Date.now() > deadline)
      throw new Error(`HubSpot differs from the model:\n${wrong.join('\n')}\nafter ${JSON.stringify(sent)}`)
    await sleep(50)
  }
}

/** Returns the customers with unfinished work. HubSpot may look right before all work is done. */
async function unfinishedIn(real: ModelOptions, expected: Expectation[]): Promise<string[]> {
  const found = await Promise.all(
    expected.map(async ({ customerId, phase }) => {
      const status = await real.status(customerId)
      if (status === null) return `the status of ${customerId} is unavailable`
      // The faults have ended, so an operator resumes every parked customer.
      if (status.parked.length > 0) await real.operate(customerId, 'resume')
      if (status.parked.length > 0) return `${customerId} is parked: ${JSON.stringify(status.parked)}`
      const pending = Object.entries(status.fields).filter(
        ([, { state }]) => state === 'pending' || state === 'rejected',
      )
      if (status.phase !== phase) return `${customerId} has phase ${status.phase}, not ${phase}`
      // Before the registration onramp writes nothing.
      return phase === 'onboarded' && pending.length > 0 ? `${customerId} has pending ${JSON.stringify(pending)}` : []
    }),
  )
  return found.flat()
}

function customerIdOf(name: string, index: number): string {
  return `cus_${name}_${index}`
}

function addressOf(customerId: string): string {
  return `${customerId.toLowerCase()}@people.example`
}
