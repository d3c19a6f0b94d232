// Records the events and the actions of HubSpot users in a story, and answers the rules' questions about them.

/** The fields that the stories change; `company.phone` belongs to the organization. */
export type StoryField = 'phone' | 'city' | 'company.phone'

type StoryValue = string | null

/** `owner` is a customer id or an organization's id. Things in the same round happen in no certain order. */
export type Happened = { round: number } & (
  | {
      what: 'event'
      type: 'registered' | 'updated' | 'erased'
      customerId: string
      at: number
      values: { [field in StoryField]?: StoryValue }
    }
  | { what: 'edited'; owner: string; field: StoryField; value: string }
  | { what: 'deleted'; owner: string }
  | Merge
  | { what: 'associated'; contactId: string; companyId: string }
)

interface Merge {
  what: 'merged'
  owner: string
  /** The customer whose contact was merged into that of `owner`; `null` when HubSpot users had typed in the other contact. */
  gone: string | null
  /** The properties that the merged contact had. */
  properties: Record<string, string>
  contactIds: string[]
  survivorId: string
}

/** What happened, before its round is known. */
export type WithoutRound = Happened extends infer Each ? (Each extends Happened ? Omit<Each, 'round'> : never) : never

export type StoryEvent = Extract<Happened, { what: 'event' }>

/** A customer of the story, with the product's ids. */
export interface StoryCustomer {
  customerId: string
  organizationId: string
  /** The domain of the organization; `null` when it has none. */
  domain: string | null
}

/** The customer's events in the order of event time. */
export function eventsOf(happened: Happened[], customerId: string): StoryEvent[] {
  return happened
    .filter((each): each is StoryEvent => each.what === 'event' && each.customerId === customerId)
    .sort((one, other) => one.at - other.at)
}

export function isErased(happened: Happened[], customerId: string): boolean {
  return eventsOf(happened, customerId).some(({ type }) => type === 'erased')
}

/** The customer's newest value of a field, with the round in which the product first sent it. */
export function lastChange(
  happened: Happened[],
  customerId: string,
  field: StoryField,
): { value: StoryValue; round: number; at: number } | null {
  let change: { value: StoryValue; round: number; at: number } | null = null
  for (const { values, round, at } of eventsOf(happened, customerId)) {
    const value = values[field]
    if (value === undefined || (change && change.value === value)) continue
    change = { value, round, at }
  }
  return change
}

/** The values that HubSpot users may have left since a round: those of edits and merges, and `null` after a deletion. */
export function valuesOfUsers(
  happened: Happened[],
  { owner, field, sinceRound }: { owner: string; field: StoryField; sinceRound: number },
): StoryValue[] {
  return happened.flatMap((each) => {
    if (each.round < sinceRound) return []
    if (each.what === 'edited') return each.owner === owner && each.field === field ? [each.value] : []
    if (each.what === 'deleted') return each.owner === owner ? [null] : []
    if (each.what !== 'merged' || field === 'company.phone') return []
    if (each.gone === owner) return [null]
    return each.owner === owner ? [each.properties[field] || null] : []
  })
}

/** The round of the last such thing; 0 when there was none. */
export function lastRound(happened: Happened[], isMeant: (each: Happened) => boolean): number {
  return Math.max(0, ...happened.filter(isMeant).map(({ round }) => round))
}

/** The round in which HubSpot users last deleted the record of the owner, or merged it into another customer's; 0 when never. */
export function lossOf(happened: Happened[], owner: string): number {
  return lastRound(
    happened,
    (each) => (each.what === 'deleted' && each.owner === owner) || (each.what === 'merged' && each.gone === owner),
  )
}

/** The contact that a contact has become by merges. */
export function survivorOf(happened: Happened[], contactId: string): string {
  let id = contactId
  for (const each of happened) if (each.what === 'merged' && each.contactIds.includes(id)) id = each.survivorId
  return id
}
