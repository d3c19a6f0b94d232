// Every error of the API as problem details (RFC 9457): what is wrong, where, and what to do next.

import type { Context } from 'hono'
import type { ZodError } from 'zod'
import type { Logger } from '../../platform/logger.ts'
import { problemDetails, problemHeaders, PROBLEMS } from '../problems/problems.ts'
import type { FieldError, ProblemCode } from '../problems/problems.ts'

interface ProblemOptions {
  /** For the caller, free of internals, where it is known more closely than by the code. */
  detail?: string
  errors?: FieldError[]
  headers?: Record<string, string>
  /** What only an operator is to know; it is logged. */
  internal?: { grpcCode: number }
  /** Which of several reasons for the same code it was; it is counted. */
  cause?: string
}

/** An answer to a request that cannot be served. Thrown by routes and middleware, turned into the answer by `onProblem`. */
export class Problem extends Error {
  override name = 'Problem'
  readonly code: ProblemCode
  readonly options: ProblemOptions

  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    super(`${code}: ${options.detail ?? PROBLEMS[code].detail}`)
    this.code = code
    this.options = options
  }
}

/** Answers with the problem; whatever else was thrown is logged here, once, and answered without a word about it. */
export function onProblem(logger: Logger) {
  return function answerWithProblem(error: Error, c: Context): Response {
    const request = { requestId: c.get('requestId') as string, method: c.req.method, path: c.req.routePath }
    if (error instanceof Problem) {
      const { code, options } = error
      if (options.internal) logger.error({ ...request, ...options.internal, code }, 'Temporal refused a request')
      return answer(c, code, options)
    }
    logger.error({ ...request, error: error.name, cause: error.message }, 'a request failed')
    return answer(c, 'internal')
  }
}

/** The fields that a schema found wrong. */
export function errorsOf({ issues }: ZodError): FieldError[] {
  return issues.map(({ path, message }) => ({ path: path.join('.'), message }))
}

/** Answers a path that does not exist. */
export function notFound(c: Context): Response {
  return answer(c, 'not-found')
}

function answer(c: Context, code: ProblemCode, { headers, ...options }: ProblemOptions = {}): Response {
  const body = JSON.stringify(problemDetails(code, options))
  return c.body(body, PROBLEMS[code].status, { ...headers, ...problemHeaders(code) })
}
