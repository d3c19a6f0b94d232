// `npm run proof`: checks the guarantees on a whole stack under faults.
// `-- chaos --customers 5000 --kills 10` onboards many customers and kills workers.
// `-- model --runs 500` plays random sequences.
// `-- soak --updates 20000` updates one customer without a pause.

import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { EmulatorControl } from 'hubspot-emulator/control'
import type { OnboardingStatus } from '../../domain/onboarding-status.ts'
import { createClient } from '../../platform/temporal.ts'
import type { StackProcess } from '../launcher/processes.ts'
import { runModel } from './model.ts'
import { runChaos } from './chaos.ts'
import { runSoak } from './soak.ts'
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
const PROOFS = { chaos: proveChaos, model: proveModel, soak: proveSoak }
const [name = 'chaos'] = positionals
if (!(name in PROOFS)) {
  console.error(`Unknown proof "${name}": use ${Object.keys(PROOFS).join(', ')}.`)
  process.exit(2)
}
const proof = PROOFS[name as keyof typeof PROOFS]

const say = (line: string) => console.log(line)

await onThrowAwayStack(async (stack) => {
  const { figures, wrong } = await proof(stack)
  for (const [figure, value] of Object.entries(figures)) say(`  ${figure.padEnd(16)}${String(value)}`)
  for (const line of wrong) say(line)
  say(wrong.length === 0 ? 'All guarantees hold.' : 'Not all guarantees hold.')
  return wrong.length === 0
})

/** The figures to print; `wrong` is empty when all guarantees hold. */
interface ProofResult {
  figures: object
  wrong: string[]
}

async function proveChaos(stack: ThrowAwayStack): Promise<ProofResult> {
  const { customers, kills } = { customers: Number(values.customers), kills: Number(values.kills) }
  say(`${customers} customers, seed ${seed}, ${kills} killed workers …`)
  const { wrong, ...figures } = await runChaos({
    ...emulatorOf(stack),
    customers,
    seed,
    kills,
    timeoutMs: 300_000 + customers * 200,
    send: (event) => sendTo(stack, { timestamp: new Date().toISOString(), ...event }),
    replaceWorker: killableWorker(stack),
  })
  return { figures, wrong: [...wrong, ...notZero(figures, ['missing', 'duplicates', 'foreignWrites'])] }
}

async function proveModel(stack: ThrowAwayStack): Promise<ProofResult> {
  const runs = Number(values.runs)
  say(`${runs} random sequences for two customers, seed ${seed} …`)
  const figures = await runModel({
    ...emulatorOf(stack),
    name: randomUUID().slice(0, 8),
    seed,
    runs,
    maxCommands: 30,
    timeoutMs: 120_000,
    send: (event, id) => sendTo(stack, event, id),
    operate: async (customerId, command) => void (await ask(stack, 'POST', `/v1/customers/${customerId}/${command}`)),
    async status(customerId) {
      const response = await ask(stack, 'GET', `/v1/customers/${customerId}`)
      return response.ok ? ((await response.json()) as OnboardingStatus) : null
    },
    replaceWorker: killableWorker(stack),
  })
  return { figures, wrong: [] }
}

async function proveSoak(stack: ThrowAwayStack): Promise<ProofResult> {
  const [updates, senders] = [Number(values.updates), Number(values.senders)]
  say(`${updates} updates of one customer, ${senders} at a time …`)
  const client = createClient({
    connectionOptions: { address: stack.env['TEMPORAL_ADDRESS'] ?? '' },
    namespace: 'default',
  })
  const figures = await runSoak({
    ...emulatorOf(stack),
    customerId: `cus_soak_${seed}`,
    updates,
    senders,
    client,
    send: (event) => sendTo(stack, event),
  })
  return { figures, wrong: notZero(figures, ['lost', 'wrong']) }
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
  if (status !== 202) throw new Error(`onramp answered ${status} to an event`)
}

async function ask({ apiUrl, secrets }: ThrowAwayStack, method: string, path: string): Promise<Response> {
  return await fetch(apiUrl + path, { method, headers: { authorization: `Bearer ${secrets.operatorToken}` } })
}

/** Starts a second worker. Each call of the returned function sends SIGKILL to this worker and starts a new one. */
function killableWorker({ env, logDir, supervisor }: ThrowAwayStack): () => Promise<void> {
  let count = 0
  const start = (): StackProcess =>
    supervisor.start({
      name: 'second worker',
      layer: 'top',
      command: process.execPath,
      args: [fileURLToPath(new URL('../../worker/main.ts', import.meta.url))],
      env: { ...env, METRICS_PORT: '0' },
      logFile: join(logDir, `second-worker-${++count}.log`),
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
