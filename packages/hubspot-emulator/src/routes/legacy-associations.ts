// Associations as v3 has them: named types, ids as texts. HubSpot still serves them, and older clients call them.

import { noContent, ok, type Answer } from '../answer.ts'
import { typeParam, type Call } from '../call.ts'
import { validation } from '../errors.ts'
import { PRIMARY_COMPANY, PRIMARY_OF_CONTACT } from '../portal/associations.ts'
import type { ObjectType } from '../portal/object-types.ts'
import { recordBody, readNames } from '../portal/record-body.ts'
import { tieByDefault, tieWithTypes, untie } from '../portal/ties.ts'
import { associationsBody, bothEnds } from './associations.ts'

/** [R] `contact_to_company` makes the company the primary one; `…_unlabeled` does not. */
export function putNamed(call: Call): Answer {
  const { portal } = call
  const { from, to } = bothEnds(call)
  const typeId = typeIdNamed(call, from.type, to.type)
  const labelled = typeId !== portal.associations.defaultType(from.type, to.type)
  if (labelled) tieWithTypes(portal, from, to, [typeId])
  else tieByDefault(portal, from, to)
  return ok({
    ...recordBody(portal, from, readNames(portal, from, [])),
    associations: associationsBody(call, from, [to.type]),
  })
}

export function listNamed(call: Call): Answer {
  const { type } = typeParam(call)
  const to = typeParam(call, 'toType')
  const from = call.portal.records.active(type, call.params['id']!)
  const bodies = from === undefined ? null : associationsBody(call, from, [to.type])
  return ok(bodies?.[to.type] ?? { results: [] })
}

export function removeNamed(call: Call): Answer {
  const { portal } = call
  const from = portal.records.active(typeParam(call).type, call.params['id']!)
  const to = portal.records.active(typeParam(call, 'toType').type, call.params['toId']!)
  if (from !== undefined && to !== undefined) untie(portal, from, to)
  return noContent()
}

function typeIdNamed(call: Call, from: ObjectType, to: ObjectType): number {
  const name = call.params['typeName']!
  const plain = call.portal.associations.defaultType(from, to)
  const direction = `${typeParam(call).singular}_to_${typeParam(call, 'toType').singular}`
  if (name === `${direction}_unlabeled` || name === String(plain)) return plain
  if (name === direction || /^[12]$/.test(name)) {
    const primary = from === 'contacts' ? PRIMARY_COMPANY : PRIMARY_OF_CONTACT
    // Between records of one kind there is no primary one.
    return from === to ? plain : primary
  }
  // [I]
  throw validation(`Association type '${name}' is not valid for ${direction}`)
}
