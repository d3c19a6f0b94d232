// `npm run promote`: a version of the workers becomes current, and the running customers move to it.

import { execFileSync } from 'node:child_process'
import { describe, expect, inject, onTestFinished } from 'vitest'
import { startSupervisor } from '../../dev/launcher/processes.ts'
import { onboardingId } from '../../domain/ids.ts'
import { leftQuery } from '../../worker/left-customers.ts'
import { changedStory } from '../support/changed-story.ts'
import { onrampWith } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { OTHER_KEY } from '../support/payload-keys.ts'
import { runPromote } from '../support/promote.ts'
import { firstContact } from '../support/story.ts'
import { testTemporalCli } from '../support/temporal.ts'
import { startWorkerProcess } from '../support/worker-process.ts'
import type { WorkerProcess } from '../support/worker-process.ts'

const it = onrampWith({ worker: 'none' })
const OFF = { TEMPORAL_VERSIONING: 'off' }
const version = (name: string) => ({ TEMPORAL_WORKER_BUILD_ID: name })

async function startWorker(onramp: Onramp, env: Record<string, string>): Promise<WorkerProcess> {
  const worker = await startWorkerProcess(onramp, env)
  onTestFinished(() => worker.kill())
  return worker
}

async function versionOf({ client }: Onramp, customerId: string): Promise<string | undefined> {
  const { raw } = await client.workflow.getHandle(onboardingId(customerId)).describe()
  return raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId ?? undefined
}

async function writesPhone(onramp: Onramp, phone: string): Promise<void> {
  await onramp.updated({ phone })
  await expect.poll(async () => (await firstContact(onramp))?.phone).toBe(phone)
}

describe('the promotion of a new version', () => {
  it('moves all running customers, says when the old workers may stop, and goes back the same way', async ({
    onramp,
  }) => {
    const old = await startWorker(onramp, version('old'))
    await onramp.registered()
    await onramp.reaches('onboarded')
    await startWorker(onramp, version('new'))
    const checked = await runPromote(onramp, version('new'), ['--check'])
    expect(checked.code).toBe(1)
    expect(checked.output).toContain(`is not current. Current: ${onramp.taskQueue}:old.`)
    expect(await versionOf(onramp, onramp.customerId)).toBe('old')

    const { code, output } = await runPromote(onramp, version('new'))
    expect({ code, output }).toMatchObject({ code: 0 })
    expect(output).toContain('Nobody is left on another version: the workers of other versions may be stopped.')
    expect(await versionOf(onramp, onramp.customerId)).toBe('new')
    const again = await runPromote(onramp, version('new'), ['--check'])
    expect(again).toMatchObject({ code: 0 })

    const back = await runPromote(onramp, version('new'), ['--build-id', 'old'])
    expect(back).toMatchObject({ code: 0 })
    expect(await versionOf(onramp, onramp.customerId)).toBe('old')
    await writesPhone(onramp, '2')
    await old.kill()
  })

  it('names who is left and why: who waits for HubSpot moves when HubSpot answers', async ({ onramp }) => {
    await startWorker(onramp, version('old'))
    await onramp.portal.fault({ times: null, effect: { kind: 'status', status: 503 } })
    await onramp.registered()
    await expect.poll(async () => (await onramp.status()).pendingStep).not.toBeNull()
    await startWorker(onramp, version('new'))

    const during = await runPromote(onramp, version('new'), ['--wait', '3'])
    expect(during.code).toBe(1)
    expect(during.output).toMatch(/1 waiting for HubSpot: they move when HubSpot has answered\.\s+cus_/)
    expect(during.output).toContain(onramp.customerId)
    expect(during.output).not.toContain('may be stopped')

    await onramp.portal.clearFaults()
    expect(await runPromote(onramp, version('new'))).toMatchObject({ code: 0 })
    await onramp.reaches('onboarded')
  })

  it('changes nothing while no worker of the version polls', async ({ onramp }) => {
    await startWorker(onramp, version('old'))
    await onramp.registered()
    await onramp.reaches('onboarded')
    const { code, output } = await runPromote(onramp, version('new'), ['--wait', '1'])
    expect(code).toBe(1)
    expect(output).toContain(`is polled by: ${onramp.taskQueue}:old.`)
    expect(output).toContain('Nothing has changed.')
    await writesPhone(onramp, '2')
  })

  it('moves nobody to a current version that has no workers', async ({ onramp }) => {
    await startWorker(onramp, version('old'))
    await onramp.registered()
    await onramp.reaches('onboarded')
    const { client, taskQueue } = onramp
    const deployment = { namespace: client.options.namespace, deploymentName: taskQueue }
    const evenWithout = { allowNoPollers: true, ignoreMissingTaskQueues: true }
    await client.workflowService.setWorkerDeploymentCurrentVersion({ ...deployment, buildId: 'new', ...evenWithout })

    expect(await runPromote(onramp, version('new'), ['--check'])).toMatchObject({ code: 1 })
    const { code, output } = await runPromote(onramp, version('new'), ['--wait', '1'])
    expect(code).toBe(1)
    expect(output).toContain('Start workers of this version')
    expect(await versionOf(onramp, onramp.customerId)).toBe('old')
    await writesPhone(onramp, '2')
  })
})

