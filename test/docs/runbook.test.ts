// The runbook's commands, run as the page has them, against a real Temporal server and real workers.

import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { describe, expect, onTestFinished } from 'vitest'
import { onboardingId } from '../../domain/ids.ts'
import { ownNamespace } from '../support/namespace.ts'
import { HUBSPOT_CALLS, onrampWith, recordsIn } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { pageText, runPage } from '../support/page-commands.ts'
import { ask, OPERATOR_TOKEN } from '../support/sender.ts'
import { startWorkerProcess } from '../support/worker-process.ts'

const it = onrampWith({ worker: 'own', namespace: 'own' })
const itWithout = onrampWith({ worker: 'none', namespace: 'own' })

/** Runs the page's command that starts with this text, with the variables that an operator sets. */
async function run(command: string, variables: Record<string, string> = {}): Promise<string> {
  return await runPage('runbook.md', command, { TEMPORAL_NAMESPACE: await ownNamespace(), ...variables })
}

describe('what Temporal stores', () => {
  it('is shown in clear by the page’s command, with an operator’s token', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    const api = serve({ fetch: onramp.app.fetch, hostname: '127.0.0.1', port: 0 })
    onTestFinished(() => void api.close())
    await new Promise((resolve) => api.once('listening', resolve))
    const ONRAMP_URL = `http://127.0.0.1:${(api.address() as AddressInfo).port}`
    const CUSTOMER_ID = onramp.customerId
    const shown = await run('export TEMPORAL_CODEC_ENDPOINT', {
      CUSTOMER_ID,
      ONRAMP_URL,
      ONRAMP_TOKEN: OPERATOR_TOKEN,
    })
    expect(shown).toContain('ada@example.com')
  })
})

describe('the lists in the Temporal UI', () => {
  it('have the customers whom the page says', async ({ onramp }) => {
    const [, table = ''] = /<!-- views:begin -->(.*?)<!-- views:end -->/s.exec(pageText('runbook.md')) ?? []
    const views = [...table.matchAll(/^\| (.*?) +\| `(.*?)` +\|$/gm)].map(([, name = '', query = '']) => ({
      name,
      query,
    }))
    expect(views.length).toBeGreaterThan(5)

    await onramp.registered()
    await onramp.reaches('onboarded')
    await onramp.portal.fault({ ...HUBSPOT_CALLS.updateContact, effect: { kind: 'status', status: 400 } })
    await onramp.updated({ phone: '1' })
    const lists = async ({ query }: { query: string }) => {
      const ofThisTest = `(${query}) AND WorkflowId = '${onboardingId(onramp.customerId)}'`
      return (await onramp.client.workflow.count(ofThisTest)).count > 0
    }
    const having = async () => {
      const found = await Promise.all(views.map(async (view) => ((await lists(view)) ? [view.name] : [])))
      return found.flat()
    }
    await expect.poll(having).toEqual(['Parked', 'Parked for one reason', 'Parked for one reason at one step'])
  })
})

describe('the change of a key of payloads', () => {
  it('reaches each onboarding with the page’s command', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    const runId = async () => (await onramp.client.workflow.getHandle(onboardingId(onramp.customerId)).describe()).runId
    const before = await runId()
    const signal = `temporal workflow signal --name versionDeployed --yes --rps 50 --reason 'a new key of payloads'`
    await expect.poll(() => run(signal)).toBeDefined()
    await expect.poll(runId).not.toBe(before)
  })
})

describe('a new version of the workers', () => {
  itWithout('gets all customers by the page’s commands, and gives them back', async ({ onramp }) => {
    const old = await startWorker(onramp, 'one')
    await onramp.registered()
    await onramp.reaches('onboarded')
    const fresh = await startWorker(onramp, 'two')

    expect(await run('npm run promote\n', settingsOf(onramp, 'two'))).toContain('may be stopped')
    expect(await versionOf(onramp)).toBe('two')
    expect(await run('npm run promote -- --build-id', { ...settingsOf(onramp, 'two'), OLD_BUILD: 'one' })).toContain(
      'may be stopped',
    )
    await fresh.stop()
    expect(await versionOf(onramp)).toBe('one')
    await onramp.updated({ phone: '3' })
    await expect.poll(async () => (await recordsIn(onramp.portal)).contacts[0]?.phone).toBe('3')
    await old.stop()
  })

  const itThirtyDays = onrampWith({ worker: 'none', time: 'skips', namespace: 'own' })
  itThirtyDays('still shows the status of a customer who completed (idle) on the old version', async ({ onramp }) => {
    const old = await startWorker(onramp, 'one')
    await onramp.registered()
    const workflow = onramp.client.workflow.getHandle(onboardingId(onramp.customerId))
    await expect.poll(async () => (await workflow.describe()).status.name).toBe('COMPLETED')
    await startWorker(onramp, 'two')
    await run('npm run promote\n', settingsOf(onramp, 'two'))
    await old.stop()
    // On a busy machine the API may take Temporal for unavailable at first.
    const status = async () => (await ask(onramp.app, `/v1/customers/${onramp.customerId}`)).json()
    await expect.poll(status).toMatchObject({ phase: 'onboarded', fields: { email: { state: 'written' } } })
    // The customer's next event starts a new run, on the new version.
    await onramp.updated({ phone: '2' })
    await expect.poll(async () => (await recordsIn(onramp.portal)).contacts[0]?.phone).toBe('2')
  })

  async function startWorker(onramp: Onramp, build: string) {
    const settings = { TEMPORAL_NAMESPACE: await ownNamespace(), ...settingsOf(onramp, build) }
    const worker = await startWorkerProcess(onramp, settings)
    onTestFinished(() => worker.kill())
    return worker
  }

  /** The settings that a worker and its promotion have in common. */
  function settingsOf({ taskQueue }: Onramp, build: string): Record<string, string> {
    return { TEMPORAL_TASK_QUEUE: taskQueue, TEMPORAL_WORKER_BUILD_ID: build }
  }

  async function versionOf({ client, customerId }: Onramp): Promise<string | undefined> {
    const { raw } = await client.workflow.getHandle(onboardingId(customerId)).describe()
    return raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId ?? undefined
  }
})
