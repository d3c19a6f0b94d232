// Property definitions and their groups: HubSpot's own ones to read, own ones to make and change.

import { created, noContent, ok, type Answer } from '../answer.ts'
import {
  asText,
  objectBody,
  optionalFlag,
  optionalNumber,
  optionalText,
  required,
  typeParam,
  type Call,
} from '../call.ts'
import { missingFields, resourceNotFound, validation } from '../errors.ts'
import {
  hubspotProperty,
  type PropertyDefinition,
  type PropertyGroup,
  type PropertyType,
} from '../portal/property-definition.ts'
import { isoTime } from '../portal/record.ts'
import { Refusal } from '../refusal.ts'

// [D] At most so many unique properties per object type.
const MOST_UNIQUE = 10
const TYPES: readonly string[] = ['string', 'number', 'date', 'datetime', 'enumeration', 'bool', 'phone_number', 'json']

export function listProperties(call: Call): Answer {
  const { type } = typeParam(call)
  const archived = call.query.get('archived') === 'true'
  const results = call.portal.registry.properties(type).filter((property) => property.archived === archived)
  return ok({ results: results.map(propertyBody) })
}

export function readProperty(call: Call): Answer {
  return ok(propertyBody(knownProperty(call)))
}

/** [R] A taken name is a 409 of its own kind; an archived property that is made again is restored. */
export function createProperty(call: Call): Answer {
  const { type } = typeParam(call)
  const { portal } = call
  const body = objectBody(call)
  const name = asText(required(body, 'name'))
  if (!/^[a-z][a-z0-9_]{0,99}$/.test(name)) throw validation(`Property name '${name}' is not valid.`)
  const groupName = asText(required(body, 'groupName'))
  if (portal.registry.group(type, groupName) === undefined)
    throw validation(`Property group '${groupName}' does not exist.`)
  const kind = asText(required(body, 'type'))
  if (!TYPES.includes(kind)) throw validation(`Property type '${kind}' is not valid.`)

  const before = portal.registry.anyProperty(type, name)
  if (before?.archived === false) throw nameTaken(name)
  const hasUniqueValue = optionalFlag(body, 'hasUniqueValue') ?? false
  if (hasUniqueValue && portal.registry.uniqueProperties(type).length >= MOST_UNIQUE) {
    throw validation(`No more than ${MOST_UNIQUE} unique properties are allowed.`)
  }
  const now = portal.clock.now()
  const property = hubspotProperty({
    name,
    groupName,
    label: asText(required(body, 'label')),
    type: kind as PropertyType,
    fieldType: asText(required(body, 'fieldType')),
    description: optionalText(body, 'description') ?? '',
    displayOrder: optionalNumber(body, 'displayOrder') ?? -1,
    formField: optionalFlag(body, 'formField') ?? false,
    hidden: optionalFlag(body, 'hidden') ?? false,
    options: Array.isArray(body['options']) ? (body['options'] as PropertyDefinition['options']) : [],
    hasUniqueValue,
    hubspotDefined: false,
    createdAt: before?.createdAt ?? now,
    updatedAt: now,
  })
  portal.putProperty(type, property)
  return created(propertyBody(property))
}

/** [D] Name and `hasUniqueValue` cannot change: a PATCH of them answers 200 and changes nothing. */
export function updateProperty(call: Call): Answer {
  const { type } = typeParam(call)
  const property = ownProperty(call)
  const body = objectBody(call)
  const changed: PropertyDefinition = {
    ...property,
    label: optionalText(body, 'label') ?? property.label,
    description: optionalText(body, 'description') ?? property.description,
    groupName: optionalText(body, 'groupName') ?? property.groupName,
    fieldType: optionalText(body, 'fieldType') ?? property.fieldType,
    displayOrder: optionalNumber(body, 'displayOrder') ?? property.displayOrder,
    hidden: optionalFlag(body, 'hidden') ?? property.hidden,
    options: Array.isArray(body['options']) ? (body['options'] as PropertyDefinition['options']) : property.options,
    updatedAt: call.portal.clock.now(),
  }
  call.portal.putProperty(type, changed)
  return ok(propertyBody(changed))
}

export function archiveProperty(call: Call): Answer {
  const { type } = typeParam(call)
  const now = call.portal.clock.now()
  call.portal.putProperty(type, { ...ownProperty(call), archived: true, archivedAt: now, updatedAt: now })
  return noContent()
}

export function listGroups(call: Call): Answer {
  const { type } = typeParam(call)
  return ok({ results: call.portal.registry.groups(type) })
}

export function readGroup(call: Call): Answer {
  return ok(knownGroup(call))
}

export function createGroup(call: Call): Answer {
  const { type } = typeParam(call)
  const body = objectBody(call)
  const missing = ['name', 'label'].filter((field) => typeof body[field] !== 'string' || body[field] === '')
  if (missing.length > 0) throw missingFields(missing)
  const name = asText(body['name'])
  if (call.portal.registry.group(type, name) !== undefined) {
    throw new Refusal(409, {
      message: `A property group named '${name}' already exists.`,
      category: 'OBJECT_ALREADY_EXISTS',
    })
  }
  const group = {
    name,
    label: asText(body['label']),
    displayOrder: optionalNumber(body, 'displayOrder') ?? -1,
    archived: false,
  }
  call.portal.putGroup(type, group)
  return created(group)
}

export function updateGroup(call: Call): Answer {
  const { type } = typeParam(call)
  const group = knownGroup(call)
  const body = objectBody(call)
  const changed = {
    ...group,
    label: optionalText(body, 'label') ?? group.label,
    displayOrder: optionalNumber(body, 'displayOrder') ?? group.displayOrder,
  }
  call.portal.putGroup(type, changed)
  return ok(changed)
}

function knownProperty(call: Call): PropertyDefinition {
  const { type } = typeParam(call)
  const property = call.portal.registry.property(type, call.params['name'] ?? '')
  if (property === undefined) throw resourceNotFound()
  return property
}

function ownProperty(call: Call): PropertyDefinition {
  const property = knownProperty(call)
  if (property.hubspotDefined)
    throw validation(`Property '${property.name}' is defined by HubSpot and cannot be changed.`)
  return property
}

function knownGroup(call: Call): PropertyGroup {
  const { type } = typeParam(call)
  const group = call.portal.registry.group(type, call.params['name'] ?? '')
  if (group === undefined) throw resourceNotFound()
  return group
}

/** [R] */
const nameTaken = (name: string): Refusal =>
  new Refusal(409, {
    message: `A property named '${name}' already exists.`,
    category: 'OBJECT_ALREADY_EXISTS',
    subCategory: 'Properties.PROPERTY_WITH_NAME_EXISTS',
  })

function propertyBody({
  readOnly,
  createdAt,
  updatedAt,
  archivedAt,
  ...property
}: PropertyDefinition): Record<string, unknown> {
  return {
    ...property,
    ...(createdAt === null ? {} : { createdAt: isoTime(createdAt) }),
    ...(updatedAt === null ? {} : { updatedAt: isoTime(updatedAt) }),
    ...(archivedAt === null ? {} : { archivedAt: isoTime(archivedAt) }),
    externalOptions: false,
    modificationMetadata: {
      archivable: !property.hubspotDefined,
      readOnlyDefinition: property.hubspotDefined,
      readOnlyOptions: false,
      readOnlyValue: readOnly,
    },
  }
}
