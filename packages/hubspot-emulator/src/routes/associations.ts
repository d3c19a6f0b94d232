// The associations of one record: default PUT, labelled PUT, read and remove.

import { noContent, ok, type ApiResponse } from '../api-response.ts'
import { asArray, asObject, asText, jsonBody, required, typeParam, type Call } from '../call.ts'
import { validation } from '../errors.ts'
import { OBJECT_TYPES, objectTypeOf, type ObjectType } from '../portal/object-types.ts'
import type { Portal } from '../portal/portal.ts'
import { isoTime, type CrmRecord } from '../portal/record.ts'
import { associateByDefault, associateWithTypes, dissociate } from '../portal/association-rules.ts'
import { ApiError } from '../api-error.ts'

export function putDefault(call: Call): ApiResponse {
  const { from, to } = bothEnds(call)
  const startedAt = isoTime(call.portal.clock.now())
  associateByDefault(call.portal, from, to)
  const results = defaultResults(call.portal, from, to)
  return ok({ status: 'COMPLETE', results, startedAt, completedAt: isoTime(call.portal.clock.now()) })
}

/** [R] Responds 201 with ids as numbers. */
export function putLabelled(call: Call): ApiResponse {
  const { portal } = call
  const specs = asArray(jsonBody(call))
  const { from, to } = bothEnds(call)
  const typeIds = specs.map((spec) => checkedTypeId(portal, spec, from.type, to.type))
  if (typeIds.length === 0) throw validation('At least one association type is required.')
  associateWithTypes(portal, from, to, typeIds)
  return { status: 201, body: labelledResult(portal, from, to) }
}

export function readAssociations(call: Call): ApiResponse {
  const { portal, query } = call
  const { type } = typeParam(call)
  const to = typeParam(call, 'toType')
  const limit = Number(query.get('limit') ?? 500)
  if (!Number.isInteger(limit) || limit < 1 || limit > 500) {
    throw validation(`Page size must be between 1 and 500, but was ${query.get('limit')}`)
  }
  const from = portal.records.active(type, call.params['id']!)
  const ids = from === undefined ? [] : associatedIds(portal, from, to.type)
  const start = Math.max(0, Number(query.get('after') ?? 0) || 0)
  const page = ids.slice(start, start + limit)
  const results = page.map((id) => associationRow(portal, from!, id))
  if (start + limit >= ids.length) return ok({ results })
  const after = String(start + limit)
  const link = new URL(`https://api.hubapi.com${call.target}`)
  link.searchParams.set('after', after)
  return ok({ results, paging: { next: { after, link: link.href } } })
}

/** Responds 204 also when there was nothing to remove [R]. */
export function removeAssociations(call: Call): ApiResponse {
  const { portal } = call
  const from = portal.records.active(typeParam(call).type, call.params['id']!)
  const to = portal.records.active(typeParam(call, 'toType').type, call.params['toId']!)
  if (from !== undefined && to !== undefined) dissociate(portal, from, to)
  return noContent()
}

/** [D] Lists the association types between two object types. */
export function listLabels(call: Call): ApiResponse {
  const from = typeParam(call, 'from')
  const to = typeParam(call, 'to')
  return ok({
    results: call.portal.associations
      .definitions(from.type, to.type)
      .map(({ category, typeId, label }) => ({ category, typeId, label })),
  })
}

/** The `associations` of a read that requests them. They have the form of v3, which names a type by its direction [D]. */
export function associationsBody(
  call: Call,
  from: CrmRecord,
  requested: readonly string[],
): Record<string, unknown> | null {
  const bodies: Record<string, unknown> = {}
  for (const name of requested) {
    const to = objectTypeOf(name)
    if (to === null) throw validation(`Unable to infer object type from: ${name}`)
    const plain = `${OBJECT_TYPES[from.type].singular}_to_${to.singular}`
    const results = associatedIds(call.portal, from, to.type).flatMap((id) => {
      const types = call.portal.associations.typesBetween(from.id, id)
      const primary = types.some((typeId) => call.portal.associations.definition(typeId)?.label === 'Primary')
      return [...(primary ? [{ id, type: plain }] : []), { id, type: `${plain}_unlabeled` }]
    })
    if (results.length > 0) bodies[to.type] = { results }
  }
  return Object.keys(bodies).length === 0 ? null : bodies
}

