// Answers to what never gets as far as the API's routes, with the headers that every other answer has.

import { Hono } from 'hono'
import { requestId } from 'hono/request-id'
import { securityHeaders } from '../middleware/security-headers.ts'
import { problemDetails, problemHeaders, PROBLEMS } from './problems.ts'

/** What can be wrong with a request before anybody has looked at its address. */
export type Refusal = 'bad-request' | 'headers-too-large' | 'internal' | 'too-slow'

const refusals = new Hono<{ Bindings: { code: Refusal } }>()
refusals.use(requestId(), securityHeaders())
refusals.all('*', (c) => {
  const { code } = c.env
  return c.body(JSON.stringify(problemDetails(code)), PROBLEMS[code].status, {
    ...problemHeaders(code),
    connection: 'close',
  })
})

/** The whole answer; the connection ends with it. */
export async function refusal(code: Refusal): Promise<Response> {
  return await refusals.request('/', {}, { code })
}
