// Responses to requests that never reach a route. They have the same headers as all other responses.

import { Hono } from 'hono'
import { requestId } from 'hono/request-id'
import { securityHeaders } from '../middleware/security-headers.ts'
import { PROBLEM_JSON, problemDetails, PROBLEMS, retryHeader } from './problems.ts'

/** Why the server rejects a request before it looks at the path. */
export type RejectionCode = 'bad-request' | 'headers-too-large' | 'internal' | 'too-slow'

const rejections = new Hono<{ Bindings: { code: RejectionCode } }>()
rejections.use(requestId(), securityHeaders())
rejections.all('*', (c) => {
  const { code } = c.env
  return c.body(JSON.stringify(problemDetails(code)), PROBLEMS[code].status, {
    ...retryHeader(code),
    'content-type': PROBLEM_JSON,
    connection: 'close',
  })
})

/** The whole response; the connection closes after it. */
export async function rejection(code: RejectionCode): Promise<Response> {
  return await rejections.request('/', {}, { code })
}
