// The parts of `npm run test:cluster`, in the order in which they run.

import { onApp } from '../../bench/apps/start.ts'
import { kills, measureKills } from '../../bench/rows/kills.ts'
import { withThrowAwayStack } from '../../launcher/throw-away-stack.ts'
import type { ThrowAwayStack } from '../../launcher/throw-away-stack.ts'
import { chaosOn } from '../proofs/chaos.ts'
import { twoWorkers } from '../proofs/shared-quota.ts'
import type { ProofResult } from '../proof.ts'
import type { ClusterContext, Part, PartResult } from './part.ts'
import { runStories } from './stories.ts'

const APIS = 2
const WORKERS = 3
// Slow enough that customers arrive during each outage.
const CUSTOMERS_A_SECOND = 5
// From one kill to the next, with the outage of a part of Temporal between them.
const SECONDS_A_KILL = 6

const stories: Part = {
  name: 'stories',
  checks: [
    'The tests of test/story, with workers that are killed between HubSpot’s write and Temporal’s record of it.',
  ],
  run: runStories,
}

const chaos: Part = {
  name: 'chaos',
  checks: [
    `The proof chaos with ${APIS} APIs and ${WORKERS} workers, while workers, the Temporal server and its database are killed.`,
  ],
  async run(context) {
    const { settings, outages } = context
    const count = settings.number('kills')
    const killed = ['worker', ...outages.map(({ what }) => what)]
    const arrivalSeconds = Math.max(
      settings.number('customers') / CUSTOMERS_A_SECOND,
      killed.length * count * SECONDS_A_KILL,
    )
    const run = (stack: ThrowAwayStack) =>
      chaosOn(stack, settings, { apis: APIS, workers: WORKERS, arrivalSeconds, outages })
    const left = ['server', 'database']
      .filter((what) => !killed.includes(what))
      .map((what) => `, no kill of the ${what}`)
    return await proofOn(context, run, `${count} times SIGKILL of each of ${killed.join(', ')}${left.join('')}`)
  },
}

const quota: Part = {
  name: 'two-workers',
  checks: ['The proof two-workers: both share the portal’s quota, and at most 1 % of the calls meet a 429.'],
  run: (context) => proofOn(context, (stack) => twoWorkers.run(stack, context.settings), 'one quota'),
}

const crash: Part = {
  name: 'crash',
  checks: ['The only worker gets SIGKILL twice while customers arrive (the row kills of the bench).'],
  async run({ temporal, stopping }) {
    const app = {
      name: 'onramp' as const,
      settings: kills.settings,
      temporalAddress: temporal.address,
      temporalNamespace: temporal.namespace,
      temporalPids: [],
      profileDir: null,
    }
    const { customers, calls, over, lost, doubled, seconds } = await onApp(app, stopping, measureKills)
    const left = seconds === null ? '' : `, all done ${seconds.toFixed(1)} s after the last`
    return {
      what: `${customers} customers, SIGKILL twice${left}`,
      proof: { lost, doubled, foreign: 0, calls, over },
      wrong: [],
    }
  },
}

export const PARTS: Part[] = [stories, chaos, quota, crash]

async function proofOn(
  { temporal, settings, stopping }: ClusterContext,
  run: (stack: ThrowAwayStack) => Promise<ProofResult>,
  what: string,
): Promise<PartResult> {
  const result = await withThrowAwayStack({ temporal, stopping }, run)
  if (result === null) throw new Error('It was stopped.')
  const { figures, wrong, ...proof } = result
  for (const [name, value] of Object.entries(figures)) settings.say(`  ${name.padEnd(22)}${String(value)}`)
  return { what: `${settings.number('customers')} customers, ${what}`, proof, wrong }
}
