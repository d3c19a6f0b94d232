// The results of a resume: customers who went on, are parked again or wait for HubSpot.

import { html } from 'hono/html'
import type { AttentionReason } from '../../domain/attention.ts'
import type { CustomerStatus } from '../contract/customer-status.ts'
import type { ResumeProgress } from '../contract/attention.ts'
import type { Html } from './markup.ts'
import type { Snapshot } from './live.ts'
import { ageOf } from './stale.ts'
import type { Parts } from './streams.ts'
import { badge, customerPath, number, plural, REASON_WORDS, table } from './words.ts'
import type { Tone } from './words.ts'

const SHOWN = 50

/** `none`: the resume has not reached the customer, or nothing has come of it so far. */
export type Result = 'went-on' | 'parked-again' | 'waiting' | 'none'

const RESULTS: { [result in Result]: { word: string; tone: Tone } } = {
  'went-on': { word: 'went on', tone: 'good' },
  'parked-again': { word: 'parked again', tone: 'bad' },
  waiting: { word: 'waits for HubSpot', tone: 'warn' },
  none: { word: 'under way', tone: 'busy' },
}

/**
 * Compares times of one workflow with each other, so that no two clocks matter.
 *
 * @param outcome of the command in the timeline; any resume or correction when absent
 */
export function resultOf({ timeline, parked, waiting, phase, fields }: CustomerStatus, outcome?: string): Result {
  const command = timeline.findLast((entry) =>
    outcome === undefined ? entry.what === 'resume' || entry.what === 'correct' : entry.outcome === outcome,
  )
  if (command === undefined) return 'none'
  if (parked.some(({ since }) => since >= command.at)) return 'parked-again'
  if (waiting !== null) return 'waiting'
  const isWritten = Object.values(fields).every(({ state }) => state !== 'pending')
  const isThere = ['onboarded', 'erasing', 'erased'].includes(phase)
  // A customer can go on and stay parked for another reason, such as a missing registration.
  return (isThere && isWritten) || parked.length > 0 || phase === 'awaiting-registration' ? 'went-on' : 'none'
}

/** `other`: the resume was not meant for this customer. */
export type ResultOfAll = Result | 'other'

/** The result of a resume of all for one customer: their timeline says whether the resume has reached them. */
export function resultOfAll(
  status: CustomerStatus,
  { reason, since }: Pick<ResumeProgress, 'reason' | 'since'>,
): ResultOfAll {
  const outcome = `all with ${reason}`
  if (status.timeline.some((entry) => entry.outcome === outcome && entry.at >= since)) return resultOf(status, outcome)
  return status.parked.some((each) => each.reason === reason && each.since < since) ? 'none' : 'other'
}

/** Counts the results by customer; `null` stands for a customer for whom nobody answers. */
export function countResults(
  results: Map<string, ResultOfAll | null>,
): Pick<ResumeOfAll, 'parkedAgain' | 'waiting' | 'open' | 'unknown'> {
  const idsWith = (wanted: ResultOfAll | null) =>
    [...results].flatMap(([id, result]) => (result === wanted ? [id] : []))
  return {
    parkedAgain: idsWith('parked-again').toSorted(),
    waiting: idsWith('waiting').length,
    open: idsWith('none').length,
    unknown: idsWith(null).length,
  }
}

/** A customer of a resume; `result` is `null` when nobody answers for them. */
export interface ResumedCustomer {
  customerId: string
  result: Result | null
}

/** @param notResumed the ids of those whose resume has failed, so that an earlier resume says nothing about them */
export function resumedParts({ value, at, failure }: Snapshot<ResumedCustomer[]>, notResumed: string[]): Parts {
  const stale = ageOf(at, failure)
  if (value === null) return { stale, summary: html``, resumed: html`` }
  const count = (wanted: Result) => value.filter(({ result }) => result === wanted).length
  const open = value.filter(({ result }) => result === 'none' || result === null).length
  return {
    stale,
    summary: summary({
      wentOn: count('went-on'),
      parkedAgain: count('parked-again'),
      waiting: count('waiting'),
      open,
      notResumed: notResumed.length,
    }),
    resumed: table(
      'Resumed customers',
      ['Customer', 'Result'],
      [
        ...value.map(({ customerId, result }) => {
          const { word, tone } = RESULTS[result ?? 'none']
          return resumedRow(customerId, badge(result === null ? 'no worker answers' : word, tone))
        }),
        ...notResumed.map((customerId) => resumedRow(customerId, badge('not resumed', 'bad'))),
      ],
    ),
  }
}

