// Starts a real browser for tests of pages.

import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'

/** Path of the browser; `undefined` when there is none. */
export const BROWSER = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path))

if (BROWSER === undefined) {
  console.warn('Found no Chromium, so the tests of pages are skipped. Set CHROMIUM to its path.')
}

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export async function openBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath: BROWSER!, args: FLAGS })
}
