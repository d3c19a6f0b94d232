// The pages at /docs and /errors in a browser.

import { serve } from '@hono/node-server'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testApi } from '../support/api.ts'
import { routesOf } from '../support/openapi.ts'
import { BROWSER, openBrowser } from '../../packages/hubspot-emulator/test/browser.ts'

describe.skipIf(BROWSER === undefined)('the pages', () => {
  const { app } = testApi()
  let browser: Browser
  let url: string
  let stop: () => void

  beforeAll(async () => {
    browser = await openBrowser()
    await new Promise<void>((resolve) => {
      const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => {
        url = `http://127.0.0.1:${port}`
        resolve()
      })
      stop = () => server.close()
    })
  })
  afterAll(async () => {
    await browser.close()
    stop()
  })

  it('GET /docs answers 200 with a page of every route that loads nothing from elsewhere and obeys its security policy', async () => {
    const page = await browser.newPage()
    const errors: string[] = []
    const requested: string[] = []
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
    page.on('pageerror', (error) => errors.push(error.message))
    page.on('request', (request) => requested.push(request.url()))

    await page.goto(`${url}/docs`)
    await page.getByText('Accepts an event about a customer').click()
    expect(await page.locator('#acceptEvent').getByText('"email": "ada@example.com"').first().isVisible()).toBe(true)
    await page.getByText('Explains each error and what to do about it').click()
    expect(await page.locator('details').count()).toBe((await routesOf(app)).length)
    const status = page.locator('#customerStatus')
    await status.locator('summary').click()
    await status.getByRole('link', { name: 'CustomerStatus' }).first().click()
    expect(await page.locator(':target').textContent()).toBe('CustomerStatus')
    const field = page.locator('tr', { hasText: 'hubspot.contactUrl' }).first()
    expect(await field.innerText()).toContain('string or null')

    expect(errors).toEqual([])
    const elsewhere = requested.filter((address) => !address.startsWith(url) && !address.startsWith('data:'))
    expect(elsewhere).toEqual([])
  })

  it('GET /errors#no-worker, which the type of that problem points to, answers 200 and shows its section', async () => {
    const page = await browser.newPage()
    await page.goto(`${url}/errors#no-worker`)
    const section = page.locator(':target')
    expect(await section.textContent()).toBe('no-worker')
    expect(await section.isVisible()).toBe(true)
    expect(await page.evaluate('scrollY')).toBeGreaterThan(0)
  })
})
