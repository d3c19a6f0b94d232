// One table of every problem that the API answers with: its status, title and detail.

import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { z } from 'zod'
import { BODY_LIMIT_BYTES, ID_LIMIT } from '../../domain/limits.ts'

interface ProblemRow {
  status: ContentfulStatusCode
  title: string
  /** Says what is wrong and what to do, without internals. A `Problem` may replace it with a detail of its own. */
  detail: string
  /** Seconds after which the caller may send the same request again. */
  retryAfter?: number
}

/** All problems by code. Each code has a section in docs/errors.md, and `type` points to that section. */
export const PROBLEMS = {
  'backlog-full': {
    status: 503,
    title: 'Too many events of the customer are unread',
    detail:
      'No worker has read the earlier events of this customer, and Temporal holds only so many, so this one was not stored. Start a worker, and send the event again after a pause.',
    retryAfter: 10,
  },
  'bad-request': {
    status: 400,
    title: 'The request is not valid HTTP',
    detail:
      'The request is not valid HTTP/1.1, has no valid `Host` header, asks for a tunnel, or ended before it was complete. Correct it and send it again.',
  },
  ended: {
    status: 409,
    title: 'The onboarding has ended',
    detail:
      'The customer’s last run was terminated or failed, or it left no state, so there is nothing to resume, to write again or to lift. The next event about the customer starts a new run.',
  },
  erased: {
    status: 409,
    title: 'The customer is erased',
    detail:
      'onramp keeps no data of an erased customer, so there is nothing to write. An erasure cannot be undone. `DELETE /v1/customers/{customerId}/erasure` lets later events count again.',
  },
  'headers-too-large': {
    status: 431,
    title: 'The headers are too large',
    detail: 'The request has too many headers, or its headers are too large. Send fewer or shorter headers.',
  },
  'hubspot-unavailable': {
    status: 503,
    title: 'HubSpot does not say whether it has the customer',
    detail:
      'onramp has no customer with this id, and HubSpot did not say in time whether it has one, so nobody was erased. Send the request again after a pause, or erase without asking HubSpot, with `unknown=true` (`--unknown` in the CLI).',
    retryAfter: 5,
  },
  hung: {
    status: 503,
    title: 'The workflow is stuck',
    detail:
      'The customer’s workflow task keeps failing, so the onboarding does not answer. No event is lost. Deploy code that fits, or reset all stuck runs: `POST /v1/stuck/reset`, or `npm run customer -- reset-stuck`.',
    retryAfter: 30,
  },
  internal: {
    status: 500,
    title: 'Internal error',
    detail: 'onramp could not process the request and has logged the error. Send the same request again.',
  },
  'invalid-body': {
    status: 422,
    title: 'The body is not valid',
    detail: 'The request had no effect. `errors` names each wrong field; correct it and send the request again.',
  },
  'invalid-correction': {
    status: 422,
    title: 'The correction is not valid',
    detail:
      'Nothing was corrected or resumed. `errors` names each wrong field; correct it and send the correction again.',
  },
  'invalid-event': {
    status: 422,
    title: 'The event is not valid',
    detail: 'The event was not stored. `errors` names each wrong field; correct it and send the event again.',
  },
  'invalid-payloads': {
    status: 422,
    title: 'The payloads are not valid',
    detail: 'Nothing was decoded. `errors` names each wrong field; send payloads as Temporal’s codec servers get them.',
  },
  'invalid-query': {
    status: 422,
    title: 'The query is not valid',
    detail: 'The request had no effect. `errors` names each wrong parameter; correct it and send the request again.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'Method not allowed',
    detail: 'This path does not accept the method. The `Allow` header lists the methods that it accepts.',
  },
  'no-worker': {
    status: 503,
    title: 'No worker answers',
    detail:
      'Temporal is available, but no worker answered for this customer. No event is lost. Start a worker with `npm run worker`, or send the request again after a pause.',
    retryAfter: 5,
  },
  'not-erased': {
    status: 409,
    title: 'The customer is not erased',
    detail: 'The customer is not erased, so there is no erasure to lift.',
  },
  'not-found': {
    status: 404,
    title: 'Not found',
    detail: 'This path does not exist. `GET /docs` lists the paths.',
  },
  'not-json': {
    status: 400,
    title: 'The body is not JSON',
    detail: 'The body is not valid JSON. Send JSON in UTF-8.',
  },
  'nothing-parked': {
    status: 409,
    title: 'Nothing is parked',
    detail: 'Nothing is parked, so there is nothing to resume.',
  },
  'nothing-stuck': {
    status: 409,
    title: 'Nothing is stuck',
    detail:
      'No run is stuck, so there is nothing to reset. A run whose workflow task fails counts as stuck after about a minute; one whose version no worker polls, a minute and a half after the last worker has stopped.',
  },
  overloaded: {
    status: 503,
    title: 'onramp is overloaded',
    detail: 'Too many requests arrive at once, and this one had no effect. Send it again after a pause.',
    retryAfter: 1,
  },
  'read-only-token': {
    status: 403,
    title: 'The token may only read',
    detail: 'This operator token may only read. Send a token that OPERATOR_TOKENS lists without `read:`.',
  },
  'resume-running': {
    status: 503,
    title: 'Another batch operation is running',
    detail:
      'Temporal runs one batch operation at a time, and another one is running. Send the request again after a pause.',
    retryAfter: 5,
  },
  'temporal-unavailable': {
    status: 503,
    title: 'Temporal is unavailable',
    detail: 'Temporal did not answer in time or rejected the request. Send it again; a repeat has no further effect.',
    retryAfter: 1,
  },
  'too-large': {
    status: 413,
    title: 'The body is too large',
    detail: tooLargeDetail(BODY_LIMIT_BYTES),
  },
  'too-slow': {
    status: 408,
    title: 'The request was too slow',
    detail: 'The request was not complete in time. Send it again.',
  },
  unauthorized: {
    status: 401,
    title: 'An operator token is required',
    detail: 'Send `Authorization: Bearer <token>` with a token of OPERATOR_TOKENS.',
  },
  'unknown-customer': {
    status: 404,
    title: 'No customer has this id',
    detail:
      'onramp has received no event about this customer, or Temporal has deleted their completed run. Check the id. `POST /v1/customers/find` finds a customer by an e-mail address or by the id of the contact in HubSpot, and so does `npm run customer -- find`.',
  },
  'unknown-reset': {
    status: 404,
    title: 'No reset has this id',
    detail: 'No reset of stuck runs has this id, or Temporal has deleted it since it ended. Check the id.',
  },
  'unknown-resume': {
    status: 404,
    title: 'No resume has this id',
    detail:
      'No resume of this reason has this id, or Temporal has deleted it since it ended. Check the reason and the id.',
  },
  unsigned: {
    status: 401,
    title: 'The signature is not valid',
    detail:
      'Sign the body as Standard Webhooks defines it, with a secret of WEBHOOK_SECRETS and the current time, and send all three headers.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The content type is not supported',
    detail: 'Send the event with `Content-Type: application/json`.',
  },
  'webhook-id': {
    status: 400,
    title: 'The event id is not valid',
    detail: `The \`webhook-id\` (or \`svix-id\`) header must have 1 to ${ID_LIMIT} characters, without control characters and other invisible ones.`,
  },
} as const satisfies { [code: string]: ProblemRow }
export type ProblemCode = keyof typeof PROBLEMS

