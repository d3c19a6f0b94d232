// Reads the outcome of each row from a batch response, as if the row had been sent alone.

import type { RowOutcome } from '../batch-kind.ts'
import { HubSpotError } from '../hubspot-error.ts'
import { isObject } from '../json.ts'
import { bodyOf, correlationIdOf } from '../responses.ts'
import type { HubSpotResponse } from '../responses.ts'

export type Json = Record<string, unknown>

/** How the rows of a kind are recognized. HubSpot promises no order, so a position in the response says nothing. */
interface Matching<Row, Answer> {
  isResultOf(result: Json, row: Row, index: number): boolean
  isErrorOf(error: Json, row: Row, index: number): boolean
  /**
   * What a single call would have returned.
   *
   * @throws HubSpotError when the result holds no readable answer; the row's outcome is then unknown
   */
  answerOf(result: Json, row: Row, response: HubSpotResponse): Answer
  /** The outcome of an error for which a single call gets another response. `null` leaves it to the error's category. */
  outcomeOf?(error: Json, response: HubSpotResponse): RowOutcome<Answer> | null
}

/**
 * The outcome of each row, in the order of the rows. A response that has no record for a row, or several, says nothing about it.
 *
 * @throws HubSpotError when the call fails, or when the body is no object
 */
export async function outcomesOf<Row, Answer>(
  call: Promise<HubSpotResponse>,
  rows: readonly Row[],
  matching: Matching<Row, Answer>,
): Promise<RowOutcome<Answer>[]> {
  const response = await decoded(call)
  const body = await bodyOf(response)
  const results = objectsIn(body['results'])
  const errors = objectsIn(body['errors'])

  return rows.map((row, index) => {
    const ofRow = results.filter((result) => matching.isResultOf(result, row, index))
    const [result] = ofRow
    const isOne = ofRow.every((other) => other['id'] === result?.['id'])
    if (result) return isOne ? answered(() => matching.answerOf(result, row, response)) : UNKNOWN

    const error = errors.find((each) => matching.isErrorOf(each, row, index))
    if (!error) return UNKNOWN
    return matching.outcomeOf?.(error, response) ?? failed(error, response, STATUS_OF_CATEGORY.get(error['category']))
  })
}

/**
 * The response of a call of the SDK, whose decoder throws errors of its own when the JSON has another form than its specification.
 *
 * @throws HubSpotError
 */
export async function decoded(call: Promise<HubSpotResponse>): Promise<HubSpotResponse> {
  try {
    return await call
  } catch (error) {
    throw error instanceof HubSpotError ? error : HubSpotError.unusableResponse('a response of an unknown form')
  }
}

/** `objectWriteTraceId` of a row: its place in the request. HubSpot repeats it in the row's result or error. */
export function traceIdOf(index: number): string {
  return String(index)
}

/** Whether the error names the row by its trace id. */
export function namesTrace(error: Json, index: number): boolean {
  return contextOf(error, 'objectWriteTraceId').includes(traceIdOf(index))
}

/** The texts that an error names in its context. */
export function contextOf({ context }: Json, name: string): string[] {
  return isObject(context) ? [context[name]].flat().flatMap((text) => textOf(text) ?? []) : []
}

export function objectsIn(list: unknown): Json[] {
  return Array.isArray(list) ? list.filter(isObject) : []
}

/** The id of one end of an association. HubSpot writes ids as strings or as numbers. */
export function idOf(end: unknown): string | null {
  return isObject(end) ? textOf(end['id']) : null
}

/** A text or a number as text; `null` for any other value. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null
}

/** The outcome of a row that a single call would answer with 404. */
export function missing(error: Json, response: HubSpotResponse): RowOutcome<never> {
  return failed({ ...error, category: 'OBJECT_NOT_FOUND' }, response, 404)
}

const UNKNOWN: RowOutcome<never> = { outcome: 'unknown' }

// The status of a single call that fails with this category; an error in a batch response has only the category. The outcome of a
// row with another category is unknown, since the status decides what onramp does.
const STATUS_OF_CATEGORY = new Map<unknown, number>([
  ['VALIDATION_ERROR', 400],
  ['FORBIDDEN', 403],
  ['MISSING_SCOPES', 403],
  ['USER_DOES_NOT_HAVE_PERMISSIONS', 403],
  ['OBJECT_NOT_FOUND', 404],
  ['CONFLICT', 409],
  ['RATE_LIMITS', 429],
])

function answered<Answer>(read: () => Answer): RowOutcome<Answer> {
  try {
    return { outcome: 'answered', answer: read() }
  } catch (error) {
    if (error instanceof HubSpotError) return UNKNOWN
    throw error
  }
}

/** The error in the form of a single response. It leaves out `ids`, which names the records of other rows as well. */
function failed(error: Json, response: HubSpotResponse, status: number | undefined): RowOutcome<never> {
  if (status === undefined) return UNKNOWN
  const { ids: _, ...context } = isObject(error['context']) ? error['context'] : {}
  // Only HubSpot sends batch responses of this form. A proxy may have removed the correlation id.
  const correlationId = correlationIdOf(response) ?? 'unknown'
  const text = JSON.stringify({ ...error, status: 'error', correlationId, context })
  return { outcome: 'failed', error: new HubSpotError({ status, headers: response.headers, text }) }
}
