// A session of the console without a browser.

import type { Hono } from 'hono'
import { OPERATOR_TOKEN } from './sender.ts'

const FORM = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' }

/** Logs in, and returns functions that visit pages and submit forms with the session's cookie. */
export async function consoleSession({ app }: { app: Hono }, token = OPERATOR_TOKEN) {
  const body = new URLSearchParams({ token }).toString()
  const login = await app.request('/console/login', { method: 'POST', headers: FORM, body })
  const [cookie = ''] = (login.headers.get('set-cookie') ?? '').split(';')
  return {
    cookie,
    visit: async (path: string) => await app.request(path, { headers: { cookie } }),
    submit: async (path: string, fields: Record<string, string> = {}) =>
      await app.request(path, {
        method: 'POST',
        headers: { ...FORM, cookie },
        body: new URLSearchParams(fields).toString(),
      }),
  }
}
