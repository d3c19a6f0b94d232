// The fields of a customer and HubSpot's names for them; a new field is a line here and a row in domain/fields.ts.

import { entriesOf } from '../domain/fields.ts'
import type { CompanyField, ContactField, Field, Values } from '../domain/fields.ts'
import { CLOCK_DIFFERENCE_MS } from '../domain/limits.ts'

const CONTACT_PROPERTIES = {
  email: 'email',
  firstName: 'firstname',
  lastName: 'lastname',
  phone: 'phone',
  website: 'website',
  'address.street': 'address',
  'address.city': 'city',
  'address.state': 'state',
  'address.postalCode': 'zip',
  'address.country': 'country',
} as const satisfies Record<ContactField, string>

const COMPANY_PROPERTIES = {
  'company.name': 'name',
  'company.domain': 'domain',
  'company.website': 'website',
  'company.phone': 'phone',
} as const satisfies Record<CompanyField, string>

// Our own properties, which `npm run setup` creates. On its own kind of record, each of the first three is unique, so HubSpot has
// one record for each value (G2).

/** On a contact: the product's id of the customer. */
export const CUSTOMER_ID = 'onramp_customer_id'
/** On a company: its key. On a contact, where it is not unique: the key of the customer's company. */
export const COMPANY_KEY = 'onramp_company_key'
/** On a company: its registrable domain, by which it is found without the search, which lags. */
export const COMPANY_DOMAIN = 'onramp_company_domain'
/** On both: when onramp claimed a record that HubSpot users made, in milliseconds since 1970; empty on records of onramp. */
export const CLAIMED_AT = 'onramp_claimed_at'
/** On both: event time of the newest event that onramp wrote, in milliseconds since 1970. */
export const LAST_EVENT_AT = 'onramp_last_event_at'

/** HubSpot's properties with their values; `''` clears one. */
export type Properties = Record<string, string>

/** The properties of a record; a property that is not set is `null`. */
interface HubSpotProperties {
  properties: Record<string, string | null>
}

export function contactProperties(values: Values<ContactField>): Properties {
  return propertiesOf(CONTACT_PROPERTIES, values)
}

export function companyProperties(values: Values<CompanyField>): Properties {
  return propertiesOf(COMPANY_PROPERTIES, values)
}

/** HubSpot's name of a field, for the docs. */
export function propertyOf(field: Field): string {
  return { ...CONTACT_PROPERTIES, ...COMPANY_PROPERTIES }[field]
}

/** The field of a contact's property; `undefined` for a property that no field maps to. */
export function contactField(property: string): ContactField | undefined {
  return fieldOf(CONTACT_PROPERTIES, property)
}

export function companyField(property: string): CompanyField | undefined {
  return fieldOf(COMPANY_PROPERTIES, property)
}

/** The properties to read of a record: those that may be empty, and our own. */
export const CONTACT_READ = [
  ...Object.values(CONTACT_PROPERTIES),
  'hs_additional_emails',
  CUSTOMER_ID,
  COMPANY_KEY,
  CLAIMED_AT,
  LAST_EVENT_AT,
]
export const COMPANY_READ = [
  ...Object.values(COMPANY_PROPERTIES),
  COMPANY_KEY,
  COMPANY_DOMAIN,
  CLAIMED_AT,
  LAST_EVENT_AT,
]

/** Whether updates overwrite the values of HubSpot users on a record that they made. */
export type UpdatePolicy = 'overwrite' | 'fill-if-empty'

/** The values of a contact, for the comparison with new ones. An empty property is `null`. */
export function contactValuesOn(record: HubSpotProperties): Values<ContactField> {
  return valuesOn(CONTACT_PROPERTIES, record)
}

export function companyValuesOn(record: HubSpotProperties): Values<CompanyField> {
  return valuesOn(COMPANY_PROPERTIES, record)
}

/** Our own properties that each write to a contact keeps up to date. `null` leaves the company's key as it is. */
export function contactMarks({
  companyKey,
  lastEventAt,
}: {
  companyKey: string | null
  lastEventAt: number
}): Properties {
  return { ...(companyKey !== null && { [COMPANY_KEY]: companyKey }), [LAST_EVENT_AT]: String(lastEventAt) }
}

/**
 * The time in one of our own properties, in milliseconds since 1970; 0 when it is empty. No event is further ahead of onramp's
 * clock than `CLOCK_DIFFERENCE_MS`. So a watermark further ahead is none of onramp: an import or a HubSpot user has written it, and
 * it would make all events old for ever.
 */
export function timeOn(record: HubSpotProperties, name: typeof CLAIMED_AT | typeof LAST_EVENT_AT): number {
  const time = Number(record.properties[name]) || 0
  return name === LAST_EVENT_AT && time > Date.now() + CLOCK_DIFFERENCE_MS ? 0 : time
}

/** For the timeline, when the record has a watermark that does not count; else `null`. */
export function watermarkNote(record: HubSpotProperties): string | null {
  const counts = !record.properties[LAST_EVENT_AT] || timeOn(record, LAST_EVENT_AT) > 0
  return counts ? null : `somebody has changed its ${LAST_EVENT_AT} in HubSpot, so that it did not count`
}

/** Whether HubSpot users made the record, so that the owner's policy for their values applies. */
export function isClaimed(record: HubSpotProperties): boolean {
  return timeOn(record, CLAIMED_AT) > 0
}

/** The wanted properties that are empty on the record. An onboarding does not overwrite the values of HubSpot users. */
export function emptyOf(record: HubSpotProperties, wanted: Properties): Properties {
  return Object.fromEntries(Object.entries(wanted).filter(([name, value]) => value !== '' && !record.properties[name]))
}

/** The wanted properties for which the record has another value, which stays. */
export function keptOf(record: HubSpotProperties, wanted: Properties): string[] {
  return Object.entries(wanted).flatMap(([name, value]) => {
    const present = record.properties[name] ?? ''
    return present !== '' && present !== value ? [name] : []
  })
}

function valuesOn<Name extends Field>(names: Record<Name, string>, { properties }: HubSpotProperties): Values<Name> {
  const fields = Object.keys(names) as Name[]
  return Object.fromEntries(fields.map((field) => [field, properties[names[field]] || null])) as Values<Name>
}

function propertiesOf<Name extends Field>(names: Record<Name, string>, values: Values<Name>): Properties {
  return Object.fromEntries(entriesOf(values).map(([field, value]) => [names[field], value ?? '']))
}

function fieldOf<Name extends Field>(names: Record<Name, string>, property: string): Name | undefined {
  return (Object.keys(names) as Name[]).find((field) => names[field] === property)
}
