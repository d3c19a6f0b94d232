// Checks the values of a write against their properties, and normalizes them as HubSpot does. All values become strings.

import { invalidValues, wrongJson, type ValueProblem } from '../errors.ts'
import type { ObjectType } from './object-types.ts'
import type { PropertyDefinition } from './property-definition.ts'
import type { Registry } from './registry.ts'

/** [D] The warning of 2026-09 when a write stores another text than the client sent. */
export interface NormalisedValue {
  propertyName: string
  rawValue: string
  normalizedValue: string
}

export interface CheckedValues {
  /** An empty text clears the property. */
  values: Map<string, string>
  normalised: NormalisedValue[]
}

// [D] The maximum length of a property's value.
const MAX_CHARACTERS = 65_536

/** @throws ApiError one error that names every invalid value, as HubSpot does */
export function checkedValues(type: ObjectType, input: Record<string, unknown>, registry: Registry): CheckedValues {
  const values = new Map<string, string>()
  const normalised: NormalisedValue[] = []
  const problems: ValueProblem[] = []
  for (const [name, given] of Object.entries(input)) {
    const raw = textOf(given)
    const property = registry.property(type, name)
    const problem = property === undefined ? unknownProperty(name) : valueProblem(property, raw)
    if (problem !== null) {
      problems.push(problem)
      continue
    }
    const value = inHubSpotsForm(type, property!, raw)
    if (value !== raw) normalised.push({ propertyName: name, rawValue: raw, normalizedValue: value })
    values.set(name, value)
  }
  if (problems.length > 0) throw invalidValues(problems)
  return { values, normalised }
}

/** Numbers and booleans become strings; `null` clears a value, as an empty string does [I]. */
function textOf(given: unknown): string {
  if (given === null) return ''
  if (typeof given === 'string') return given
  if (typeof given === 'number' || typeof given === 'boolean') return String(given)
  throw wrongJson('java.lang.String', given)
}

const unknownProperty = (name: string): ValueProblem => ({
  message: `Property "${name}" does not exist`,
  code: 'PROPERTY_DOESNT_EXIST',
  property: name,
})

function valueProblem(property: PropertyDefinition, value: string): ValueProblem | null {
  const problem = (code: string, message: string): ValueProblem => ({ message, code, property: property.name, value })
  if (property.readOnly) {
    return problem('READ_ONLY_VALUE', `"${property.name}" is a calculated property; its value cannot be set.`)
  }
  if (value === '') return null
  if (value.length > MAX_CHARACTERS) {
    return problem('INVALID_STRING_LENGTH', `The value is longer than ${MAX_CHARACTERS} characters.`)
  }
  switch (property.type) {
    case 'number':
      return Number.isFinite(Number(value)) && value.trim() !== ''
        ? null
        : problem('INVALID_LONG', `${value} was not a valid long.`)
    case 'datetime':
      return Number.isNaN(momentOf(value)) ? problem('INVALID_LONG', `${value} was not a valid long.`) : null
    case 'date':
      return dateProblem(value) === null ? null : problem('INVALID_DATE', dateProblem(value)!)
    case 'bool':
    case 'enumeration':
      return allowed(property, value) ? null : problem('INVALID_OPTION', optionText(property, value))
    case 'string':
    case 'phone_number':
    case 'json':
      return property.name === 'email' && property.hubspotDefined && !looksLikeAddress(value.trim())
        ? problem('INVALID_EMAIL', `Email address ${value} is invalid`)
        : null
  }
}

function inHubSpotsForm(type: ObjectType, property: PropertyDefinition, value: string): string {
  if (value === '') return value
  if (property.type === 'datetime') return new Date(momentOf(value)).toISOString()
  if (property.type === 'date') return new Date(momentOf(value)).toISOString().slice(0, 10)
  if (!property.hubspotDefined) return value
  // [R] HubSpot stores and returns addresses in lower case.
  if (type === 'contacts' && property.name === 'email') return value.trim().toLowerCase()
  if (type === 'contacts' && property.name === 'hs_additional_emails') return addressesIn(value).join(';')
  if (type === 'companies' && property.name === 'domain') return bareDomain(value)
  return value
}

/** The addresses in `hs_additional_emails`, separated by semicolons. */
export function addressesIn(value: string): string[] {
  return value
    .split(';')
    .map((address) => address.trim().toLowerCase())
    .filter((address) => address !== '')
}

/** [I] Removes scheme, `www.`, port and path; converts to lower case. */
export function bareDomain(value: string): string {
  return value
    .trim()
    .toLowerCase()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//, '')
    .replace(/[/?#].*$/, '')
    .replace(/:\d+$/, '')
    .replace(/^www\./, '')
}

const looksLikeAddress = (value: string): boolean =>
  value.length <= 254 &&
  /^[^\s@<>(),;:"\\[\]]+@[^\s@<>(),;:"\\[\].-][^\s@<>(),;:"\\[\]]*\.[^\s@<>(),;:"\\[\].]{2,}$/.test(value)

/** Milliseconds since the epoch. HubSpot accepts digits and ISO 8601. */
function momentOf(value: string): number {
  const moment = /^-?\d{1,15}$/.test(value) ? Number(value) : isoMoment(value)
  return Math.abs(moment) <= 8.64e15 ? moment : Number.NaN
}

const isoMoment = (value: string): number => (/^\d{4}-\d{2}-\d{2}/.test(value) ? Date.parse(value) : Number.NaN)

/** [C] A date is `YYYY-MM-DD`, or the milliseconds of its midnight in UTC. */
function dateProblem(value: string): string | null {
  const moment = momentOf(value)
  if (Number.isNaN(moment)) return `${value} was not a valid date.`
  if (moment % 86_400_000 === 0) return null
  const at = new Date(moment)
  return `${value} is at ${at.getUTCHours()}:${at.getUTCMinutes()}:${at.getUTCSeconds()}.${at.getUTCMilliseconds()} UTC, not midnight!`
}

function allowed(property: PropertyDefinition, value: string): boolean {
  if (property.type === 'bool') return value === 'true' || value === 'false'
  const chosen = property.fieldType === 'checkbox' ? value.split(';') : [value]
  return chosen.every((one) => property.options.some((option) => option.value === one))
}

/** [R] The message lists all options. */
function optionText(property: PropertyDefinition, value: string): string {
  const options = property.options.map(
    ({ label, value: option, displayOrder, hidden }) =>
      `label: "${label}"\nvalue: "${option}"\ndisplay_order: ${displayOrder}\nhidden: ${hidden}\n`,
  )
  return `${value} was not one of the allowed options: [${options.join(', ')}]`
}
