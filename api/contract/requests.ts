// How the routes' descriptions say what they take.

import { z } from 'zod'
import type { ZodType } from 'zod'
import { CUSTOMER_ID_PATTERN } from '../../domain/ids.ts'

export const CustomerId = z
  .string()
  .regex(CUSTOMER_ID_PATTERN)
  .meta({ description: 'The product’s id of the customer.', example: 'cus_1' })

/** What a query may leave out; a form sends an empty text for that. */
export function orNothing<Schema extends ZodType>(schema: Schema) {
  return z.preprocess((value) => (value === '' ? undefined : value), schema.optional())
}

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
  { required }: { required: boolean },
) {
  const { $schema: _, ...described } = z.toJSONSchema(schema, { io: 'input' })
  return {
    description,
    required,
    content: {
      'application/json': {
        schema: described as object,
        examples: Object.fromEntries(Object.entries(examples).map(([name, value]) => [name, { value }])),
      },
    },
  }
}
