// Groups of properties: the headings under which people find them.

import { created, noContent, ok, type Answer } from '../answer.ts'
import { asText, objectBody, optionalNumber, optionalText, typeParam, type Call } from '../call.ts'
import { missingFields, resourceNotFound, validation } from '../errors.ts'
import type { PropertyGroup } from '../portal/property-definition.ts'
import { Refusal } from '../refusal.ts'

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

/** A group that still holds properties stays [I]; one that is not there is gone already. */
export function removeGroup(call: Call): Answer {
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

function knownGroup(call: Call): PropertyGroup {
  const { type } = typeParam(call)
  const group = call.portal.registry.group(type, call.params['name'] ?? '')
  if (group === undefined) throw resourceNotFound()
  return group
}

/** [I] By analogy with a property's name. */
const groupNameTaken = (name: string): Refusal =>
  new Refusal(409, {
    message: `A property group named '${name}' already exists.`,
    category: 'OBJECT_ALREADY_EXISTS',
    subCategory: 'Properties.GROUP_WITH_NAME_EXISTS',
  })
