// The types of a JSON Schema in words, for the page at /docs.

/** The part of JSON Schema that zod makes. */
export interface Schema {
  $ref?: string
  type?: string | string[]
  const?: unknown
  enum?: unknown[]
  format?: string
  description?: string
  properties?: { [name: string]: Schema }
  required?: string[]
  items?: Schema
  additionalProperties?: Schema | boolean
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
}

interface Field {
  /** With the names of the objects around it: `address.city`, `parked[].reason`. */
  name: string
  required: boolean
  schema: Schema
}

/** `string (date-time) or null`; the name of a component stands for itself. */
export function typeOf(schema: Schema): string {
  const { $ref, type, enum: values, items, anyOf, oneOf, allOf, format, additionalProperties } = schema
  if ($ref !== undefined) return $ref.slice($ref.lastIndexOf('/') + 1)
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (values !== undefined) return values.map((value) => JSON.stringify(value)).join(' or ')
  const alternatives = anyOf ?? oneOf
  if (alternatives !== undefined) return alternatives.map(typeOf).join(' or ')
  if (allOf !== undefined) return allOf.map(typeOf).join(' and ')
  if (items !== undefined) return `list of ${typeOf(items)}`
  if (typeof additionalProperties === 'object') return `object of ${typeOf(additionalProperties)}`
  const name = [type ?? 'any'].flat().join(' or ')
  return format === undefined ? name : `${name} (${format})`
}

/** The fields of an object, with those of the objects in it. */
export function fieldsOf({ properties = {}, required = [] }: Schema, around = ''): Field[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const field = { name: `${around}${name}`, required: required.includes(name), schema }
    const inner = objectIn(schema)
    return [field, ...(inner === null ? [] : fieldsOf(inner, `${field.name}${schema.items ? '[]' : ''}.`))]
  })
}

/** The object that a schema is, may be, or has a list of. */
function objectIn(schema: Schema): Schema | null {
  if (schema.properties !== undefined) return schema
  if (schema.items !== undefined) return objectIn(schema.items)
  return (schema.anyOf ?? schema.oneOf ?? []).map(objectIn).find((each) => each !== null) ?? null
}
