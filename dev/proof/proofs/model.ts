import { randomUUID } from 'node:crypto'
import type { ThrowAwayStack } from '../../launcher/throw-away-stack.ts'
import { onboardingId } from '../../../domain/ids.ts'
import { runUserStories } from '../hubspot-users/run.ts'
import { runModel } from '../model.ts'
import type { Proof, ProofSettings } from '../proof.ts'
import { ask, emulatorOf, sendTo, startFurtherWorker, statusOf, temporalOf, withApi } from '../stack.ts'
import { LIMIT_OPTION, limitIn } from './limit-option.ts'

const NOTHING = { calls: 0, over: 0, batches: 0, doubled: 0, foreign: 0 }

export const model: Proof = {
  name: 'model',
  checks: [
    'Random sequences of events, faults, commands and killed workers end as a short model of the guarantees says.',
    'Random stories with HubSpot users and idle customers keep the rules that hold in any order.',
  ],
  options: {
    runs: { default: '200', meaning: 'sequences of two customers' },
    stories: { default: '100', meaning: 'stories with HubSpot users and idle customers' },
    'at-once': { default: '8', meaning: 'sequences or stories at the same time, so that their calls share batches' },
    shrink: { default: 'no', meaning: 'yes: looks for the shortest story that fails' },
    limit: { ...LIMIT_OPTION.limit, default: '100' },
  },
  async run(stack, settings) {
    const ofEvents = await playEvents(stack, settings)
    const ofStories = await playUserStories(stack, settings)
    const { doubled, foreign, ...figures } = ofEvents
    return {
      // The first sequence or story that does not end right is thrown.
      lost: 0,
      doubled,
      foreign,
      calls: ofEvents.calls + ofStories.calls,
      over: ofEvents.over + ofStories.over,
      figures: { ...figures, ...ofStories, batches: ofEvents.batches + ofStories.batches },
      wrong: [],
    }
  },
}

async function playEvents(stack: ThrowAwayStack, settings: ProofSettings) {
  const runs = settings.number('runs')
  if (runs === 0) return NOTHING
  settings.say(
    `${runs} random sequences for two customers, seed ${settings.seed}, ${settings.text('limit')} calls per 10 s …`,
  )
  const worker = await startFurtherWorker(stack)
  return await runModel({
    ...emulatorOf(stack),
    name: randomUUID().slice(0, 8),
    seed: settings.seed,
    runs,
    atOnce: settings.number('at-once'),
    callsPer10s: limitIn(settings),
    maxCommands: 30,
    timeoutMs: 180_000,
    send: (event, id) => sendTo(stack, event, id),
    operate: async (customerId, command) => void (await ask(stack, 'POST', `/v1/customers/${customerId}/${command}`)),
    status: (customerId) => statusOf(stack, customerId),
    replaceWorker: worker.replace,
  })
}

/** These customers complete after two seconds without an event, so their events go to an API of their own. */
async function playUserStories(stack: ThrowAwayStack, settings: ProofSettings) {
  const stories = settings.number('stories')
  if (stories === 0) return NOTHING
  settings.say(`${stories} random stories with HubSpot users and idle customers, seed ${settings.seed} …`)
  const idleStack = await withApi(stack, { ONBOARDING_IDLE_DAYS: String(2 / 86_400) })
  const client = temporalOf(stack)
  return await runUserStories({
    ...emulatorOf(stack),
    name: randomUUID().slice(0, 8),
    seed: settings.seed,
    stories,
    atOnce: settings.number('at-once'),
    callsPer10s: limitIn(settings),
    onFailure: settings.text('shrink') === 'yes' ? 'shrink' : 'report',
    timeoutMs: 180_000,
    send: (event, id) => sendTo(idleStack, event, id),
    status: (customerId) => statusOf(idleStack, customerId),
    isRunning: async (customerId) =>
      (await client.workflow.getHandle(onboardingId(customerId)).describe()).status.name === 'RUNNING',
  })
}
