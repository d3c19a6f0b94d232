// The parts of a request's description that several routes share.

import { z } from 'zod'
import type { ZodRawShape, ZodType } from 'zod'
import { CUSTOMER_ID_PATTERN } from '../../domain/ids.ts'

export const CustomerId = z
  .string()
  .regex(CUSTOMER_ID_PATTERN)
  .meta({ description: 'The product’s id of the customer.', example: 'cus_1' })

/** An optional query parameter. An empty string counts as absent, because a form sends it for an empty field. */
export function optionalParameter<Schema extends ZodType>(schema: Schema) {
  return z.preprocess((value) => (value === '' ? undefined : value), schema.optional())
}

/** The query of a route. Any other parameter is rejected, since a misspelt filter would return the whole list. */
export function query<Shape extends ZodRawShape>(parameters: Shape) {
  const names = Object.keys(parameters).join(', ')
  const message = `is not a parameter of this path, which takes ${names === '' ? 'none' : names}`
  return z.strictObject(parameters, { error: ({ code }) => (code === 'unrecognized_keys' ? message : undefined) })
}

export const NO_QUERY = query({})

/** The route needs an operator's token. */
export const OPERATOR = [{ operator: [] }]

/** The JSON Schema of what a schema accepts. */
export function jsonSchemaOf(schema: ZodType): object {
  const { $schema: _, ...jsonSchema } = z.toJSONSchema(schema, { io: 'input' })
  return jsonSchema
}

/**
 * Describes a body that the route parses itself. The framework gets the schema only as a description. Otherwise the framework
 * would parse the body before its size and signature are checked.
 *
 * @param options.reference points to a component of the document, which then describes the schema
 */
export function jsonBody<Schema extends ZodType>(
  description: string,
  schema: Schema,
  examples: { [name: string]: z.input<Schema> },
  { required, reference }: { required: boolean; reference?: { $ref: string } },
) {
  return {
    description,
    required,
    content: {
      'application/json': {
        schema: reference ?? jsonSchemaOf(schema),
        examples: Object.fromEntries(Object.entries(examples).map(([name, value]) => [name, { value }])),
      },
    },
  }
}
