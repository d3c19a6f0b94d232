// The outcome of a resume, as text for operators and as JSON for programs.

import type { ResumeProgress } from '../api/contract/attention.ts'
import type { ResumeResult } from '../domain/resume-result.ts'
import type { ResumedCustomers } from './resumed-customers.ts'
import { plain } from './table.ts'

const SHOWN = 5

/** The numbers while the resume is followed. */
export function resumedSoFar(resumed: ResumedCustomers): string {
  return `So far, ${numbersOf(resumed)}, ${resumed.of('none').length} without a result.`
}

interface View {
  resumed: ResumedCustomers
  /** How many customers Temporal has signalled whose ids no list had. */
  unfollowed: number
  progress: ResumeProgress
  timeoutSeconds: number
  json: boolean
}

/** The numbers at the end, then what to do about each customer who did not go on. */
export function resumedView({ resumed, unfollowed, progress, timeoutSeconds, json }: View): string {
  if (json) return resumedJson(resumed, unfollowed, progress)
  const reason = plain(progress.reason)
  const [again, still, none] = (['parked-again', 'still-parked', 'none'] as const).map((result) => resumed.of(result))
  const lines = [
    `${reason}: ${numbersOf(resumed)}.`,
    again?.length &&
      `Parked again: ${byReason(again)}. \`list --attention ${reason} --all\` lists them, \`status ID\` says why.`,
    still?.length && `Still parked, since the signal did not reach them: ${idsOf(still)}. Run the command again.`,
    none?.length &&
      `Without a result after ${timeoutSeconds} seconds: ${idsOf(none)}. \`status ID\` shows where they are.`,
    unfollowed > 0 &&
      `Signalled but not followed: ${unfollowed} more, parked so shortly before that Temporal's list did not have them, and not on it now. \`attention\` counts them if they are parked again.`,
    progress.state === 'failed' && 'Temporal has ended the resume early. Run the command again.',
    progress.state === 'running' && 'Temporal is still signalling customers.',
  ]
  return lines.filter(Boolean).join('\n')
}

function numbersOf(resumed: ResumedCustomers): string {
  const count = (result: ResumeResult) => resumed.of(result).length
  return `${count('went-on')} of ${resumed.size} customers went on, ${count('parked-again')} parked again, ${count('waiting')} waiting for HubSpot`
}

function byReason(customers: { reasons: string[] }[]): string {
  const counts = new Map<string, number>()
  for (const reason of customers.flatMap(({ reasons }) => reasons)) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return [...counts].map(([reason, count]) => `${count} ${plain(reason)}`).join(', ')
}

function idsOf(customers: { customerId: string }[]): string {
  const ids = customers.slice(0, SHOWN).map(({ customerId }) => plain(customerId))
  const others = customers.length - ids.length
  return ids.join(', ') + (others > 0 ? ` and ${others} more` : '')
}

function resumedJson(
  resumed: ResumedCustomers,
  unfollowed: number,
  { reason, state, total, signalled, failed }: ResumeProgress,
): string {
  const others = (['parked-again', 'waiting', 'still-parked', 'none'] as const).flatMap((result) =>
    resumed.of(result).map(({ customerId, reasons }) => ({ customerId, result, attention: reasons })),
  )
  const count = (result: ResumeResult) => resumed.of(result).length
  return JSON.stringify({
    reason,
    state,
    total,
    signalled,
    failed,
    followed: resumed.size,
    notFollowed: unfollowed,
    wentOn: count('went-on'),
    parkedAgain: count('parked-again'),
    waiting: count('waiting'),
    stillParked: count('still-parked'),
    withoutResult: count('none'),
    customers: others,
  })
}
