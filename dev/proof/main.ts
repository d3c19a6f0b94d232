// `npm run proof`: the whole stack through much trouble, held against what it promises. `-- chaos --customers 5000 --kills 10`
// many customers and killed workers, `-- model --runs 500` random lives, `-- soak --updates 20000` one customer without a pause.

import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { EmulatorControl } from 'hubspot-emulator/control'
import type { OnboardingStatus } from '../../domain/onboarding-status.ts'
import { createClient } from '../../platform/temporal.ts'
import type { Part } from '../launcher/processes.ts'
import { proveModel } from './model.ts'
import { prove } from './chaos.ts'
import { soak } from './soak.ts'
import { onThrowAwayStack } from '../launcher/throw-away-stack.ts'
import type { ThrowAwayStack } from '../launcher/throw-away-stack.ts'
import { postEvent } from '../send/webhook.ts'
import type { EventToSend } from '../send/webhook.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    customers: { type: 'string', default: '500' },
    kills: { type: 'string', default: '4' },
    runs: { type: 'string', default: '200' },
    updates: { type: 'string', default: '20000' },
    senders: { type: 'string', default: '4' },
  },
})
const seed = Number(values.seed)
const PROOFS = { chaos: proveChaos, model: proveLives, soak: proveSoak }
const [name = 'chaos'] = positionals
if (!(name in PROOFS)) {
  console.error(`There is no proof "${name}"; there are ${Object.keys(PROOFS).join(', ')}.`)
  process.exit(2)
}
const proof = PROOFS[name as keyof typeof PROOFS]

const say = (line: string) => console.log(line)

await onThrowAwayStack(async (stack) => {
  const { figures, wrong } = await proof(stack)
  for (const [figure, value] of Object.entries(figures)) say(`  ${figure.padEnd(16)}${String(value)}`)
  for (const line of wrong) say(line)
  say(wrong.length === 0 ? 'Everything is as promised.' : 'Not everything is as promised.')
  return wrong.length === 0
})

/** What came out, for people; `wrong` is empty when every promise was kept. */
interface Proven {
  figures: object
  wrong: string[]
}

async function proveChaos(stack: ThrowAwayStack): Promise<Proven> {
  const { customers, kills } = { customers: Number(values.customers), kills: Number(values.kills) }
  say(`${customers} customers with seed ${seed}; ${kills} kills of a worker …`)
  const { wrong, ...figures } = await prove({
    ...emulatorOf(stack),
    customers,
    seed,
    kills,
    timeoutMs: 300_000 + customers * 200,
    send: (event) => sendTo(stack, { timestamp: new Date().toISOString(), ...event }),
    replaceWorker: dyingWorker(stack),
  })
  return { figures, wrong: [...wrong, ...notZero(figures, ['missing', 'duplicates', 'foreignWrites'])] }
}

async function proveLives(stack: ThrowAwayStack): Promise<Proven> {
  const runs = Number(values.runs)
  say(`${runs} lives of two customers with seed ${seed} …`)
  const figures = await proveModel({
    ...emulatorOf(stack),
    name: randomUUID().slice(0, 8),
    seed,
    runs,
    commands: 30,
    settlesWithinMs: 120_000,
    send: (event, id) => sendTo(stack, event, id),
    order: async (customerId, order) => void (await ask(stack, 'POST', `/v1/customers/${customerId}/${order}`)),
    async status(customerId) {
      const answer = await ask(stack, 'GET', `/v1/customers/${customerId}`)
      return answer.ok ? ((await answer.json()) as OnboardingStatus) : null
    },
    replaceWorker: dyingWorker(stack),
  })
  return { figures, wrong: [] }
}

async function proveSoak(stack: ThrowAwayStack): Promise<Proven> {
  const [updates, senders] = [Number(values.updates), Number(values.senders)]
  say(`${updates} updates of one customer, ${senders} at a time …`)
  const client = createClient({
    connectionOptions: { address: stack.env['TEMPORAL_ADDRESS'] ?? '' },
    namespace: 'default',
  })
  const figures = await soak({
    ...emulatorOf(stack),
    customerId: `cus_soak_${seed}`,
    updates,
    senders,
    client,
    send: (event) => sendTo(stack, event),
  })
  return { figures, wrong: notZero(figures, ['lostAtSeams', 'wrong']) }
}

function emulatorOf({ emulatorUrl }: ThrowAwayStack): { portal: EmulatorControl; hubspotUrl: string } {
  return { portal: new EmulatorControl(emulatorUrl), hubspotUrl: emulatorUrl }
}

async function sendTo(
  { apiUrl, secrets }: ThrowAwayStack,
  event: object,
  eventId: string = randomUUID(),
): Promise<void> {
  const { webhookSecret } = secrets
  const { status } = await postEvent({ apiUrl, webhookSecret, eventId, event: event as EventToSend })
  if (status !== 202) throw new Error(`onramp answers ${status} to an event`)
}

async function ask({ apiUrl, secrets }: ThrowAwayStack, method: string, path: string): Promise<Response> {
  return await fetch(apiUrl + path, { method, headers: { authorization: `Bearer ${secrets.operatorToken}` } })
}

/** Beside the stack's own worker, one that dies: what comes back kills it without warning and starts another. */
function dyingWorker({ env, logDir, supervisor }: ThrowAwayStack): () => Promise<void> {
  let lives = 0
  const start = (): Part =>
    supervisor.start({
      name: 'second worker',
      layer: 'top',
      command: process.execPath,
      args: [fileURLToPath(new URL('../../worker/main.ts', import.meta.url))],
      env: { ...env, METRICS_PORT: '0' },
      logFile: join(logDir, `second-worker-${++lives}.log`),
    })
  let worker = start()
  return async () => {
    await worker.stop(0)
    worker = start()
  }
}

function notZero<Figures extends object>(figures: Figures, names: (keyof Figures)[]): string[] {
  return names.filter((name) => figures[name] !== 0).map((name) => `${String(name)} is not 0.`)
}
