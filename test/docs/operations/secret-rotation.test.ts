// docs/operations/secret-rotation.md: the page's steps against an API that is restarted with each setting.

import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { startApi } from '../../support/installation.ts'
import { runPage } from '../../support/page-commands.ts'
import { OPERATOR_TOKEN, WEBHOOK_SECRET } from '../../support/sender.ts'

const PAGE = 'operations/secret-rotation.md'

/** An API with these settings, as after a restart. */
async function restarted(env: Record<string, string>): Promise<string> {
  return (await startApi({ TEMPORAL_TASK_QUEUE: `nobody-${randomUUID()}`, ...env })).url
}

describe('a new webhook secret', () => {
  it('is accepted beside the former one, and then alone', async () => {
    const fresh = (await runPage(PAGE, "printf 'whsec_")).trim()
    const check = async (ONRAMP_URL: string, SECRET: string) =>
      (await runPage(PAGE, 'export SECRET', { ONRAMP_URL, SECRET })).trim()
    const statuses = async (WEBHOOK_SECRETS: string) => {
      const url = await restarted({ WEBHOOK_SECRETS })
      return { former: await check(url, WEBHOOK_SECRET), fresh: await check(url, fresh) }
    }
    expect(await statuses(WEBHOOK_SECRET)).toEqual({ former: '422', fresh: '401' })
    expect(await statuses(`${WEBHOOK_SECRET} ${fresh}`)).toEqual({ former: '422', fresh: '422' })
    expect(await statuses(fresh)).toEqual({ former: '401', fresh: '422' })
  })

  it('logs nobody out of the console before the former one is removed', async () => {
    const fresh = (await runPage(PAGE, "printf 'whsec_")).trim()
    const login = await fetch(`${await restarted({ WEBHOOK_SECRETS: WEBHOOK_SECRET })}/console/login`, {
      method: 'POST',
      headers: { 'sec-fetch-site': 'same-origin' },
      body: new URLSearchParams({ token: OPERATOR_TOKEN }),
      redirect: 'manual',
    })
    const [cookie = ''] = (login.headers.get('set-cookie') ?? '').split(';')
    const page = async (WEBHOOK_SECRETS: string) => {
      const url = `${await restarted({ WEBHOOK_SECRETS })}/console`
      return (await fetch(url, { headers: { cookie }, redirect: 'manual' })).status
    }
    expect(await page(`${WEBHOOK_SECRET} ${fresh}`)).toBe(200)
    expect(await page(fresh)).toBe(303)
  })
})

describe('a new operator’s token', () => {
  it('works beside the former one as its hash, and then alone', async () => {
    const printed = await runPage(PAGE, 'token=')
    const [, token = '', setting = ''] = /^token: (.*)\nsetting: (.*)\n$/.exec(printed) ?? []
    const check = async (ONRAMP_URL: string, TOKEN: string) =>
      (await runPage(PAGE, "printf 'header", { ONRAMP_URL, TOKEN })).trim()
    const statuses = async (OPERATOR_TOKENS: string) => {
      const url = await restarted({ OPERATOR_TOKENS })
      return { former: await check(url, OPERATOR_TOKEN), fresh: await check(url, token) }
    }
    expect(await statuses(OPERATOR_TOKEN)).toEqual({ former: '200', fresh: '401' })
    expect(await statuses(`${OPERATOR_TOKEN} ${setting}`)).toEqual({ former: '200', fresh: '200' })
    expect(await statuses(setting)).toEqual({ former: '401', fresh: '200' })
  })
})
