import { runChaos } from '../chaos.ts'
import type { Proof } from '../proof.ts'
import { emulatorOf, sendTo, startSecondWorker, statusOf } from '../stack.ts'
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
  async run(stack, settings) {
    const { seed, say } = settings
    const { customers, kills } = { customers: settings.number('customers'), kills: settings.number('kills') }
    say(`${customers} customers, seed ${seed}, ${kills} killed workers, ${settings.text('limit')} calls per 10 s …`)
    const worker = await startSecondWorker(stack)
    const { lost, doubled, foreign, calls, over, wrong, ...figures } = await runChaos({
      ...emulatorOf(stack),
      customers,
      seed,
      kills,
      callsPer10s: limitIn(settings),
      faults: 1,
      timeoutMs: 300_000 + customers * 200,
      send: (event) => sendTo(stack, event),
      status: (customerId) => statusOf(stack, customerId),
      replaceWorker: worker.replace,
    })
    return { lost, doubled, foreign, calls, over, figures, wrong }
  },
}
