// The result of a resume for one customer, by the customer's status.

import type { OnboardingStatus, Waiting } from './onboarding-status.ts'

/** A resume. `reason`: of all who are parked for it; `null` for one of a single customer, of everything that is parked. */
export interface Resume {
  reason: string | null
  /** When it started, by Temporal's clock, as in the times of a status. */
  since: string
}

/** The parts of a status that the result depends on. An older API has no `waiting`. */
export type StatusAfterResume = Pick<OnboardingStatus, 'phase' | 'parked' | 'fields' | 'timeline'> & {
  waiting?: Pick<Waiting, 'attempts' | 'nextAttemptAt'> | null
}

/** `still-parked`: the resume has not reached the customer. `none`: nothing has come of it so far. */
export type ResumeResult = 'went-on' | 'parked-again' | 'waiting' | 'still-parked' | 'none'

/** The result for a customer whom the resume is about. A step that is done may be followed by another one in a moment. */
export function resultOfResume(status: StatusAfterResume, resume: Resume): ResumeResult {
  const { parked, phase, fields, waiting } = status
  const reachedAt = reachedBy(status, resume)
  if (parked.some(({ since }) => !isOlder(since, reachedAt ?? resume.since))) return 'parked-again'
  if (reachedAt === null && parked.some(({ reason }) => reason === resume.reason)) return 'still-parked'
  // A first attempt that is on its way may succeed at any moment.
  if (waiting) return waiting.attempts > 1 || waiting.nextAttemptAt !== null ? 'waiting' : 'none'
  // Something else keeps the customer there: what was parked for another reason, or a registration that has not come.
  if (parked.length > 0 || phase === 'awaiting-registration') return 'went-on'
  const isWritten = Object.values(fields).every(({ state }) => state !== 'pending')
  return isWritten && ['onboarded', 'erasing', 'erased'].includes(phase) ? 'went-on' : 'none'
}

/** Whether a resume of all is about the customer: parked for its reason when it started, or signalled by it. */
export function isAboutCustomer(status: StatusAfterResume, resume: Resume): boolean {
  const wasParked = status.parked.some(({ reason, since }) => reason === resume.reason && isOlder(since, resume.since))
  return wasParked || reachedBy(status, resume) !== null
}

/** The last resume or correction that an operator has given for this customer or for all of a reason; `null` without one. */
export function lastResumeOf({ timeline }: Pick<StatusAfterResume, 'timeline'>): Resume | null {
  const last = timeline.findLast(({ what }) => what === 'resume' || what === 'correct')
  return last === undefined ? null : { reason: null, since: last.at }
}

/** When the resume has reached the customer, by their timeline; `null` when it has not. */
function reachedBy({ timeline }: StatusAfterResume, { reason, since }: Resume): string | null {
  const isIt = ({ what, outcome, at }: StatusAfterResume['timeline'][number]) =>
    !isOlder(at, since) &&
    (reason === null ? what === 'resume' || what === 'correct' : outcome === `all with ${reason}`)
  return timeline.findLast(isIt)?.at ?? null
}

function isOlder(time: string, than: string): boolean {
  return Date.parse(time) < Date.parse(than)
}
