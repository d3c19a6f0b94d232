// Says why a signature is rejected, as far as it helps no forger: everything that the sender can see in its own request.

import { Problem } from './problem.ts'

/** Labels of the metric `onramp_webhooks_total`. */
export const UNSIGNED_CAUSES = ['incomplete', 'too-old', 'too-new', 'no-match'] as const
export type UnsignedCause = (typeof UNSIGNED_CAUSES)[number]

const HEADERS = ['webhook-id', 'webhook-timestamp', 'webhook-signature']
const TOLERANCE_SECONDS = 300
// The last second of JavaScript's dates.
const LAST_SECOND = 8.64e12

/** @param headers the standard's headers, as far as they are there */
export function unsigned(cause: UnsignedCause, headers: Record<string, string>, now = new Date()): Problem {
  return new Problem('unsigned', { cause, detail: detailOf(cause, headers, now) })
}

function detailOf(cause: UnsignedCause, headers: Record<string, string>, now: Date): string {
  switch (cause) {
    case 'incomplete':
      return incomplete(headers)
    case 'too-old':
    case 'too-new':
      return clocksDiffer(Number.parseInt(headers['webhook-timestamp'] ?? '', 10), now)
    case 'no-match':
      return noMatch(headers)
  }
}

function incomplete(headers: Record<string, string>): string {
  const missing = HEADERS.filter((name) => !headers[name]).map((name) => `\`${name}\``)
  if (missing.length === 0) return 'The header `webhook-timestamp` must be a number of seconds since 1970.'
  return `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing or empty. Send the three headers ${HEADERS.map((name) => `\`${name}\``).join(', ')}.`
}

/** Names both times, since either clock may be wrong. */
function clocksDiffer(seconds: number, now: Date): string {
  const clock = Math.floor(now.getTime() / 1000)
  if (Math.abs(seconds / 1000 - clock) <= TOLERANCE_SECONDS)
    return 'The header `webhook-timestamp` has milliseconds. Send the seconds since 1970.'
  const off = Math.abs(seconds - clock)
  const time = Math.abs(seconds) <= LAST_SECOND ? ` (${new Date(seconds * 1000).toISOString()})` : ''
  return (
    `The header \`webhook-timestamp\` is ${seconds}${time}, ${off} s ${seconds < clock ? 'behind' : 'ahead of'} onramp’s clock, ` +
    `which says ${clock} (${new Date(clock * 1000).toISOString()}). At most ${TOLERANCE_SECONDS} s are accepted. ` +
    'Sign each attempt with the current time in UTC.'
  )
}

function noMatch(headers: Record<string, string>): string {
  const hasScheme = (headers['webhook-signature'] ?? '').split(' ').some((signature) => signature.startsWith('v1,'))
  if (!hasScheme) return 'The header `webhook-signature` has no signature that begins with `v1,`.'
  return (
    'No signature matches. Sign `<webhook-id>.<webhook-timestamp>.<body>` with a secret of WEBHOOK_SECRETS, ' +
    'over exactly the bytes of the body that you send.'
  )
}
