// Calls for property definitions: read HubSpot's own, create, update and archive custom ones.
// The README of the emulator explains the marks [R], [D] and [I].

import { created, noContent, ok, type ApiResponse } from '../api-response.ts'
import {
  asArray,
  asObject,
  asText,
  objectBody,
  optionalFlag,
  optionalNumber,
  optionalText,
  required,
  typeParam,
  type Call,
  type Json,
} from '../call.ts'
import { missingFields, resourceNotFound, validation } from '../errors.ts'
import type { ObjectType } from '../portal/object-types.ts'
import {
  FIELD_TYPES,
  hubspotProperty,
  propertyBody,
  type PropertyDefinition,
  type PropertyOption,
  type PropertyType,
} from '../portal/property-definition.ts'
import { ApiError } from '../api-error.ts'

// [D] Per object type.
const MAX_UNIQUE_PROPERTIES = 10

export function listProperties(call: Call): ApiResponse {
  const { type } = typeParam(call)
  const archived = call.query.get('archived') === 'true'
  const results = call.portal.registry.properties(type).filter((property) => property.archived === archived)
  return ok({ results: results.map(propertyBody) })
}

export function readProperty(call: Call): ApiResponse {
  const { type } = typeParam(call)
  const property = call.portal.registry.anyProperty(type, call.params['name']!)
  const archived = call.query.get('archived') === 'true'
  if (property === undefined || property.archived !== archived) throw resourceNotFound()
  return ok(propertyBody(property))
}

/** [R] A create with a name in use gets a 409 with its own category. Creating an archived property again restores it. */
export function createProperty(call: Call): ApiResponse {
  const { type } = typeParam(call)
  const { portal } = call
  const body = objectBody(call)
  const missing = ['name', 'label', 'type', 'fieldType', 'groupName'].filter((field) => isEmpty(body[field]))
  if (missing.length > 0) throw missingFields(missing)
  const name = asText(body['name'])
  // [I] HubSpot rejects the following cases; the texts were not recorded.
  if (!/^[a-z][a-z0-9_]{0,99}$/.test(name)) {
    throw validation(`Property name '${name}' is not valid: use lower-case letters, digits and underscores.`)
  }
  const kind = checkedKind(body)
  const groupName = checkedGroup(call, type, asText(body['groupName']))
  const before = portal.registry.anyProperty(type, name)
  if (before?.archived === false) throw nameTaken(name)
  // The uniqueness of a restored property cannot change.
  const hasUniqueValue = before?.hasUniqueValue ?? optionalFlag(body, 'hasUniqueValue') ?? false
  if (hasUniqueValue && portal.registry.uniqueProperties(type).length >= MAX_UNIQUE_PROPERTIES) {
    throw validation(`The limit of ${MAX_UNIQUE_PROPERTIES} unique properties is reached.`)
  }
  if (hasUniqueValue && kind.type !== 'string' && kind.type !== 'number') {
    throw validation(`Properties of type ${kind.type} cannot have unique values.`)
  }
  const now = portal.clock.now()
  const property = hubspotProperty({
    name,
    groupName,
    label: asText(body['label']),
    ...kind,
    description: optionalText(body, 'description') ?? '',
    displayOrder: optionalNumber(body, 'displayOrder') ?? -1,
    formField: optionalFlag(body, 'formField') ?? false,
    hidden: optionalFlag(body, 'hidden') ?? false,
    options: optionsIn(body) ?? [],
    hasUniqueValue,
    hubspotDefined: false,
    createdAt: before?.createdAt ?? now,
    updatedAt: now,
  })
  portal.putProperty(type, property)
  return created(propertyBody(property))
}

