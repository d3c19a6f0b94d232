// Associations that are sent along with a new record: checked before it is made, tied after.

import { asArray, asObject, asText, required, type Json } from '../call.ts'
import { validation } from '../errors.ts'
import type { ObjectType } from './object-types.ts'
import type { Portal } from './portal.ts'
import type { CrmRecord } from './record.ts'
import { tieByDefault, tieWithTypes } from './ties.ts'

/** Returns what ties the new record once it exists. Throws HubSpot's 400 when a type or an id is wrong. */
export function inlineTies(portal: Portal, from: ObjectType, associations: unknown[]): (record: CrmRecord) => void {
  const checked = associations.map((association) => inlineTie(portal, from, asObject(association)))
  return (record) => {
    for (const { to, typeIds } of checked) {
      const labelled = typeIds.filter((typeId) => typeId !== portal.associations.defaultType(from, to.type))
      if (labelled.length === 0) tieByDefault(portal, record, to)
      else tieWithTypes(portal, record, to, typeIds)
    }
  }
}

function inlineTie(portal: Portal, from: ObjectType, association: Json): { to: CrmRecord; typeIds: number[] } {
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
    const what = `${toType === 'contacts' ? 'CONTACT' : 'COMPANY'}=${toId} is not valid`
    // [C] The author of the integration that relies on it marked this one as inferred.
    throw validation('One or more associations are invalid', { INVALID_OBJECT_IDS: [what] })
  }
  return { to, typeIds }
}