function resumedRow(customerId: string, result: Html): Html {
  return html`<tr data-testid="customer-${customerId}">
    <th scope="row"><a href="${customerPath(customerId)}">${customerId}</a></th>
    <td>${result}</td>
  </tr>`
}

/** The progress of a resume of all customers of a reason. */
export interface ResumeOfAll {
  progress: ResumeProgress
  /** The ids of those who are parked again. */
  parkedAgain: string[]
  waiting: number
  /** The resume has not reached them, or nothing has come of it so far. */
  open: number
  /** Nobody answers for them, so that they may have gone on or not. */
  unknown: number
  /** More customers are parked or wait than were looked at, so that the numbers are lower bounds. */
  isPartial: boolean
  /** All are signalled and answer, none is under way, and the numbers have stayed the same for some moments. */
  isSettled: boolean
}

export function resumeOfAllParts({ value, at, failure }: Snapshot<ResumeOfAll>): Parts {
  const stale = ageOf(at, failure)
  if (value === null) return { stale, summary: html``, resumed: html`` }
  const { progress, parkedAgain, waiting, isPartial, isSettled } = value
  const { total, signalled, failed, state } = progress
  const wentOn = Math.max(0, signalled - parkedAgain.length - waiting)
  return {
    stale,
    summary: isSettled
      ? isPartial
        ? lowerBounds(parkedAgain.length, waiting)
        : summary({ wentOn, parkedAgain: parkedAgain.length, waiting, open: 0, notResumed: 0 })
      : html`<p class="message" role="status">
          ${state === 'running' ? `Signalled ${number(signalled)} of ${plural(total, 'customer')}.` : watching(value)}
        </p>`,
    resumed: html`<progress
        value="${signalled + failed}"
        max="${Math.max(1, total)}"
        aria-label="Signalled customers"
      ></progress>
      ${failed === 0 ? '' : html`<p>${plural(failed, 'customer')} could not be signalled, since their run had just ended.</p>`}
      ${isSettled && parkedAgain.length > 0 ? parkedAgainTable(parkedAgain) : ''}
      ${state === 'failed' ? html`<p class="message message-bad">Temporal has stopped the resume. Start it again.</p>` : ''}`,
  }
}

function watching({ open, unknown }: ResumeOfAll): string {
  return [
    'All are signalled. Watching what comes of it …',
    ...(open === 0 ? [] : [`${plural(open, 'customer')} under way.`]),
    ...(unknown === 0 ? [] : [`No worker answers for ${plural(unknown, 'customer')}.`]),
  ].join(' ')
}

/** Who went on is unknown while more are parked or wait than the page can look at. */
function lowerBounds(parkedAgain: number, waiting: number): Html {
  return html`<p class="message message-warn" role="status" data-testid="resume-result">
    At least ${number(parkedAgain)} parked again, at least ${number(waiting)} wait for HubSpot. More customers are
    parked or wait than this page can look at.
  </p>`
}

function parkedAgainTable(customerIds: string[]): Html {
  return html`
    ${table('Customers who are parked again', ['Parked again'], customerIds.slice(0, SHOWN).map(parkedAgainRow))}
    ${customerIds.length > SHOWN ? html`<p class="soft">These are the first ${number(SHOWN)}.</p>` : ''}
  `
}

function parkedAgainRow(customerId: string): Html {
  return html`<tr data-testid="customer-${customerId}">
    <th scope="row"><a href="${customerPath(customerId)}">${customerId}</a></th>
  </tr>`
}

function summary({
  wentOn,
  parkedAgain,
  waiting,
  open,
  notResumed,
}: Record<'wentOn' | 'parkedAgain' | 'waiting' | 'open' | 'notResumed', number>): Html {
  const isOver = open === 0
  return html`<p
    class="message ${isOver ? (parkedAgain + notResumed > 0 ? 'message-warn' : 'message-good') : ''}"
    role="status"
    data-testid="resume-result"
  >
    ${number(wentOn)} went on, ${number(parkedAgain)} ${parkedAgain === 1 ? 'is' : 'are'} parked
    again${waiting === 0 ? '' : `, ${number(waiting)} ${waiting === 1 ? 'waits' : 'wait'} for HubSpot`}${notResumed === 0 ? '' : `, ${number(notResumed)} not resumed`}${isOver ? '.' : `, ${number(open)} under way …`}
  </p>`
}

export function resumedPage(reason: AttentionReason | null, parts: { [id: string]: Html }): Html {
  return html`
    <h1>${reason === null ? 'Resumed' : html`Resume of all: ${REASON_WORDS[reason]}`}</h1>
    ${parts['stale']} ${parts['summary']} ${parts['resumed']}
    <p><a href="/console/attention">Back to all who need attention</a></p>
  `
}
