// The two object types of the emulator, with everything that HubSpot names differently for each.

export type ObjectType = 'contacts' | 'companies'

export interface ObjectTypeInfo {
  type: ObjectType
  /** HubSpot's id of the object type, as in record URLs and labelled associations. */
  typeId: string
  singular: string
  /** The name in HubSpot's older messages, such as the message for a unique value in use. */
  legacyName: string
  modifiedAt: 'lastmodifieddate' | 'hs_lastmodifieddate'
  /** The properties in the response to a read that requests none [D][R]. */
  defaultProperties: readonly string[]
  readScope: string
  writeScope: string
  schemaReadScope: string
  schemaWriteScope: string
}

export const OBJECT_TYPES: Record<ObjectType, ObjectTypeInfo> = {
  contacts: {
    type: 'contacts',
    typeId: '0-1',
    singular: 'contact',
    legacyName: 'CONTACT',
    modifiedAt: 'lastmodifieddate',
    defaultProperties: ['createdate', 'email', 'firstname', 'hs_object_id', 'lastmodifieddate', 'lastname'],
    readScope: 'crm.objects.contacts.read',
    writeScope: 'crm.objects.contacts.write',
    schemaReadScope: 'crm.schemas.contacts.read',
    schemaWriteScope: 'crm.schemas.contacts.write',
  },
  companies: {
    type: 'companies',
    typeId: '0-2',
    singular: 'company',
    legacyName: 'COMPANY',
    modifiedAt: 'hs_lastmodifieddate',
    defaultProperties: ['createdate', 'domain', 'hs_lastmodifieddate', 'hs_object_id', 'name'],
    readScope: 'crm.objects.companies.read',
    writeScope: 'crm.objects.companies.write',
    schemaReadScope: 'crm.schemas.companies.read',
    schemaWriteScope: 'crm.schemas.companies.write',
  },
}

const NAMES: Record<string, ObjectType> = {
  contact: 'contacts',
  contacts: 'contacts',
  '0-1': 'contacts',
  company: 'companies',
  companies: 'companies',
  '0-2': 'companies',
}

/** Paths accept `contact`, `contacts` and `0-1`, in any case [D]. */
export function objectTypeOf(text: string): ObjectTypeInfo | null {
  const name = text.toLowerCase()
  const type = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined
  return type === undefined ? null : OBJECT_TYPES[type]
}
