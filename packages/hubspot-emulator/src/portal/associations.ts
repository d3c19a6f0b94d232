// Stores which records are associated and by which types, from both sides of each association.

import type { ObjectType } from './object-types.ts'

export interface AssociationType {
  category: 'HUBSPOT_DEFINED' | 'USER_DEFINED'
  typeId: number
  label: string | null
}

interface Definition extends AssociationType {
  from: ObjectType
  to: ObjectType
  /** The type of the same association, seen from the other record. */
  inverse: number
}

// [D] The unlabelled types, and the pair of types for a contact's primary company. HubSpot has changed that pair's label.
export const CONTACT_TO_COMPANY = 279
const COMPANY_TO_CONTACT = 280
export const PRIMARY_COMPANY = 1
export const PRIMARY_OF_CONTACT = 2
const CONTACT_TO_CONTACT = 449
const COMPANY_TO_COMPANY = 450

const hubspotDefined = (
  typeId: number,
  from: ObjectType,
  to: ObjectType,
  inverse: number,
  label: string | null,
): Definition => ({
  category: 'HUBSPOT_DEFINED',
  typeId,
  label,
  from,
  to,
  inverse,
})

const HUBSPOT_TYPES: Definition[] = [
  hubspotDefined(PRIMARY_COMPANY, 'contacts', 'companies', PRIMARY_OF_CONTACT, 'Primary'),
  hubspotDefined(CONTACT_TO_COMPANY, 'contacts', 'companies', COMPANY_TO_CONTACT, null),
  hubspotDefined(PRIMARY_OF_CONTACT, 'companies', 'contacts', PRIMARY_COMPANY, 'Primary'),
  hubspotDefined(COMPANY_TO_CONTACT, 'companies', 'contacts', CONTACT_TO_COMPANY, null),
  hubspotDefined(CONTACT_TO_CONTACT, 'contacts', 'contacts', CONTACT_TO_CONTACT, null),
  hubspotDefined(COMPANY_TO_COMPANY, 'companies', 'companies', COMPANY_TO_COMPANY, null),
]

export class Associations {
  readonly #definitions = new Map(HUBSPOT_TYPES.map((definition) => [definition.typeId, definition]))
  /** First record's id → second record's id → types of the association, as seen from the first record. */
  readonly #types = new Map<string, Map<string, Set<number>>>()

  definition(typeId: number): Definition | undefined {
    return this.#definitions.get(typeId)
  }

  definitions(from: ObjectType, to: ObjectType): AssociationType[] {
    return [...this.#definitions.values()].filter((one) => one.from === from && one.to === to)
  }

  defaultType(from: ObjectType, to: ObjectType): number {
    const plain = HUBSPOT_TYPES.find((one) => one.from === from && one.to === to && one.label === null)
    if (plain === undefined) throw new Error(`no default association from ${from} to ${to}`)
    return plain.typeId
  }

  typesBetween(fromId: string, toId: string): number[] {
    return [...(this.#types.get(fromId)?.get(toId) ?? [])].sort((a, b) => a - b)
  }

  /** Ids of the associated records, in the order in which they were associated. */
  associatedWith(fromId: string): string[] {
    return [...(this.#types.get(fromId)?.keys() ?? [])]
  }

  /** Replaces the types of an association; an empty set removes it. */
  set(fromId: string, toId: string, typeIds: ReadonlySet<number>): void {
    this.#setOneWay(fromId, toId, typeIds)
    this.#setOneWay(
      toId,
      fromId,
      new Set([...typeIds].map((typeId) => this.#definitions.get(typeId)?.inverse ?? typeId)),
    )
  }

  clear(): void {
    this.#types.clear()
  }

  /** Removes all associations of a record, from both sides. Returns the ids of the other records. */
  removeAll(id: string): string[] {
    const others = this.associatedWith(id)
    for (const other of others) this.set(id, other, new Set())
    return others
  }

  /** The associations of a record, as seen from it. */
  *allFrom(fromId: string): Generator<{ toId: string; typeIds: number[] }> {
    for (const toId of this.associatedWith(fromId)) yield { toId, typeIds: this.typesBetween(fromId, toId) }
  }

  #setOneWay(fromId: string, toId: string, typeIds: ReadonlySet<number>): void {
    const types = this.#types.get(fromId) ?? new Map<string, Set<number>>()
    if (typeIds.size > 0) types.set(toId, new Set(typeIds))
    else types.delete(toId)
    if (types.size > 0) this.#types.set(fromId, types)
    else this.#types.delete(fromId)
  }
}
