// The browser that takes the pictures.

import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import type { ThrowAwayStack } from '../launcher/throw-away-stack.ts'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** @throws Error when the machine has no Chromium */
export async function openBrowser(): Promise<Browser> {
  const executablePath = [process.env['CHROMIUM'] ?? '', ...PLACES].find((path) => existsSync(path))
  if (executablePath === undefined) throw new Error('Found no Chromium. Install it, or set CHROMIUM to its path.')
  return await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
}

/** A page that is logged in to the console, and looks the same on every machine. */
export async function openPage(browser: Browser, { apiUrl, secrets }: ThrowAwayStack): Promise<Page> {
  const context = await browser.newContext({
    colorScheme: 'light',
    locale: 'en-GB',
    timezoneId: 'UTC',
    deviceScaleFactor: 2,
  })
  const page = await context.newPage()
  await page.goto(`${apiUrl}/console/login`)
  await page.getByTestId('login-token').fill(secrets.operatorToken)
  await page.getByTestId('login-submit').click()
  await page.waitForURL('**/console')
  return page
}
