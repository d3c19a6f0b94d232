// Merging: the primary record's values win, the other one's fill its gaps, and both old ids lead to what is left.

import { completeMerged } from './computed.ts'
import { LIFECYCLE_STAGES } from './contact-properties.ts'
import type { Portal } from './portal.ts'
import type { CrmRecord } from './record.ts'
import { tieByDefault, tieWithTypes, untieAll } from './ties.ts'
import { addressesIn } from './values.ts'

/** Returns the record that is left: a new one, or the primary one in portals that keep its id [D]. */
export function merged(portal: Portal, primary: CrmRecord, other: CrmRecord): CrmRecord {
  const now = portal.clock.now()
  const ties = [...tiesOf(portal, primary), ...tiesOf(portal, other)]
  const mergedIds = [...portal.records.identitiesOf(primary.id), ...portal.records.identitiesOf(other.id)]
  const keepsId = portal.settings().mergeKeepsPrimaryId
  const survivor: CrmRecord = {
    id: keepsId ? primary.id : portal.records.newId(),
    type: primary.type,
    values: mergedValues(primary, other),
    history: new Map(primary.history),
    createdAt: Math.min(primary.createdAt, other.createdAt),
    updatedAt: now,
    archivedAt: null,
  }
  for (const old of [primary, other]) {
    untieAll(portal, old)
    portal.records.remove(old)
    if (old.id !== survivor.id) portal.records.mergeInto(old.id, survivor.id)
    portal.removed(old)
  }
  completeMerged(
    survivor,
    mergedIds.filter((id) => id !== survivor.id),
    now,
  )
  portal.records.add(survivor)
  portal.changed(survivor)
  for (const { toId, typeIds } of ties) retie(portal, survivor, toId, typeIds)
  return survivor
}

/** Both addresses of two contacts stay, the other one's as additional ones [D]. */
function mergedValues(primary: CrmRecord, other: CrmRecord): Map<string, string> {
  const values = new Map([...other.values, ...primary.values])
  // What the ties tell is worked out anew, tie by tie.
  values.delete('associatedcompanyid')
  if (primary.type === 'companies') values.set('num_associated_contacts', '0')
  const stages = Object.keys(LIFECYCLE_STAGES)
  const furthest = Math.max(...[primary, other].map(({ values: of }) => stages.indexOf(of.get('lifecyclestage') ?? '')))
  // [D] The stage that is further on wins, whoever is primary.
  if (furthest >= 0) values.set('lifecyclestage', stages[furthest]!)
  if (primary.type !== 'contacts') return values
  const additional = new Set(
    [primary, other].flatMap(({ values: of }) => [
      ...addressesIn(of.get('email') ?? ''),
      ...addressesIn(of.get('hs_additional_emails') ?? ''),
    ]),
  )
  additional.delete(values.get('email') ?? '')
  if (additional.size > 0) values.set('hs_additional_emails', [...additional].join(';'))
  return values
}

const tiesOf = (portal: Portal, record: CrmRecord) => [...portal.associations.everyTieFrom(record.id)]

/** The primary record's ties come first, so its primary company stays the primary one [I]. */
function retie(portal: Portal, survivor: CrmRecord, toId: string, typeIds: readonly number[]): void {
  const to = portal.records.active('contacts', toId) ?? portal.records.active('companies', toId)
  if (to === undefined || to === survivor) return
  const labelled = typeIds.filter((typeId) => portal.associations.definition(typeId)?.label !== null)
  const isSecondPrimary = survivor.type === 'contacts' && (survivor.values.get('associatedcompanyid') ?? '') !== ''
  if (labelled.length === 0 || isSecondPrimary) tieByDefault(portal, survivor, to)
  else tieWithTypes(portal, survivor, to, labelled)
}
