// Handles the associations in the body of a create: checks them before the record is created, and makes them afterwards.

import { asArray, asObject, asText, required, type Json } from '../call.ts'
import { validation } from '../errors.ts'
import type { ObjectType } from './object-types.ts'
import type { Portal } from './portal.ts'
import type { CrmRecord } from './record.ts'
import { associateByDefault, associateWithTypes } from './association-rules.ts'

/**
 * Checks the associations and returns a function that makes them once the record exists.
 *
 * @throws ApiError HubSpot's 400 when a type or an id is wrong
 */
export function inlineAssociations(
  portal: Portal,
  from: ObjectType,
  associations: unknown[],
): (record: CrmRecord) => void {
  const checked = associations.map((association) => checkedAssociation(portal, from, asObject(association)))
  return (record) => {
    for (const { to, typeIds } of checked) {
      const labelled = typeIds.filter((typeId) => typeId !== portal.associations.defaultType(from, to.type))
      if (labelled.length === 0) associateByDefault(portal, record, to)
      else associateWithTypes(portal, record, to, typeIds)
    }
  }
}

function checkedAssociation(portal: Portal, from: ObjectType, association: Json): { to: CrmRecord; typeIds: number[] } {
  const toId = asText(required(asObject(required(association, 'to')), 'id'))
  const typeIds = asArray(required(association, 'types')).map((type) => {
    const typeId = Number(asText(required(asObject(type), 'associationTypeId')))
    const definition = portal.associations.definition(typeId)
    if (definition === undefined || definition.from !== from)
      throw validation(`Association type ${typeId} is not valid`)
    return typeId
  })
  const toType = typeIds.map((typeId) => portal.associations.definition(typeId)!.to)[0]
  if (toType === undefined) throw validation('One or more associations are invalid')
  const to = portal.records.active(toType, toId)
  if (to === undefined) {
    const invalidId = `${toType === 'contacts' ? 'CONTACT' : 'COMPANY'}=${toId} is not valid`
    // [C] An integration relies on this error, which its authors inferred.
    throw validation('One or more associations are invalid', { INVALID_OBJECT_IDS: [invalidId] })
  }
  return { to, typeIds }
}
