// The results of a resume: customers who went on, are parked again or wait for HubSpot.

import { html } from 'hono/html'
import type { AttentionReason } from '../../domain/attention.ts'
import { isAboutCustomer, lastResumeOf, resultOfResume } from '../../domain/resume-result.ts'
import type { ResumeResult } from '../../domain/resume-result.ts'
import type { CustomerStatus } from '../contract/customer-status.ts'
import type { ResumeProgress } from '../contract/attention.ts'
import type { Html } from './markup.ts'
import type { Snapshot } from './live.ts'
import { ageOf } from './stale.ts'
import type { Parts } from './streams.ts'
import { badge, customerPath, number, plural, REASON_WORDS, table } from './words.ts'
import type { Tone } from './words.ts'

const SHOWN = 50

const RESULTS: { [result in ResumeResult]: { word: string; tone: Tone } } = {
  'went-on': { word: 'went on', tone: 'good' },
  'parked-again': { word: 'parked again', tone: 'bad' },
  waiting: { word: 'waits for HubSpot', tone: 'warn' },
  'still-parked': { word: 'not reached so far', tone: 'busy' },
  none: { word: 'under way', tone: 'busy' },
}

/** The result of the last resume of one customer, or correction. */
export function resultOf(status: CustomerStatus): ResumeResult {
  const resume = lastResumeOf(status)
  return resume === null ? 'none' : resultOfResume(status, resume)
}

/** `other`: the resume was not meant for this customer. */
export type ResultOfAll = ResumeResult | 'other'

/** The result of a resume of all for one customer. */
export function resultOfAll(status: CustomerStatus, progress: Pick<ResumeProgress, 'reason' | 'since'>): ResultOfAll {
  return isAboutCustomer(status, progress) ? resultOfResume(status, progress) : 'other'
}

/** Counts the results by customer; `null` stands for a customer for whom nobody answers. */
export function countResults(
  results: Map<string, ResultOfAll | null>,
): Pick<ResumeOfAll, 'parkedAgain' | 'waiting' | 'open' | 'unknown'> {
  const idsWith = (...wanted: (ResultOfAll | null)[]) =>
    [...results].flatMap(([id, result]) => (wanted.includes(result) ? [id] : []))
  return {
    parkedAgain: idsWith('parked-again').toSorted(),
    waiting: idsWith('waiting').length,
    open: idsWith('none', 'still-parked').length,
    unknown: idsWith(null).length,
  }
}

/** A customer of a resume; `result` is `null` when nobody answers for them. */
export interface ResumedCustomer {
  customerId: string
  result: ResumeResult | null
}

/** @param notResumed the ids of those whose resume has failed, so that an earlier resume says nothing about them */
export function resumedParts({ value, at, failure }: Snapshot<ResumedCustomer[]>, notResumed: string[]): Parts {
  const stale = ageOf(at, failure)
  if (value === null) return { stale, summary: html``, resumed: html`` }
  if (value.length + notResumed.length === 0)
    return { stale, summary: html`<p class="empty">The address of the page names no customer.</p>`, resumed: html`` }
  const count = (...wanted: ResumedCustomer['result'][]) => value.filter(({ result }) => wanted.includes(result)).length
  return {
    stale,
    summary: summary({
      wentOn: count('went-on'),
      parkedAgain: count('parked-again'),
      waiting: count('waiting'),
      open: count('none', 'still-parked', null),
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
  const tone = parkedAgain + notResumed > 0 ? 'message-warn' : wentOn > 0 ? 'message-good' : ''
  return html`<p class="message ${isOver ? tone : ''}" role="status" data-testid="resume-result">
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
