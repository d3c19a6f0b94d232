// Random lives of random customers against the real thing: whatever is sent, repeated, refused and killed, HubSpot ends as a model of a few lines says.

import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import type { EmulatorControl, Fault } from './hubspot/control.ts'
import { differences, expectationOf } from './proof-expectation.ts'
import type { SentEvent } from './proof-expectation.ts'

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
  /** Resumes the customer where something is parked. */
  resume: (customerId: string) => Promise<void>
  /** Kills the worker without warning and starts another. */
  replaceWorker: () => Promise<void>
  /** How long HubSpot may take to be right when the trouble is over. */
  settlesWithinMs: number
}

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
        { weight: 12, arbitrary: event.map((drawn) => new Send(drawn)) },
        { weight: 3, arbitrary: fc.nat(20).map((index) => new Repeat(index)) },
        { weight: 5, arbitrary: fault.map((drawn) => new Trouble(drawn)) },
        { weight: 1, arbitrary: fc.constant(new KillWorker()) },
      ) as fc.Arbitrary<Command>,
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

class Send implements Command {
  readonly #drawn: DrawnEvent

  constructor(drawn: DrawnEvent) {
    this.#drawn = drawn
  }

  check(): boolean {
    return true
  }

  async run(model: Model, real: ModelProofOptions): Promise<void> {
    const id = `evt_${real.name}_${model.sent.length}`
    const event = eventOf(real.name, this.#drawn)
    await real.send(event, id)
    model.sent.push({ ...event, id })
  }

  toString(): string {
    const { customer, tick, type, carries } = this.#drawn
    return `${type} of ${customer} at ${tick} with ${carries.join(' and ')}`
  }
}

class Repeat implements Command {
  readonly #index: number

  constructor(index: number) {
    this.#index = index
  }

  check({ sent }: Model): boolean {
    return this.#index < sent.length
  }

  async run({ sent }: Model, real: ModelProofOptions): Promise<void> {
    const earlier = sent[this.#index]
    if (!earlier) return
    const { id, ...event } = earlier
    await real.send(event, id)
  }

  toString(): string {
    return `event ${this.#index} again`
  }
}

class Trouble implements Command {
  readonly #fault: Fault

  constructor(drawn: Fault) {
    this.#fault = drawn
  }

  check(): boolean {
    return true
  }

  async run(_: Model, { portal }: ModelProofOptions): Promise<void> {
    await portal.fault(this.#fault)
  }

  toString(): string {
    return JSON.stringify(this.#fault)
  }
}

class KillWorker implements Command {
  check(): boolean {
    return true
  }

  async run(_: Model, real: ModelProofOptions): Promise<void> {
    await real.replaceWorker()
  }

  toString(): string {
    return 'the worker is killed'
  }
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
  const deadline = Date.now() + real.settlesWithinMs
  for (;;) {
    const wrong = differences(expected, await real.portal.records())
    if (wrong.length === 0) return
    if (Date.now() > deadline)
      throw new Error(`HubSpot is not as it must be:\n${wrong.join('\n')}\nafter ${JSON.stringify(sent)}`)
    await sleep(50)
    for (const { customerId } of expected)
      if (sent.some(({ data }) => data.customerId === customerId)) await real.resume(customerId)
  }
}

function customerIdOf(name: string, index: number): string {
  return `cus_${name}_${index}`
}

function addressOf(customerId: string): string {
  return `${customerId.toLowerCase()}@people.example`
}
