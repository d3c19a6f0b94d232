// How the routes' descriptions say what they answer: bodies and problems, each with its schema and an example.

import { z } from 'zod'
import type { ZodObject, ZodType } from 'zod'
import { PROBLEM_TITLES, ProblemDetails, problemDetails } from '../middleware/problem.ts'
import type { ProblemCode } from '../middleware/problem.ts'

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

/** The problems of a route by their status, with an example of each code; whatever else breaks is `default`. */
export function problems<Status extends number>(codes: { [status in Status]: DescribedCode[] }) {
  const described = Object.entries<DescribedCode[]>(codes).map(([status, of]) => [
    status,
    problem(
      Number(status),
      of,
      Number(status) === 503 ? z.object({ 'retry-after': z.string().meta({ description: 'Seconds.' }) }) : z.object({}),
    ),
  ])
  return Object.fromEntries([...described, ['default', problem(500, ['internal'])]]) as {
    [status in Status | 'default']: ReturnType<typeof problem>
  }
}

type DescribedCode = keyof typeof DETAILS

// What a caller reads in such a case; where several things can be wrong, one of them.
const DETAILS = {
  ended: 'The last run did not end well, or left nothing of the customer. The next event about them begins a new one.',
  erased: 'The customer is erased, so nothing is known that could be written.',
  hung: 'The customer’s workflow does not get on; nothing is lost. The runbook says how it does: “A workflow hangs”.',
  internal: 'Something broke on our side. It is logged; try again.',
  'invalid-correction': 'Nothing was corrected or resumed; `errors` says why.',
  'invalid-event': 'Nothing of the event was taken; `errors` says why.',
  'invalid-query': 'The list cannot be filtered like this; `errors` says why.',
  'no-worker': 'No worker answers for this customer; nothing is lost. Start one with `npm run worker`, or wait for it.',
  'not-found': 'No event has told us of this customer.',
  'not-json': 'The body is not JSON.',
  'nothing-parked': 'Nothing is parked here, so there is nothing to resume.',
  overloaded: 'Too much arrives at once; nothing was done about this. Send the same again after a pause.',
  'read-only-token': 'This token only reads. Send one of OPERATOR_TOKENS that does not begin with `read:` there.',
  'resume-running':
    'Temporal still carries out another batch operation, and does one at a time. Ask again when it is through.',
  'temporal-unavailable': 'Temporal does not answer in time. Send the same again; a repeat has no further effect.',
  'too-large': 'A body has at most 65536 bytes.',
  unauthorized: 'Send `Authorization: Bearer <token>` with a token of OPERATOR_TOKENS.',
  unsigned: 'Sign the body as Standard Webhooks says, with a secret of WEBHOOK_SECRETS.',
  'unsupported-media-type': 'Send the event with Content-Type: application/json.',
  'webhook-id': 'The webhook-id header must have 1 to 256 characters, none of them a control character.',
} as const satisfies { [code in ProblemCode]?: string }

const WRONG_FIELDS: { [code in ProblemCode]?: { path: string; message: string }[] } = {
  'invalid-correction': [{ path: 'customer.email', message: 'must be an e-mail address' }],
  'invalid-event': [{ path: 'data.email', message: 'must be an e-mail address' }],
  'invalid-query': [{ path: 'cursor', message: 'must be the `next` of an earlier page' }],
}

function problem(status: number, codes: DescribedCode[], headers: ZodObject = z.object({})) {
  const examples: { [code: string]: { summary: string; value: z.output<typeof ProblemDetails> } } = {}
  for (const code of codes) {
    const errors = WRONG_FIELDS[code]
    const value = problemDetails({ status, code, detail: DETAILS[code], ...(errors && { errors }) })
    examples[code] = { summary: PROBLEM_TITLES[code], value }
  }
  return {
    description: codes.map((code) => PROBLEM_TITLES[code]).join('; '),
    headers,
    content: { 'application/problem+json': { schema: ProblemDetails, examples } },
  }
}
