// Two records of one kind become one.

import { ok, type Answer } from '../answer.ts'
import { asText, objectBody, required, typeParam, type Call } from '../call.ts'
import { resourceNotFound, validation } from '../errors.ts'
import { merged } from '../portal/merge.ts'
import { recordBody } from '../portal/record-body.ts'

// [D]
const MOST_IDENTITIES = 250

export function mergeObjects(call: Call): Answer {
  const { type } = typeParam(call)
  const { portal } = call
  const body = objectBody(call)
  const primaryId = asText(required(body, 'primaryObjectId'))
  const otherId = asText(required(body, 'objectIdToMerge'))
  const primary = portal.records.active(type, primaryId)
  const other = portal.records.active(type, otherId)
  if (primary === undefined || other === undefined) throw resourceNotFound()
  // [I] Also when one of the two ids was merged into the other's record before.
  if (primary === other) throw validation(`Object ${primaryId} cannot be merged into itself.`)
  const identities = portal.records.identitiesOf(primary.id).length + portal.records.identitiesOf(other.id).length
  if (identities > MOST_IDENTITIES) throw validation(`A record may have at most ${MOST_IDENTITIES} merged ids.`)
  const survivor = merged(portal, primary, other)
  return ok(recordBody(portal, survivor, survivor.values.keys()))
}
