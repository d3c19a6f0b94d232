// The properties and groups of the portal: HubSpot's own and custom ones.

import { COMPANY_GROUPS, COMPANY_PROPERTIES } from './company-properties.ts'
import { CONTACT_GROUPS, CONTACT_PROPERTIES } from './contact-properties.ts'
import type { ObjectType } from './object-types.ts'
import type { PropertyDefinition, PropertyGroup } from './property-definition.ts'

export class Registry {
  #properties = { contacts: byName(CONTACT_PROPERTIES), companies: byName(COMPANY_PROPERTIES) }
  /** The names of the unique properties. They are computed when a property changes, since each write of a record needs them. */
  #unique: Record<ObjectType, string[]> = { contacts: [], companies: [] }
  #groups = { contacts: byName(CONTACT_GROUPS), companies: byName(COMPANY_GROUPS) }

  /** Goes back to HubSpot's own properties and groups. */
  clear(): void {
    this.#properties = { contacts: byName(CONTACT_PROPERTIES), companies: byName(COMPANY_PROPERTIES) }
    this.#unique = { contacts: [], companies: [] }
    this.#groups = { contacts: byName(CONTACT_GROUPS), companies: byName(COMPANY_GROUPS) }
  }

  /** Finds active properties only. The values of archived properties can be neither read nor written. */
  property(type: ObjectType, name: string): PropertyDefinition | undefined {
    const found = this.#properties[type].get(name)
    return found?.archived === true ? undefined : found
  }

  /** Finds archived properties too; for the properties API. */
  anyProperty(type: ObjectType, name: string): PropertyDefinition | undefined {
    return this.#properties[type].get(name)
  }

  properties(type: ObjectType): PropertyDefinition[] {
    return [...this.#properties[type].values()]
  }

  putProperty(type: ObjectType, property: PropertyDefinition): void {
    this.#properties[type].set(property.name, property)
    this.#unique[type] = this.properties(type)
      .filter(({ hasUniqueValue, archived }) => hasUniqueValue && !archived)
      .map(({ name }) => name)
  }

  /** Names of the custom properties with `hasUniqueValue`. Only ids, contacts' addresses and these values find a record. */
  uniqueProperties(type: ObjectType): readonly string[] {
    return this.#unique[type]
  }

  group(type: ObjectType, name: string): PropertyGroup | undefined {
    return this.#groups[type].get(name)
  }

  groups(type: ObjectType): PropertyGroup[] {
    return [...this.#groups[type].values()]
  }

  putGroup(type: ObjectType, group: PropertyGroup): void {
    this.#groups[type].set(group.name, group)
  }

  removeGroup(type: ObjectType, name: string): void {
    this.#groups[type].delete(name)
  }
}

function byName<T extends { name: string }>(items: readonly T[]): Map<string, T> {
  return new Map(items.map((item) => [item.name, { ...item }]))
}
