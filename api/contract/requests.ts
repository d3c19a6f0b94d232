// How the routes' descriptions say what they take.

import { z } from 'zod'
import type { ZodType } from 'zod'
import { CUSTOMER_ID_PATTERN } from '../../domain/ids.ts'

export const CustomerId = z
  .string()
  .regex(CUSTOMER_ID_PATTERN)
  .meta({ description: 'The product’s id of the customer.', example: 'cus_1' })

/** For whoever looks after customers. */
export const OPERATOR = [{ operator: [] }]

/**
 * A body that the route reads by itself, in its own order: the framework would read it before anybody has looked at its
 * size or its signature, so it is handed the schema as a description only.
 */
export function jsonBody<Schema extends ZodType>(
  description: string,
  schema: Schema,
  examples: { [name: string]: z.input<Schema> },
) {
  const { $schema: _, ...described } = z.toJSONSchema(schema, { io: 'input' })
  return {
    description,
    content: {
      'application/json': {
        schema: described as object,
        examples: Object.fromEntries(Object.entries(examples).map(([name, value]) => [name, { value }])),
      },
    },
  }
}
