// docs/operations/backup.md: the erasures after a restore run as the page has them; PostgreSQL's commands are checked for their form.

import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:http2'
import type { IncomingHttpHeaders } from 'node:http2'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
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
import { runPromote } from '../../support/promote.ts'
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

describe('a Temporal whose dumps were taken while it ran, the store first', () => {
  it('lists a customer whose run it does not have: the promotion does not wait for it, and tdbg removes the row', async () => {
    const temporal = await startTemporalOnAFile()
    const { url: hubspotUrl } = await startHubSpot()
    const env = { TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: 'default' }
    const version = (name: string) => ({ ...env, TEMPORAL_WORKER_BUILD_ID: name })
    const old = await startWorker(hubspotUrl, 'onramp', version('old'))
    const { url, process: api } = await startApi(env)
    const register = async (customerId: string) => {
      expect(await sendTo(url, registrationOf(customerId, { email: `${customerId}@example.com` }))).toBe(202)
      await waitForPhase(url, customerId, 'onboarded')
    }
    await register('cus_1')
    await temporal.backUp()
    await register('cus_2')
    await old.stop()
    await api.end('SIGTERM')
    await temporal.restoreStoreAlone()
    await startWorker(hubspotUrl, 'onramp', version('old'))
    await startWorker(hubspotUrl, 'onramp', version('new'))

    const promoted = await runPromote({ taskQueue: 'onramp' }, version('new'), ['--wait', '20'])
    expect(promoted).toMatchObject({ code: 0 })
    expect(promoted.output).toContain('the workers of other versions may be stopped')
    expect(promoted.output).toContain('1 row of Visibility without a run')
    const checked = await runPromote({ taskQueue: 'onramp' }, version('new'), ['--check'])
    expect(checked).toMatchObject({ code: 0 })
    const [, WORKFLOW_ID = '', RUN_ID = ''] = /--workflow-id '(.*?)' --run-id '(.*?)'$/m.exec(checked.output) ?? []
    expect(WORKFLOW_ID).toBe('onboarding/cus_2')

    const values: Record<string, string> = { TEMPORAL_NAMESPACE: 'default', WORKFLOW_ID, RUN_ID }
    const command = blockOf(PAGE, 'tdbg').replaceAll(/"\$(\w+)"/g, (_, name: string) => `'${values[name]}'`)
    expect(checked.output).toContain(command)
    const cli = await testTemporalCli(startSupervisor())
    const byCli = ['workflow', 'delete', '--yes', '--workflow-id', WORKFLOW_ID, '--run-id', RUN_ID]
    expect(() => execFileSync(cli, [...byCli, '--address', temporal.address], { stdio: 'pipe' })).toThrow(/not found/)
    await deleteAsTdbg(temporal.address, { workflowId: WORKFLOW_ID, runId: RUN_ID })
    const rows = async () => (await runPromote({ taskQueue: 'onramp' }, version('new'), ['--check'])).output
    await expect.poll(rows).not.toContain('without a run')
    expect(await rows()).toContain('may be stopped')
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

/** Sends the request that tdbg sends. No package for Node has Temporal's AdminService. */
async function deleteAsTdbg(address: string, { workflowId, runId }: { workflowId: string; runId: string }) {
  const field = (number: number, value: Buffer) => Buffer.concat([Buffer.from([number * 8 + 2, value.length]), value])
  const execution = Buffer.concat([field(1, Buffer.from(workflowId)), field(2, Buffer.from(runId))])
  const message = Buffer.concat([field(1, Buffer.from('default')), field(2, execution)])
  const session = connect(`http://${address}`)
  try {
    const request = session.request({
      ':method': 'POST',
      ':path': '/temporal.server.api.adminservice.v1.AdminService/DeleteWorkflowExecution',
      'content-type': 'application/grpc',
      te: 'trailers',
    })
    const statuses: unknown[] = []
    const note = (headers: IncomingHttpHeaders) => statuses.push(headers['grpc-status'])
    request.on('response', note).on('trailers', note).resume()
    request.end(Buffer.concat([Buffer.from([0, 0, 0, 0, message.length]), message]))
    await once(request, 'close')
    expect(statuses).toContain('0')
  } finally {
    session.close()
  }
}

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
  const copyBack = async () => {
    await rm(data, { recursive: true })
    await cp(join(folder, 'backup'), data, { recursive: true })
  }
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
    restore: () => stopped(copyBack),
    /** Visibility keeps the rows of runs that started after the backup. */
    restoreStoreAlone: () =>
      stopped(async () => {
        const newer = join(folder, 'newer')
        await cp(data, newer, { recursive: true })
        await copyBack()
        addRows(paths.file, join(newer, 'temporal.sqlite'))
      }),
  }
}

function addRows(file: string, newer: string): void {
  const database = new DatabaseSync(file)
  // Without the generated columns, which SQLite fills itself.
  const columns = database.prepare('PRAGMA table_info(executions_visibility)').all()
  const names = columns.map(({ name }) => `"${name as string}"`).join(', ')
  database.prepare('ATTACH ? AS newer').run(newer)
  database.exec(
    `INSERT INTO executions_visibility (${names}) SELECT ${names} FROM newer.executions_visibility ` +
      'WHERE run_id NOT IN (SELECT run_id FROM executions_visibility)',
  )
  database.close()
}
