// Every problem that the API answers with: its status, what it is called and what a caller reads of it.

import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { z } from 'zod'
import { BODY_LIMIT_BYTES, ID_LIMIT } from '../../domain/limits.ts'

interface KindOfProblem {
  status: ContentfulStatusCode
  title: string
  /** For the caller, free of internals: what is wrong and what to do next, where nobody knows it more closely. */
  detail: string
  /** Seconds after which the same may be asked again. */
  retryAfter?: number
}

/** By code; each is a section of docs/errors.md, to which `type` leads. */
export const PROBLEMS = {
  'bad-request': {
    status: 400,
    title: 'The request is not valid HTTP',
    detail: 'This is not a request that HTTP/1.1 knows for a server like this one, or it has ended in the middle.',
  },
  ended: {
    status: 409,
    title: 'The onboarding has ended',
    detail:
      'The last run did not end well, or left nothing of the customer. The next event about them begins a new one.',
  },
  erased: {
    status: 409,
    title: 'The customer is erased',
    detail: 'The customer is erased, so nothing is known that could be written.',
  },
  'headers-too-large': {
    status: 431,
    title: 'The headers are too large',
    detail: 'The headers are too many or too large.',
  },
  hung: {
    status: 503,
    title: 'The workflow does not get on',
    detail:
      'The customer’s workflow does not get on; nothing is lost. The runbook says how it does: “A workflow hangs”.',
    retryAfter: 30,
  },
  internal: {
    status: 500,
    title: 'Internal error',
    detail: 'Something broke on our side. It is logged; try again.',
  },
  'invalid-correction': {
    status: 422,
    title: 'The correction cannot be taken',
    detail: 'Nothing was corrected or resumed; `errors` says why.',
  },
  'invalid-event': {
    status: 422,
    title: 'The event cannot be taken',
    detail: 'Nothing of the event was taken; `errors` says why.',
  },
  'invalid-query': {
    status: 422,
    title: 'The query cannot be answered',
    detail: 'The list cannot be filtered like this; `errors` says why.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'Method not allowed',
    detail: 'This address answers other methods; `Allow` has them.',
  },
  'no-worker': {
    status: 503,
    title: 'No worker answers',
    detail: 'No worker answers for this customer; nothing is lost. Start one with `npm run worker`, or wait for it.',
    retryAfter: 5,
  },
  'not-found': {
    status: 404,
    title: 'Not found',
    detail: 'There is nothing at this address. `/` says what is where.',
  },
  'not-json': {
    status: 400,
    title: 'The body is not JSON',
    detail: 'The body is not JSON.',
  },
  'nothing-parked': {
    status: 409,
    title: 'Nothing is parked',
    detail: 'Nothing is parked here, so there is nothing to resume.',
  },
  overloaded: {
    status: 503,
    title: 'Too much at once',
    detail: 'Too much arrives at once; nothing was done about this. Send the same again after a pause.',
    retryAfter: 1,
  },
  'read-only-token': {
    status: 403,
    title: 'The token only reads',
    detail: 'This token only reads. Send one of OPERATOR_TOKENS that does not begin with `read:` there.',
  },
  'resume-running': {
    status: 503,
    title: 'Another resume is running',
    detail: 'Temporal still carries out another batch operation, and does one at a time. Ask again when it is through.',
    retryAfter: 5,
  },
  'temporal-unavailable': {
    status: 503,
    title: 'Temporal does not answer',
    detail: 'Temporal does not answer in time. Send the same again; a repeat does no harm.',
    retryAfter: 1,
  },
  'too-large': {
    status: 413,
    title: 'The body is too large',
    detail: `A body has at most ${BODY_LIMIT_BYTES} bytes.`,
  },
  'too-slow': {
    status: 408,
    title: 'The request is too slow',
    detail: 'The request did not arrive in time.',
  },
  unauthorized: {
    status: 401,
    title: 'A token is needed',
    detail: 'Send `Authorization: Bearer <token>` with a token of OPERATOR_TOKENS.',
  },
  'unknown-customer': {
    status: 404,
    title: 'Nobody knows this customer',
    detail: 'No event has told us of this customer.',
  },
  'unknown-resume': {
    status: 404,
    title: 'Nobody knows this resume',
    detail: 'There is no such resume of this reason, or it ended so long ago that Temporal has forgotten it.',
  },
  unsigned: {
    status: 401,
    title: 'The signature is not valid',
    detail: 'Sign the body as Standard Webhooks says, with a secret of WEBHOOK_SECRETS.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The body is of another type',
    detail: 'Send the event with Content-Type: application/json.',
  },
  'webhook-id': {
    status: 400,
    title: 'The event’s id is not valid',
    detail: `The webhook-id (or svix-id) header must have 1 to ${ID_LIMIT} characters, none of them a control character.`,
  },
} as const satisfies { [code: string]: KindOfProblem }
export type ProblemCode = keyof typeof PROBLEMS

/** The body of every answer that is a problem (RFC 9457). */
export const ProblemDetails = z
  .object({
    type: z.string().meta({ description: 'Leads to what it means and what to do.' }),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(PROBLEMS) as ProblemCode[]),
    detail: z.string(),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'The fields that are wrong, by their path in the body.' }),
  })
  .meta({ id: 'Problem', description: 'What is wrong, where, and what to do next (RFC 9457).' })

/** One wrong field, by its path in the body. */
export interface FieldError {
  path: string
  message: string
}

/** The body of a problem; `detail` where it is known more closely. */
export function problemDetails(
  code: ProblemCode,
  { detail, errors }: { detail?: string | undefined; errors?: FieldError[] | undefined } = {},
): z.output<typeof ProblemDetails> {
  const kind = PROBLEMS[code]
  return {
    type: `/errors#${code}`,
    title: kind.title,
    status: kind.status,
    code,
    detail: detail ?? kind.detail,
    ...(errors && { errors }),
  }
}

/** Headers of an answer with that problem, beside those that every answer has. */
export function problemHeaders(code: ProblemCode): Record<string, string> {
  const kind: KindOfProblem = PROBLEMS[code]
  return {
    'content-type': 'application/problem+json',
    ...(kind.retryAfter !== undefined && { 'retry-after': String(kind.retryAfter) }),
  }
}
