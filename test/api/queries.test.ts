// The queries of the operator API: a parameter that a path does not take, and a cursor that no API process has made, are 422.

import { createHash } from 'node:crypto'
import { describe, expect } from 'vitest'
import { testApi } from '../support/api.ts'
import { onrampWith } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { Draft, routesOf } from '../support/openapi.ts'
import { ask, sendCommand, WEBHOOK_SECRET } from '../support/sender.ts'

const it = onrampWith({ worker: 'none', namespace: 'own', pageSize: 1 })
const ANOTHER_SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`

const { app } = testApi()
const operatorRoutes = (await routesOf(app)).filter(({ path }) => path.startsWith('/v1/'))

interface Invalid {
  status: number
  code: string
  errors: { path: string; message: string }[]
}
const invalid = async (response: Response) =>
  ({ status: response.status, ...((await response.json()) as object) }) as Invalid

describe('every path of the operator API answers 422', () => {
  it.for(operatorRoutes.map((route) => [route.method, route.path, route] as const))(
    'invalid-query to %s %s with an unknown parameter, and names it',
    async ([, , route]) => {
      const draft = new Draft(route, 'cus_nobody', route.requests[0]!).with({ query: 'atention=email-taken' })
      const { status, code, errors } = await invalid(await app.request(draft.request()))
      expect({ status, code, paths: errors.map(({ path }) => path) }).toEqual({
        status: 422,
        code: 'invalid-query',
        paths: ['atention'],
      })
    },
  )

  it('to more than one unknown parameter, with one error for each', async () => {
    const { errors } = await invalid(await ask(app, '/v1/customers?phase[]=contact&atention=email-taken&phase=contact'))
    const message = expect.stringMatching(/^is not a parameter of this path, which takes phase, attention, /) as string
    expect(errors).toEqual([
      { path: 'phase[]', message },
      { path: 'atention', message },
    ])
  })

  it.for(['__proto__=1', 'constructor=1', 'hasOwnProperty', 'PHASE=contact', '%70hase%20=contact'])(
    'to ?%s, which looks like something that JavaScript has',
    async (query) => {
      expect((await ask(app, `/v1/customers?${query}`)).status).toBe(422)
    },
  )

  it('to a parameter that is given twice', async () => {
    const { status, errors } = await invalid(await ask(app, '/v1/customers?phase=contact&phase=company'))
    expect(status).toBe(422)
    expect(errors.map(({ path }) => path)).toEqual(['phase'])
  })

  it('and does nothing: an erasure with a misspelt parameter erases nobody', async ({ onramp }) => {
    const path = `/v1/customers/${onramp.customerId}`
    expect((await sendCommand(onramp.app, 'DELETE', `${path}?unknwon=true`)).status).toBe(422)
    expect((await ask(onramp.app, path)).status).toBe(404)
  })
})

describe('a cursor', () => {
  /** The cursor of the second page, from an API process with these webhook secrets. */
  async function firstCursor({ app: api }: Pick<Onramp, 'app'>): Promise<string> {
    let cursor: string | null = null
    const next = async () => {
      ;({ next: cursor } = (await (await ask(api, '/v1/customers')).json()) as { next: string | null })
      return cursor
    }
    await expect.poll(next).not.toBeNull()
    return cursor ?? ''
  }
  async function twoCustomers(onramp: Onramp): Promise<void> {
    for (const customerId of ['cus_a', 'cus_b']) await onramp.updated({ customerId, phone: '1' })
  }
  /** An API process of the same installation, or of another one. */
  const processOf = ({ client }: Onramp, webhookSecrets: string[]) =>
    testApi({ namespace: client.options.namespace, pageSize: 1, webhookSecrets })
  const page = async (api: Pick<Onramp, 'app'>, cursor: string) =>
    await ask(api.app, `/v1/customers?cursor=${encodeURIComponent(cursor)}`)

  it('works in every API process of an installation, also after a restart', async ({ onramp }) => {
    await twoCustomers(onramp)
    const cursor = await firstCursor(onramp)
    expect((await page(processOf(onramp, [WEBHOOK_SECRET]), cursor)).status).toBe(200)
  })

  it('still works while the webhook secret is being changed', async ({ onramp }) => {
    await twoCustomers(onramp)
    const cursor = await firstCursor(onramp)
    expect((await page(processOf(onramp, [ANOTHER_SECRET, WEBHOOK_SECRET]), cursor)).status).toBe(200)
    const later = await firstCursor(processOf(onramp, [WEBHOOK_SECRET, ANOTHER_SECRET]))
    expect((await page(onramp, later)).status).toBe(200)
  })

  it('of another installation is 422', async ({ onramp }) => {
    await twoCustomers(onramp)
    const cursor = await firstCursor(processOf(onramp, [ANOTHER_SECRET]))
    const { status, code } = await invalid(await page(onramp, cursor))
    expect({ status, code }).toEqual({ status: 422, code: 'invalid-query' })
  })

  it('that somebody changed is 422, whichever byte it is', async ({ onramp }) => {
    await twoCustomers(onramp)
    const bytes = Buffer.from(await firstCursor(onramp), 'base64url')
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes)
      changed[index]! ^= 1
      expect((await page(onramp, changed.toString('base64url'))).status).toBe(422)
    }
  })

  // The query of the first page of all customers, and a checksum that needs no key.
  it('that is forged from a page token of the sender’s own is 422, and never reaches Temporal', async () => {
    const query = `WorkflowType = 'onboardCustomer' AND ExecutionStatus IN ('Running', 'Completed')`
    const pageToken = Buffer.from('{"forged":true}')
    const checksum = createHash('sha256').update(`${query}\n`).update(pageToken).digest().subarray(0, 6)
    const forged = Buffer.concat([checksum, pageToken]).toString('base64url')
    const { status, code } = await invalid(await ask(app, `/v1/customers?cursor=${forged}`))
    expect({ status, code }).toEqual({ status: 422, code: 'invalid-query' })
  })

  it.for([
    ['two other characters', '!!'],
    ['too short', 'AAAA'],
    ['longer than any cursor', 'x'.repeat(4097)],
    ['a control character', '%00'],
    ['a letter outside of ASCII', 'ä'],
  ])('that is malformed is 422: %s', async ([, cursor]) => {
    expect((await ask(app, `/v1/customers?cursor=${cursor}`)).status).toBe(422)
  })

  it('with characters that base64url does not have is 422', async ({ onramp }) => {
    await twoCustomers(onramp)
    const cursor = await firstCursor(onramp)
    for (const changed of [`${cursor}!`, ` ${cursor}`, `${cursor}=`, `${cursor.slice(0, 4)}.${cursor.slice(4)}`]) {
      expect((await page(onramp, changed)).status).toBe(422)
    }
  })
})
