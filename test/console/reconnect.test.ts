// A page whose stream ends, falls silent or does not begin.

import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BROWSER, openBrowser } from '../../packages/hubspot-emulator/test/browser.ts'
import { testApi } from '../support/api.ts'
import { openConsole } from '../support/console-page.ts'
import { OPERATOR_TOKEN } from '../support/sender.ts'

const NOT_LIVE = 'Not live, trying again …'
const PATH = '/console/customers?phase=contact'
const TO_LOGIN = `/console/login?next=${encodeURIComponent(PATH)}`

type Answer = () => Response | Promise<Response | undefined>

/** An API whose streams of the list get these responses first, one each. */
function apiWithStreams(answers: Answer[]) {
  const { app, client } = testApi()
  const fetch: typeof app.fetch = async (request, ...rest) => {
    const isStream = new URL(request.url).pathname === '/console/live/customers'
    return (await (isStream ? answers.shift()?.() : undefined)) ?? (await app.fetch(request, ...rest))
  }
  return { app: Object.assign(Object.create(app) as typeof app, { fetch }), client }
}

function pathOf(page: Page): string {
  const { pathname, search } = new URL(page.url())
  return pathname + search
}

/** The other end is gone, and nobody has said so. */
const halfOpen: Answer = () => {
  const begin = new TextEncoder().encode('event: heartbeat\ndata: \n\n')
  const body = new ReadableStream({ start: (controller) => controller.enqueue(begin) })
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
}
const overloaded: Answer = () => new Response('onramp is overloaded.', { status: 503 })

describe.skipIf(BROWSER === undefined)('G12 · a page', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(async () => await browser.close())

  it('says that it is not live when its stream has been silent for twelve seconds, and connects again', async () => {
    const { promise: isWaiting, resolve: goOn } = Promise.withResolvers<void>()
    const answers: Answer[] = []
    const { page, open } = await openConsole(browser, apiWithStreams(answers))
    answers.push(halfOpen, async () => await isWaiting.then(() => undefined))
    await page.clock.install()
    await open(PATH)
    const live = page.locator('#live')
    await expect.poll(() => live.getAttribute('data-live')).toBe('live')
    await page.clock.fastForward(13_000)
    await expect.poll(() => live.textContent()).toContain(NOT_LIVE)
    goOn()
    await expect.poll(() => live.getAttribute('data-live')).toBe('live')
  })

  it('connects again when its first connection has failed', async () => {
    const { page, open } = await openConsole(browser, apiWithStreams([overloaded, overloaded]))
    await open(PATH)
    const live = page.locator('#live')
    await expect.poll(() => live.textContent()).toContain(NOT_LIVE)
    await expect.poll(() => live.getAttribute('data-live')).toBe('live')
    expect(await page.title()).toBe('Customers · onramp')
  })

  it('leads to the login when its first connection finds no session, and back to the same page', async () => {
    const answers: Answer[] = []
    const { page, open, at } = await openConsole(browser, apiWithStreams(answers))
    answers.push(async () => {
      await page.context().clearCookies()
      return new Response('Log in again.', { status: 401 })
    })
    await open(PATH)
    await expect.poll(() => pathOf(page)).toBe(TO_LOGIN)
    await at('login-token').fill(OPERATOR_TOKEN)
    await at('login-submit').click()
    await expect.poll(() => pathOf(page)).toBe(PATH)
    await expect.poll(() => page.locator('#live').getAttribute('data-live')).toBe('live')
  })

  it('leads to the login some seconds after a logout in another tab', async () => {
    const { page, url, open } = await openConsole(browser, testApi())
    await open(PATH)
    await expect.poll(() => page.locator('#live').getAttribute('data-live')).toBe('live')
    const other = await page.context().newPage()
    await other.goto(`${url}/console`)
    await other.getByTestId('logout').click()
    await other.waitForURL('**/console/login')
    await expect.poll(() => pathOf(page)).toBe(TO_LOGIN)
  })
})
