// Search with its filters, sorting, paging and limits. It reads an index that may lag behind the records.

import { ok, type ApiResponse } from '../api-response.ts'
import {
  asArray,
  asObject,
  asText,
  jsonBody,
  optionalNumber,
  optionalText,
  typeParam,
  type Call,
  type Json,
} from '../call.ts'
import { validation } from '../errors.ts'
import { recordBody, readNames } from '../portal/record-body.ts'
import { matcher, type Filter } from '../portal/search-filter.ts'
import type { CrmRecord } from '../portal/record.ts'

// [D]
const MAX_ROWS = 200
const MAX_PAGED_ROWS = 10_000
const MAX_BODY_CHARACTERS = 3000
const MAX_GROUPS = 5
const MAX_FILTERS_IN_GROUP = 6
const MAX_FILTERS = 18

export function search(call: Call): ApiResponse {
  const { type } = typeParam(call)
  const { portal, searchIndex } = call
  const body = call.rawBody.trim() === '' ? {} : asObject(jsonBody(call))
  if (call.rawBody.length > MAX_BODY_CHARACTERS) {
    throw validation(`The request body may hold at most ${MAX_BODY_CHARACTERS} characters.`)
  }
  const limit = optionalNumber(body, 'limit') ?? 10
  if (limit < 0 || limit > MAX_ROWS) throw validation(`The limit must be between 0 and ${MAX_ROWS}, but was ${limit}.`)
  const start = optionalNumber(body, 'after') ?? 0
  if (start < 0) throw validation(`The value of 'after' is not a valid cursor: ${start}`)
  if (start + limit > MAX_PAGED_ROWS) throw validation(`Paging past ${MAX_PAGED_ROWS} results is not possible.`)
  const matches = matcher(portal, type, groupsOf(body), optionalText(body, 'query') ?? '')
  const found = searchIndex.records(type).filter(matches)
  sort(found, body)
  const requested = asArray(body['properties'] ?? []).map(asText)
  const results = found
    .slice(start, start + limit)
    .map((record) => recordBody(portal, record, readNames(portal, record, requested)))
  const more = start + limit < found.length && limit > 0
  return ok({
    total: found.length,
    results,
    ...(more ? { paging: { next: { after: String(start + limit) } } } : {}),
  })
}

/** All filters of a group must match; one matching group is enough. A top-level `filters` list is one group [C]. */
function groupsOf(body: Json): Filter[][] {
  const groups = asArray(body['filterGroups'] ?? []).map((group) => asArray(asObject(group)['filters'] ?? []))
  if (body['filters'] !== undefined) groups.push(asArray(body['filters']))
  if (groups.length > MAX_GROUPS) throw validation(`At most ${MAX_GROUPS} filter groups are allowed.`)
  if (groups.some((group) => group.length > MAX_FILTERS_IN_GROUP)) {
    throw validation(`At most ${MAX_FILTERS_IN_GROUP} filters are allowed in a filter group.`)
  }
  if (groups.flat().length > MAX_FILTERS) throw validation(`At most ${MAX_FILTERS} filters are allowed.`)
  return groups.map((group) => group.map((filter) => filterOf(asObject(filter))))
}

function filterOf(filter: Json): Filter {
  const values = filter['values']
  return {
    propertyName: optionalText(filter, 'propertyName') ?? '',
    operator: optionalText(filter, 'operator') ?? '',
    value: optionalText(filter, 'value'),
    highValue: optionalText(filter, 'highValue'),
    values: values === undefined || values === null ? undefined : asArray(values).map(asText),
  }
}

/** [D] Only one sort is allowed. The default direction is ascending; without a sort, the order is by id. */
function sort(records: CrmRecord[], body: Json): void {
  const given = asArray(body['sorts'] ?? [])
  if (given.length > 1) throw validation('Only one sort is allowed.')
  if (given[0] === undefined) return
  const first = typeof given[0] === 'string' ? { propertyName: given[0] } : asObject(given[0])
  const name = optionalText(first, 'propertyName') ?? ''
  const isDescending = optionalText(first, 'direction') === 'DESCENDING' || name.startsWith('-')
  const property = name.replace(/^-/, '')
  records.sort((a, b) => {
    const order = compared(a.values.get(property), b.values.get(property))
    return isDescending ? -order : order
  })
}

/** Records without a value come last in ascending order. */
function compared(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined)
  const difference = Number(a) - Number(b)
  if (!Number.isNaN(difference)) return difference
  return a < b ? -1 : Number(a > b)
}
