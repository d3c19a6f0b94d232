// The definition of a property. Its type decides which values are valid, its flags decide who may set them.

import { isoTime } from './record.ts'

export type PropertyType = 'string' | 'number' | 'date' | 'datetime' | 'enumeration' | 'bool' | 'phone_number' | 'json'

export interface PropertyOption {
  label: string
  value: string
  description?: string
  displayOrder: number
  hidden: boolean
}

export interface PropertyDefinition {
  name: string
  label: string
  type: PropertyType
  fieldType: string
  description: string
  groupName: string
  options: PropertyOption[]
  displayOrder: number
  hasUniqueValue: boolean
  hidden: boolean
  formField: boolean
  /** Defined by HubSpot: it cannot be renamed or archived. */
  hubspotDefined: boolean
  /** HubSpot computes the value and rejects writes. */
  readOnly: boolean
  calculated: boolean
  archived: boolean
  /** Milliseconds since the epoch; `null` for HubSpot's own properties. */
  createdAt: number | null
  updatedAt: number | null
  archivedAt: number | null
}

export interface PropertyGroup {
  name: string
  label: string
  displayOrder: number
  archived: boolean
}

/** Completes a definition with the values that most of HubSpot's own properties have. */
export function hubspotProperty(
  part: Pick<PropertyDefinition, 'name' | 'label' | 'groupName'> & Partial<PropertyDefinition>,
): PropertyDefinition {
  return {
    type: 'string',
    fieldType: 'text',
    description: '',
    options: [],
    displayOrder: -1,
    hasUniqueValue: false,
    hidden: false,
    formField: false,
    hubspotDefined: true,
    readOnly: false,
    calculated: false,
    archived: false,
    createdAt: null,
    updatedAt: null,
    archivedAt: null,
    ...part,
  }
}

export function optionsOf(pairs: Record<string, string>): PropertyOption[] {
  return Object.entries(pairs).map(([value, label], displayOrder) => ({ label, value, displayOrder, hidden: false }))
}

/** [D] The field types (kinds of form field) that are valid for each type. */
export const FIELD_TYPES: Record<PropertyType, readonly string[]> = {
  string: ['text', 'textarea', 'html', 'file', 'phonenumber', 'select', 'calculation_equation'],
  number: ['number', 'text', 'calculation_equation'],
  date: ['date'],
  datetime: ['date'],
  enumeration: ['select', 'radio', 'checkbox', 'booleancheckbox', 'calculation_equation'],
  bool: ['booleancheckbox', 'calculation_equation'],
  phone_number: ['phonenumber', 'text'],
  json: ['text', 'textarea'],
}

/** The JSON of a definition in the API [D]. */
export function propertyBody(property: PropertyDefinition): Record<string, unknown> {
  const { readOnly, createdAt, updatedAt, archivedAt, ...shown } = property
  return {
    ...(updatedAt === null ? {} : { updatedAt: isoTime(updatedAt) }),
    ...(createdAt === null ? {} : { createdAt: isoTime(createdAt) }),
    ...shown,
    ...(archivedAt === null ? {} : { archivedAt: isoTime(archivedAt) }),
    externalOptions: false,
    dataSensitivity: 'non_sensitive',
    modificationMetadata: {
      archivable: !property.hubspotDefined,
      readOnlyDefinition: property.hubspotDefined,
      readOnlyOptions: false,
      readOnlyValue: readOnly,
    },
  }
}
