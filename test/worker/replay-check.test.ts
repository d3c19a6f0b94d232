// `npm run promote` replays histories on a Temporal server with an archive.

import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest'
import { onboardingId } from '../../domain/ids.ts'
import { replay } from '../../worker/replay-check.ts'
import { testApi } from '../support/api.ts'
import { PAYLOAD_KEYS, ringOf } from '../support/payload-keys.ts'
import { startTemporalWithArchive } from '../support/temporal-proxy.ts'

let temporal: Awaited<ReturnType<typeof startTemporalWithArchive>>
beforeAll(async () => {
  temporal = await startTemporalWithArchive()
})
afterAll(() => temporal.stop())

it('a run that is deleted already, which the list still has, is left out', async () => {
  const { client } = testApi({ address: temporal.address })
  const deleted = { workflowId: onboardingId(`cus_${randomUUID()}`), runId: randomUUID() }
  vi.spyOn(client.workflow, 'list').mockImplementation(
    () =>
      (async function* () {
        yield await Promise.resolve(deleted)
      })() as never,
  )
  const code = await readFile(inject('workflowBundlePath'), 'utf8')
  const replayed = await replay(client, { query: '', code, payloadKeys: ringOf(PAYLOAD_KEYS) })
  expect(replayed).toEqual({ checked: 0, unfit: [], missingKeys: [] })
  await client.connection.close()
})
