// Runs all vectors against the emulator in every API version, or against a real portal (see README.md).

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EmulatorControl } from '../src/control-client.ts'
import { startEmulator } from '../src/server.ts'
import { PATH_FAMILIES } from '../src/versions.ts'
import { call } from './hubspot-call.ts'
import { VectorRunner, type Target } from './vector-runner.ts'
import { ACCOUNT } from './vectors/account.ts'
import { ASSOCIATIONS } from './vectors/associations.ts'
import { BATCHES } from './vectors/batches.ts'
import { COMPANIES } from './vectors/companies.ts'
import { CONTACTS } from './vectors/contacts.ts'
import { DUPLICATES } from './vectors/duplicates.ts'
import { MERGES } from './vectors/merges.ts'
import { PROPERTIES } from './vectors/properties.ts'
import { PROTOCOL } from './vectors/protocol.ts'
import { SEARCHES } from './vectors/search.ts'
import { VALUES } from './vectors/values.ts'

const TOPICS = {
  contacts: CONTACTS,
  companies: COMPANIES,
  duplicates: DUPLICATES,
  values: VALUES,
  batches: BATCHES,
  search: SEARCHES,
  associations: ASSOCIATIONS,
  properties: PROPERTIES,
  merges: MERGES,
  protocol: PROTOCOL,
  account: ACCOUNT,
}

// The vectors write into the portal, so a token in the environment is not enough to select a real one.
const isRealPortal = process.env['VECTORS'] === 'portal'
const { HUBSPOT_BASE_URL = 'https://api.hubapi.com', HUBSPOT_ACCESS_TOKEN = '' } = process.env

describe('the vectors', () => {
  it('are at least 150, each with its source', () => {
    const vectors = Object.values(TOPICS).flat()
    expect(vectors.length).toBeGreaterThanOrEqual(150)
    expect(vectors.filter(({ source }) => !['R', 'D', 'C', 'X', 'I'].includes(source))).toEqual([])
  })
})

describe.each(PATH_FAMILIES)('$version', ({ version }) => {
  let target: Target = { baseUrl: HUBSPOT_BASE_URL, token: HUBSPOT_ACCESS_TOKEN }
  let stop = async () => {}
  let runner: VectorRunner

  beforeAll(async () => {
    if (!isRealPortal) {
      const emulator = await startEmulator()
      target = { baseUrl: emulator.url, token: 'any' }
      stop = () => emulator.stop()
    }
    runner = new VectorRunner(target, version)
    await runner.prepare()
  })

  afterAll(async () => {
    await runner.cleanUp()
    if (!isRealPortal) await expectNothingLeft(target.baseUrl)
    await stop()
  })

  describe.each(Object.entries(TOPICS))('%s', (_, vectors) => {
    const applicable = vectors.filter(
      ({ versions, settings }) =>
        (versions === undefined || versions.includes(version)) && (settings === undefined || !isRealPortal),
    )
    it.each(applicable)('$it [$source]', async (vector) => {
      const run = () => runner.mismatchIn(vector)
      const { settings } = vector
      expect(settings === undefined ? await run() : await withSettings(target.baseUrl, settings, run)).toBeNull()
    })
  })
})

/** Checks that `cleanUp` archives everything, as it must in a real portal. */
async function expectNothingLeft(url: string): Promise<void> {
  const { contacts, companies } = await new EmulatorControl(url).records()
  expect([...contacts, ...companies].filter(({ archived }) => !archived)).toEqual([])
  for (const type of ['contacts', 'companies'] as const) {
    const { body } = await call(url, 'GET', `/crm/v3/properties/${type}`)
    const names = (body['results'] as { name: string }[]).map(({ name }) => name)
    expect(names.filter((name) => name.startsWith('vector_'))).toEqual([])
  }
}

async function withSettings<T>(url: string, settings: object, run: () => Promise<T>): Promise<T> {
  const control = new EmulatorControl(url)
  const before = (await (await fetch(`${url}/__emulator/settings`)).json()) as object
  await control.settings(settings)
  try {
    return await run()
  } finally {
    await control.settings(before)
  }
}
