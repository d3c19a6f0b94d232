import { callsBetween } from '../limits.ts'
import type { Proof } from '../proof.ts'
import { runSoak } from '../soak.ts'
import { emulatorOf, sendTo, temporalOf } from '../stack.ts'

export const soak: Proof = {
  name: 'soak',
  checks: [
    'One customer is updated without a pause: every event is in a history, no run is too long, and each run hands',
    'its newest event to the next one.',
  ],
  options: {
    updates: { default: '20000', meaning: 'updates of the customer' },
    senders: { default: '4', meaning: 'events at a time' },
  },
  async run(stack, settings) {
    const { updates, senders } = { updates: settings.number('updates'), senders: settings.number('senders') }
    settings.say(`${updates} updates of one customer, ${senders} at a time …`)
    const emulator = emulatorOf(stack)
    const before = await emulator.portal.measurements()
    const { lost, wrong, ...figures } = await runSoak({
      ...emulator,
      customerId: `cus_soak_${settings.seed}`,
      updates,
      senders,
      client: temporalOf(stack),
      send: (event) => sendTo(stack, event),
    })
    const { calls, over } = callsBetween(before, await emulator.portal.measurements())
    const { counts } = await emulator.portal.invariants()
    const doubled = counts.contacts + counts.companies + counts.associations - 3
    return { lost: lost + wrong, doubled, foreign: 0, calls, over, figures, wrong: [] }
  },
}
