import { DefaultLogger, Runtime } from '@temporalio/worker'
import { workflowBundle } from '../../../worker/bundle.ts'
import { runBurst, brokenBy } from '../burst.ts'
import type { BurstReport } from '../burst.ts'
import { callsBetween } from '../limits.ts'
import type { Proof } from '../proof.ts'
import { emulatorOf, sendTo, statusOf, temporalOf } from '../stack.ts'
import { changedStrangers, createStrangers } from '../strangers.ts'

Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { forward: {}, filter: 'ERROR' } },
})

export const burst: Proof = {
  name: 'burst',
  checks: [
    'Hundreds of signals, and large ones, for one customer during one slow call to HubSpot: the onboarding goes on,',
    'its workflow task is not repeated for ever, no signal is lost, and the histories replay.',
  ],
  options: {
    rounds: { default: '5', meaning: 'customers for each kind of burst' },
    signals: { default: '300', meaning: 'small signals' },
    'large-signals': { default: '40', meaning: 'signals of 64 KiB' },
  },
  async run(stack, settings) {
    const emulator = emulatorOf(stack)
    const client = temporalOf(stack)
    const bundle = await workflowBundle()
    const kinds = [
      { name: 'small', signals: settings.number('signals'), characters: 1 },
      { name: 'large', signals: settings.number('large-signals'), characters: 64 * 1024 },
    ]
    const before = await emulator.portal.measurements()
    const strangers = await createStrangers(emulator.portal, 'burst')
    const reports: BurstReport[] = []
    for (let round = 0; round < settings.number('rounds'); round += 1) {
      for (const { name, signals, characters } of kinds) {
        const report = await runBurst({
          ...emulator,
          customerId: `cus_burst_${settings.seed}_${name}_${round}`,
          signals,
          characters,
          delayMs: 1200,
          client,
          workflowBundle: bundle,
          send: (event) => sendTo(stack, event),
          status: (customerId) => statusOf(stack, customerId),
          timeoutMs: 120_000,
        })
        settings.say(`${signals} ${name} signals: ${JSON.stringify(report)}`)
        reports.push(report)
      }
    }
    const sum = (figure: keyof BurstReport) => reports.reduce((total, report) => total + report[figure], 0)
    const most = (figure: keyof BurstReport) => Math.max(...reports.map((report) => report[figure]))
    const { calls, over } = callsBetween(before, await emulator.portal.measurements())
    return {
      lost: sum('lost'),
      doubled: sum('doubled'),
      foreign: await changedStrangers(emulator.portal, strangers),
      calls,
      over,
      figures: {
        bursts: reports.length,
        slowestSeconds: most('seconds'),
        mostRepeatedTasks: most('repeatedTasks'),
        mostCreates: most('creates'),
        runs: sum('runs'),
        notReplayed: sum('notReplayed'),
      },
      wrong: reports.flatMap(brokenBy),
    }
  },
}
