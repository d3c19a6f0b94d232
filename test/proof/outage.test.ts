// An outage of a part of Temporal, which `npm run test:cluster` plays with the commands that it gets.

import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from '@temporalio/client'
import { Random } from 'hubspot-emulator/random'
import { expect, it, onTestFinished } from 'vitest'
import { playOutage } from '../../dev/proof/outage.ts'

/** A Temporal that does not answer while a file is there, and how often it was asked meanwhile. */
async function temporalWithFile() {
  const folder = await mkdtemp(join(tmpdir(), 'onramp-test-outage-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'dead')
  const asked = { dead: 0, alive: 0 }
  const client = {
    withDeadline: (_: number, call: () => Promise<unknown>) => call(),
    workflow: {
      async count() {
        asked[existsSync(file) ? 'dead' : 'alive'] += 1
        if (existsSync(file)) throw new Error('Temporal does not answer.')
      },
    },
  } as unknown as Client
  return { file, client, asked }
}

it('ends when Temporal has stopped answering after the first command and answers after the second', async () => {
  const { file, client, asked } = await temporalWithFile()
  await playOutage({ what: 'server', kill: `touch ${file}`, start: `rm ${file}` }, client, new Random(3))
  expect(existsSync(file)).toBe(false)
  expect(asked).toEqual({ dead: 1, alive: 1 })
})

it('names the command that failed', async () => {
  const { client } = await temporalWithFile()
  const outage = { what: 'database', kill: 'exit 3', start: 'true' } as const
  await expect(playOutage(outage, client, new Random(3))).rejects.toThrow('--kill-database failed with 3')
})

it('is none when Temporal answers on after the command that kills', async () => {
  const { client } = await temporalWithFile()
  const outage = { what: 'server', kill: 'true', start: 'true' } as const
  await expect(playOutage(outage, client, new Random(3))).rejects.toThrow('Temporal still answers')
})
