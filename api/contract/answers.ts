// How the routes' descriptions say what they answer: bodies and problems, each with its schema and an example.

import { z } from 'zod'
import type { ZodObject, ZodType } from 'zod'
import { ProblemDetails, problemDetails, PROBLEMS } from '../problems/problems.ts'
import type { FieldError, ProblemCode } from '../problems/problems.ts'

/** A JSON answer. Tests hold the example against the schema, and the schema against what the route answers to its own. */
export function json<Schema extends ZodType>(
  description: string,
  schema: Schema,
  example: z.output<Schema>,
  headers: ZodObject = z.object({}),
) {
  return { description, headers, content: { 'application/json': { schema, example } } }
}

/** Where the thing that was asked for can be followed. */
export const Location = z.object({ location: z.string().meta({ description: 'Where to see what became of it.' }) })

type ProblemAnswer = ReturnType<typeof problemAnswer>

/** The problems of a route by their status, with an example of each code; whatever else breaks is `default`. */
export function problems<Code extends ProblemCode>(...codes: Code[]) {
  const byStatus = Object.groupBy(codes, (code) => PROBLEMS[code].status)
  const described = Object.entries(byStatus).map(([status, of]) => [status, problemAnswer(of)])
  return Object.fromEntries([...described, ['default', problemAnswer(['internal'])]]) as {
    [status in (typeof PROBLEMS)[Code]['status'] | 'default']: ProblemAnswer
  }
}

const WRONG_FIELDS: { [code in ProblemCode]?: FieldError[] } = {
  'invalid-correction': [{ path: 'customer.email', message: 'must be an e-mail address' }],
  'invalid-event': [{ path: 'data.email', message: 'must be an e-mail address' }],
  'invalid-query': [{ path: 'cursor', message: 'must be the `next` of an earlier page' }],
}

const RETRY_AFTER = z.object({ 'retry-after': z.string().meta({ description: 'Seconds.' }) })

function problemAnswer(codes: ProblemCode[]) {
  const examples = codes.map((code) => {
    const value = problemDetails(code, { errors: WRONG_FIELDS[code] })
    return [code, { summary: PROBLEMS[code].title, value }] as const
  })
  return {
    description: codes.map((code) => PROBLEMS[code].title).join('; '),
    headers: codes.some((code) => 'retryAfter' in PROBLEMS[code]) ? RETRY_AFTER : z.object({}),
    content: { 'application/problem+json': { schema: ProblemDetails, examples: Object.fromEntries(examples) } },
  }
}
