import { brokenBy, runDailyLimit } from '../daily-limit.ts'
import type { Proof } from '../proof.ts'
import { emulatorOf, sendTo, startFurtherWorker, withApi } from '../stack.ts'

// The stack's own worker has another token, so these customers go to a task queue of their own.
const TASK_QUEUE = { TEMPORAL_TASK_QUEUE: 'onramp-proof-daily-limit' }

export const dailyLimit: Proof = {
  name: 'daily-limit',
  checks: [
    'The portal’s daily limit ends in the middle of a burst: calls stop, log and metric say so, and after the',
    'portal’s midnight all customers are onboarded.',
  ],
  options: {
    customers: { default: '300', meaning: 'customers that register at once' },
    'calls-left': { default: '60', meaning: 'calls that the day has left' },
    'seconds-left': { default: '60', meaning: 'seconds until the portal’s midnight' },
  },
  async run(stack, settings) {
    const { customers, callsLeft } = {
      customers: settings.number('customers'),
      callsLeft: settings.number('calls-left'),
    }
    const secondsLeft = settings.number('seconds-left')
    settings.say(`${customers} customers, ${callsLeft} calls left in the last ${secondsLeft} s of the day …`)
    const ownStack = await withApi(stack, TASK_QUEUE)
    const report = await runDailyLimit({
      ...emulatorOf(stack),
      name: `daily${settings.seed}`,
      customers,
      callsLeft,
      secondsLeft,
      send: (event) => sendTo(ownStack, event),
      startWorker: (token) => startFurtherWorker(stack, { ...TASK_QUEUE, HUBSPOT_ACCESS_TOKEN: token }),
      timeoutMs: 120_000 + customers * 200,
    })
    const { lost, doubled, foreign, calls, over, ...figures } = report
    return { lost, doubled, foreign, calls, over, figures, wrong: brokenBy(report) }
  },
}
