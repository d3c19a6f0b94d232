// HubSpot's errors for bad requests, word for word where a real response was recorded. Each has the mark of its source:
// [R] recorded · [D] documented · [C] other integrations rely on it · [I] inferred (README.md lists these).

import { ApiError } from './api-error.ts'

/** A problem with one value of a write. */
export interface ValueProblem {
  message: string
  code: string
  property: string
  value?: string
}

/** [R] The message contains all problems as JSON; `errors` lists them again. */
export function invalidValues(problems: readonly ValueProblem[]): ApiError {
  const inText = problems.map(({ message, code, property }) => ({
    isValid: false,
    message,
    error: code,
    name: property,
  }))
  return new ApiError(400, {
    message: `Property values were not valid: ${JSON.stringify(inText)}`,
    errors: problems.map(({ message, code, property }) => ({ message, code, context: { propertyName: [property] } })),
    category: 'VALIDATION_ERROR',
  })
}

/** [R] for PATCH; [I] for a batch row. */
export const nothingToUpdate = (): ApiError =>
  new ApiError(400, {
    message: 'No properties found to update, please provide at least one.',
    context: { properties: ['{}'] },
    category: 'VALIDATION_ERROR',
  })

/** [R] The JSON body lacks required fields. */
export const missingFields = (names: readonly string[]): ApiError =>
  validation(`Invalid input JSON on line 1, column 2. Some required fields were not set: [${names.join(', ')}]`)

/** [R] The text of HubSpot's JSON parser; the names of Java types are shortened. */
export const wrongJson = (expected: string, got: unknown): ApiError =>
  validation(
    `Invalid input JSON on line 1, column 1: Cannot deserialize value of type \`${expected}\` from ${jsonKind(got)}`,
  )

/** [I] Recorded errors of this kind also name a line and a column. */
export const brokenJson = (line: number, column: number): ApiError =>
  validation(`Invalid input JSON on line ${line}, column ${column}: Unexpected character or end of input`)

/** [R] */
export const missingBody = (): ApiError => validation('Invalid JSON input: a request body was expected, but none found')

export const validation = (message: string, context?: Record<string, string[]>): ApiError =>
  new ApiError(400, { message, ...(context === undefined ? {} : { context }), category: 'VALIDATION_ERROR' })

/** [R] The error of a read or an update by id or by another key. The body has only a message and no category. */
export const resourceNotFound = (): ApiError => new ApiError(404, { message: 'resource not found' })

/** [R] There are two spaces between the sentences. */
export const idNotNumeric = (id: string): ApiError =>
  new ApiError(404, {
    message: 'Object not found.  objectId are usually numeric.',
    context: { id: [id] },
    category: 'OBJECT_NOT_FOUND',
  })

/** [R] */
export const unknownObjectType = (text: string): ApiError =>
  new ApiError(400, { message: `Unable to infer object type from: ${text}` })

/** [R] One error row names all missing ids of a batch read or update. */
export const missingObjects = (legacyName: string, ids: readonly string[]): ApiError =>
  new ApiError(404, {
    message: `Could not get some ${legacyName} objects, they may be deleted or not exist. Check that ids are valid.`,
    context: { ids: [...ids] },
    category: 'OBJECT_NOT_FOUND',
  })

/** [R] */
export const duplicateIds = (ids: readonly string[]): ApiError =>
  validation(`Duplicate IDs found in batch input: [${ids.join(', ')}]. IDs must be unique`, { ids: [...ids] })

/** The error for a value of a unique property that another record has. */
export class ValueTaken extends ApiError {}

/** [R] The record `existingId` has the value. HubSpot assigned the id `newId` to the rejected record. */
export function valueTaken(taken: {
  portalId: number
  legacyName: string
  property: string
  value: string
  newId: string
  existingId: string
}): ValueTaken {
  const { portalId, legacyName, property, value, newId, existingId } = taken
  return new ValueTaken(400, {
    message: `Cannot set PropertyValueCoordinates{portalId=${portalId}, objectTypeId=ObjectTypeId{legacyObjectType=${legacyName}}, propertyName=${property}, value=${value}} on ${newId}. ${existingId} already has that value.`,
    category: 'VALIDATION_ERROR',
  })
}

/** A company needs a name or a domain [D]; the text is not documented [I]. */
export const companyWithoutIdentity = (): ApiError =>
  validation('Error creating COMPANY. Some required properties were not set.')

/** [I] The address was erased, and no contact may have it again. No body was recorded. */
export const blockedAddress = (email: string): ApiError =>
  invalidValues([{ message: `Email address ${email} is blocked`, code: 'INVALID_EMAIL', property: 'email' }])

/** [D] HubSpot sends this error only on dated paths from 2026-09 on. */
export function requiredMissing(names: readonly string[], byRule: readonly string[]): ApiError {
  const error = (code: string) => (name: string) => ({
    message: `A value for ${name} must be provided`,
    code,
    context: { propertyName: [name] },
  })
  return new ApiError(400, {
    message: 'The property values provided are invalid',
    errors: [
      ...names.map(error('MISSING_REQUIRED_PROPERTY')),
      ...byRule.map(error('MISSING_CONDITIONAL_REQUIRED_PROPERTY')),
    ],
    category: 'VALIDATION_ERROR',
  })
}

/** [I] The limit is documented, the text is not. */
export const tooManyInputs = (max: number, got: number): ApiError =>
  validation(`The batch may hold at most ${max} inputs, but ${got} were given.`)

/** [R] */
export const emptyBatch = (): ApiError => validation('Batch input provided should have at least one object.')

/** [I] The text was not recorded. */
export const methodNotAllowed = (): ApiError => new ApiError(405, { message: 'HTTP 405 Method Not Allowed' })

/** [D] for the status, [I] for the body. */
export const uriTooLong = (): ApiError => new ApiError(414, { message: 'URI too long' })

/** [I] */
export const bodyTooLarge = (): ApiError => new ApiError(413, { message: 'Request entity too large' })

function jsonKind(value: unknown): string {
  if (value === null) return 'Null value (token `JsonToken.VALUE_NULL`)'
  if (Array.isArray(value)) return 'Array value (token `JsonToken.START_ARRAY`)'
  if (typeof value === 'object') return 'Object value (token `JsonToken.START_OBJECT`)'
  if (typeof value === 'string') return 'String value (token `JsonToken.VALUE_STRING`)'
  if (typeof value === 'boolean') return `Boolean value (token \`JsonToken.VALUE_${String(value).toUpperCase()}\`)`
  return 'Integer value (token `JsonToken.VALUE_NUMBER_INT`)'
}
