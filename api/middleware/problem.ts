// Every error of the API as problem details (RFC 9457): what is wrong, where, and what to do next.

import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { z } from 'zod'
import type { ZodError } from 'zod'
import type { Logger } from '../../platform/logger.ts'

/** Every code with its title; each is a section of docs/errors.md, to which `type` leads. */
export const PROBLEM_TITLES = {
  'bad-request': 'The request is not valid HTTP',
  'headers-too-large': 'The headers are too large',
  hung: 'The workflow does not get on',
  ended: 'The onboarding has ended',
  erased: 'The customer is erased',
  internal: 'Internal error',
  'invalid-correction': 'The correction cannot be taken',
  'invalid-event': 'The event cannot be taken',
  'invalid-query': 'The query cannot be answered',
  'method-not-allowed': 'Method not allowed',
  'no-worker': 'No worker answers',
  'not-found': 'Not found',
  'nothing-parked': 'Nothing is parked',
  'not-json': 'The body is not JSON',
  overloaded: 'Too much at once',
  'read-only-token': 'The token only reads',
  'resume-running': 'Another resume is running',
  'temporal-unavailable': 'Temporal does not answer',
  'too-large': 'The body is too large',
  'too-slow': 'The request is too slow',
  unauthorized: 'A token is needed',
  unsigned: 'The signature is not valid',
  'unsupported-media-type': 'The body is of another type',
  'webhook-id': 'The event’s id is not valid',
} as const
export type ProblemCode = keyof typeof PROBLEM_TITLES

/** The body of every answer that is a problem. */
export const ProblemDetails = z
  .object({
    type: z.string().meta({ description: 'Leads to what it means and what to do.' }),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(PROBLEM_TITLES) as ProblemCode[]),
    detail: z.string(),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'The fields that are wrong, by their path in the body.' }),
  })
  .meta({ id: 'Problem', description: 'What is wrong, where, and what to do next (RFC 9457).' })

export interface ProblemOptions {
  status: ContentfulStatusCode
  code: ProblemCode
  /** For the caller: free of internals. */
  detail: string
  /** The fields that are wrong, by their path in the body. */
  errors?: { path: string; message: string }[]
  headers?: Record<string, string>
  /** What only an operator is to know; it is logged. */
  internal?: { grpcCode: number }
  /** Which of several reasons for the same code it was; it is counted. */
  cause?: string
}

/** An answer to a request that cannot be served. Thrown by routes and middleware, turned into the answer by `onProblem`. */
export class Problem extends Error {
  override name = 'Problem'
  readonly options: ProblemOptions

  constructor(options: ProblemOptions) {
    super(`${options.code}: ${options.detail}`)
    this.options = options
  }
}

/** Answers with the problem; whatever else was thrown is logged here, once, and answered without a word about it. */
export function onProblem(logger: Logger) {
  return function answerWithProblem(error: Error, c: Context): Response {
    const request = { requestId: c.get('requestId') as string, method: c.req.method, path: c.req.routePath }
    if (error instanceof Problem) {
      const { internal, code } = error.options
      if (internal) logger.error({ ...request, ...internal, code }, 'Temporal refused a request')
      return answer(c, error.options)
    }
    logger.error({ ...request, error: error.name, cause: error.message }, 'a request failed')
    return answer(c, { status: 500, code: 'internal', detail: 'Something broke on our side. It is logged; try again.' })
  }
}

/** The fields that a schema found wrong. */
export function errorsOf({ issues }: ZodError): { path: string; message: string }[] {
  return issues.map(({ path, message }) => ({ path: path.join('.'), message }))
}

/** Answers a path that does not exist. */
export function notFound(c: Context): Response {
  return answer(c, {
    status: 404,
    code: 'not-found',
    detail: 'There is nothing at this address. `/` says what is where.',
  })
}

/** The body of a problem. */
export function problemDetails({
  status,
  code,
  detail,
  errors,
}: Omit<ProblemOptions, 'status' | 'headers'> & { status: number }): z.output<typeof ProblemDetails> {
  return { type: `/errors#${code}`, title: PROBLEM_TITLES[code], status, code, detail, ...(errors && { errors }) }
}

function answer(c: Context, { headers, ...problem }: ProblemOptions): Response {
  const body = JSON.stringify(problemDetails(problem))
  return c.body(body, problem.status, { ...headers, 'content-type': 'application/problem+json' })
}
