// Evaluates search filters on one record.

import { validation } from '../errors.ts'
import type { ObjectType } from './object-types.ts'
import type { Portal } from './portal.ts'
import type { PropertyType } from './property-definition.ts'
import type { CrmRecord } from './record.ts'

export interface Filter {
  propertyName: string
  operator: string
  value: string | undefined
  highValue: string | undefined
  values: string[] | undefined
}

type Test = (record: CrmRecord) => boolean

/**
 * Returns a test for records. A record must match all filters of at least one group, and the free-text `query`.
 *
 * @throws ApiError HubSpot's 400 for an invalid filter, even when there are no records
 */
export function matcher(portal: Portal, type: ObjectType, groups: readonly Filter[][], query: string): Test {
  const tests = groups.map((group) => group.map((filter) => testOf(portal, type, filter)))
  const text = query.trim().toLowerCase()
  return (record) =>
    (tests.length === 0 || tests.some((group) => group.every((test) => test(record)))) &&
    (text === '' || SEARCHED[type].some((name) => record.values.get(name)?.toLowerCase().includes(text)))
}

// [D] The properties that a free-text query searches.
const SEARCHED: Record<ObjectType, readonly string[]> = {
  contacts: ['firstname', 'lastname', 'email', 'hs_additional_emails', 'phone', 'company'],
  companies: ['name', 'domain', 'website', 'phone'],
}

function testOf(portal: Portal, type: ObjectType, filter: Filter): Test {
  const { propertyName, operator } = filter
  if (/^associations\.(contact|company)$/.test(propertyName)) return associatedWith(portal, filter)
  const property = portal.registry.property(type, propertyName)
  // [C] The text is not recorded word for word.
  if (property === undefined)
    throw validation(`There was a problem with the request: property '${propertyName}' does not exist.`)
  const valueOf = (record: CrmRecord): string | undefined => record.values.get(propertyName)
  const holds =
    (test: (value: string) => boolean): Test =>
    (record) => {
      const value = valueOf(record)
      return value !== undefined && test(value)
    }
  const amount = (text: string): number => amountOf(property.type, text)
  switch (operator) {
    case 'EQ':
      return holds(equal(property.type, single(filter)))
    case 'NEQ': {
      const same = equal(property.type, single(filter))
      // A record without a value matches too [D].
      return (record) => !(valueOf(record) !== undefined && same(valueOf(record)!))
    }
    case 'LT':
      return holds((value) => amount(value) < amount(single(filter)))
    case 'LTE':
      return holds((value) => amount(value) <= amount(single(filter)))
    case 'GT':
      return holds((value) => amount(value) > amount(single(filter)))
    case 'GTE':
      return holds((value) => amount(value) >= amount(single(filter)))
    case 'BETWEEN':
      return holds(
        (value) => amount(value) >= amount(single(filter)) && amount(value) <= amount(filter.highValue ?? ''),
      )
    case 'IN':
      return holds(among(filter))
    case 'NOT_IN': {
      const one = among(filter)
      return (record) => valueOf(record) === undefined || !one(valueOf(record)!)
    }
    case 'HAS_PROPERTY':
      return (record) => valueOf(record) !== undefined
    case 'NOT_HAS_PROPERTY':
      return (record) => valueOf(record) === undefined
    case 'CONTAINS_TOKEN':
      return holds(hasToken(single(filter)))
    case 'NOT_CONTAINS_TOKEN': {
      const has = hasToken(single(filter))
      return (record) => valueOf(record) === undefined || !has(valueOf(record)!)
    }
    default:
      throw validation(`Invalid filter operator: ${operator}`)
  }
}

function associatedWith(portal: Portal, filter: Filter): Test {
  const ids = filter.values ?? [single(filter)]
  return (record) => portal.associations.associatedWith(record.id).some((id) => ids.includes(id))
}

/** [D] Text comparison ignores case. */
function equal(type: PropertyType, wanted: string): (value: string) => boolean {
  if (type === 'number' || type === 'datetime' || type === 'date') {
    const amount = amountOf(type, wanted)
    return (value) => amountOf(type, value) === amount
  }
  const text = wanted.toLowerCase()
  return (value) => value.toLowerCase() === text
}

/** [D] The values of a list must be in lower case, since HubSpot compares them with the record's value in lower case. */
function among(filter: Filter): (value: string) => boolean {
  if (filter.values === undefined || filter.values.length === 0) throw validation('A list of values is required.')
  const values = new Set(filter.values)
  return (value) => values.has(value.toLowerCase()) || (values.has(value) && /^[\d.-]+$/.test(value))
}

/** [D] Matches whole words, also inside an address, where each part is a word; `*` matches any characters. */
function hasToken(wanted: string): (value: string) => boolean {
  const pattern = wanted
    .toLowerCase()
    .split('*')
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('.*')
  const token = new RegExp(`(^|[^\\p{L}\\p{N}])${pattern}($|[^\\p{L}\\p{N}])`, 'u')
  return (value) => token.test(value.toLowerCase())
}

function amountOf(type: PropertyType, text: string): number {
  if (type === 'datetime' || type === 'date') return /^-?\d+$/.test(text) ? Number(text) : Date.parse(text)
  return Number(text)
}

function single(filter: Filter): string {
  if (filter.value === undefined) throw validation(`A value is required for the operator ${filter.operator}.`)
  return filter.value
}
