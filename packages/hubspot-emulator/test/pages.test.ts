// The pages in a real browser.

import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { EmulatorControl } from '../src/control-client.ts'
import { startEmulator } from '../src/server.ts'
import { BROWSER, openBrowser } from './browser.ts'
import { call } from './hubspot-call.ts'

describe('the browser', () => {
  it('is there, at least in CI', () => {
    expect(process.env['CI'] === undefined || BROWSER !== undefined).toBe(true)
  })
})

describe('the start page', () => {
  it('says that the records are in clear', async () => {
    const emulator = await startEmulator()
    const page = await (await fetch(emulator.url)).text()
    await emulator.stop()
    expect(page).toContain('records are in clear')
  })
})

describe.skipIf(BROWSER === undefined)('the pages', () => {
  let url: string
  let control: EmulatorControl
  let stop: () => Promise<void>
  let browser: Browser
  let page: Page
  let browserErrors: string[]

  beforeAll(async () => {
    const emulator = await startEmulator()
    ;({ url } = emulator)
    stop = () => emulator.stop()
    control = new EmulatorControl(url)
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser.close()
    await stop()
  })
  beforeEach(async () => {
    await control.reset()
    await control.seed({
      contacts: [
        { id: '701', properties: { email: 'ada@example.com', firstname: 'Ada', lastname: 'Lovelace', city: 'London' } },
      ],
      companies: [{ id: '801', properties: { name: 'Analytical Engines', domain: 'analytical.example' } }],
      associations: [{ contactId: '701', companyId: '801' }],
    })
    page = await browser.newPage()
    browserErrors = []
    // Violations of the content security policy appear as console errors.
    page.on('console', (message) => message.type() === 'error' && browserErrors.push(message.text()))
    page.on('pageerror', (error) => browserErrors.push(error.message))
    return async () => {
      await page.close()
      if (browserErrors.length > 0) throw new Error(`Errors in the browser: ${browserErrors.join('; ')}`)
    }
  })

  it('list contacts and companies', async () => {
    await page.goto(url)
    expect(await page.getByRole('link', { name: 'Ada Lovelace' }).count()).toBe(1)
    expect(await page.getByText('ada@example.com').count()).toBeGreaterThan(0)
    expect(await page.getByRole('link', { name: 'Analytical Engines' }).count()).toBeGreaterThan(0)
  })

  it('link a contact to its company and back', async () => {
    await page.goto(url)
    await page.getByRole('link', { name: 'Ada Lovelace' }).click()
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Ada Lovelace')
    expect(await page.getByText('London').count()).toBeGreaterThan(0)
    expect(await page.getByText('Primary', { exact: true }).count()).toBe(1)
    await page.getByRole('link', { name: 'Analytical Engines' }).click()
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Analytical Engines')
    await page.getByRole('link', { name: 'Ada Lovelace' }).click()
    expect(new URL(page.url()).pathname).toMatch(/^\/contacts\/\d+\/record\/0-1\/701$/)
  })

  it('open at the URL that the API returns for a record', async () => {
    const { body } = await call(url, 'GET', '/crm/v3/objects/contacts/701')
    await page.goto(String(body['url']))
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Ada Lovelace')
  })

  it('show values as text, never as HTML', async () => {
    const hostile = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
    await control.seed({
      contacts: [{ id: '702', properties: { email: 'x@example.com', firstname: hostile, city: hostile } }],
    })
    for (const path of ['/', '/contacts/1/record/0-1/702', '/journal']) {
      await page.goto(url + path)
      expect(await page.locator('main img, main script').count()).toBe(0)
      expect(await page.title()).not.toMatch(/^[12]$/)
    }
    await page.goto(`${url}/contacts/1/record/0-1/702`)
    expect(await page.getByText('<img src=x').count()).toBeGreaterThan(0)
  })

  it('find a record by a part of its name', async () => {
    await control.seed({ contacts: [{ id: '702', properties: { email: 'grace@example.com', firstname: 'Grace' } }] })
    await page.goto(`${url}/?q=grace`)
    expect(await page.getByRole('link', { name: 'Grace' }).count()).toBe(1)
    expect(await page.getByRole('link', { name: 'Ada Lovelace' }).count()).toBe(0)
  })

  it('show the requests and filter them', async () => {
    await call(url, 'GET', '/crm/v3/objects/contacts/701')
    await call(url, 'POST', '/crm/v3/objects/companies', { properties: { nonsense: 1 } })
    await page.goto(`${url}/journal`)
    expect(await page.getByText('/crm/v3/objects/contacts/701').count()).toBeGreaterThan(0)
    await page.goto(`${url}/journal?method=POST`)
    expect(await page.getByText('/crm/v3/objects/companies').count()).toBeGreaterThan(0)
    expect(await page.getByText('/crm/v3/objects/contacts/701').count()).toBe(0)
  })

  it('show a new contact without a reload', async () => {
    await page.goto(url)
    await call(url, 'POST', '/crm/v3/objects/contacts', {
      properties: { email: 'late@example.com', firstname: 'Grace' },
    })
    const grace = page.getByRole('link', { name: 'Grace' })
    await expect.poll(() => grace.count()).toBe(1)
  })

  it('answer 404 for an unknown record', async () => {
    const response = await page.goto(`${url}/contacts/1/record/0-1/999`)
    expect(response?.status()).toBe(404)
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('No such')
    // The browser reports the status 404 as an error.
    browserErrors.length = 0
  })
})