/** Runs the command that the promotion has printed. */
async function runPrinted(output: string): Promise<void> {
  const [, printed = ''] = /^ +temporal (worker deployment .*)$/m.exec(output) ?? []
  const temporal = await testTemporalCli(startSupervisor())
  const places = { TEMPORAL_ADDRESS: inject('temporalAddress'), TEMPORAL_NAMESPACE: inject('temporalNamespace') }
  execFileSync('sh', ['-c', `"$0" ${printed}`, temporal], { env: { ...process.env, ...places }, stdio: 'pipe' })
}

describe('workers without a version that ramp up', () => {
  it('are kept until the printed command has ended that; then their customers move', async ({ onramp }) => {
    await startWorker(onramp, version('current'))
    const unversioned = await startWorker(onramp, OFF)
    expect(await runPromote(onramp, version('current'))).toMatchObject({ code: 0 })
    const { client, taskQueue } = onramp
    const { namespace } = client.options
    const ramp = { namespace, deploymentName: taskQueue, buildId: '', percentage: 100 }
    await client.workflowService.setWorkerDeploymentRampingVersion(ramp)
    await onramp.registered()
    await onramp.reaches('onboarded')
    expect(await versionOf(onramp, onramp.customerId)).toBeUndefined()

    const { code, output } = await runPromote(onramp, version('current'), ['--wait', '1'])
    expect(code).toBe(1)
    expect(output).toContain('Workers without a version still get a part of the new customers')
    expect(output).not.toContain('may be stopped')
    await runPrinted(output)

    // They began after the version became current, and are left nevertheless.
    const checked = await runPromote(onramp, version('current'), ['--check'])
    expect(checked.output).toContain(onramp.customerId)
    expect(await runPromote(onramp, version('current'))).toMatchObject({ code: 0 })
    await unversioned.kill()
    expect(await versionOf(onramp, onramp.customerId)).toBe('current')
    await writesPhone(onramp, '2')
  })
})

