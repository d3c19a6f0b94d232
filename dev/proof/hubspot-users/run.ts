// Plays random stories of the product and HubSpot users on a portal that lags. Then it checks what must hold in any order.

import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { callsBetween, limitsOf } from '../limits.ts'
import type { CallFigures } from '../limits.ts'
import { Play } from './play.ts'
import type { Stage } from './play.ts'
import { waitUntil } from './rest.ts'
import type { Onboardings } from './rest.ts'
import { brokenRules } from './rules.ts'
import { describeStory, story } from './story.ts'
import type { Round } from './story.ts'

export interface UserStoriesOptions extends Stage, Onboardings {
  seed: number
  /** How many stories are played. */
  stories: number
  /** How many of them are played at the same time. */
  atOnce: number
  /** The portal's limit, which is enforced; `null` enforces none. */
  callsPer10s: number | null
  /** `shrink` looks for the shortest story that fails; the first one that fails is reported otherwise. */
  onFailure: 'report' | 'shrink'
  /** The customers come to rest within this time. */
  timeoutMs: number
}

export interface UserStoriesReport extends CallFigures {
  stories: number
  actions: number
}

// HubSpot's search finds a new record after some seconds. Calls take long enough for those of two customers to overlap.
const SEARCH_LAG_MS = 10_000
const LATENCY = { latencyMs: 50, latencySpreadMs: 150 }

/** @throws Error with the seed and the story after which a rule is broken */
export async function runUserStories(options: UserStoriesOptions): Promise<UserStoriesReport> {
  const { portal, seed, stories, atOnce, name, onFailure, callsPer10s } = options
  await portal.settings({ searchLagMs: SEARCH_LAG_MS, ...LATENCY, ...limitsOf(callsPer10s) })
  const before = await portal.measurements()
  let played = 0
  let actions = 0
  // Each lane plays its share, one story after the other, with a seed of its own.
  const lanes = Array.from({ length: atOnce }, async (_, lane) => {
    const property = fc.asyncProperty(story, async (rounds) => {
      played += 1
      actions += rounds.reduce((sum, round) => sum + round.actions.length, 0)
      await playStory({ ...options, name: `${name}${played}` }, rounds)
    })
    const numRuns = Math.ceil(stories / atOnce)
    await fc.assert(property, {
      numRuns,
      seed: seed + lane,
      endOnFailure: onFailure === 'report',
      reporter: report,
    })
  })
  await Promise.all(lanes)
  return { stories: played, actions, ...callsBetween(before, await portal.measurements()) }
}

async function playStory(options: UserStoriesOptions, rounds: Round[]): Promise<void> {
  const play = new Play(options)
  const rest = async (how: 'rest' | 'idle') => {
    const started = play.customers.filter(({ customerId }) =>
      play.happened.some((each) => each.what === 'event' && each.customerId === customerId),
    )
    const ids = started.map(({ customerId }) => customerId)
    return await waitUntil(how, ids, { onboardings: options, timeoutMs: options.timeoutMs })
  }
  for (const { actions, next } of rounds) {
    await play.round(actions)
    if (next !== 'go on') await rest(next)
  }
  const { customers, happened } = play
  for (let attempt = 1; ; attempt += 1) {
    const statuses = await rest('rest')
    const broken = brokenRules({ customers, happened, records: await options.portal.records(), statuses })
    if (broken.length === 0) return
    // A look-up or an erasure may still be at work, which the phase does not show.
    if (attempt === 20)
      throw new Error(`${broken.join('\n')}\nafter\n${happened.map((each) => JSON.stringify(each)).join('\n')}`)
    await sleep(500)
  }
}

function report(details: fc.RunDetails<[Round[]]>): void {
  if (!details.failed) return
  const { seed, counterexample, errorInstance, numRuns, numShrinks } = details
  const rounds = counterexample?.[0] ?? []
  const because = errorInstance instanceof Error ? errorInstance.message : String(errorInstance)
  throw new Error(`seed ${seed}, story ${numRuns}, shrunk ${numShrinks} times:\n${describeStory(rounds)}\n${because}`)
}
