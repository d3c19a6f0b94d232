// What a caller sees of ordered trouble: an answer instead of HubSpot's, or HubSpot's answer spoilt after the work is done.

import { HTML_TYPE, JSON_TYPE, type Answer } from './answer.ts'
import { conflictAnswer, isConflictForm } from './conflict-forms.ts'
import type { Emulator } from './emulator.ts'
import type { FaultEffect } from './fault.ts'
import { answerForStatus, edgePage } from './refusal-by-status.ts'

/** The answer of trouble that strikes before anything is written; null when the request is to be handled. */
export function answerInstead(
  effect: FaultEffect | null,
  body: string,
  emulator: Emulator,
  correlationId: string,
): Answer | null {
  if (effect?.kind === 'html') return edgePage(effect.status)
  if (effect?.kind === 'body') return { status: effect.status, text: effect.body, contentType: effect.contentType }
  if (effect?.kind === 'conflict') return orderedConflict(effect, body, emulator, correlationId)
  if (effect?.kind === 'empty-batch' && !effect.written) return emptyBatchAnswer()
  if (effect?.kind !== 'status') return null
  const { status, policy, retryAfterSeconds: seconds } = effect
  const answer =
    effect.body === undefined
      ? answerForStatus(status, correlationId, policy)
      : { status, text: JSON.stringify(effect.body), contentType: JSON_TYPE }
  return seconds === undefined ? answer : { ...answer, headers: { 'retry-after': String(seconds) } }
}

function orderedConflict(
  { form, existingId: ordered }: FaultEffect & { kind: 'conflict' },
  body: string,
  emulator: Emulator,
  correlationId: string,
): Answer {
  if (typeof form === 'string' && !isConflictForm(form)) return { status: 409, text: form, contentType: HTML_TYPE }
  if (!isConflictForm(form)) return { status: 409, body: form }
  const { portal, settings } = emulator
  const email = /"email"\s*:\s*"([^"]+)"/.exec(body)?.[1]?.trim().toLowerCase() ?? ''
  const existingId =
    ordered ?? portal.records.byKey('contacts', { property: 'email', value: email })?.id ?? '99999999999'
  return conflictAnswer(form, { existingId, email, portalId: settings.portalId, correlationId })
}

/** What trouble makes of an answer whose work is done. */
export function changedAfter(effect: FaultEffect | null, answer: Answer, correlationId: string): Answer {
  if (effect?.kind === 'commit-then-status') return answerForStatus(effect.status, correlationId)
  if (effect?.kind === 'no-content-type') return { ...answer, contentType: null }
  if (effect?.kind === 'truncated-json') {
    const whole = answer.text ?? (answer.body === undefined ? '' : JSON.stringify(answer.body))
    const text = whole.slice(0, Math.floor(whole.length / 2))
    return { ...answer, text, contentType: answer.contentType ?? (whole === '' ? null : JSON_TYPE) }
  }
  if (effect?.kind === 'wrong-content-type') return { ...answer, contentType: effect.contentType }
  return effect?.kind === 'empty-batch' ? emptyBatchAnswer() : answer
}

function emptyBatchAnswer(): Answer {
  const now = new Date().toISOString()
  return { status: 200, body: { status: 'COMPLETE', results: [], startedAt: now, completedAt: now } }
}
