// What a property is: its type decides what values it takes, its flags who may set it.

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
