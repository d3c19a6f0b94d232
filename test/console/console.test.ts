// The console in a browser, over the running stack.

import { randomUUID } from 'node:crypto'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { BROWSER, openBrowser } from '../../packages/hubspot-emulator/test/browser.ts'
import { testApi } from '../support/api.ts'
import { accessibilityProblems, openConsole } from '../support/console-page.ts'
import { aContactInHubSpot, rejectionOf } from '../support/given.ts'
import { HUBSPOT_CALLS, onrampWith, recordsIn } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { READ_TOKEN } from '../support/sender.ts'
import { waitUntilParkedAt } from '../support/story.ts'

const it = onrampWith({ namespace: 'own' })
const UNAVAILABLE = { kind: 'status', status: 503 } as const

/** Visibility lags, and a page follows some moments later. */
const soon = { timeout: 120_000 }

/** Customers whose e-mail addresses belong to contacts of other customers. Returns their ids and those of the contacts. */
async function parkedCustomers(onramp: Onramp, count: number): Promise<{ customerId: string; contactId: string }[]> {
  const parked = []
  for (let index = 0; index < count; index += 1) {
    const customerId = `cus_${randomUUID()}`
    const email = `${customerId.replaceAll('-', '')}@example.com`
    const contactId = await aContactInHubSpot(onramp, { email, onramp_customer_id: `other_${customerId}` })
    await onramp.registered({ customerId, email })
    parked.push({ customerId, contactId })
  }
  for (const { customerId } of parked)
    await expect
      .poll(async () => (await onramp.status(customerId)).attention?.reason)
      .toBe('contact-of-another-customer')
  return parked
}

