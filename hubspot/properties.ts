// The fields of a customer and HubSpot's names for them; a new field is a line here and a row in domain/fields.ts.

import { entriesOf } from '../domain/fields.ts'
import type { CompanyField, ContactField, Field, Values } from '../domain/fields.ts'

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

/** Our own properties, which `npm run setup` creates. The first two are unique, so HubSpot has one record for each value (G2). */
export const CUSTOMER_ID = 'onramp_customer_id'
export const COMPANY_KEY = 'onramp_company_key'
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
export const CONTACT_READ = [...Object.values(CONTACT_PROPERTIES), 'hs_additional_emails', CUSTOMER_ID, LAST_EVENT_AT]
export const COMPANY_READ = [...Object.values(COMPANY_PROPERTIES), COMPANY_KEY, LAST_EVENT_AT]

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

function propertiesOf<Name extends Field>(names: Record<Name, string>, values: Values<Name>): Properties {
  return Object.fromEntries(entriesOf(values).map(([field, value]) => [names[field], value ?? '']))
}

function fieldOf<Name extends Field>(names: Record<Name, string>, property: string): Name | undefined {
  return (Object.keys(names) as Name[]).find((field) => names[field] === property)
}
