// Merges two records of one object type.

import { ok, type ApiResponse } from '../api-response.ts'
import { asText, objectBody, required, typeParam, type Call } from '../call.ts'
import { resourceNotFound, validation } from '../errors.ts'
import { mergeRecords } from '../portal/merge.ts'
import { recordBody } from '../portal/record-body.ts'

// [D]
const MAX_IDENTITIES = 250

export function mergeObjects(call: Call): ApiResponse {
  const { type } = typeParam(call)
  const { portal } = call
  const body = objectBody(call)
  const primaryId = asText(required(body, 'primaryObjectId'))
  const otherId = asText(required(body, 'objectIdToMerge'))
  const primary = portal.records.active(type, primaryId)
  const other = portal.records.active(type, otherId)
  if (primary === undefined || other === undefined) throw resourceNotFound()
  // [I] Two different ids may also name one record, after an earlier merge.
  if (primary === other) throw validation(`Object ${primaryId} cannot be merged into itself.`)
  const identities = portal.records.identitiesOf(primary.id).length + portal.records.identitiesOf(other.id).length
  if (identities > MAX_IDENTITIES) throw validation(`A record may have at most ${MAX_IDENTITIES} merged ids.`)
  const survivor = mergeRecords(portal, primary, other)
  return ok(recordBody(portal, survivor, survivor.values.keys()))
}