/** [D] `name` and `hasUniqueValue` cannot change: a PATCH of them responds 200 and changes nothing. */
export function updateProperty(call: Call): ApiResponse {
  const { type } = typeParam(call)
  const property = existingProperty(call)
  const body = objectBody(call)
  // Only the options of HubSpot's own properties may change [I].
  if (property.hubspotDefined && Object.keys(body).some((field) => field !== 'options'))
    throw definedByHubSpot(property)
  const changed: PropertyDefinition = {
    ...property,
    ...('type' in body || 'fieldType' in body ? checkedKind({ ...property, ...body }) : {}),
    label: optionalText(body, 'label') ?? property.label,
    description: optionalText(body, 'description') ?? property.description,
    groupName: checkedGroup(call, type, optionalText(body, 'groupName') ?? property.groupName),
    displayOrder: optionalNumber(body, 'displayOrder') ?? property.displayOrder,
    formField: optionalFlag(body, 'formField') ?? property.formField,
    hidden: optionalFlag(body, 'hidden') ?? property.hidden,
    options: optionsIn(body) ?? property.options,
    updatedAt: call.portal.clock.now(),
  }
  call.portal.putProperty(type, changed)
  return ok(propertyBody(changed))
}

export function archiveProperty(call: Call): ApiResponse {
  const property = existingProperty(call)
  if (property.hubspotDefined) throw definedByHubSpot(property)
  archiveNow(call, property)
  return noContent()
}

/** Omits names of unknown properties [I]. */
export function batchReadProperties(call: Call): ApiResponse {
  const { type } = typeParam(call)
  const body = objectBody(call)
  const archived = optionalFlag(body, 'archived') ?? false
  const results = namesIn(body).flatMap((name) => {
    const property = call.portal.registry.anyProperty(type, name)
    return property?.archived === archived ? [propertyBody(property)] : []
  })
  const at = new Date(call.portal.clock.now()).toISOString()
  return ok({ status: 'COMPLETE', results, startedAt: at, completedAt: at })
}

export function batchArchiveProperties(call: Call): ApiResponse {
  const { type } = typeParam(call)
  for (const name of namesIn(objectBody(call))) {
    const property = call.portal.registry.property(type, name)
    if (property !== undefined && !property.hubspotDefined) archiveNow(call, property)
  }
  return noContent()
}

function archiveNow(call: Call, property: PropertyDefinition): void {
  const now = call.portal.clock.now()
  call.portal.putProperty(typeParam(call).type, { ...property, archived: true, archivedAt: now, updatedAt: now })
}

const namesIn = (body: Json): string[] =>
  asArray(required(body, 'inputs')).map((input) => asText(required(asObject(input), 'name')))

function existingProperty(call: Call): PropertyDefinition {
  const property = call.portal.registry.property(typeParam(call).type, call.params['name']!)
  if (property === undefined) throw resourceNotFound()
  return property
}

const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === ''

/** Checks that the type is valid, and that the field type is valid for this type [D]. */
function checkedKind(body: Json): { type: PropertyType; fieldType: string } {
  const type = asText(body['type'])
  const fieldType = asText(body['fieldType'])
  if (!Object.hasOwn(FIELD_TYPES, type)) throw validation(`Property type '${type}' is not valid.`)
  if (!FIELD_TYPES[type as PropertyType].includes(fieldType)) {
    throw validation(`Field type '${fieldType}' is not valid for a property of type '${type}'.`)
  }
  return { type: type as PropertyType, fieldType }
}

function checkedGroup(call: Call, type: ObjectType, name: string): string {
  if (call.portal.registry.group(type, name) === undefined) throw validation(`Property group '${name}' does not exist.`)
  return name
}

function optionsIn(body: Json): PropertyOption[] | undefined {
  if (body['options'] === undefined || body['options'] === null) return undefined
  return asArray(body['options']).map((option, at) => {
    const fields = asObject(option)
    const description = optionalText(fields, 'description')
    return {
      label: asText(required(fields, 'label')),
      value: asText(required(fields, 'value')),
      ...(description === undefined ? {} : { description }),
      displayOrder: optionalNumber(fields, 'displayOrder') ?? at,
      hidden: optionalFlag(fields, 'hidden') ?? false,
    }
  })
}

/** [R] */
const nameTaken = (name: string): ApiError =>
  new ApiError(409, {
    message: `A property named '${name}' already exists.`,
    category: 'OBJECT_ALREADY_EXISTS',
    subCategory: 'Properties.PROPERTY_WITH_NAME_EXISTS',
  })

/** [I] */
const definedByHubSpot = ({ name }: PropertyDefinition): ApiError =>
  validation(`Property '${name}' is defined by HubSpot and cannot be changed.`)
