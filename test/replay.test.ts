// Recorded runs replay on today's workflow code. Otherwise running onboardings would be stuck after a deployment.

import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { Worker } from '@temporalio/worker'
import { beforeAll, describe, expect, inject, onTestFinished } from 'vitest'
import { onboardingId } from '../domain/ids.ts'
import { progressSinks } from '../worker/progress.ts'
import { dataConverter } from '../platform/payloads/data-converter.ts'
import { NO_KEYS } from '../platform/payloads/key-ring.ts'
import {
  assertMayRecord,
  folderOf,
  historiesIn,
  indexProblems,
  recordedHistories,
  recordedVersions,
  RECORDING_FOLDER,
  releasedVersions,
  writeIndex,
} from './support/histories.ts'
import type { RecordedHistory } from './support/histories.ts'
import { it, onrampWith } from './support/onramp.ts'
import { SCENARIOS } from './support/scenarios.ts'

const itInClear = onrampWith({ worker: 'own', payloadKeys: 'none' })
const isRecording = process.env['RECORD_HISTORIES'] !== undefined
const histories = recordedHistories()

async function replay(history: unknown): Promise<void> {
  const options = {
    workflowBundle: { codePath: inject('workflowBundlePath') },
    sinks: progressSinks(),
    // The recorded histories are in clear, so that a reader of a failed test sees what is in them.
    dataConverter: dataConverter({ ring: NO_KEYS, namespace: 'default', unreadableMessages: 'mark' }),
  }
  await Worker.runReplayHistory(options, history, 'onboarding/cus_recorded')
}

function eventsOf({ path }: RecordedHistory): {
  events: { eventType: string; activityTaskScheduledEventAttributes?: { activityType: { name: string } } }[]
} {
  return JSON.parse(readFileSync(path, 'utf8')) as ReturnType<typeof eventsOf>
}

// A history that is there comes from an earlier commit, so it is never recorded again.
const missing = Object.keys(SCENARIOS).filter((name) => !historiesIn(RECORDING_FOLDER).includes(name))

describe.runIf(isRecording)('recording (`npm run record-histories`)', () => {
  const recorded: string[] = []
  beforeAll(() => {
    assertMayRecord()
    mkdirSync(RECORDING_FOLDER, { recursive: true })
  })

  itInClear.for(missing)('%s', async (name, { onramp }) => {
    await SCENARIOS[name]?.(onramp)
    const history = await onramp.client.workflow.getHandle(onboardingId(onramp.customerId)).fetchHistory()
    // Stack traces hold paths of the recording machine, and a replay ignores them.
    const events: unknown = JSON.parse(historyToJSON(history), (key, value: unknown) =>
      key === 'stackTrace' ? undefined : value,
    )
    writeFileSync(join(RECORDING_FOLDER, `${name}.json`), `${JSON.stringify(events, null, 1)}\n`)
    recorded.push(name)
  })

  it('index.json', () => writeIndex(RECORDING_FOLDER, recorded))
})

describe.skipIf(isRecording)('a run of an earlier version', () => {
  it('is recorded for each path through the workflow', () => {
    expect(histories.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(SCENARIOS)))
  })

  it.for(histories)('replays: $name of $version', async (history) => {
    await replay(eventsOf(history))
  })

  it('does not replay when an activity has another name, so a careless change is noticed', async () => {
    const [first] = histories.filter(({ name }) => name === 'outage-longer-than-two-seconds')
    if (first === undefined) throw new Error('There is no history with a regular activity.')
    const history = eventsOf(first)
    const scheduled = history.events.find((event) => event.activityTaskScheduledEventAttributes)
    if (scheduled?.activityTaskScheduledEventAttributes)
      scheduled.activityTaskScheduledEventAttributes.activityType.name = 'createOrganization'
    await expect(replay(history)).rejects.toThrow('Nondeterminism')
  })
})

describe.skipIf(isRecording)('the histories of a version', () => {
  it('are in the repository for each released version', () => {
    expect(recordedVersions()).toEqual(expect.arrayContaining(releasedVersions()))
  })

  it.for(recordedVersions())('are the recorded ones: %s', (version) => {
    expect(indexProblems(folderOf(version))).toEqual([])
  })

  it('are rejected when one is changed, removed or added by hand', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'onramp-test-histories-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    await cp(RECORDING_FOLDER, folder, { recursive: true })
    const parked = join(folder, 'parked-then-resumed.json')
    await writeFile(parked, (await readFile(parked, 'utf8')).replace('"eventId": "1"', '"eventId": "2"'))
    await rm(join(folder, 'resynced.json'))
    await writeFile(join(folder, 'by-hand.json'), '{"events":[]}')
    expect(indexProblems(folder).toSorted()).toEqual([
      'by-hand is not in index.json.',
      'parked-then-resumed is changed.',
      'resynced is removed.',
    ])
  })
})
