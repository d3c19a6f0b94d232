// Describes the responses of routes. Each body and each problem has its schema and an example.

import { z } from 'zod'
import type { ZodObject, ZodType } from 'zod'
import { ProblemDetails, problemDetails, PROBLEMS } from '../problems/problems.ts'
import type { FieldError, ProblemCode } from '../problems/problems.ts'

/** A JSON response. Tests check the example against the schema, and the schema against the route's real response. */
export function json<Schema extends ZodType>(
  description: string,
  schema: Schema,
  example: z.output<Schema>,
  headers: ZodObject = z.object({}),
) {
  return { description, headers, content: { 'application/json': { schema, example } } }
}

export const Location = z.object({ location: z.string().meta({ description: 'The path that shows the progress.' }) })

type ProblemResponse = ReturnType<typeof problemResponse>

/** A problem whose detail on this route is another one than in the table. */
interface DetailedProblem<Code extends ProblemCode> {
  code: Code
  detail: string
}

/** The problems of a route, grouped by status. Each code has an example, and `default` covers unexpected errors. */
export function problems<Code extends ProblemCode>(...ofRoute: (Code | DetailedProblem<Code>)[]) {
  const described = ofRoute.map((each) => (typeof each === 'string' ? { code: each } : each))
  const byStatus = Object.groupBy(described, ({ code }) => PROBLEMS[code].status)
  const responses = Object.entries(byStatus).map(([status, ofStatus]) => [status, problemResponse(ofStatus)])
  return Object.fromEntries([...responses, ['default', problemResponse([{ code: 'internal' }])]]) as {
    [status in (typeof PROBLEMS)[Code]['status'] | 'default']: ProblemResponse
  }
}

const FIELD_ERRORS: { [code in ProblemCode]?: FieldError[] } = {
  'invalid-body': [{ path: 'email', message: 'must be an e-mail address' }],
  'invalid-correction': [{ path: 'customer.email', message: 'must be an e-mail address' }],
  'invalid-event': [{ path: 'data.email', message: 'must be an e-mail address' }],
  'invalid-payloads': [{ path: 'payloads', message: 'must be a list' }],
  'invalid-query': [{ path: 'cursor', message: 'must be the `next` of an earlier page' }],
}

const RETRY_AFTER = z.object({ 'retry-after': z.string().meta({ description: 'Seconds.' }) })

function problemResponse(described: { code: ProblemCode; detail?: string }[]) {
  const codes = described.map(({ code }) => code)
  const examples = described.map(({ code, detail }) => {
    const value = problemDetails(code, { detail, errors: FIELD_ERRORS[code] })
    return [code, { summary: PROBLEMS[code].title, value }] as const
  })
  return {
    description: codes.map((code) => PROBLEMS[code].title).join('; '),
    headers: codes.some((code) => 'retryAfter' in PROBLEMS[code]) ? RETRY_AFTER : z.object({}),
    content: { 'application/problem+json': { schema: ProblemDetails, examples: Object.fromEntries(examples) } },
  }
}
