// The deletion of an erased customer's earlier runs, on a double of Temporal's API that is slow, late or has deleted runs itself.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ServiceError } from '@temporalio/client'
import type { WorkflowService } from '@temporalio/client'
import { createHistories } from '../../worker/histories.ts'

// temporal.api.enums.v1.WorkflowExecutionStatus
const RUNNING = 1
const CONTINUED_AS_NEW = 6
const activity = { heartbeats: [] as number[], cancellation: new AbortController() }

vi.mock('@temporalio/activity', () => ({
  Context: {
    current: () => ({
      info: { workflowNamespace: 'default', workflowExecution: { workflowId: 'onboarding/cus_1', runId: 'run_3' } },
      heartbeat: () => activity.heartbeats.push(Date.now()),
      sleep: async () => {},
      cancellationSignal: activity.cancellation.signal,
      get cancelled() {
        return Promise.reject(new Error('cancelled'))
      },
    }),
  },
}))

interface DoubleOptions {
  /** The runs that Visibility lists at each request; a plain id stands for a run that has ended. */
  listed?: (string | { runId: string; status: number })[][]
  /** The runs that are still running when they are described; all others have ended. */
  running?: string[]
  /** The runs that Temporal has deleted already. */
  gone?: string[]
  callMs?: number
  onDelete?: () => void
}

/** A double of Temporal's API, with run_1 → run_2 → run_3, each continued as new by the next. */
function temporalDouble({ listed = [], running = [], gone = [], callMs = 0, onDelete }: DoubleOptions) {
  const deleted: string[] = []
  const previousRun: { [run: string]: string } = { run_3: 'run_2', run_2: 'run_1' }
  const lists = listed.values()
  const find = async (runId: string) => {
    await sleep(callMs)
    if (gone.includes(runId)) throw notFound()
  }
  const service = {
    getWorkflowExecutionHistory: async ({ execution: { runId } }: { execution: { runId: string } }) => {
      await find(runId)
      const started = { continuedExecutionRunId: previousRun[runId] ?? '' }
      return { history: { events: [{ workflowExecutionStartedEventAttributes: started }] } }
    },
    describeWorkflowExecution: async ({ execution: { runId } }: { execution: { runId: string } }) => {
      await find(runId)
      return { workflowExecutionInfo: { status: running.includes(runId) ? RUNNING : CONTINUED_AS_NEW } }
    },
    listWorkflowExecutions: async () => {
      await sleep(callMs)
      const executions = (lists.next().value ?? []).map((run) => {
        const { runId, status } = typeof run === 'string' ? { runId: run, status: CONTINUED_AS_NEW } : run
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

/** The error of the worker's own connection: a `ServiceError` that has gRPC's code itself, without a cause. */
const notFound = () => Object.assign(new ServiceError('gone'), { code: 5, details: 'gone', metadata: {} })

const sleep = async (ms: number) => {
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms))
}

beforeEach(() => {
  activity.heartbeats = []
  activity.cancellation = new AbortController()
})

afterEach(() => {
  vi.useRealTimers()
})

describe('the earlier runs of an erased customer', () => {
  it('are deleted from the oldest to the newest, even while Visibility lists none of them', async () => {
    const { service, deleted } = temporalDouble({})
    await createHistories(service).deleteEarlierRuns()
    expect(deleted).toEqual(['run_1', 'run_2'])
  })

  it('are deleted from before the customer was idle, even if Visibility lists them late', async () => {
    const { service, deleted } = temporalDouble({ listed: [['run_2'], ['run_2', 'run_before_idle'], []] })
    await createHistories(service).deleteEarlierRuns()
    expect(deleted).toEqual(['run_1', 'run_2', 'run_before_idle'])
  })

  it.for(['run_1', 'run_2'])('are deleted when Temporal itself has deleted %s already', async (gone) => {
    const { service, deleted } = temporalDouble({ gone: [gone], listed: [['run_3', 'run_2', 'run_1']] })
    await createHistories(service).deleteEarlierRuns()
    expect(deleted).toEqual(gone === 'run_1' ? ['run_2'] : ['run_1'])
  })

  it('are deleted only if they have ended, even if Visibility lists them as running', async () => {
    const listed = ['run_before_idle', 'run_4'].map((runId) => ({ runId, status: RUNNING }))
    const { service, deleted } = temporalDouble({ listed: [listed, listed], running: ['run_4'] })
    await createHistories(service).deleteEarlierRuns()
    expect(deleted).toEqual(['run_1', 'run_2', 'run_before_idle'])
  })

  it('are no longer deleted once the activity is cancelled', async () => {
    const { service, deleted } = temporalDouble({ onDelete: () => activity.cancellation.abort() })
    await expect(createHistories(service).deleteEarlierRuns()).rejects.toThrow('cancelled')
    expect(deleted).toEqual(['run_1'])
  })

  it('are deleted on a slow Temporal too, with a heartbeat every second', async () => {
    vi.useFakeTimers()
    const { service, deleted } = temporalDouble({ callMs: 2500, listed: [[], ['run_before_idle']] })
    const times = [Date.now()]
    const done = createHistories(service)
      .deleteEarlierRuns()
      .then(() => Date.now())
    await vi.advanceTimersByTimeAsync(60_000)
    times.push(...activity.heartbeats, await done)
    expect(deleted).toEqual(['run_1', 'run_2', 'run_before_idle'])
    const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0))
    expect(Math.max(...pauses)).toBe(1000)
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(0)
  })
})
