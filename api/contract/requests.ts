// The parts of a request's description that several routes share.

import { z } from 'zod'
import type { ZodType } from 'zod'
import { CUSTOMER_ID_PATTERN } from '../../domain/ids.ts'

export const CustomerId = z
  .string()
  .regex(CUSTOMER_ID_PATTERN)
  .meta({ description: 'The product’s id of the customer.', example: 'cus_1' })

/** An optional query parameter. An empty string counts as absent, because a form sends it for an empty field. */
export function optionalParameter<Schema extends ZodType>(schema: Schema) {
  return z.preprocess((value) => (value === '' ? undefined : value), schema.optional())
}

/** The route needs an operator's token. */
export const OPERATOR = [{ operator: [] }]

/**
 * Describes a body that the route parses itself. The framework gets the schema only as a description. Otherwise the framework
 * would parse the body before its size and signature are checked.
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
