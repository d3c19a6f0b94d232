// Search: filters, sorting, paging and their limits. It looks at an index that may lag behind the records.

import { ok, type Answer } from '../answer.ts'
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
const MOST_ROWS = 200
const MOST_PAGED = 10_000
const MOST_BODY = 3000
const MOST_GROUPS = 5
const MOST_FILTERS_IN_GROUP = 6
const MOST_FILTERS = 18

export function search(call: Call): Answer {
  const { type } = typeParam(call)
  const { portal, searchIndex } = call
  const body = call.rawBody.trim() === '' ? {} : asObject(jsonBody(call))
  if (call.rawBody.length > MOST_BODY) {
    throw validation(`The request body may hold at most ${MOST_BODY} characters.`)
  }
  const limit = optionalNumber(body, 'limit') ?? 10
  if (limit < 0 || limit > MOST_ROWS)
    throw validation(`The limit must be between 0 and ${MOST_ROWS}, but was ${limit}.`)
  const start = optionalNumber(body, 'after') ?? 0
  if (start < 0) throw validation(`The value of 'after' is not a valid cursor: ${start}`)
  if (start + limit > MOST_PAGED) throw validation(`Paging past ${MOST_PAGED} results is not possible.`)
  const matches = matcher(portal, type, groupsOf(body), optionalText(body, 'query') ?? '')
  const found = searchIndex.records(type).filter(matches)
  sort(found, body)
  const asked = asArray(body['properties'] ?? []).map(asText)
  const results = found
    .slice(start, start + limit)
    .map((record) => recordBody(portal, record, readNames(portal, record, asked)))
  const more = start + limit < found.length && limit > 0
  return ok({
    total: found.length,
    results,
    ...(more ? { paging: { next: { after: String(start + limit) } } } : {}),
  })
}

/** Each group's filters must all match; one matching group is enough. A bare `filters` list is one group [C]. */
function groupsOf(body: Json): Filter[][] {
  const groups = asArray(body['filterGroups'] ?? []).map((group) => asArray(asObject(group)['filters'] ?? []))
  if (body['filters'] !== undefined) groups.push(asArray(body['filters']))
  if (groups.length > MOST_GROUPS) throw validation(`At most ${MOST_GROUPS} filter groups are allowed.`)
  if (groups.some((group) => group.length > MOST_FILTERS_IN_GROUP)) {
    throw validation(`At most ${MOST_FILTERS_IN_GROUP} filters are allowed in a filter group.`)
  }
  if (groups.flat().length > MOST_FILTERS) throw validation(`At most ${MOST_FILTERS} filters are allowed.`)
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

/** [D] One sort only; ascending unless told otherwise, by id when nothing is said. */
function sort(records: CrmRecord[], body: Json): void {
  const given = asArray(body['sorts'] ?? [])
  if (given.length > 1) throw validation('Only one sort is allowed.')
  if (given[0] === undefined) return
  const first = typeof given[0] === 'string' ? { propertyName: given[0] } : asObject(given[0])
  const name = optionalText(first, 'propertyName') ?? ''
  const downwards = optionalText(first, 'direction') === 'DESCENDING' || name.startsWith('-')
  const property = name.replace(/^-/, '')
  records.sort((a, b) => {
    const order = compared(a.values.get(property), b.values.get(property))
    return downwards ? -order : order
  })
}

/** Records without the value come last when ascending. */
function compared(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined)
  const difference = Number(a) - Number(b)
  if (!Number.isNaN(difference)) return difference
  return a < b ? -1 : Number(a > b)
}
