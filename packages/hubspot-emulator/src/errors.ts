// HubSpot's refusals, word for word where a real answer was recorded; each with the mark of its evidence.
// [R] recorded · [D] documented · [C] other integrations rely on it · [I] inferred: README.md lists these.

import { Refusal } from './refusal.ts'

/** What is wrong with one value of a write. */
export interface ValueProblem {
  message: string
  code: string
  property: string
  value?: string
}

/** [R] All problems in one text that is itself JSON, and again as a list. */
export function invalidValues(problems: readonly ValueProblem[]): Refusal {
  const inText = problems.map(({ message, code, property }) => ({
    isValid: false,
    message,
    error: code,
    name: property,
  }))
  return new Refusal(400, {
    message: `Property values were not valid: ${JSON.stringify(inText)}`,
    errors: problems.map(({ message, code, property }) => ({ message, code, context: { propertyName: [property] } })),
    category: 'VALIDATION_ERROR',
  })
}

/** [R] for PATCH; [I] for a batch row. */
export const nothingToUpdate = (): Refusal =>
  new Refusal(400, {
    message: 'No properties found to update, please provide at least one.',
    context: { properties: ['{}'] },
    category: 'VALIDATION_ERROR',
  })

/** [R] A JSON body that lacks a field which HubSpot needs. */
export const missingFields = (names: readonly string[]): Refusal =>
  validation(`Invalid input JSON on line 1, column 2. Some required fields were not set: [${names.join(', ')}]`)

/** [R] Texts of HubSpot's JSON reader; the names of types are shortened to what a caller may recognise. */
export const wrongJson = (expected: string, got: unknown): Refusal =>
  validation(
    `Invalid input JSON on line 1, column 1: Cannot deserialize value of type \`${expected}\` from ${jsonKind(got)}`,
  )

/** [I] Where the text stops being JSON; recorded answers of this kind name a line and a column too. */
export const brokenJson = (line: number, column: number): Refusal =>
  validation(`Invalid input JSON on line ${line}, column ${column}: Unexpected character or end of input`)

/** [R] */
export const missingBody = (): Refusal => validation('Invalid JSON input: a request body was expected, but none found')

export const validation = (message: string, context?: Record<string, string[]>): Refusal =>
  new Refusal(400, { message, ...(context === undefined ? {} : { context }), category: 'VALIDATION_ERROR' })

/** [R] No category and nothing else: reads and updates by id or by another key. */
export const resourceNotFound = (): Refusal => new Refusal(404, { message: 'resource not found' })

/** [R] Two spaces between the sentences. */
export const idNotNumeric = (id: string): Refusal =>
  new Refusal(404, {
    message: 'Object not found.  objectId are usually numeric.',
    context: { id: [id] },
    category: 'OBJECT_NOT_FOUND',
  })

/** [R] */
export const unknownObjectType = (text: string): Refusal =>
  new Refusal(400, { message: `Unable to infer object type from: ${text}` })

/** [R] One row for all the missing ids of a batch read or update. */
export const missingObjects = (legacyName: string, ids: readonly string[]): Refusal =>
  new Refusal(404, {
    message: `Could not get some ${legacyName} objects, they may be deleted or not exist. Check that ids are valid.`,
    context: { ids: [...ids] },
    category: 'OBJECT_NOT_FOUND',
  })

/** [R] */
export const duplicateIds = (ids: readonly string[]): Refusal =>
  validation(`Duplicate IDs found in batch input: [${ids.join(', ')}]. IDs must be unique`, { ids: [...ids] })

/** [R] The second number owns the value; the first is an id that was given out for nothing. */
export function valueTaken(taken: {
  portalId: number
  legacyName: string
  property: string
  value: string
  newId: string
  existingId: string
}): Refusal {
  const { portalId, legacyName, property, value, newId, existingId } = taken
  return validation(
    `Cannot set PropertyValueCoordinates{portalId=${portalId}, objectTypeId=ObjectTypeId{legacyObjectType=${legacyName}}, propertyName=${property}, value=${value}} on ${newId}. ${existingId} already has that value.`,
  )
}

/** [I] No page of HubSpot's shows the text; a company needs a name or a domain [D]. */
export const companyWithoutIdentity = (): Refusal =>
  validation('Error creating COMPANY. Some required properties were not set.')

/** [I] The address was erased and may not come back; the body was never seen. */
export const blockedAddress = (email: string): Refusal =>
  invalidValues([{ message: `Email address ${email} is blocked`, code: 'INVALID_EMAIL', property: 'email' }])

/** [D] Only on the dated paths from 2026-09 on. */
export function requiredMissing(names: readonly string[], byRule: readonly string[]): Refusal {
  const error = (code: string) => (name: string) => ({
    message: `A value for ${name} must be provided`,
    code,
    context: { propertyName: [name] },
  })
  return new Refusal(400, {
    message: 'The property values provided are invalid',
    errors: [
      ...names.map(error('MISSING_REQUIRED_PROPERTY')),
      ...byRule.map(error('MISSING_CONDITIONAL_REQUIRED_PROPERTY')),
    ],
    category: 'VALIDATION_ERROR',
  })
}

/** [I] The number is documented, the text is not. */
export const tooManyInputs = (most: number, got: number): Refusal =>
  validation(`The batch may hold at most ${most} inputs, but ${got} were given.`)

/** [R] */
export const emptyBatch = (): Refusal => validation('Batch input provided should have at least one object.')

/** [I] HubSpot's servers answer so; the text was not recorded. */
export const methodNotAllowed = (): Refusal => new Refusal(405, { message: 'HTTP 405 Method Not Allowed' })

/** [D] that it exists, [I] its body. */
export const addressTooLong = (): Refusal => new Refusal(414, { message: 'URI too long' })

/** [I] */
export const bodyTooLarge = (): Refusal => new Refusal(413, { message: 'Request entity too large' })

function jsonKind(value: unknown): string {
  if (value === null) return 'Null value (token `JsonToken.VALUE_NULL`)'
  if (Array.isArray(value)) return 'Array value (token `JsonToken.START_ARRAY`)'
  if (typeof value === 'object') return 'Object value (token `JsonToken.START_OBJECT`)'
  if (typeof value === 'string') return 'String value (token `JsonToken.VALUE_STRING`)'
  if (typeof value === 'boolean') return `Boolean value (token \`JsonToken.VALUE_${String(value).toUpperCase()}\`)`
  return 'Integer value (token `JsonToken.VALUE_NUMBER_INT`)'
}
