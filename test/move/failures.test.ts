// A command of `npm run move` that fails says why, and advises to run it again only when that can help.

import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Connection } from '@temporalio/client'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { GrowingFile } from '../../move/customers-file.ts'
import { StateCodec } from '../../move/state-codec.ts'
import { NO_KEYS } from '../../platform/payloads/key-ring.ts'
import { createClient, GRPC } from '../../platform/temporal.ts'
import { PAYLOAD_KEYS, ringOf } from '../support/payload-keys.ts'
import { startProcess } from '../support/process.ts'
import { freePort } from '../support/temporal.ts'
import { temporalWithout } from '../support/temporal-proxy.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onramp-test-move-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function move(args: string[], env: Record<string, string>): Promise<{ exitCode: number | null; output: string }> {
  const run = startProcess('move/main.ts', env, args)
  return { exitCode: await run.ended, output: run.output() }
}

const exportWith = (env: Record<string, string>) => move(['export', join(folder, 'never.ndjson'), '--yes'], env)

/** A file with one customer. */
async function aFile(): Promise<string> {
  const path = join(folder, `${randomUUID()}.ndjson`)
  const file = await GrowingFile.open(path)
  const state = await new StateCodec(ringOf(PAYLOAD_KEYS)).encrypt('cus_1', { customerId: 'cus_1' })
  await file.add([{ customerId: 'cus_1', runId: randomUUID(), state }])
  await file.end()
  return path
}

/** A namespace as Temporal creates it. */
async function aNamespaceWithoutSearchAttributes(): Promise<string> {
  const namespace = `bare-${randomUUID()}`
  const client = createClient({ connectionOptions: { address: inject('temporalAddress') }, namespace }, NO_KEYS)
  const { workflowService } = client.connection as Connection
  const workflowExecutionRetentionPeriod = { seconds: 86_400 } as never
  await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod })
  await expect
    .poll(
      () =>
        client.workflow.count().then(
          () => true,
          () => false,
        ),
      { timeout: 60_000 },
    )
    .toBe(true)
  await client.connection.close()
  return namespace
}

describe('a move with a wrong setting of Temporal', () => {
  it('names the namespace that does not exist, and its variable', async () => {
    const { exitCode, output } = await exportWith({ TEMPORAL_NAMESPACE: 'nowhere' })
    expect(exitCode).toBe(1)
    expect(output).toContain('The export failed in the namespace nowhere at ')
    expect(output).toContain('TEMPORAL_NAMESPACE')
    expect(output).toContain('Correct this, and then run the command again')
    expect(output).not.toContain('node_modules')
  })

  it.for([GRPC.unauthenticated, GRPC.permissionDenied])('names the key that Temporal rejects with %i', async (code) => {
    const address = await temporalWithout('temporal.api.workflowservice.v1.WorkflowService', code)
    const { exitCode, output } = await exportWith({ TEMPORAL_ADDRESS: address })
    expect(exitCode).toBe(1)
    expect(output).toContain('Temporal rejects TEMPORAL_API_KEY')
    expect(output).toContain(code === GRPC.unauthenticated ? 'UNAUTHENTICATED' : 'PERMISSION_DENIED')
    expect(output).toContain('Correct this, and then run the command again')
  })

  it('names the command that creates the search attributes', async () => {
    const TEMPORAL_NAMESPACE = await aNamespaceWithoutSearchAttributes()
    const { exitCode, output } = await move(['import', await aFile()], { TEMPORAL_NAMESPACE })
    expect(exitCode).toBe(1)
    expect(output).toContain('npm run setup')
    expect(output).toContain('Correct this, and then run the command again')
  })

  it('exits with 2 when the address cannot be used', async () => {
    const { exitCode, output } = await exportWith({ TEMPORAL_ADDRESS: 'http://127.0.0.1:7233/' })
    expect(output).toContain('TEMPORAL_ADDRESS')
    expect(exitCode).toBe(2)
  })
})

describe('a move while Temporal does not answer', () => {
  it('says so, and advises to run the command again', async () => {
    const { exitCode, output } = await exportWith({ TEMPORAL_ADDRESS: `127.0.0.1:${await freePort()}` })
    expect(exitCode).toBe(1)
    expect(output).toMatch(
      /Temporal does not answer at TEMPORAL_ADDRESS, or not as Temporal does \(UNAVAILABLE: .*\)\. Run the command again/s,
    )
  })
})

describe('a move whose file cannot be opened', () => {
  it('names the file', async () => {
    const { exitCode, output } = await move(['export', join(folder, 'none', 'customers.ndjson'), '--yes'], {})
    expect(exitCode).toBe(1)
    expect(output).toMatch(/The export failed: ENOENT: .*customers\.ndjson'\. Correct this/)
  })
})
