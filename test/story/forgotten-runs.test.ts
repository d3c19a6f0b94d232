// What is left of a customer who was erased, where Temporal is slow, late or has forgotten already: a double of its API.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ServiceError } from '@temporalio/client'
import type { WorkflowService } from '@temporalio/client'
import { createHistories } from '../../worker/histories.ts'

const RUNNING = 1
const CONTINUED = 6

const activity = { beats: [] as number[], cancellation: new AbortController() }

vi.mock('@temporalio/activity', () => ({
  Context: {
    current: () => ({
      info: { workflowNamespace: 'default', workflowExecution: { workflowId: 'onboarding/cus_1', runId: 'run_3' } },
      heartbeat: () => activity.beats.push(Date.now()),
      sleep: async () => {},
      cancellationSignal: activity.cancellation.signal,
      get cancelled() {
        return Promise.reject(new Error('cancelled'))
      },
    }),
  },
}))

interface Double {
  /** What the index shows at each look; a run has ended there unless it says otherwise. */
  listed?: (string | { runId: string; status: number })[][]
  /** What the runs themselves say of how they are; those that are not named have ended. */
  running?: string[]
  gone?: string[]
  callMs?: number
  onDelete?: () => void
}

/** Three runs of one chain. */
function temporal({ listed = [], running = [], gone = [], callMs = 0, onDelete }: Double) {
  const deleted: string[] = []
  const before: { [run: string]: string } = { run_3: 'run_2', run_2: 'run_1' }
  const looks = listed.values()
  const find = async (runId: string) => {
    await takes(callMs)
    if (gone.includes(runId)) throw notFound()
  }
  const service = {
    getWorkflowExecutionHistory: async ({ execution: { runId } }: { execution: { runId: string } }) => {
      await find(runId)
      const started = { continuedExecutionRunId: before[runId] ?? '' }
      return { history: { events: [{ workflowExecutionStartedEventAttributes: started }] } }
    },
    describeWorkflowExecution: async ({ execution: { runId } }: { execution: { runId: string } }) => {
      await find(runId)
      return { workflowExecutionInfo: { status: running.includes(runId) ? RUNNING : CONTINUED } }
    },
    listWorkflowExecutions: async () => {
      await takes(callMs)
      const executions = (looks.next().value ?? []).map((run) => {
        const { runId, status } = typeof run === 'string' ? { runId: run, status: CONTINUED } : run
        return { execution: { runId }, status }
      })
      return { executions, nextPageToken: new Uint8Array() }
    },
    deleteWorkflowExecution: async ({ workflowExecution: { runId } }: { workflowExecution: { runId: string } }) => {
      await find(runId)
      deleted.push(runId)
      onDelete?.()
    },
  }
  return { deleted, service: service as unknown as WorkflowService }
}

/** As the worker's own connection throws it: a kind of the client's error that is gRPC's itself, and has no cause. */
const notFound = () => Object.assign(new ServiceError('gone'), { code: 5, details: 'gone', metadata: {} })

const takes = async (ms: number) => {
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms))
}

beforeEach(() => {
  activity.beats = []
  activity.cancellation = new AbortController()
})

afterEach(() => {
  vi.useRealTimers()
})

describe('a customer who was erased', () => {
  it('the runs that led to the erasure go, the oldest first, also while the index shows none of them', async () => {
    const { service, deleted } = temporal({})
    await createHistories(service).deleteEarlierRuns()
    expect(deleted).toEqual(['run_1', 'run_2'])
  })

  it('a run of an earlier life goes also when the index shows it at the second look', async () => {
    const { service, deleted } = temporal({ listed: [['run_2'], ['run_2', 'run_of_another_life'], []] })
    await createHistories(service).deleteEarlierRuns()
    expect(deleted).toEqual(['run_1', 'run_2', 'run_of_another_life'])
  })

  it.for(['run_1', 'run_2'])('the others go also when Temporal has let go of %s already', async (gone) => {
    const { service, deleted } = temporal({ gone: [gone], listed: [['run_3', 'run_2', 'run_1']] })
    await createHistories(service).deleteEarlierRuns()
    expect(deleted).toEqual(gone === 'run_1' ? ['run_2'] : ['run_1'])
  })

  it('only what has ended goes, whatever the index says', async () => {
    const listed = ['run_of_another_life', 'run_4'].map((runId) => ({ runId, status: RUNNING }))
    const { service, deleted } = temporal({ listed: [listed, listed], running: ['run_4'] })
    await createHistories(service).deleteEarlierRuns()
    expect(deleted).toEqual(['run_1', 'run_2', 'run_of_another_life'])
  })

  it('nothing more goes once the activity is cancelled', async () => {
    const { service, deleted } = temporal({ onDelete: () => activity.cancellation.abort() })
    await expect(createHistories(service).deleteEarlierRuns()).rejects.toThrow('cancelled')
    expect(deleted).toEqual(['run_1'])
  })

  it('a slow Temporal is waited for, with a sign of life every second', async () => {
    vi.useFakeTimers()
    const { service, deleted } = temporal({ callMs: 2500, listed: [[], ['run_of_another_life']] })
    const times = [Date.now()]
    const done = createHistories(service)
      .deleteEarlierRuns()
      .then(() => Date.now())
    await vi.advanceTimersByTimeAsync(60_000)
    times.push(...activity.beats, await done)
    expect(deleted).toEqual(['run_1', 'run_2', 'run_of_another_life'])
    const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0))
    expect(Math.max(...pauses)).toBe(1000)
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(0)
  })
})
