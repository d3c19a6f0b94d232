// The responses of faults. A fault replaces HubSpot's response, or alters it after the request was handled.

import { HTML_TYPE, JSON_TYPE, type ApiResponse } from './api-response.ts'
import { conflictResponse, isConflictForm } from './conflict-forms.ts'
import type { Emulator } from './emulator.ts'
import type { FaultEffect } from './fault-schema.ts'
import { responseForStatus, edgePage } from './errors-by-status.ts'

/** The response of a fault that replaces the handling of the request; `null` when the request must be handled. */
export function responseInstead(
  effect: FaultEffect | null,
  body: string,
  emulator: Emulator,
  correlationId: string,
): ApiResponse | null {
  if (effect?.kind === 'html') return edgePage(effect.status)
  if (effect?.kind === 'body') return { status: effect.status, text: effect.body, contentType: effect.contentType }
  if (effect?.kind === 'conflict') return faultConflict(effect, body, emulator, correlationId)
  if (effect?.kind === 'empty-batch' && !effect.written) return emptyBatchResponse()
  if (effect?.kind !== 'status') return null
  const { status, policy, retryAfterSeconds: seconds } = effect
  const response =
    effect.body === undefined
      ? responseForStatus(status, correlationId, policy)
      : { status, text: JSON.stringify(effect.body), contentType: JSON_TYPE }
  return seconds === undefined ? response : { ...response, headers: { 'retry-after': String(seconds) } }
}

function faultConflict(
  { form, existingId: givenId }: FaultEffect & { kind: 'conflict' },
  body: string,
  emulator: Emulator,
  correlationId: string,
): ApiResponse {
  if (typeof form === 'string' && !isConflictForm(form)) return { status: 409, text: form, contentType: HTML_TYPE }
  if (!isConflictForm(form)) return { status: 409, body: form }
  const { portal, settings } = emulator
  const email = /"email"\s*:\s*"([^"]+)"/.exec(body)?.[1]?.trim().toLowerCase() ?? ''
  const existingId =
    givenId ?? portal.records.byKey('contacts', { property: 'email', value: email })?.id ?? '99999999999'
  return conflictResponse(form, { existingId, email, portalId: settings.portalId, correlationId })
}

/** Returns the response of a handled request, altered by the fault. */
export function alteredResponse(effect: FaultEffect | null, response: ApiResponse, correlationId: string): ApiResponse {
  if (effect?.kind === 'commit-then-status') return responseForStatus(effect.status, correlationId)
  if (effect?.kind === 'no-content-type') return { ...response, contentType: null }
  if (effect?.kind === 'truncated-json') {
    const whole = response.text ?? (response.body === undefined ? '' : JSON.stringify(response.body))
    const text = whole.slice(0, Math.floor(whole.length / 2))
    return { ...response, text, contentType: response.contentType ?? (whole === '' ? null : JSON_TYPE) }
  }
  if (effect?.kind === 'wrong-content-type') return { ...response, contentType: effect.contentType }
  if (effect?.kind === 'partial-batch') return partialBatchResponse(response)
  return effect?.kind === 'empty-batch' ? emptyBatchResponse() : response
}

function partialBatchResponse(response: ApiResponse): ApiResponse {
  const body = response.body as { results?: unknown } | undefined
  if (!Array.isArray(body?.results)) return response
  return { ...response, body: { ...body, results: body.results.slice(0, Math.ceil(body.results.length / 2)) } }
}

function emptyBatchResponse(): ApiResponse {
  const now = new Date().toISOString()
  return { status: 200, body: { status: 'COMPLETE', results: [], startedAt: now, completedAt: now } }
}
