// Calls for single contacts and companies: create, read, update, archive, list, erase.

import { created, noContent, ok, type ApiResponse } from '../api-response.ts'
import {
  asArray,
  asObject,
  asText,
  listParam,
  objectBody,
  optionalText,
  required,
  typeParam,
  type Call,
} from '../call.ts'
import { resourceNotFound, validation } from '../errors.ts'
import { inlineAssociations } from '../portal/inline-associations.ts'
import { activeRecord, findByKey } from '../portal/lookup.ts'
import type { ObjectType } from '../portal/object-types.ts'
import type { CrmRecord } from '../portal/record.ts'
import { historyBody, readNames, recordBody, updateNames, warningsBody } from '../portal/record-body.ts'
import { addressesIn } from '../portal/values.ts'
import { archiveRecord, changeRecord, checkChange, checkNew, createRecord, eraseRecord } from '../portal/writes.ts'
import { associationsBody } from './associations.ts'

export function create(call: Call): ApiResponse {
  const { type } = typeParam(call)
  const { portal, version } = call
  const body = objectBody(call)
  const checked = checkNew(portal, type, asObject(required(body, 'properties')), version)
  const associate = inlineAssociations(portal, type, asArray(body['associations'] ?? []))
  const record = createRecord(portal, type, checked)
  associate(record)
  const traceId = optionalText(body, 'objectWriteTraceId')
  return created(
    {
      ...recordBody(portal, record, record.values.keys()),
      ...(version === '2026-09' ? warningsBody(checked.normalised) : {}),
      ...(traceId === undefined ? {} : { objectWriteTraceId: traceId }),
    },
    // [R] for v3, [I] for the dated paths.
    { Location: `https://api.hubapi.com${call.target.replace(/\?.*$/, '')}/${record.id}` },
  )
}

export function read(call: Call): ApiResponse {
  const { type } = typeParam(call)
  const { portal, query } = call
  const wantsArchived = query.get('archived') === 'true'
  const id = call.params['id']!
  const record = wantsArchived
    ? archivedRecord(call, type, id)
    : activeRecord(portal, type, id, query.get('idProperty'))
  return ok(shown(call, record))
}

export function update(call: Call): ApiResponse {
  const { type } = typeParam(call)
  const { portal, version } = call
  const record = activeRecord(portal, type, call.params['id']!, call.query.get('idProperty'))
  const checked = checkChange(portal, record, asObject(required(objectBody(call), 'properties')), version)
  changeRecord(portal, record, checked)
  return ok({
    ...recordBody(portal, record, updateNames(record, checked.values.keys())),
    ...(version === '2026-09' ? warningsBody(checked.normalised) : {}),
  })
}

/** Responds 204 also for records that are already archived or never existed [I]. */
export function archive(call: Call): ApiResponse {
  const { type } = typeParam(call)
  const record = call.portal.records.active(type, call.params['id']!)
  if (record !== undefined) archiveRecord(call.portal, record)
  return noContent()
}

export function list(call: Call): ApiResponse {
  const { type } = typeParam(call)
  const { portal, query } = call
  const limit = Number(query.get('limit') ?? 10)
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    throw validation(`Page size must be between 1 and 100, but was ${query.get('limit')}`)
  }
  const after = query.get('after') ?? '0'
  if (!/^\d{1,15}$/.test(after)) throw validation(`Invalid paging cursor: ${after}`)
  const archived = query.get('archived') === 'true'
  const results: CrmRecord[] = []
  let isLast = true
  for (const record of portal.records.all(type, Number(after))) {
    if ((record.archivedAt !== null) !== archived) continue
    isLast = results.length < limit
    if (!isLast) break
    results.push(record)
  }
  const body = { results: results.map((record) => shown(call, record)) }
  if (isLast) return ok(body)
  // [R] The cursor is the last id plus one, even when no record has that id.
  const next = String(Number(results.at(-1)!.id) + 1)
  const link = new URL(`https://api.hubapi.com${call.target}`)
  link.searchParams.set('after', next)
  return ok({ ...body, paging: { next: { after: next, link: link.href } } })
}

/** [D] Erases a contact permanently. When no contact has the address, HubSpot rejects the address from then on. */
export function eraseContact(call: Call): ApiResponse {
  const { type } = typeParam(call)
  if (type !== 'contacts') throw resourceNotFound()
  const { portal } = call
  const body = objectBody(call)
  const id = asText(required(body, 'objectId'))
  const idProperty = optionalText(body, 'idProperty')
  if (idProperty === undefined) {
    const record = portal.records.find(type, id)
    if (record === undefined) throw resourceNotFound()
    eraseRecord(portal, record)
    return noContent()
  }
  const record = findByKey(portal, type, idProperty, id)
  if (record !== undefined) eraseRecord(portal, record)
  else if (idProperty === 'email') for (const address of addressesIn(id)) portal.block(address)
  else throw resourceNotFound()
  return noContent()
}

function archivedRecord(call: Call, type: ObjectType, id: string): CrmRecord {
  const record = call.portal.records.find(type, id)
  if (record === undefined || record.archivedAt === null) throw resourceNotFound()
  return record
}

function shown(call: Call, record: CrmRecord): Record<string, unknown> {
  const { portal, query } = call
  const histories = listParam(query, 'propertiesWithHistory')
  const body: Record<string, unknown> = recordBody(portal, record, [
    ...readNames(portal, record, listParam(query, 'properties')),
    ...histories.filter((name) => portal.registry.property(record.type, name) !== undefined),
  ])
  if (histories.length > 0) body['propertiesWithHistory'] = historyBody(record, histories)
  const associations = associationsBody(call, record, listParam(query, 'associations'))
  if (associations !== null) body['associations'] = associations
  return body
}
