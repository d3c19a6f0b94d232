// Calls for property groups, the headings under which HubSpot shows properties.

import { created, noContent, ok, type ApiResponse } from '../api-response.ts'
import { asText, objectBody, optionalNumber, optionalText, typeParam, type Call } from '../call.ts'
import { missingFields, resourceNotFound, validation } from '../errors.ts'
import type { PropertyGroup } from '../portal/property-definition.ts'
import { ApiError } from '../api-error.ts'

export function listGroups(call: Call): ApiResponse {
  const { type } = typeParam(call)
  return ok({ results: call.portal.registry.groups(type) })
}

export function readGroup(call: Call): ApiResponse {
  return ok(existingGroup(call))
}

export function createGroup(call: Call): ApiResponse {
  const { type } = typeParam(call)
  const body = objectBody(call)
  const missing = ['name', 'label'].filter((field) => typeof body[field] !== 'string' || body[field] === '')
  if (missing.length > 0) throw missingFields(missing)
  const name = asText(body['name'])
  if (call.portal.registry.group(type, name) !== undefined) throw groupNameTaken(name)
  const group = {
    name,
    label: asText(body['label']),
    displayOrder: optionalNumber(body, 'displayOrder') ?? -1,
    archived: false,
  }
  call.portal.putGroup(type, group)
  return created(group)
}

export function updateGroup(call: Call): ApiResponse {
  const { type } = typeParam(call)
  const group = existingGroup(call)
  const body = objectBody(call)
  const changed = {
    ...group,
    label: optionalText(body, 'label') ?? group.label,
    displayOrder: optionalNumber(body, 'displayOrder') ?? group.displayOrder,
  }
  call.portal.putGroup(type, changed)
  return ok(changed)
}

/** Rejects a group that still has properties [I]. Responds 204 also for an unknown group. */
export function removeGroup(call: Call): ApiResponse {
  const { type } = typeParam(call)
  const name = call.params['name']!
  const { registry } = call.portal
  if (registry.group(type, name) === undefined) return noContent()
  if (registry.properties(type).some((property) => property.groupName === name && !property.archived)) {
    throw validation(`Property group '${name}' still has properties and cannot be deleted.`)
  }
  call.portal.removeGroup(type, name)
  return noContent()
}

function existingGroup(call: Call): PropertyGroup {
  const { type } = typeParam(call)
  const group = call.portal.registry.group(type, call.params['name'] ?? '')
  if (group === undefined) throw resourceNotFound()
  return group
}

/** [I] By analogy with the error for a property's name. */
const groupNameTaken = (name: string): ApiError =>
  new ApiError(409, {
    message: `A property group named '${name}' already exists.`,
    category: 'OBJECT_ALREADY_EXISTS',
    subCategory: 'Properties.GROUP_WITH_NAME_EXISTS',
  })
