// Finds the HTML page or asset for a path.

import { readFileSync } from 'node:fs'
import { HTML_TYPE } from '../api-response.ts'
import type { Emulator } from '../emulator.ts'
import type { WireResponse } from '../pipeline.ts'
import { journalPage } from './journal-page.ts'
import type { Page } from './layout.ts'
import { recordPage } from './record-page.ts'
import { recordsPage } from './records-page.ts'

// All content comes from the emulator itself. The only script keeps the page up to date.
const PAGE_HEADERS = {
  'content-type': HTML_TYPE,
  'content-security-policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
}

const asset = (name: string, contentType: string): WireResponse => ({
  status: 200,
  headers: { 'content-type': contentType, 'x-content-type-options': 'nosniff', 'cache-control': 'no-cache' },
  text: readFileSync(new URL(name, import.meta.url), 'utf8'),
})

const ASSETS: Record<string, WireResponse> = {
  '/page.css': asset('./page.css', 'text/css;charset=utf-8'),
  '/page.js': asset('./page.js', 'text/javascript;charset=utf-8'),
  // Browsers request this icon on their own.
  '/favicon.ico': { status: 204, headers: {}, text: '' },
}

/** Returns the page; `null` when no page has this path. */
export function pageAt(emulator: Emulator, target: string): WireResponse | null {
  const [path = '', query = ''] = target.split('?')
  if (Object.hasOwn(ASSETS, path)) return ASSETS[path]!
  const page = findPage(emulator, path, new URLSearchParams(query))
  return page === null ? null : { status: page.status, headers: PAGE_HEADERS, text: page.html }
}

function findPage(emulator: Emulator, path: string, query: URLSearchParams): Page | null {
  if (path === '/') return recordsPage(emulator, query)
  if (path === '/journal') return journalPage(emulator, query)
  const record = /^\/contacts\/\d+\/record\/(0-[12])\/(\d+)$/.exec(path)
  if (record === null) return null
  return recordPage(emulator, record[1] === '0-1' ? 'contacts' : 'companies', record[2]!)
}
