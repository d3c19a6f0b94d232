// Lists the wrong fields of a request, each with its path and the rule for it. The wording follows domain/events.ts.

import { z } from 'zod'
import type { ZodError } from 'zod'
import type { FieldError } from './problems.ts'

/** Each field that a schema rejects, with its path, such as `data.email`. The path of the whole body is empty. */
export function fieldErrors({ issues }: ZodError): FieldError[] {
  return issues.flatMap((issue) => pathsOf(issue).map((path) => ({ path: path.join('.'), message: issue.message })))
}

/** The path of an issue. An issue about unknown names has the path of each name. */
function pathsOf(issue: ZodError['issues'][number]): PropertyKey[][] {
  return issue.code === 'unrecognized_keys' ? issue.keys.map((name) => [...issue.path, name]) : [issue.path]
}

/**
 * Replaces zod's own messages, such as "Invalid input: expected object, received undefined". A message that a schema sets
 * itself has priority. The messages are set globally, since the library that parses queries accepts none for a single parse.
 */
export function setFieldMessages(): void {
  z.config({ customError: messageOf })
}

const TYPES: { [expected: string]: string } = {
  array: 'an array',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'an object',
  string: 'a string',
}

function messageOf(issue: z.core.$ZodRawIssue): string {
  if (issue.code === 'invalid_type') {
    return issue.input === undefined ? 'is missing' : `must be ${TYPES[issue.expected] ?? 'of another type'}`
  }
  if (issue.code === 'invalid_value') return oneOf(issue.values)
  // The values of a discriminator, such as the types of events.
  if (issue.code === 'invalid_union' && 'options' in issue) return oneOf(issue.options as string[])
  return 'is not valid'
}

function oneOf(values: readonly unknown[]): string {
  return `must be one of ${values.join(', ')}`
}
