// The runbook's commands, run as the page has them, against a real Temporal server and real workers.

import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, inject, onTestFinished } from 'vitest'
import { startSupervisor } from '../../dev/launcher/processes.ts'
import { onboardingId } from '../../domain/ids.ts'
import { changedStory } from '../support/changed-story.ts'
import { onrampWith, recordsIn } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { ask } from '../support/sender.ts'
import { testTemporalCli } from '../support/temporal.ts'
import { startWorkerProcess } from '../support/worker-process.ts'

const PAGE = new URL('../../docs/runbook.md', import.meta.url)
const it = onrampWith({})
const itWithout = onrampWith({ worker: 'none' })

/** Runs the page's command that starts with this text, with the variables that an operator sets. */
async function run(command: string, variables: Record<string, string> = {}): Promise<string> {
  const blocks = [...(await readFile(PAGE, 'utf8')).matchAll(/^```sh\n(.*?)^```/gms)].map(([, block]) => block ?? '')
  const block = blocks.find((text) => text.startsWith(command))
  if (block === undefined) throw new Error(`The page has no command that starts with "${command}".`)
  const bin = await mkdtemp(join(tmpdir(), 'onramp-test-runbook-'))
  onTestFinished(() => rm(bin, { recursive: true }))
  await symlink(await testTemporalCli(startSupervisor()), join(bin, 'temporal'))
  const env = {
    ...process.env,
    ...variables,
    PATH: `${bin}${delimiter}${process.env['PATH']}`,
    TEMPORAL_ADDRESS: inject('temporalAddress'),
  }
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', block], { env, timeout: 20_000 })
  return stdout
}

describe('a run that does not fit the code', () => {
  it('starts again with the page’s command, and nothing is doubled', { timeout: 60_000 }, async ({ onramp }) => {
    await onramp.registered()
    const { hubspot } = await onramp.reaches('onboarded')
    await onramp.stopWorker()
    await onramp.updated({ phone: '2' })
    await onramp.startWorker({ code: await changedStory() })
    const task = async () => {
      const { raw } = await onramp.client.workflow.getHandle(onboardingId(onramp.customerId)).describe()
      return raw.pendingWorkflowTask?.attempt ?? 0
    }
    await expect.poll(task, { timeout: 15_000 }).toBeGreaterThan(1)
    await run('temporal workflow list')

    await run('temporal workflow reset', { CUSTOMER_ID: onramp.customerId })
    await expect.poll(async () => (await recordsIn(onramp.portal)).contacts[0]?.phone, { timeout: 20_000 }).toBe('2')
    const { contacts, companies, associations } = await recordsIn(onramp.portal)
    expect([contacts.length, companies.length]).toEqual([1, 1])
    expect(associations).toEqual([{ contactId: hubspot.contactId, companyId: hubspot.companyId }])
  })
})

describe('a new version of the workers', () => {
  itWithout('gets all customers by the page’s commands', { timeout: 60_000 }, async ({ onramp }) => {
    const deployment = `onramp-${randomUUID()}`
    const variables = { DEPLOYMENT: deployment, OLD_BUILD: 'one', NEW_BUILD: 'two' }
    const old = await startVersion(onramp, deployment, 'one')
    await makeCurrent({ ...variables, NEW_BUILD: 'one' })
    await onramp.registered()
    await onramp.reaches('onboarded')

    await startVersion(onramp, deployment, 'two')
    await makeCurrent(variables)
    await onramp.updated({ phone: '2' })
    await expect.poll(async () => (await recordsIn(onramp.portal)).contacts[0]?.phone).toBe('2')
    expect(await versionOf(onramp)).toBe('one')

    await run('temporal workflow signal', variables)
    await expect.poll(() => versionOf(onramp), { timeout: 20_000 }).toBe('two')
    await expect.poll(() => run('temporal workflow count', variables), { timeout: 10_000 }).toMatch(/Total:\s+0\b/)
    await old.stop()
    await onramp.updated({ phone: '3' })
    await expect.poll(async () => (await recordsIn(onramp.portal)).contacts[0]?.phone).toBe('3')
  })

  const itThirtyDays = onrampWith({ worker: 'none', time: 'skips' })
  itThirtyDays('answers 503 for a customer who completed (idle) on the old version', async ({ onramp }) => {
    const deployment = `onramp-${randomUUID()}`
    const old = await startVersion(onramp, deployment, 'one')
    await makeCurrent({ DEPLOYMENT: deployment, NEW_BUILD: 'one' })
    await onramp.registered()
    const workflow = onramp.client.workflow.getHandle(onboardingId(onramp.customerId))
    await expect.poll(async () => (await workflow.describe()).status.name, { timeout: 15_000 }).toBe('COMPLETED')
    await startVersion(onramp, deployment, 'two')
    await makeCurrent({ DEPLOYMENT: deployment, NEW_BUILD: 'two' })
    await old.stop()
    // On a busy machine the API may take Temporal for unavailable at first.
    const status = async () => (await ask(onramp.app, `/v1/customers/${onramp.customerId}`)).json()
    await expect.poll(status, { timeout: 20_000 }).toMatchObject({ status: 503, code: 'no-worker' })
    // The customer's next event starts a new run, on the new version.
    await onramp.updated({ phone: '2' })
    await expect.poll(async () => (await recordsIn(onramp.portal)).contacts[0]?.phone).toBe('2')
  })

  async function startVersion(onramp: Onramp, deployment: string, build: string) {
    const worker = await startWorkerProcess(onramp, {
      TEMPORAL_DEPLOYMENT_NAME: deployment,
      TEMPORAL_WORKER_BUILD_ID: build,
    })
    onTestFinished(() => worker.kill())
    return worker
  }

  /** Retries, since Temporal knows a version only after the first poll of its worker. */
  async function makeCurrent(variables: Record<string, string>): Promise<void> {
    await expect
      .poll(() => run('temporal worker deployment set-current-version', variables).catch(() => null), {
        timeout: 15_000,
      })
      .not.toBeNull()
  }

  async function versionOf({ client, customerId }: Onramp): Promise<string | undefined> {
    const { raw } = await client.workflow.getHandle(onboardingId(customerId)).describe()
    return raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId ?? undefined
  }
})
