import type { ThrowAwayStack } from '../../launcher/throw-away-stack.ts'
import type { Proof, ProofResult, ProofSettings } from '../proof.ts'
import { isSeldomOver, runSharedQuota } from '../shared-quota.ts'
import { emulatorOf, sendTo, startFurtherWorker } from '../stack.ts'
import { LIMIT_OPTION } from './limit-option.ts'

// Under the burst's first calls the limit is not known yet, and the last ones are few.
const LEAST_USED_PERCENT = 60
// The launcher's token for its emulator.
const TOKEN = 'emulator'

const CUSTOMERS = { default: '2000', meaning: 'customers that register at once' }

export const twoWorkers: Proof = {
  name: 'two-workers',
  checks: [
    'Two workers share the quota of one portal without a coordinator, during a burst: at most 1 % of the calls meet',
    'a 429, and nothing is lost or doubled.',
  ],
  options: { customers: CUSTOMERS, limit: LIMIT_OPTION.limit },
  async run(stack, settings) {
    await startFurtherWorker(stack)
    return await run(stack, settings, null)
  },
}

export const neighbour: Proof = {
  name: 'neighbour',
  checks: [
    'Another app uses half of the quota in bursts: at most 1 % of onramp’s calls meet a 429 during a burst of',
    'customers, and onramp uses what the other app leaves.',
  ],
  options: { customers: CUSTOMERS, limit: LIMIT_OPTION.limit },
  run: (stack, settings) => run(stack, settings, TOKEN),
}

async function run(
  stack: ThrowAwayStack,
  settings: ProofSettings,
  neighbourToken: string | null,
): Promise<ProofResult> {
  const customers = settings.number('customers')
  settings.say(`${customers} customers, ${settings.text('limit')} calls per 10 s …`)
  const report = await runSharedQuota({
    ...emulatorOf(stack),
    name: `shared${settings.seed}`,
    customers,
    callsPer10s: settings.number('limit'),
    neighbourToken,
    send: (event) => sendTo(stack, event),
    timeoutMs: 120_000 + customers * 200,
  })
  const { lost, doubled, foreign, calls, over, ...figures } = report
  const { usedPercent } = figures
  const wrong = [
    ...(isSeldomOver(report) ? [] : ['More than 1 % of the calls met a 429.']),
    ...(usedPercent < LEAST_USED_PERCENT ? [`onramp used only ${usedPercent} % of what was left.`] : []),
  ]
  return { lost, doubled, foreign, calls, over, figures, wrong }
}
