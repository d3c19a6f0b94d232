// docs/operations/portals.md: two onramps on one Temporal server, for two portals, with the same customer ids in both.

import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { recordsIn } from '../../support/onramp.ts'
import {
  registrationOf,
  sendTo,
  startApi,
  startHubSpot,
  startWorker,
  waitForPhase,
} from '../../support/installation.ts'
import { blockOf, runPage } from '../../support/page-commands.ts'
import { OTHER_KEY, PAYLOAD_KEYS } from '../../support/payload-keys.ts'
import { WEBHOOK_SECRET } from '../../support/sender.ts'

const PAGE = 'operations/portals.md'
const OTHER_SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`

/** The variables of the page's file, with the names of one region and the secrets of one onramp. */
function fileOf(region: string, secrets: Record<string, string>): Record<string, string> {
  const lines = blockOf(PAGE, 'TEMPORAL_NAMESPACE', 'ini').trim().split('\n')
  return Object.fromEntries(
    lines.map((line) => {
      const [name = '', value = ''] = line.split('=')
      const own = value === '…' ? secrets[name] : value.replace('europe', region)
      if (own === undefined) throw new Error(`The page's file sets ${name}, which this test does not know.`)
      return [name, own]
    }),
  )
}

async function startOnramp(region: string, secrets: Record<string, string>) {
  const file = fileOf(region, secrets)
  const { url: HUBSPOT_BASE_URL, portal } = await startHubSpot({ isSetUp: false })
  const env = { ...file, HUBSPOT_BASE_URL }
  await runPage(PAGE, 'temporal operator namespace create', env)
  await expect.poll(() => runPage(PAGE, 'npm run setup', env).catch(String)).toContain('have all')
  await startWorker(HUBSPOT_BASE_URL, file['TEMPORAL_TASK_QUEUE'] ?? '', file)
  const { url } = await startApi(file)
  return { url, portal, token: secrets['OPERATOR_TOKENS'] ?? '', secret: secrets['WEBHOOK_SECRETS'] ?? '' }
}

describe('two portals', () => {
  it('have the same customer ids, and nothing of one reaches the other', async () => {
    const run = randomUUID()
    const [europe, asia] = await Promise.all([
      startOnramp(`europe-${run}`, {
        HUBSPOT_ACCESS_TOKEN: 'europe',
        WEBHOOK_SECRETS: WEBHOOK_SECRET,
        OPERATOR_TOKENS: 'token-of-europe-0123456789',
        PAYLOAD_KEYS,
      }),
      startOnramp(`asia-${run}`, {
        HUBSPOT_ACCESS_TOKEN: 'asia',
        WEBHOOK_SECRETS: OTHER_SECRET,
        OPERATOR_TOKENS: 'token-of-asia-0123456789',
        PAYLOAD_KEYS: OTHER_KEY,
      }),
    ])
    for (const [{ url, token, secret }, firstName] of [
      [europe, 'Ada'],
      [asia, 'Grace'],
    ] as const) {
      expect(await sendTo(url, registrationOf('cus_1', { firstName }), secret)).toBe(202)
      await waitForPhase(url, 'cus_1', 'onboarded', token)
    }
    const firstNames = async () => {
      const portals = await Promise.all([recordsIn(europe.portal), recordsIn(asia.portal)])
      return portals.map(({ contacts }) => contacts.map(({ firstname }) => firstname))
    }
    expect(await firstNames()).toEqual([['Ada'], ['Grace']])

    // What goes to the wrong address is rejected.
    expect(await sendTo(asia.url, registrationOf('cus_2'), europe.secret)).toBe(401)
    const command = { headers: { authorization: `Bearer ${europe.token}` } }
    expect((await fetch(`${asia.url}/v1/customers/cus_1`, command)).status).toBe(401)

    const erased = { type: 'customer.erased', data: { customerId: 'cus_1' } }
    expect(await sendTo(europe.url, erased, europe.secret)).toBe(202)
    await waitForPhase(europe.url, 'cus_1', 'erased', europe.token)
    const updated = { type: 'customer.updated', data: { customerId: 'cus_1', firstName: 'Grace B.' } }
    expect(await sendTo(asia.url, updated, asia.secret)).toBe(202)
    await expect.poll(firstNames).toEqual([[], ['Grace B.']])
    // Each worker used its own token.
    for (const [portal, token] of [
      [europe.portal, 'europe'],
      [asia.portal, 'asia'],
    ] as const) {
      await portal.settings({ acceptedTokens: [token] })
    }
    await sendTo(asia.url, { ...updated, data: { customerId: 'cus_1', firstName: 'Grace' } }, asia.secret)
    await expect.poll(firstNames).toEqual([[], ['Grace']])
  })
})
