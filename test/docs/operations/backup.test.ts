// docs/operations/backup.md: the erasures after a restore run as the page has them; PostgreSQL's commands are checked for their form.

import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
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
  it('is erased again before any worker does something else', async () => {
    const { url: hubspotUrl, portal } = await startHubSpot()
    const taskQueue = `test-${randomUUID()}`
    const { url } = await startApi({ TEMPORAL_TASK_QUEUE: taskQueue })
    // As in the backup: the registration is in Temporal, and not yet in HubSpot.
    const CUSTOMER_ID = `cus_${randomUUID()}`
    expect((await sendTo(url, registrationOf(CUSTOMER_ID))).status).toBe(202)
    const env = { CUSTOMER_ID, ONRAMP_URL: url, ONRAMP_TOKEN: OPERATOR_TOKEN }
    expect(await runPage(PAGE, 'npm run customer -- erase', env)).toContain('is being erased')

    await startWorker(hubspotUrl, taskQueue, {})
    await waitForPhase(url, CUSTOMER_ID, 'erased')
    expect((await recordsIn(portal)).contacts).toEqual([])
    const created = await portal.requests({ method: 'POST', path: '/objects/(2026-09/)?contacts$' })
    expect(created).toEqual([])
  })
})
