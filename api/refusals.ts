// Answers to what never gets as far as the API's routes, with the headers that every other answer has.

import { Hono } from 'hono'
import { requestId } from 'hono/request-id'
import { problemDetails } from './middleware/problem.ts'
import type { ProblemOptions } from './middleware/problem.ts'
import { securityHeaders } from './middleware/security-headers.ts'

export type Refusal = Pick<ProblemOptions, 'code' | 'detail' | 'status'>

export const BAD_REQUEST: Refusal = {
  status: 400,
  code: 'bad-request',
  detail: 'This is not a request that HTTP/1.1 knows for a server like this one, or it has ended in the middle.',
}
export const TOO_SLOW: Refusal = { status: 408, code: 'too-slow', detail: 'The request did not arrive in time.' }
export const HEADERS_TOO_LARGE: Refusal = {
  status: 431,
  code: 'headers-too-large',
  detail: 'The headers are too many or too large.',
}
export const INTERNAL: Refusal = {
  status: 500,
  code: 'internal',
  detail: 'Something broke on our side. Try again.',
}

const refusals = new Hono<{ Bindings: Refusal }>()
refusals.use(requestId(), securityHeaders())
refusals.all('*', (c) => {
  const headers = { 'content-type': 'application/problem+json', connection: 'close' }
  return c.body(JSON.stringify(problemDetails(c.env)), c.env.status, headers)
})

/** The whole answer; the connection ends with it. */
export async function refusal(problem: Refusal): Promise<Response> {
  return await refusals.request('/', {}, problem)
}
