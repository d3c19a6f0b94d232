// The fields of a customer, one row each. The event schema, the lists, the command lines and the docs come from this table.

interface FieldRow {
  /** The CRM record that holds the field. */
  record: 'contact' | 'company'
  /** `text`: opaque; `email` and `domain`: kept in lower case. */
  format: 'text' | 'email' | 'domain'
  /** The longest text in UTF-16 code units, so that an onboarding's state stays under 64 KiB (G8). */
  limit: number
  /** The option of `npm run send` that sets the field. */
  flag: string
  /** For help pages and docs. */
  label: string
}

// HubSpot accepts longer texts (65,536 characters); nobody's name or street needs them.
const TEXT = 256
// In practice the address of a web site is shorter than this. Beyond 2,000 characters, some browsers and servers reject it.
const URL = 1024
// The longest e-mail address and the longest domain name by RFC 5321 and RFC 1035.
const EMAIL = 254
const DOMAIN = 253

/**
 * Each field by its path in an event's `data`. A new field is a row here and its property in hubspot/properties.ts, which
 * the type check asks for.
 */
export const FIELDS = {
  email: { record: 'contact', format: 'email', limit: EMAIL, flag: 'email', label: 'e-mail address' },
  firstName: { record: 'contact', format: 'text', limit: TEXT, flag: 'first-name', label: 'first name' },
  lastName: { record: 'contact', format: 'text', limit: TEXT, flag: 'last-name', label: 'last name' },
  phone: { record: 'contact', format: 'text', limit: TEXT, flag: 'phone', label: 'phone number' },
  website: { record: 'contact', format: 'text', limit: URL, flag: 'website', label: 'web site' },
  'address.street': { record: 'contact', format: 'text', limit: TEXT, flag: 'street', label: 'street and number' },
  'address.city': { record: 'contact', format: 'text', limit: TEXT, flag: 'city', label: 'city' },
  'address.state': { record: 'contact', format: 'text', limit: TEXT, flag: 'state', label: 'state or region' },
  'address.postalCode': { record: 'contact', format: 'text', limit: TEXT, flag: 'postal-code', label: 'postal code' },
  'address.country': { record: 'contact', format: 'text', limit: TEXT, flag: 'country', label: 'country' },
  'company.name': { record: 'company', format: 'text', limit: TEXT, flag: 'company', label: 'name of the company' },
  'company.domain': {
    record: 'company',
    format: 'domain',
    limit: DOMAIN,
    flag: 'domain',
    label: 'domain of the company',
  },
  'company.website': {
    record: 'company',
    format: 'text',
    limit: URL,
    flag: 'company-website',
    label: 'web site of the company',
  },
  'company.phone': {
    record: 'company',
    format: 'text',
    limit: TEXT,
    flag: 'company-phone',
    label: 'phone number of the company',
  },
} as const satisfies Record<string, FieldRow>

export type Field = keyof typeof FIELDS
type FieldOf<Record extends FieldRow['record']> = {
  [field in Field]: (typeof FIELDS)[field]['record'] extends Record ? field : never
}[Field]
export type ContactField = FieldOf<'contact'>
/** The company's fields. The product's own id of a company is no field: it identifies the organization. */
export type CompanyField = FieldOf<'company'>

/** The first part of the paths that have two, such as `address`. */
export type FieldGroup = Field extends infer Path ? (Path extends `${infer Group}.${string}` ? Group : never) : never

export const FIELD_NAMES = Object.keys(FIELDS) as Field[]
export const CONTACT_FIELDS = FIELD_NAMES.filter((field) => FIELDS[field].record === 'contact') as ContactField[]
export const COMPANY_FIELDS = FIELD_NAMES.filter((field) => FIELDS[field].record === 'company') as CompanyField[]

/** Values of fields: `null` clears, an absent field is left untouched. */
export type Values<Name extends Field = Field> = { [field in Name]?: string | null }

/** Whether a company can be created: a CRM shows a company by its name or domain, so it needs one of them. */
export function hasNameOrDomain(values: Values): boolean {
  return Boolean(values['company.name'] || values['company.domain'])
}

/** The fields and values of an object, with their types. */
export function entriesOf<Name extends Field>(values: Values<Name>): [Name, string | null][] {
  return Object.entries(values) as [Name, string | null][]
}