/** The body of every error response (RFC 9457). */
export const ProblemDetails = z
  .object({
    type: z.string().meta({ description: 'Points to what it means and what to do.' }),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(PROBLEMS) as ProblemCode[]),
    detail: z.string(),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'The wrong fields by their path, such as `data.email`.' }),
  })
  .meta({ id: 'Problem', description: 'What is wrong, where, and what to do next (RFC 9457).' })

/** One wrong field of a body, or one wrong parameter of a query. */
export interface FieldError {
  /** Such as `data.email`. */
  path: string
  /** The rule, such as `must be a string`. */
  message: string
}

/** The detail of `too-large` on a route with this limit. */
export function tooLargeDetail(limitBytes: number): string {
  return `A body may have at most ${limitBytes} bytes here. Send a smaller one.`
}

/** The body of a problem. A given `detail` replaces the detail in the table. */
export function problemDetails(
  code: ProblemCode,
  { detail, errors }: { detail?: string | undefined; errors?: FieldError[] | undefined } = {},
): z.output<typeof ProblemDetails> {
  const row = PROBLEMS[code]
  return {
    type: `/errors#${code}`,
    title: row.title,
    status: row.status,
    code,
    detail: detail ?? row.detail,
    ...(errors && { errors }),
  }
}

/** The content type of a problem document. */
export const PROBLEM_JSON = 'application/problem+json'

/** Says when the caller may send the same request again, if that may help. */
export function retryHeader(code: ProblemCode): Record<string, string> {
  const { retryAfter }: ProblemRow = PROBLEMS[code]
  return retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }
}
