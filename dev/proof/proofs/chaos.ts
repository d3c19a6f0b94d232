import { Random } from 'hubspot-emulator/random'
import type { ThrowAwayStack } from '../../launcher/throw-away-stack.ts'
import { runChaos } from '../chaos.ts'
import { playOutage } from '../outage.ts'
import type { Outage } from '../outage.ts'
import type { Proof, ProofResult, ProofSettings } from '../proof.ts'
import { emulatorOf, sendTo, startFurtherWorker, statusOf, temporalOf, withApi } from '../stack.ts'
import { LIMIT_OPTION, limitIn } from './limit-option.ts'

export const chaos: Proof = {
  name: 'chaos',
  checks: [
    'Many customers register while half of the writes to HubSpot fail or lose their response, whole batches are',
    'rejected, batches leave rows out, and a worker is killed. Each has one contact, one company and one association.',
  ],
  options: {
    customers: { default: '500', meaning: 'customers that register' },
    kills: { default: '4', meaning: 'how often a worker gets SIGKILL' },
    ...LIMIT_OPTION,
  },
  run: (stack, settings) => chaosOn(stack, settings, { apis: 1, workers: 2, arrivalSeconds: null, outages: [] }),
}

interface ChaosStack {
  /** APIs, each of which gets a random part of the events. */
  apis: number
  /** Workers; each but the first may be killed. */
  workers: number
  arrivalSeconds: number | null
  /** The parts of Temporal that are killed, each as often as a worker. */
  outages: Outage[]
}

/** Plays the chaos proof. `--kills` counts the kills of each kind. */
export async function chaosOn(
  stack: ThrowAwayStack,
  settings: ProofSettings,
  { apis, workers, arrivalSeconds, outages }: ChaosStack,
): Promise<ProofResult> {
  const { seed, say } = settings
  const { customers, kills } = { customers: settings.number('customers'), kills: settings.number('kills') }
  say(`${customers} customers, seed ${seed}, ${kills} killed workers, ${settings.text('limit')} calls per 10 s …`)
  const random = new Random(seed)
  const oneOf = <Item>(items: Item[]) => items[Math.floor(random.next() * items.length)]!
  const entries = [stack]
  while (entries.length < apis) entries.push(await withApi(stack, {}))
  const mortal = await Promise.all(Array.from({ length: workers - 1 }, () => startFurtherWorker(stack)))
  const times = (kill: () => Promise<void>) => Array.from({ length: kills }, () => kill)
  const temporal = temporalOf(stack)

  let unavailable = 0
  const report = await runChaos({
    ...emulatorOf(stack),
    customers,
    seed,
    kills: [
      ...times(() => oneOf(mortal).replace()),
      ...outages.flatMap((outage) => times(() => playOutage(outage, temporal, random))),
    ],
    arrivalSeconds,
    callsPer10s: limitIn(settings),
    faults: 1,
    timeoutMs: 300_000 + customers * 200,
    send: (event) => sendTo(oneOf(entries), event, undefined, () => (unavailable += 1)),
    status: (customerId) => statusOf(stack, customerId),
  })
  const { lost, doubled, foreign, calls, over, wrong, ...figures } = report
  return { lost, doubled, foreign, calls, over, figures: { ...figures, 'events answered 503': unavailable }, wrong }
}
