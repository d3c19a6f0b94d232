// Merges two records: the primary record's values win, the other record's fill the gaps, and both ids find the merged record.

import { completeMerged } from './computed.ts'
import { LIFECYCLE_STAGES } from './contact-properties.ts'
import type { Portal } from './portal.ts'
import type { CrmRecord } from './record.ts'
import { associateByDefault, associateWithTypes, dissociateAll } from './association-rules.ts'
import { addressesIn } from './values.ts'

/** Returns the merged record. It has a new id, or the primary record's id in portals that keep that id [D]. */
export function mergeRecords(portal: Portal, primary: CrmRecord, other: CrmRecord): CrmRecord {
  const now = portal.clock.now()
  const associations = [...associationsOf(portal, primary), ...associationsOf(portal, other)]
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
    dissociateAll(portal, old)
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
  for (const { toId, typeIds } of associations) reassociate(portal, survivor, toId, typeIds)
  return survivor
}

/** A merged contact keeps all addresses; the other record's addresses become additional addresses [D]. */
function mergedValues(primary: CrmRecord, other: CrmRecord): Map<string, string> {
  const values = new Map([...other.values, ...primary.values])
  // These two values are computed again when the associations are made.
  values.delete('associatedcompanyid')
  if (primary.type === 'companies') values.set('num_associated_contacts', '0')
  const stages = Object.keys(LIFECYCLE_STAGES)
  const furthest = Math.max(
    ...[primary, other].map((record) => stages.indexOf(record.values.get('lifecyclestage') ?? '')),
  )
  // [D] The later stage wins, even when it is not the primary record's.
  if (furthest >= 0) values.set('lifecyclestage', stages[furthest]!)
  if (primary.type !== 'contacts') return values
  const additional = new Set(
    [primary, other].flatMap((record) => [
      ...addressesIn(record.values.get('email') ?? ''),
      ...addressesIn(record.values.get('hs_additional_emails') ?? ''),
    ]),
  )
  additional.delete(values.get('email') ?? '')
  if (additional.size > 0) values.set('hs_additional_emails', [...additional].join(';'))
  return values
}

const associationsOf = (portal: Portal, record: CrmRecord) => [...portal.associations.allFrom(record.id)]

/** The primary record's associations come first, so that its primary company stays the primary one [I]. */
function reassociate(portal: Portal, survivor: CrmRecord, toId: string, typeIds: readonly number[]): void {
  const to = portal.records.active('contacts', toId) ?? portal.records.active('companies', toId)
  if (to === undefined || to === survivor) return
  const labelled = typeIds.filter((typeId) => portal.associations.definition(typeId)?.label !== null)
  const isSecondPrimary = survivor.type === 'contacts' && (survivor.values.get('associatedcompanyid') ?? '') !== ''
  if (labelled.length === 0 || isSecondPrimary) associateByDefault(portal, survivor, to)
  else associateWithTypes(portal, survivor, to, labelled)
}