describe('a version that ramps up', () => {
  it('keeps its workers until the printed command has ended that; then its customers move', async ({ onramp }) => {
    await startWorker(onramp, version('old'))
    await startWorker(onramp, version('new'))
    const { client, taskQueue } = onramp
    const { namespace } = client.options
    const ramp = { namespace, deploymentName: taskQueue, buildId: 'new', percentage: 100 }
    await client.workflowService.setWorkerDeploymentRampingVersion(ramp)
    await onramp.registered()
    await onramp.reaches('onboarded')
    expect(await versionOf(onramp, onramp.customerId)).toBe('new')

    // Longer than the pause between two lists: the customer, who comes back to the version in a new run, is asked once.
    const { code, output } = await runPromote(onramp, version('old'), ['--wait', '7'])
    expect(code).toBe(1)
    expect(output).not.toContain('may be stopped')
    await runPrinted(output)

    // Temporal keeps the version, with 0 percent.
    const fresh = await startWorker(onramp, version('new'))
    await expect.poll(() => fresh.ready()).toMatchObject({ body: { reasons: ['version-not-current'] } })
    expect(await runPromote(onramp, version('old'))).toMatchObject({ code: 0 })
    expect(await versionOf(onramp, onramp.customerId)).toBe('old')
    await writesPhone(onramp, '2')
  })

  it('has begun customers after the other one became current, who count as left', async ({ onramp }) => {
    await startWorker(onramp, version('ramping'))
    await onramp.registered()
    await onramp.reaches('onboarded')
    const current = { deploymentName: onramp.taskQueue, buildId: 'current', behavior: 'PINNED' as const }
    const anHourAgo = new Date(Date.now() - 3_600_000)
    const query = leftQuery(onramp.taskQueue, current, anHourAgo)
    await expect.poll(async () => (await onramp.client.workflow.count(query)).count).toBe(1)
  })
})

describe('the promotion with customers who have no version', () => {
  it('moves them when their histories fit the code', async ({ onramp }) => {
    const old = await startWorker(onramp, OFF)
    await onramp.registered()
    await onramp.reaches('onboarded')
    const fresh = await startWorker(onramp, version('new'))
    await expect.poll(() => fresh.output()).toContain('npm run promote')
    expect(await runPromote(onramp, version('new'))).toMatchObject({ code: 0 })
    await old.kill()
    expect(await versionOf(onramp, onramp.customerId)).toBe('new')
    await writesPhone(onramp, '2')
  })

  it('says what is wrong with Temporal, and which setting to look at', async ({ onramp }) => {
    const { code, output } = await runPromote(onramp, { ...version('new'), TEMPORAL_NAMESPACE: 'missing' }, ['--check'])
    expect(code).toBe(1)
    expect(output).toMatch(
      /^The promotion has not begun\. Temporal has no namespace with the name in TEMPORAL_NAMESPACE;/,
    )
  })

  it('changes nothing without the keys to check them, and says which setting is missing', async ({ onramp }) => {
    await startWorker(onramp, OFF)
    await onramp.registered()
    await onramp.reaches('onboarded')
    await startWorker(onramp, version('new'))
    const { code, output } = await runPromote(onramp, { ...version('new'), PAYLOAD_KEYS: '' })
    expect(code).toBe(1)
    expect(output).toMatch(/set PAYLOAD_KEYS as the workers have it.* Nothing has changed\./)
    expect(await versionOf(onramp, onramp.customerId)).toBeUndefined()
  })

  it('changes nothing with other keys than theirs, and names the setting', async ({ onramp }) => {
    await startWorker(onramp, OFF)
    await onramp.registered()
    await onramp.reaches('onboarded')
    await startWorker(onramp, version('new'))
    const { code, output } = await runPromote(onramp, { ...version('new'), PAYLOAD_KEYS: OTHER_KEY })
    expect(code).toBe(1)
    expect(output).toContain('PAYLOAD_KEYS')
    expect(output).not.toContain('do not fit this code')
  })

  it('changes nothing when the code would leave them stuck', async ({ onramp }) => {
    await onramp.startWorker({ code: await changedStory() })
    await onramp.registered()
    await onramp.reaches('onboarded')
    await startWorker(onramp, version('new'))
    const { code, output } = await runPromote(onramp, version('new'))
    expect(code).toBe(1)
    expect(output).toContain('1 of 1 would be stuck, since their histories do not fit this code')
    expect(output).toContain(onramp.customerId)
    await writesPhone(onramp, '2')
    expect(await versionOf(onramp, onramp.customerId)).toBeUndefined()
  })
})
