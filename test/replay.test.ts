// Recorded runs replay on today's workflow code. Otherwise running onboardings would be stuck after a deployment.

import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { Worker } from '@temporalio/worker'
import { describe, expect, inject } from 'vitest'
import { onboardingId } from '../domain/ids.ts'
import { payloadConverterPath } from '../platform/temporal.ts'
import { it } from './support/onramp.ts'
import { SCENARIOS } from './support/scenarios.ts'

const FOLDER = fileURLToPath(new URL('histories/', import.meta.url))
const isRecording = process.env['RECORD_HISTORIES'] !== undefined
const histories = globSync('*.json', { cwd: FOLDER }).map((file) => basename(file, '.json'))

async function replay(history: unknown): Promise<void> {
  const options = {
    workflowBundle: { codePath: inject('workflowBundlePath') },
    dataConverter: { payloadConverterPath },
  }
  await Worker.runReplayHistory(options, history, 'onboarding/cus_recorded')
}

function recorded(name: string): {
  events: { eventType: string; activityTaskScheduledEventAttributes?: { activityType: { name: string } } }[]
} {
  return JSON.parse(readFileSync(`${FOLDER}${name}.json`, 'utf8')) as ReturnType<typeof recorded>
}

// An existing history comes from an earlier version, so it is never recorded again.
const missing = Object.keys(SCENARIOS).filter((name) => !histories.includes(name))

describe.runIf(isRecording)('recording (`npm run record-histories`)', () => {
  it.for(missing)('%s', async (name, { onramp }) => {
    await SCENARIOS[name]?.(onramp)
    const history = await onramp.client.workflow.getHandle(onboardingId(onramp.customerId)).fetchHistory()
    // Stack traces hold paths of the recording machine, and a replay ignores them.
    const events: unknown = JSON.parse(historyToJSON(history), (key, value: unknown) =>
      key === 'stackTrace' ? undefined : value,
    )
    writeFileSync(`${FOLDER}${name}.json`, `${JSON.stringify(events, null, 1)}\n`)
  })
})

describe.skipIf(isRecording)('a run of an earlier version', () => {
  it('is recorded for each path through the workflow', () => {
    expect(histories).toEqual(expect.arrayContaining(Object.keys(SCENARIOS)))
  })

  it.for(histories)('replays: %s', async (name) => {
    await replay(recorded(name))
  })

  it('does not replay when an activity has another name, so a careless change is noticed', async () => {
    const history = recorded('registered-then-updated')
    const scheduled = history.events.find((event) => event.activityTaskScheduledEventAttributes)
    if (scheduled?.activityTaskScheduledEventAttributes)
      scheduled.activityTaskScheduledEventAttributes.activityType.name = 'createOrganization'
    await expect(replay(history)).rejects.toThrow('Nondeterminism')
  })
})
