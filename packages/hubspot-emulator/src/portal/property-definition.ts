// What a property is: its type decides what values it takes, its flags who may set it.

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
  /** Made by HubSpot, so nobody may change or remove it. */
  hubspotDefined: boolean
  /** HubSpot computes the value; a write is refused. */
  readOnly: boolean
  calculated: boolean
  archived: boolean
  /** Milliseconds since the epoch; null for HubSpot's own. */
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

/** A definition from its few interesting parts; everything else is what most of HubSpot's own properties have. */
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

/** [D] How people may fill in a property of each type. */
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

/** A definition as the API shows it [D]. */
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
