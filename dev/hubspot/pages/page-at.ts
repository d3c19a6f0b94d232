// Which page is at an address, for people who look with a browser.

import type { Emulator } from '../emulator.ts'
import { journalPage } from './journal-page.ts'
import { layout, type Page } from './layout.ts'
import { recordPage } from './record-page.ts'
import { recordsPage } from './records-page.ts'

/** The page, or `null` when the address is one of the API's. */
export function pageAt(emulator: Emulator, url: URL): Page | null {
  if (url.pathname === '/') return recordsPage(emulator, url)
  if (url.pathname === '/journal') return journalPage(emulator, url)
  const record = /^\/contacts\/\d+\/record\/(0-[12])\/(\d+)$/.exec(url.pathname)
  if (record) return recordPage(emulator, record[1] === '0-1' ? 'contacts' : 'companies', record[2] ?? '')
  // A browser asks for it by itself.
  if (url.pathname === '/favicon.ico') return { status: 404, html: layout({ title: 'No icon', here: null, body: '' }) }
  return null
}
