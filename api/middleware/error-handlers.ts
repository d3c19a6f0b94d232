// Turns errors and unknown paths into problem documents (RFC 9457), and logs each unexpected error once.

import type { Context } from 'hono'
import { causeOf } from '../../platform/error-cause.ts'
import type { Logger } from '../../platform/logger.ts'
import { Problem } from '../problems/problem.ts'
import type { ProblemOptions } from '../problems/problem.ts'
import { PROBLEM_JSON, problemDetails, PROBLEMS, retryHeader } from '../problems/problems.ts'
import type { ProblemCode } from '../problems/problems.ts'

/** Answers a `Problem` with its own code. Answers any other error with `internal`; only the log has its cause. */
export function errorHandler(logger: Logger) {
  return function answerError(error: Error, c: Context): Response {
    logUnexpected(logger, error, c)
    return error instanceof Problem ? problemResponse(c, error.code, error.options) : problemResponse(c, 'internal')
  }
}

/** Logs an error that nobody expects; a `Problem` is one only when it has something for the log. */
export function logUnexpected(logger: Logger, error: Error, c: Context): void {
  const request = { requestId: c.get('requestId') as string, method: c.req.method, path: c.req.routePath }
  if (!(error instanceof Problem)) return logger.error({ ...request, cause: causeOf(error) }, 'a request failed')
  const { code, options } = error
  if (options.internal) logger.error({ ...request, ...options.internal, code }, 'Temporal rejected a request')
}

/** Answers a path that does not exist. */
export function notFound(c: Context): Response {
  return problemResponse(c, 'not-found')
}

function problemResponse(c: Context, code: ProblemCode, { headers, ...options }: ProblemOptions = {}): Response {
  const body = JSON.stringify(problemDetails(code, options))
  return c.body(body, PROBLEMS[code].status, {
    ...headers,
    ...retryHeader(code),
    'content-type': PROBLEM_JSON,
  })
}
