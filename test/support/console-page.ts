// The console in a real browser, over one test's onramp.

import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Browser, Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import type { Onramp } from './onramp.ts'
import { OPERATOR_TOKEN } from './sender.ts'

const AXE = readFileSync(new URL(import.meta.resolve('axe-core/axe.min.js')), 'utf8')

export interface ConsolePage {
  page: Page
  url: string
  /** Opens a path of the console. */
  open: (path: string) => Promise<void>
  /** The element with this `data-testid`. */
  at: (testId: string) => ReturnType<Page['getByTestId']>
}

/** Opens the console; nothing that the browser reports as an error may happen until the end of the test. */
export async function openConsole(
  browser: Browser,
  { app }: Pick<Onramp, 'app'>,
  {
    token = OPERATOR_TOKEN,
    ...options
  }: { token?: string | null; colorScheme?: 'light' | 'dark'; width?: number } = {},
): Promise<ConsolePage> {
  const respond = getRequestListener((request, env) => app.fetch(request, env))
  const server = createServer((request, response) => void respond(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { width = 1280, colorScheme = 'light' } = options
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, locale: 'en-GB' })
  const page = await context.newPage()
  const errors: string[] = []
  // The browser reports a rejected form as an error of its own; the test looks at the page.
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('Failed to load resource')) errors.push(message.text())
  })
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:')) errors.push(`loads ${request.url()}`)
  })
  onTestFinished(async () => {
    await context.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    expect(errors).toEqual([])
  })
  const open = async (path: string) => void (await page.goto(url + path))
  const at = (testId: string) => page.getByTestId(testId)
  if (token !== null) {
    await open('/console/login')
    await at('login-token').fill(token)
    await at('login-submit').click()
    await page.waitForURL('**/console')
  }
  return { page, url, open, at }
}

/** What axe-core finds on the page that is serious or critical. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  await page.evaluate(AXE)
  const { violations } = await page.evaluate<{ violations: Violation[] }>('axe.run()')
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} ${target.join(' ')} ${failureSummary}`),
    )
}

interface Violation {
  id: string
  impact: string
  nodes: { target: string[]; failureSummary: string }[]
}
