// Our fields and HubSpot's names for them; a new field is a line here and one in domain/crm.ts.

import type { CompanyField, ContactField, Field, Values } from '../domain/crm.ts'

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

/** Our own properties, made by `npm run setup`; the keys are unique in HubSpot, which is what makes each record one of a kind (G2). */
export const CUSTOMER_ID = 'onramp_customer_id'
export const COMPANY_KEY = 'onramp_company_key'
export const LAST_EVENT_AT = 'onramp_last_event_at'

/** HubSpot's properties with their values; `''` is how HubSpot is told to clear one. */
export type Properties = Record<string, string>

export function contactProperties(values: Values<ContactField>): Properties {
  return propertiesOf(CONTACT_PROPERTIES, values)
}

export function companyProperties(values: Values<CompanyField>): Properties {
  return propertiesOf(COMPANY_PROPERTIES, values)
}

/** Our name of a contact's property; `undefined` for one that is none of ours. */
export function contactField(property: string): ContactField | undefined {
  return fieldOf(CONTACT_PROPERTIES, property)
}

export function companyField(property: string): CompanyField | undefined {
  return fieldOf(COMPANY_PROPERTIES, property)
}

/** What to ask for when a record is read: whatever may need filling in, and our own marks on it. */
export const CONTACT_READ = [...Object.values(CONTACT_PROPERTIES), 'hs_additional_emails', CUSTOMER_ID, LAST_EVENT_AT]
export const COMPANY_READ = [...Object.values(COMPANY_PROPERTIES), COMPANY_KEY, LAST_EVENT_AT]

/** Of the wanted properties those that the record leaves empty: what people filled in is not overwritten at the onboarding. */
export function emptyOf(record: { properties: Record<string, string | null> }, wanted: Properties): Properties {
  return Object.fromEntries(Object.entries(wanted).filter(([name, value]) => value !== '' && !record.properties[name]))
}

function propertiesOf<Name extends Field>(names: Record<Name, string>, values: Values<Name>): Properties {
  const given = Object.entries(values) as [Name, string | null | undefined][]
  return Object.fromEntries(
    given.flatMap(([field, value]) => (value === undefined ? [] : [[names[field], value ?? '']])),
  )
}

function fieldOf<Name extends Field>(names: Record<Name, string>, property: string): Name | undefined {
  return (Object.keys(names) as Name[]).find((field) => names[field] === property)
}
