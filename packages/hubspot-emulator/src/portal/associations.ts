// Which records belong together, and by which types; each tie is kept from both sides.

import type { ObjectType } from './object-types.ts'

export interface AssociationType {
  category: 'HUBSPOT_DEFINED' | 'USER_DEFINED'
  typeId: number
  label: string | null
}

interface Definition extends AssociationType {
  from: ObjectType
  to: ObjectType
  /** The same tie, seen from the other side. */
  inverse: number
}

// [D] The unlabelled types, and the pair that marks a contact's primary company. The text of its label has changed over the years.
export const CONTACT_TO_COMPANY = 279
const COMPANY_TO_CONTACT = 280
export const PRIMARY_COMPANY = 1
export const PRIMARY_OF_CONTACT = 2
const CONTACT_TO_CONTACT = 449
const COMPANY_TO_COMPANY = 450

const hubspots = (
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

const HUBSPOTS_OWN: Definition[] = [
  hubspots(PRIMARY_COMPANY, 'contacts', 'companies', PRIMARY_OF_CONTACT, 'Primary'),
  hubspots(CONTACT_TO_COMPANY, 'contacts', 'companies', COMPANY_TO_CONTACT, null),
  hubspots(PRIMARY_OF_CONTACT, 'companies', 'contacts', PRIMARY_COMPANY, 'Primary'),
  hubspots(COMPANY_TO_CONTACT, 'companies', 'contacts', CONTACT_TO_COMPANY, null),
  hubspots(CONTACT_TO_CONTACT, 'contacts', 'contacts', CONTACT_TO_CONTACT, null),
  hubspots(COMPANY_TO_COMPANY, 'companies', 'companies', COMPANY_TO_COMPANY, null),
]

export class Associations {
  readonly #definitions = new Map(HUBSPOTS_OWN.map((definition) => [definition.typeId, definition]))
  /** From record → to record → the types of the tie, as seen from the first. */
  readonly #ties = new Map<string, Map<string, Set<number>>>()

  definition(typeId: number): Definition | undefined {
    return this.#definitions.get(typeId)
  }

  definitions(from: ObjectType, to: ObjectType): AssociationType[] {
    return [...this.#definitions.values()].filter((one) => one.from === from && one.to === to)
  }

  defaultType(from: ObjectType, to: ObjectType): number {
    const plain = HUBSPOTS_OWN.find((one) => one.from === from && one.to === to && one.label === null)
    if (plain === undefined) throw new Error(`no default association from ${from} to ${to}`)
    return plain.typeId
  }

  typesBetween(fromId: string, toId: string): number[] {
    return [...(this.#ties.get(fromId)?.get(toId) ?? [])].sort((a, b) => a - b)
  }

  /** Ids of the associated records, in the order in which they were associated. */
  associatedWith(fromId: string): string[] {
    return [...(this.#ties.get(fromId)?.keys() ?? [])]
  }

  /** Replaces the types of a tie; without any the tie is gone. */
  set(fromId: string, toId: string, typeIds: ReadonlySet<number>): void {
    this.#setOneWay(fromId, toId, typeIds)
    this.#setOneWay(
      toId,
      fromId,
      new Set([...typeIds].map((typeId) => this.#definitions.get(typeId)?.inverse ?? typeId)),
    )
  }

  /** The record's ties, all of them, from both sides. Returns the records at the other ends. */
  removeAll(id: string): string[] {
    const others = this.associatedWith(id)
    for (const other of others) this.set(id, other, new Set())
    return others
  }

  /** Each tie between a contact and a company once, seen from the contact. */
  *everyTieFrom(fromId: string): Generator<{ toId: string; typeIds: number[] }> {
    for (const toId of this.associatedWith(fromId)) yield { toId, typeIds: this.typesBetween(fromId, toId) }
  }

  #setOneWay(fromId: string, toId: string, typeIds: ReadonlySet<number>): void {
    const ties = this.#ties.get(fromId) ?? new Map<string, Set<number>>()
    if (typeIds.size > 0) ties.set(toId, new Set(typeIds))
    else ties.delete(toId)
    if (ties.size > 0) this.#ties.set(fromId, ties)
    else this.#ties.delete(fromId)
  }
}
