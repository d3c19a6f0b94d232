// The associations API of v3, with named types and ids as strings. HubSpot still serves it, and older clients use it.

import { noContent, ok, type ApiResponse } from '../api-response.ts'
import { typeParam, type Call } from '../call.ts'
import { validation } from '../errors.ts'
import { PRIMARY_COMPANY, PRIMARY_OF_CONTACT } from '../portal/associations.ts'
import type { ObjectType } from '../portal/object-types.ts'
import { recordBody, readNames } from '../portal/record-body.ts'
import { associateByDefault, associateWithTypes, dissociate } from '../portal/association-rules.ts'
import { associationsBody, bothEnds } from './associations.ts'

/** [R] `contact_to_company` makes the company the primary company; `contact_to_company_unlabeled` does not. */
export function putNamed(call: Call): ApiResponse {
  const { portal } = call
  const { from, to } = bothEnds(call)
  const typeId = typeIdNamed(call, from.type, to.type)
  const labelled = typeId !== portal.associations.defaultType(from.type, to.type)
  if (labelled) associateWithTypes(portal, from, to, [typeId])
  else associateByDefault(portal, from, to)
  return ok({
    ...recordBody(portal, from, readNames(portal, from, [])),
    associations: associationsBody(call, from, [to.type]),
  })
}

export function listNamed(call: Call): ApiResponse {
  const { type } = typeParam(call)
  const to = typeParam(call, 'toType')
  const from = call.portal.records.active(type, call.params['id']!)
  const bodies = from === undefined ? null : associationsBody(call, from, [to.type])
  return ok(bodies?.[to.type] ?? { results: [] })
}

export function removeNamed(call: Call): ApiResponse {
  const { portal } = call
  const from = portal.records.active(typeParam(call).type, call.params['id']!)
  const to = portal.records.active(typeParam(call, 'toType').type, call.params['toId']!)
  if (from !== undefined && to !== undefined) dissociate(portal, from, to)
  return noContent()
}

function typeIdNamed(call: Call, from: ObjectType, to: ObjectType): number {
  const name = call.params['typeName']!
  const plain = call.portal.associations.defaultType(from, to)
  const direction = `${typeParam(call).singular}_to_${typeParam(call, 'toType').singular}`
  if (name === `${direction}_unlabeled` || name === String(plain)) return plain
  if (name === direction || /^[12]$/.test(name)) {
    const primary = from === 'contacts' ? PRIMARY_COMPANY : PRIMARY_OF_CONTACT
    // There is no primary association between records of one object type.
    return from === to ? plain : primary
  }
  // [I]
  throw validation(`Association type '${name}' is not valid for ${direction}`)
}
