// The sentences above a page that say what a command has done, or why it has done nothing.

import { html } from 'hono/html'
import type { Html } from './markup.ts'
import { plural, withQuery } from './words.ts'

const NOTICES = {
  'none-chosen': () => 'Nobody was resumed: choose customers first.',
  reset: (count: number) =>
    `${plural(count, 'stuck run')} to reset. Each goes on, or is back on this page within some minutes.`,
  resumed: () => 'Resumed: onramp tries again what was parked.',
  corrected: (count: number) => `Corrected: ${plural(count, 'field')} to write to HubSpot.`,
  resync: (count: number) => `Resync: ${plural(count, 'field')} to write to HubSpot again.`,
  erasing: () => 'The erasure has begun.',
  lifted: () => 'The erasure is lifted: later events count again.',
} as const
export type Notice = keyof typeof NOTICES

/** @param count of the fields that the command writes */
export function withNotice(path: string, notice: Notice, count?: number): string {
  return withQuery(path, [
    ['done', notice],
    ...(count === undefined ? [] : [['count', String(count)] as [string, string]]),
  ])
}

/** Anybody may write a query, so that it chooses among our own sentences only. */
export function noticeIn({ done, count }: { done?: string; count?: string }): Html {
  if (done === undefined || !Object.hasOwn(NOTICES, done)) return html``
  const sentence = NOTICES[done as Notice](Math.trunc(Number(count) || 0))
  return html`<p class="message ${done === 'none-chosen' ? 'message-warn' : 'message-good'}" role="status">
    ${sentence}
  </p>`
}
