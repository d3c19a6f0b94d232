// docs/operations/backup.md: the erasures after a restore run as the page has them; PostgreSQL's commands are checked for their form.

import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startSupervisor } from '../../../dev/launcher/processes.ts'
import { startTemporalServer } from '../../../dev/launcher/temporal/server.ts'
import {
  registrationOf,
  sendTo,
  startApi,
  startHubSpot,
  startWorker,
  waitForPhase,
} from '../../support/installation.ts'
import { recordsIn } from '../../support/onramp.ts'
import { blockOf, runPage } from '../../support/page-commands.ts'
import { OPERATOR_TOKEN } from '../../support/sender.ts'
import { freePort, testTemporalCli } from '../../support/temporal.ts'

const PAGE = 'operations/backup.md'
const DATABASES = ['temporal', 'temporal_visibility']

describe('the commands of PostgreSQL', () => {
  it.each(['pg_dump', 'pg_restore'])('%s is a command of a shell, for both databases and the same files', (tool) => {
    const commands = blockOf(PAGE, tool)
    // Parses without running.
    execFileSync('bash', ['-n', '-c', commands])
    const lines = commands.trim().split('\n')
    expect(lines.map((line) => /"\$POSTGRES_URL\/(\w+)"/.exec(line)?.[1])).toEqual(DATABASES)
    expect(
      lines.map((line) => /"\$BACKUP\/(\w+)\.dump"/.exec(line)?.[1] ?? /"\$BACKUP\/(\w+)/.exec(line)?.[1]),
    ).toEqual(DATABASES)
  })
})

describe('a customer who was erased after the backup', () => {
  it('is erased again when a worker starts', async () => {
    const { url: hubspotUrl, portal } = await startHubSpot()
    const taskQueue = `test-${randomUUID()}`
    const { url } = await startApi({ TEMPORAL_TASK_QUEUE: taskQueue })
    // As in the backup: the registration is in Temporal, and not yet in HubSpot.
    const CUSTOMER_ID = `cus_${randomUUID()}`
    expect(await sendTo(url, registrationOf(CUSTOMER_ID))).toBe(202)
    const env = { CUSTOMER_ID, ONRAMP_URL: url, ONRAMP_TOKEN: OPERATOR_TOKEN }
    expect(await runPage(PAGE, 'npm run customer -- erase', env)).toContain('is being erased')

    await startWorker(hubspotUrl, taskQueue, {})
    // Since a worker may have sent the create before the backup, the erasure looks again for an hour.
    await waitForPhase(url, CUSTOMER_ID, 'erasing')
    // The worker completes the onboarding that none had begun, and then erases it.
    await expect.poll(async () => (await portal.requests({ path: '/gdpr-delete' })).length).toBeGreaterThan(0)
    await expect.poll(async () => (await recordsIn(portal)).contacts).toEqual([])
  })
})

describe('a Temporal that was restored to an older state', () => {
  it('doubles nothing: the product sends again what came after the backup, and erases again', async () => {
    const temporal = await startTemporalOnAFile()
    const { url: hubspotUrl, portal } = await startHubSpot()
    const env = { TEMPORAL_ADDRESS: temporal.address }
    const worker = await startWorker(hubspotUrl, 'onramp', env)
    const { url, process: api } = await startApi(env)
    const updated = { type: 'customer.updated', data: { customerId: 'cus_1', phone: '2' } }
    const erased = { type: 'customer.erased', data: { customerId: 'cus_3' } }
    const registered = registrationOf('cus_2', { email: 'grace@example.com' })
    for (const customerId of ['cus_1', 'cus_3']) {
      await sendTo(url, registrationOf(customerId, { email: `${customerId}@example.com`, phone: '1' }))
      await waitForPhase(url, customerId, 'onboarded')
    }
    const phones = async () =>
      Object.fromEntries((await recordsIn(portal)).contacts.map((c) => [c['onramp_customer_id'], c['phone'] ?? null]))

    await temporal.backUp()
    for (const event of [updated, registered, erased]) expect(await sendTo(url, event)).toBe(202)
    await waitForPhase(url, 'cus_2', 'onboarded')
    await waitForPhase(url, 'cus_3', 'erased')
    await expect.poll(phones).toEqual({ cus_1: '2', cus_2: null })
    await worker.stop()
    await api.end('SIGTERM')
    await temporal.restore()

    const restored = await startApi(env)
    expect(await phaseOf(restored.url, 'cus_2')).toBe(404)
    await runPage(PAGE, 'npm run customer -- erase', {
      CUSTOMER_ID: 'cus_3',
      ONRAMP_URL: restored.url,
      ONRAMP_TOKEN: OPERATOR_TOKEN,
    })
    await startWorker(hubspotUrl, 'onramp', env)
    await waitForPhase(restored.url, 'cus_3', 'erased')
    for (const event of [updated, registered]) expect(await sendTo(restored.url, event)).toBe(202)
    await waitForPhase(restored.url, 'cus_2', 'onboarded')
    await sendTo(restored.url, { type: 'customer.updated', data: { customerId: 'cus_1', lastName: 'L' } })
    const lastName = async () => (await recordsIn(portal)).contacts.find(({ lastname }) => lastname === 'L')?.phone
    await expect.poll(lastName).toBe('2')
    expect(await phones()).toEqual({ cus_1: '2', cus_2: null })
    expect((await recordsIn(portal)).companies).toHaveLength(1)
  })
})

async function phaseOf(url: string, customerId: string): Promise<number> {
  const headers = { authorization: `Bearer ${OPERATOR_TOKEN}` }
  return (await fetch(`${url}/v1/customers/${customerId}`, { headers })).status
}

/** The development server, whose one file stands for the two databases of a server of one's own. */
async function startTemporalOnAFile() {
  const supervisor = startSupervisor()
  const folder = await mkdtemp(join(tmpdir(), 'onramp-test-backup-'))
  onTestFinished(async () => {
    await supervisor.close({ top: 0, base: 0 })
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  const data = join(folder, 'data')
  const [cli, port] = [await testTemporalCli(supervisor), await freePort()]
  const paths = { file: join(data, 'temporal.sqlite'), logFile: join(folder, 'temporal.log') }
  const start = async () =>
    await startTemporalServer({ cli, supervisor, env: process.env, port, uiPort: null, ...paths })
  await mkdir(data)
  let server = await start()
  const stopped = async (then: () => Promise<void>) => {
    await server.stop(10_000)
    await then()
    server = await start()
  }
  return {
    address: server.address,
    backUp: () => stopped(() => cp(data, join(folder, 'backup'), { recursive: true })),
    restore: () =>
      stopped(async () => {
        await rm(data, { recursive: true })
        await cp(join(folder, 'backup'), data, { recursive: true })
      }),
  }
}