export function associatedIds(portal: Portal, from: CrmRecord, to: ObjectType): string[] {
  return portal.associations.associatedWith(from.id).filter((id) => portal.records.active(to, id)?.id === id)
}

/** [R] Ids are numbers, and each type has its label. */
export function associationRow(portal: Portal, from: CrmRecord, toId: string): Record<string, unknown> {
  return {
    toObjectId: Number(toId),
    associationTypes: portal.associations.typesBetween(from.id, toId).map((typeId) => {
      const definition = portal.associations.definition(typeId)!
      return { category: definition.category, typeId, label: definition.label }
    }),
  }
}

/** [D][R] One row per direction, with ids as strings. */
export function defaultResults(portal: Portal, from: CrmRecord, to: CrmRecord): unknown[] {
  const row = (one: CrmRecord, other: CrmRecord): unknown => ({
    from: { id: one.id },
    to: { id: other.id },
    associationSpec: {
      associationCategory: 'HUBSPOT_DEFINED',
      associationTypeId: portal.associations.defaultType(one.type, other.type),
    },
  })
  return [row(from, to), row(to, from)]
}

export function labelledResult(portal: Portal, from: CrmRecord, to: CrmRecord): Record<string, unknown> {
  const labels = portal.associations
    .typesBetween(from.id, to.id)
    .map((typeId) => portal.associations.definition(typeId)?.label ?? null)
  return {
    fromObjectTypeId: OBJECT_TYPES[from.type].typeId,
    fromObjectId: Number(from.id),
    toObjectTypeId: OBJECT_TYPES[to.type].typeId,
    toObjectId: Number(to.id),
    labels: labels.filter((label) => label !== null),
  }
}

export function checkedTypeId(portal: Portal, spec: unknown, from: ObjectType, to: ObjectType): number {
  const fields = asObject(spec)
  const category = asText(required(fields, 'associationCategory'))
  const typeId = Number(asText(required(fields, 'associationTypeId')))
  const definition = portal.associations.definition(typeId)
  if (definition === undefined || definition.category !== category) {
    throw validation(`Association type ${typeId} of category ${category} does not exist`)
  }
  if (definition.from !== from || definition.to !== to) {
    // [R]
    throw validation(
      `invalid from object type ${OBJECT_TYPES[from].typeId} for associations to be created. expected: ${OBJECT_TYPES[definition.from].typeId}`,
    )
  }
  return typeId
}

/** [R] for a v3 PUT to an unknown record, [I] for the other calls. */
function unknownEnd(info: { singular: string }, id: string, end: 'FROM' | 'TO'): ApiError {
  return new ApiError(404, {
    message: `No ${info.singular} with ID ${id} exists`,
    context: { objectType: [info.singular], id: [id] },
    category: 'OBJECT_NOT_FOUND',
    subCategory: `crm.associations.${end}_OBJECT_NOT_FOUND`,
  })
}

export function withItself(id: string): ApiError {
  // [R]
  return validation(`Object ${id} cannot be associated to itself (${id})`)
}

export function bothEnds(call: Call): { from: CrmRecord; to: CrmRecord } {
  const fromInfo = typeParam(call)
  const toInfo = typeParam(call, 'toType')
  const from = call.portal.records.active(fromInfo.type, call.params['id']!)
  if (from === undefined) throw unknownEnd(fromInfo, call.params['id']!, 'FROM')
  const to = call.portal.records.active(toInfo.type, call.params['toId']!)
  if (to === undefined) throw unknownEnd(toInfo, call.params['toId']!, 'TO')
  if (from === to) throw withItself(from.id)
  return { from, to }
}
