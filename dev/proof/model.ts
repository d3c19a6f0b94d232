// Random lives of random customers against the real thing: whatever is sent, repeated, refused and killed, HubSpot ends as a model of a few lines says.

import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import type { EmulatorControl, Fault } from 'hubspot-emulator/control'
import type { OnboardingStatus } from '../../domain/onboarding-status.ts'
import { differences, expectationOf } from './expectation.ts'
import type { Expectation, SentEvent } from './expectation.ts'

export interface ModelProofOptions {
  /** Told apart from other proofs on the same Temporal. */
  name: string
  seed: number
  /** How many lives of two customers are played, one after the other. */
  runs: number
  /** Most things that happen in one of them. */
  commands: number
  portal: EmulatorControl
  hubspotUrl: string
  /** Sends one event under this id; resolves when it is accepted. */
  send: (event: Omit<SentEvent, 'id'>, id: string) => Promise<void>
  /** What an operator asks of a customer; it may be refused. */
  order: (customerId: string, order: Order) => Promise<void>
  /** Where the customer is; `null` while nobody can tell. */
  status: (customerId: string) => Promise<OnboardingStatus | null>
  /** Kills the worker without warning and starts another. */
  replaceWorker: () => Promise<void>
  /** How long HubSpot may take to be right when the trouble is over. */
  settlesWithinMs: number
}

type Order = 'resume' | 'resync'

interface Model {
  sent: SentEvent[]
}

type Command = fc.AsyncCommand<Model, ModelProofOptions>

/** Of the two customers of a life, people have typed one into HubSpot before. */
const CUSTOMERS = [
  { is: 'new', firms: true },
  { is: 'typed in', firms: false },
] as const

/** @throws Error with the seed and the commands of the first life after which HubSpot is not as the model says */
export async function proveModel(
  options: ModelProofOptions,
): Promise<{ runs: number; seed: number; commands: number }> {
  let run = 0
  let commands = 0
  const life = fc.asyncProperty(commandsOf(options), async (list) => {
    const model: Model = { sent: [] }
    run += 1
    const name = `${options.name}_${run}`
    await typeIn(options, name)
    const real = { ...options, name }
    await fc.asyncModelRun(() => ({ model, real }), list)
    await untilRight(real, model.sent)
    commands += [...list].length
  })
  await fc.assert(life, { numRuns: options.runs, seed: options.seed, endOnFailure: true })
  return { runs: run, seed: options.seed, commands }
}

function commandsOf({ commands: maxCommands }: ModelProofOptions) {
  const customer = fc.nat(CUSTOMERS.length - 1)
  // A clock of ten ticks, so that events are late and simultaneous often.
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
    firm: fc.nat(2),
    carries: fc.subarray(['phone', 'city', 'email', 'firm', 'firstName'] as const, { minLength: 1 }),
  })
  return fc.commands(
    [
      fc.oneof(
        { weight: 12, arbitrary: event.map(send) },
        { weight: 3, arbitrary: fc.nat(20).map(repeat) },
        { weight: 5, arbitrary: fault.map(trouble) },
        { weight: 2, arbitrary: fc.constantFrom(ask('resume'), ask('resync')) },
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
  firm: number
  carries: ('phone' | 'city' | 'email' | 'firm' | 'firstName')[]
}

function send(drawn: DrawnEvent): Command {
  const { customer, tick, type, carries } = drawn
  return command(`${type} of ${customer} at ${tick} with ${carries.join(' and ')}`, async ({ sent }, real) => {
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

const trouble = (drawn: Fault) => command(JSON.stringify(drawn), async (_, { portal }) => await portal.fault(drawn))

// Of whom people have typed in, a resync would overwrite what they typed; when, the model does not know.
const ask = (order: Order) =>
  command(`${order} of 0`, async (_, real) => await real.order(customerIdOf(real.name, 0), order))

const killWorker = command('the worker is killed', async (_, real) => await real.replaceWorker())

/** Each can always happen; its name is what a failure shows. */
function command(name: string, run: Command['run']): Command {
  return { check: () => true, run, toString: () => name }
}

function eventOf(name: string, drawn: DrawnEvent): Omit<SentEvent, 'id'> {
  const { customer, tick, type, firstName, phone, city, email, firm } = drawn
  const customerId = customerIdOf(name, customer)
  const timestamp = new Date(Date.UTC(2026, 0, 1) + tick).toISOString()
  if (type === 'customer.erased') return { type, timestamp, data: { customerId } }

  const { is, firms } = CUSTOMERS[customer] ?? CUSTOMERS[0]
  const firmId = firms ? `org_${name}_${firm}` : null
  const whole = {
    firstName,
    phone,
    address: { city },
    // Who is typed in is known by the address, so it stays the same.
    email: is === 'typed in' || email === 0 ? addressOf(customerId) : `second-${addressOf(customerId)}`,
    company: firmId === null ? { name: `Firm of ${customerId}` } : { id: firmId, name: `Firm ${firmId}` },
  }
  const carries = (field: DrawnEvent['carries'][number]) =>
    type === 'customer.registered' || drawn.carries.includes(field)
  return {
    type,
    timestamp,
    data: {
      customerId,
      ...(carries('firstName') && { firstName: whole.firstName }),
      ...(carries('phone') && { phone: whole.phone }),
      ...(carries('city') && { address: whole.address }),
      ...(carries('email') && { email: whole.email }),
      ...(carries('firm') && { company: whole.company }),
    },
  }
}

async function typeIn({ portal }: ModelProofOptions, name: string): Promise<void> {
  const contacts = CUSTOMERS.flatMap(({ is }, index) =>
    is === 'typed in' ? [{ email: addressOf(customerIdOf(name, index)), firstname: 'Typed' }] : [],
  )
  await portal.seed({ contacts: contacts.map((properties) => ({ properties })) })
}

async function untilRight(real: ModelProofOptions, sent: SentEvent[]): Promise<void> {
  await real.portal.clearFaults()
  const expected = CUSTOMERS.map(({ is }, index) =>
    expectationOf(customerIdOf(real.name, index), sent, is === 'typed in' ? 'Typed' : null),
  )
  const told = expected.filter(({ customerId }) => sent.some(({ data }) => data.customerId === customerId))
  const deadline = Date.now() + real.settlesWithinMs
  for (;;) {
    const restless = await restlessOf(real, told)
    const wrong = restless.length > 0 ? restless : differences(expected, await real.portal.records())
    if (wrong.length === 0) return
    if (Date.now() > deadline)
      throw new Error(`HubSpot is not as it must be:\n${wrong.join('\n')}\nafter ${JSON.stringify(sent)}`)
    await sleep(50)
  }
}

/** Who has not come to rest yet: HubSpot may look right before all that is under way has ended. */
async function restlessOf(real: ModelProofOptions, expected: Expectation[]): Promise<string[]> {
  const found = await Promise.all(
    expected.map(async ({ customerId, phase }) => {
      const status = await real.status(customerId)
      if (status === null) return `nobody can tell where ${customerId} is`
      // The trouble is over, so a person lets everything be tried again.
      if (status.parked.length > 0) await real.order(customerId, 'resume')
      if (status.parked.length > 0) return `${customerId} is parked: ${JSON.stringify(status.parked)}`
      const pending = Object.entries(status.fields).filter(
        ([, { state }]) => state === 'pending' || state === 'rejected',
      )
      if (status.phase !== phase) return `${customerId} is at ${status.phase}, not at ${phase}`
      // Before the registration nothing can be written.
      return phase === 'onboarded' && pending.length > 0 ? `${customerId} waits with ${JSON.stringify(pending)}` : []
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
