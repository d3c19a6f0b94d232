// Parts of requests in the descriptions of routes.

import { z } from 'zod'
import type { ZodType } from 'zod'
import { CUSTOMER_ID_PATTERN } from '../../domain/ids.ts'

export const CustomerId = z
  .string()
  .regex(CUSTOMER_ID_PATTERN)
  .meta({ description: 'The product’s id of the customer.', example: 'cus_1' })

/** A query parameter that may be absent. A form sends an empty string for an absent one. */
export function optionalParameter<Schema extends ZodType>(schema: Schema) {
  return z.preprocess((value) => (value === '' ? undefined : value), schema.optional())
}

/** The route needs an operator's token. */
export const OPERATOR = [{ operator: [] }]

/**
 * A body that the route itself parses. The framework would parse it before the size and the signature are checked, so it
 * gets the schema only as a description.
 */
export function jsonBody<Schema extends ZodType>(
  description: string,
  schema: Schema,
  examples: { [name: string]: z.input<Schema> },
  { required }: { required: boolean },
) {
  const { $schema: _, ...jsonSchema } = z.toJSONSchema(schema, { io: 'input' })
  return {
    description,
    required,
    content: {
      'application/json': {
        schema: jsonSchema as object,
        examples: Object.fromEntries(Object.entries(examples).map(([name, value]) => [name, { value }])),
      },
    },
  }
}
