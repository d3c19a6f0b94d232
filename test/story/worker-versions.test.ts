// The version of a worker: which customers it gets, what an operator reads in its log, and what moves a run to another version.

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { describe, expect, inject, onTestFinished } from 'vitest'
import { describeTaskQueue } from '../../api/temporal/task-queue.ts'
import { onboardingId } from '../../domain/ids.ts'
import { onrampWith } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { firstContact } from '../support/story.ts'
import { runPromote } from '../support/promote.ts'
import { startWorkerProcess } from '../support/worker-process.ts'
import type { WorkerProcess } from '../support/worker-process.ts'

const it = onrampWith({ worker: 'none' })

async function startWorker(onramp: Onramp, env: Record<string, string> = {}): Promise<WorkerProcess> {
  const worker = await startWorkerProcess(onramp, env)
  onTestFinished(() => worker.kill())
  return worker
}

async function runOf({ client }: Onramp, customerId: string) {
  const { raw, runId } = await client.workflow.getHandle(onboardingId(customerId)).describe()
  const { deploymentVersion, behavior } = raw.workflowExecutionInfo?.versioningInfo ?? {}
  return { runId, behavior, version: deploymentVersion?.buildId, deployment: deploymentVersion?.deploymentName }
}

async function writesPhone(onramp: Onramp, phone: string): Promise<void> {
  await onramp.updated({ phone })
  await expect.poll(async () => (await firstContact(onramp))?.phone).toBe(phone)
}

/** Runs `npm run promote` with the settings of a worker, as its log says. */
async function promoteAs(onramp: Onramp, worker: WorkerProcess, env: Record<string, string>): Promise<void> {
  await expect.poll(() => worker.output()).toContain('run with the settings of this worker: npm run promote')
  const { code, output } = await runPromote(onramp, env)
  expect({ code, output }).toMatchObject({ code: 0 })
}

/** How many workers get new runs, and how many do not. */
async function workersOf({ client, taskQueue }: Onramp) {
  const { workers, workersOfOtherVersions } = await describeTaskQueue(client, taskQueue)
  return { workers: workers.length, ofOtherVersions: workersOfOtherVersions.length }
}

// temporal.api.enums.v1.VersioningBehavior
const PINNED = 1

describe('the first workers on a Temporal that has no version of them', () => {
  it('onboard customers without a command, and their code is their version', async ({ onramp }) => {
    const [worker] = await Promise.all([startWorker(onramp), startWorker(onramp)])
    expect(await worker.ready()).toEqual({ status: 200, body: { status: 'ok' } })
    await onramp.registered()
    await onramp.reaches('onboarded')
    const code = await readFile(inject('workflowBundlePath'))
    const version = createHash('sha256').update(code).digest('hex').slice(0, 12)
    const expected = { version, deployment: onramp.taskQueue, behavior: PINNED }
    expect(await runOf(onramp, onramp.customerId)).toMatchObject(expected)
  })
})

describe('a worker of a new version beside an old one', () => {
  it('gets customers only after the command in its log', async ({ onramp }) => {
    const old = await startWorker(onramp, { TEMPORAL_WORKER_BUILD_ID: 'old' })
    await onramp.registered()
    await onramp.reaches('onboarded')

    const fresh = await startWorker(onramp, { TEMPORAL_WORKER_BUILD_ID: 'new' })
    const waiting = { status: 200, body: { status: 'degraded', reasons: ['version-not-current'] } }
    await expect.poll(() => fresh.ready()).toEqual(waiting)
    const early = `${onramp.customerId}-early`
    await onramp.registered({ customerId: early, email: 'early@example.com' })
    await onramp.reaches('onboarded', early)
    expect((await runOf(onramp, early)).version).toBe('old')
    await expect.poll(() => workersOf(onramp)).toEqual({ workers: 1, ofOtherVersions: 1 })

    await promoteAs(onramp, fresh, { TEMPORAL_WORKER_BUILD_ID: 'new' })
    await expect.poll(() => fresh.ready()).toEqual({ status: 200, body: { status: 'ok' } })
    expect(await workersOf(onramp)).toEqual({ workers: 1, ofOtherVersions: 1 })
    const late = `${onramp.customerId}-late`
    await onramp.registered({ customerId: late, email: 'late@example.com' })
    await onramp.reaches('onboarded', late)
    expect((await runOf(onramp, late)).version).toBe('new')
    expect((await runOf(onramp, onramp.customerId)).version).toBe('new')
    await old.kill()
    await writesPhone(onramp, '3')
  })
})

describe('workers with TEMPORAL_VERSIONING=auto-upgrade', () => {
  it('take over all runs at their start', async ({ onramp }) => {
    const env = { TEMPORAL_VERSIONING: 'auto-upgrade' }
    const old = await startWorker(onramp, { ...env, TEMPORAL_WORKER_BUILD_ID: 'old' })
    await onramp.registered()
    await onramp.reaches('onboarded')
    const before = await runOf(onramp, onramp.customerId)
    await old.kill()

    await startWorker(onramp, { ...env, TEMPORAL_WORKER_BUILD_ID: 'new' })
    await writesPhone(onramp, '2')
    await expect.poll(() => runOf(onramp, onramp.customerId)).toEqual({ ...before, version: 'new' })
    expect(before.version).toBe('old')
  })
})

describe('a worker with TEMPORAL_VERSIONING=off', () => {
  it('onboards customers where no version was ever current', async ({ onramp }) => {
    await startWorker(onramp, { TEMPORAL_VERSIONING: 'off' })
    await onramp.registered()
    await onramp.reaches('onboarded')
    expect((await runOf(onramp, onramp.customerId)).version).toBeUndefined()
  })

  it('names in its log the command that gives it new customers, when a version is current', async ({ onramp }) => {
    const versioned = await startWorker(onramp)
    await versioned.stop()
    const worker = await startWorker(onramp, { TEMPORAL_VERSIONING: 'off' })
    await expect.poll(() => worker.output()).toContain('TEMPORAL_VERSIONING is off')
    await promoteAs(onramp, worker, { TEMPORAL_VERSIONING: 'off' })
    await onramp.registered()
    await onramp.reaches('onboarded')
  })
})
