// G11 · A customer's values stand in clear neither in Temporal's histories nor in its database.

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { startSupervisor } from '../../dev/launcher/processes.ts'
import { startTemporalServer } from '../../dev/launcher/temporal/server.ts'
import { onboardingId } from '../../domain/ids.ts'
import { GRPC } from '../../platform/temporal.ts'
import { aContactInHubSpot, rejectionOf, resume } from '../support/given.ts'
import { HUBSPOT_CALLS, onrampWith } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { waitUntilParkedAt } from '../support/story.ts'
import { freePort, testTemporalCli } from '../support/temporal.ts'

const CUSTOMER = {
  email: 'canary-mail@example.com',
  firstName: 'CanaryFirst',
  lastName: 'CanaryLast',
  phone: 'CanaryPhone',
  website: 'https://canary-site.example',
  address: {
    street: 'Canary Street',
    city: 'Canary City',
    state: 'CanaryState',
    postalCode: 'CanaryZip',
    country: 'Canaria',
  },
  company: {
    id: 'org_canary_organization',
    name: 'CanaryCorp',
    domain: 'canary-corp.example',
    website: 'https://www.canary-corp.example',
    phone: 'CanaryCompanyPhone',
  },
}
const LATER = { lastName: 'CanaryLater', phone: 'CanaryRejected' }
const CORRECTED = { phone: 'CanaryCorrected' }
const CANARY = /canar/i

let address = ''
let folder = ''
const supervisor = startSupervisor()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onramp-encrypted-'))
  const cli = await testTemporalCli(supervisor)
  const file = join(folder, 'temporal.sqlite')
  const port = await freePort()
  const logFile = join(folder, 'server.log')
  ;({ address } = await startTemporalServer({ cli, supervisor, env: process.env, port, uiPort: null, file, logFile }))
}, 60_000)

afterAll(async () => {
  await supervisor.close({ top: 0, base: 0 })
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
})

const temporalAddress = () => address
const it = onrampWith({ temporalAddress })
const itInClear = onrampWith({ temporalAddress, payloadKeys: 'none' })

/** Registration, existing contact, update, a rejected value and its correction. */
async function play(onramp: Onramp): Promise<void> {
  const email = `${onramp.customerId}-${CUSTOMER.email}`
  await aContactInHubSpot(onramp, { email })
  await onramp.registered({ ...CUSTOMER, email })
  await onramp.reaches('onboarded')
  await onramp.portal.fault({ ...HUBSPOT_CALLS.updateContact, effect: { kind: 'status', status: 503 } })
  await onramp.portal.fault({ ...HUBSPOT_CALLS.updateContact, effect: rejectionOf('phone', 'INVALID_PHONE') })
  await onramp.updated(LATER)
  await waitUntilParkedAt(onramp, 'contact-update')
  expect((await resume(onramp, { customer: CORRECTED })).status).toBe(202)
  await expect.poll(async () => (await onramp.status()).parked).toEqual([])
}

/** All bytes of the histories of all runs, as Temporal has them. */
async function historiesOf({ client, customerId }: Onramp): Promise<string> {
  let bytes = ''
  const query = `WorkflowId = '${onboardingId(customerId)}'`
  for await (const { workflowId, runId } of client.workflow.list({ query })) {
    // The list still has runs whose histories are deleted.
    const history = await client.workflow
      .getHandle(workflowId, runId)
      .fetchHistory()
      .catch((error: unknown) => {
        if ((error as { code?: number }).code === GRPC.notFound) return null
        throw error
      })
    bytes += textIn(history)
  }
  return bytes
}

/** Every text and every byte of a message of Temporal's. */
function textIn(value: unknown): string {
  if (typeof value === 'string') return `${value}\n`
  if (value instanceof Uint8Array) return `${Buffer.from(value).toString('latin1')}\n`
  if (typeof value !== 'object' || value === null) return ''
  return Object.entries(value)
    .map(([name, each]) => `${name}\n${textIn(each)}`)
    .join('')
}

/** All bytes of the server's database and its log. */
async function filesOfTemporal(): Promise<string> {
  const names = await readdir(folder)
  const contents = await Promise.all(names.map((name) => readFile(join(folder, name), 'latin1')))
  return contents.join('\n')
}

describe('G11 · what Temporal keeps of a customer', () => {
  // It runs first: the next test is in clear, in the same database.
  it('has none of the values, before and after an erasure', async ({ onramp }) => {
    await play(onramp)
    await expect.poll(() => historiesOf(onramp)).toContain('binary/encrypted')
    expect(await historiesOf(onramp)).not.toMatch(CANARY)
    expect(await filesOfTemporal()).toContain(onramp.customerId)
    expect(await filesOfTemporal()).not.toMatch(CANARY)

    await onramp.erased()
    await onramp.reaches('erased')
    expect(await historiesOf(onramp)).not.toMatch(CANARY)
    expect(await filesOfTemporal()).not.toMatch(CANARY)
  })

  itInClear('has them without encryption, so that the test above would find them', async ({ onramp }) => {
    await play(onramp)
    const values = [CUSTOMER, LATER, CORRECTED].flatMap((each) => valuesIn(each))
    const [histories, files] = [await historiesOf(onramp), await filesOfTemporal()]
    expect(values.filter((value) => !histories.includes(value))).toEqual([])
    expect(values.filter((value) => !files.includes(value))).toEqual([])
  })
})

function valuesIn(value: object): string[] {
  return Object.values(value).flatMap((each: unknown) => (typeof each === 'string' ? [each] : valuesIn(each as object)))
}