describe.skipIf(BROWSER === undefined)('an operator in the console', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(async () => await browser.close())

  it('logs in, and watches a customer move without reloading, on the overview, in the list and on their page', async ({
    onramp,
  }) => {
    const { customerId } = onramp
    await onramp.portal.fault({ ...HUBSPOT_CALLS.createContact, times: null, effect: UNAVAILABLE })
    const overview = await openConsole(browser, onramp)
    expect(await overview.at('phase-contact').textContent()).toBe('0')
    await onramp.registered()
    await expect.poll(() => overview.at('phase-contact').textContent(), soon).toBe('1')
    await expect.poll(() => overview.at('waiting-count').textContent(), soon).toBe('1')
    await overview.at('phase-contact').click()
    await overview.at(`customer-${customerId}`).getByRole('link').click()
    expect(await overview.at('customer-phase').textContent()).toContain('contact')
    await expect.poll(() => overview.at('waiting').textContent(), soon).toContain('503')

    await onramp.portal.clearFaults()
    await expect.poll(() => overview.at('customer-phase').textContent(), soon).toContain('onboarded')
    expect(await overview.at('waiting').count()).toBe(0)
    expect(await overview.at('timeline').textContent()).toContain('associated')
    expect(await overview.page.content()).not.toContain('ada@example.com')

    await overview.at('logout').click()
    await overview.open(`/console/customers/${customerId}`)
    expect(await overview.at('login-token').isVisible()).toBe(true)
  })

  it('corrects the value that HubSpot rejects, and the customer goes on; the timeline has the name of the token', async ({
    onramp,
  }) => {
    const rejection = rejectionOf('phone', 'INVALID_PHONE')
    await onramp.portal.fault({ ...HUBSPOT_CALLS.createContact, times: 1, effect: rejection })
    await onramp.registered({ phone: 'not a number' })
    await waitUntilParkedAt(onramp, 'contact-update')
    const { page, open, at } = await openConsole(browser, appWithNames(onramp), { token: 'ada-and-her-operator-token' })
    await expect.poll(() => at('attention-count').textContent(), soon).toBe('1')
    await open(`/console/customers/${onramp.customerId}`)
    expect(await at('attention-reason').textContent()).toBe('refused-by-hubspot')
    expect(await page.locator('#state').textContent()).toContain('INVALID_PHONE')

    await at('field-email').evaluate(
      (input) => ((input as { closest(of: string): { open: boolean } }).closest('details').open = true),
    )
    await at('field-email').evaluate((input) => ((input as { type: string }).type = 'text'))
    await at('field-email').fill('no address')
    await at('field-phone').fill('+44 20 7946 0000')
    await at('correct-and-resume').click()
    expect(await page.getByText('must be an e-mail address').isVisible()).toBe(true)
    expect(await page.locator(':focus').getAttribute('data-testid')).toBe('field-email')
    expect(await at('field-phone').inputValue()).toBe('+44 20 7946 0000')

    await at('field-email').fill('')
    await at('correct-and-resume').click()
    await expect.poll(() => at('attention-reason').count(), soon).toBe(0)
    await expect.poll(async () => (await recordsIn(onramp.portal)).contacts[0]?.['phone']).toBe('+44 20 7946 0000')
    expect(await at('timeline').textContent()).toContain('by ada')
    const notice = page.getByText('Corrected: ')
    expect(await notice.isVisible()).toBe(true)
    await page.reload()
    expect(await notice.count()).toBe(0)
  })

  it('resumes some and then all of a reason, and sees who went on and who is parked again', async ({ onramp }) => {
    const [first, second, third] = await parkedCustomers(onramp, 3)
    const { at, open, page } = await openConsole(browser, onramp)
    await open('/console/attention')
    const row = (customer: typeof first) => at(`customer-${customer?.customerId}`)
    await expect.poll(() => row(third).count(), soon).toBe(1)
    // The contact of the first one is free now; the second one stays parked.
    await onramp.callAsHubSpotUser('DELETE', `/crm/v3/objects/contacts/${first?.contactId}`)
    await row(first).getByRole('checkbox').check()
    await row(second).getByRole('checkbox').check()
    await at('resume-chosen-contact-of-another-customer-contact').click()
    await expect.poll(() => at('resume-result').textContent(), soon).toMatch(/1 went on, 1 is parked\s+again\./)

    await onramp.callAsHubSpotUser('DELETE', `/crm/v3/objects/contacts/${second?.contactId}`)
    await open('/console/attention')
    await expect.poll(() => row(first).count(), soon).toBe(0)
    await at('resume-all-contact-of-another-customer').click()
    await expect.poll(() => at('resume-result').textContent(), soon).toMatch(/1 went on, 1 is parked\s+again\./)
    expect(page.url()).toContain('/console/attention/contact-of-another-customer/resume/')
  })

  it('keeps what is typed into the list of parked customers while others come, and corrects one there', async ({
    onramp,
  }) => {
    const [first] = await parkedCustomers(onramp, 1)
    const { at, open, page } = await openConsole(browser, onramp)
    await open('/console/attention')
    const row = (customer: typeof first) => at(`customer-${customer?.customerId}`)
    await expect.poll(() => row(first).count(), soon).toBe(1)
    await row(first).getByText('Correct e-mail address').click()
    await row(first).getByTestId('field-email').fill('another@example.com')
    const [second] = await parkedCustomers(onramp, 1)
    await expect.poll(() => row(second).count(), soon).toBe(1)
    expect(await row(first).getByTestId('field-email').inputValue()).toBe('another@example.com')
    await row(first).getByTestId('correct-and-resume').click()
    await page.waitForURL(`**/console/customers/${first?.customerId}*`)
    await expect.poll(() => at('customer-phase').textContent(), soon).toBe('onboarded')
    expect((await onramp.status(second?.customerId)).parked).toHaveLength(1)
  })

  it('finds a customer by id, by e-mail address and by HubSpot’s id of the contact', async ({ onramp }) => {
    await onramp.registered({ email: 'grace@example.com' })
    const { hubspot } = await onramp.reaches('onboarded')
    const { at, page } = await openConsole(browser, onramp)
    for (const text of [onramp.customerId, ' Grace@example.com ', hubspot.contactId ?? '']) {
      await at('search').fill(text)
      await at('search').press('Enter')
      await page.waitForURL(`**/console/customers/${onramp.customerId}`)
      await page.goto(page.url().replace(/\/customers.*/, ''))
    }
    await at('search').fill('nobody@example.com')
    await at('search').press('Enter')
    await expect.poll(() => page.getByText('Nobody found').isVisible()).toBe(true)
    expect(await page.content()).not.toContain('nobody@example.com')
  })

  it('erases a customer only after typing the id', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    const { at, page, open } = await openConsole(browser, onramp)
    await open(`/console/customers/${onramp.customerId}`)
    const erase = async (text: string) => {
      await page.getByText('Erase for good').click()
      await at('erase-confirmation').fill(text)
      await at('erase').click()
    }
    await erase('another')
    expect(await page.getByRole('alert').textContent()).toContain('Nobody was erased')
    await erase(onramp.customerId)
    await expect.poll(() => at('customer-phase').textContent(), soon).toContain('erased')
    await expect.poll(async () => (await recordsIn(onramp.portal)).contacts).toEqual([])
    expect(await at('lift-erasure').count()).toBe(1)
  })

  it('sees values only after asking for them, and the log has who looked; a read-only token has no form for it', async ({
    onramp,
  }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    const lines: string[] = []
    const names = appWithNames(onramp, (line) => lines.push(line))
    const path = `/console/customers/${onramp.customerId}`
    const { at, page, open } = await openConsole(browser, names, { token: 'ada-and-her-operator-token' })
    await open(path)
    expect(await page.content()).not.toContain('ada@example.com')
    await at('show-values').click()
    expect(await at('value-email').textContent()).toBe('ada@example.com')
    const looked = lines.map((line) => JSON.parse(line) as object)
    expect(looked).toContainEqual(expect.objectContaining({ customerId: onramp.customerId, by: 'ada' }))
    expect(lines.join()).not.toContain('ada@example.com')

    const reader = await openConsole(browser, onramp, { token: READ_TOKEN })
    await reader.open(path)
    expect(await reader.at('customer-phase').textContent()).toContain('onboarded')
    // The search and the logout are the only forms left.
    expect(await reader.page.locator('form').count()).toBe(2)
  })

  it('is shown what customers and HubSpot send as text, never as markup', async ({ onramp }) => {
    const canary = '"><img src=x onerror=alert(1)><script>alert(2)</script>'
    const effect = rejectionOf(`<b>${canary}</b>`, `<i>${canary}</i>`)
    await onramp.portal.fault({ ...HUBSPOT_CALLS.createContact, times: null, effect })
    await onramp.registered({ firstName: canary, company: { name: canary } })
    await waitUntilParkedAt(onramp, 'contact')
    const { at, page, open } = await openConsole(browser, onramp)
    page.on('dialog', () => expect.unreachable('a script of a customer ran'))
    await open(`/console/customers/${onramp.customerId}`)
    await at('show-values').click()
    expect(await at('value-firstName').textContent()).toBe(canary)
    expect(await at('value-company.name').textContent()).toBe(canary)
    expect(await page.locator('img, b img, main script').count()).toBe(0)
    await open('/console/attention')
    await expect.poll(() => at(`customer-${onramp.customerId}`).textContent(), soon).toContain('HubSpot rejects')
    expect(await page.locator('img, main script').count()).toBe(0)
  })

  it.for(['light', 'dark'] as const)(
    'finds every page accessible, and as wide as a phone, in %s colours',
    async (colorScheme, { onramp }) => {
      await onramp.registered()
      await onramp.reaches('onboarded')
      const [parked] = await parkedCustomers(onramp, 1)
      const { page, open, at } = await openConsole(browser, onramp, { colorScheme, width: 390 })
      await open('/console/attention')
      await expect.poll(() => at(`customer-${parked?.customerId}`).count(), soon).toBe(1)
      const paths = [
        '',
        '/customers',
        '/attention',
        `/customers/${onramp.customerId}`,
        `/customers/${parked?.customerId}`,
        `/resumed?customer=${parked?.customerId}`,
        '/customers/nobody',
        '/login',
      ]
      for (const path of paths) {
        await open(`/console${path}`)
        expect({ path, problems: await accessibilityProblems(page) }).toEqual({ path, problems: [] })
        const width = await page.evaluate<number>('document.documentElement.scrollWidth')
        expect({ path, width }).toEqual({ path, width: 390 })
      }
    },
  )
})

/** The same onramp with a token that has a name. */
function appWithNames(onramp: Onramp, onLog?: (line: string) => void) {
  return testApi({
    operatorTokens: ['ada=ada-and-her-operator-token'],
    taskQueue: onramp.taskQueue,
    namespace: onramp.client.options.namespace,
    ...(onLog && { onLog }),
  })
}
