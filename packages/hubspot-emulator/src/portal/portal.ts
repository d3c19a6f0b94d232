// One HubSpot account: its records, associations and property definitions.

import type { Clock } from '../clock.ts'
import type { Random } from '../random.ts'
import type { EmulatorSettings } from '../settings.ts'
import type { Timers } from '../timers.ts'
import { Associations } from './associations.ts'
import { OBJECT_TYPES, type ObjectType } from './object-types.ts'
import type { PropertyDefinition, PropertyGroup } from './property-definition.ts'
import type { CrmRecord } from './record.ts'
import { RecordStore } from './record-store.ts'
import { Registry } from './registry.ts'

/** Receives every change. Implemented by the search index, the automatic companies, the persistence and others. */
export interface ChangeListener {
  recordChanged(record: CrmRecord): void
  recordRemoved(record: CrmRecord): void
  /** The record is about to be removed because of the GDPR. */
  recordErased(record: CrmRecord): void
  associationsChanged(recordId: string): void
  addressBlocked(address: string): void
  propertyChanged(type: ObjectType, property: PropertyDefinition): void
  groupChanged(type: ObjectType, group: PropertyGroup): void
  groupRemoved(type: ObjectType, name: string): void
}

export interface PortalContext {
  clock: Clock
  random: Random
  timers: Timers
  settings: () => EmulatorSettings
}

export class Portal {
  readonly clock: Clock
  readonly random: Random
  readonly timers: Timers
  readonly settings: () => EmulatorSettings
  readonly registry = new Registry()
  readonly records = new RecordStore(this.registry, () => this.settings().uniqueValuesIgnoreCase)
  readonly associations = new Associations()
  /** Addresses that were erased before any contact had them. HubSpot rejects them from then on [D]. */
  readonly blockedAddresses = new Set<string>()
  readonly #listeners: Partial<ChangeListener>[] = []
  /** Rises with each change, so that the pages know when to reload. */
  revision = 0

  constructor({ clock, random, timers, settings }: PortalContext) {
    this.clock = clock
    this.random = random
    this.timers = timers
    this.settings = settings
  }

  /** Forgets all data, before it is read again from the disk. Ids that were assigned stay assigned. */
  clear(): void {
    this.revision += 1
    this.registry.clear()
    this.records.clear()
    this.associations.clear()
    this.blockedAddresses.clear()
  }

  listen(listener: Partial<ChangeListener>): void {
    this.#listeners.push(listener)
  }

  changed(record: CrmRecord): void {
    this.revision += 1
    for (const listener of this.#listeners) listener.recordChanged?.(record)
  }

  removed(record: CrmRecord): void {
    this.revision += 1
    for (const listener of this.#listeners) listener.recordRemoved?.(record)
  }

  erased(record: CrmRecord): void {
    for (const listener of this.#listeners) listener.recordErased?.(record)
  }

  associationsChanged(recordId: string): void {
    this.revision += 1
    for (const listener of this.#listeners) listener.associationsChanged?.(recordId)
  }

  block(address: string): void {
    this.blockedAddresses.add(address)
    for (const listener of this.#listeners) listener.addressBlocked?.(address)
  }

  putProperty(type: ObjectType, property: PropertyDefinition): void {
    const keysBefore = this.registry.uniqueProperties(type).join()
    this.registry.putProperty(type, property)
    if (this.registry.uniqueProperties(type).join() !== keysBefore) this.records.rebuildKeys(type)
    for (const listener of this.#listeners) listener.propertyChanged?.(type, property)
  }

  putGroup(type: ObjectType, group: PropertyGroup): void {
    this.registry.putGroup(type, group)
    for (const listener of this.#listeners) listener.groupChanged?.(type, group)
  }

  removeGroup(type: ObjectType, name: string): void {
    this.registry.removeGroup(type, name)
    for (const listener of this.#listeners) listener.groupRemoved?.(type, name)
  }

  /** The address of the record's page. */
  recordUrl(record: CrmRecord): string {
    const { recordUrlBase, portalId } = this.settings()
    return `${recordUrlBase}/contacts/${portalId}/record/${OBJECT_TYPES[record.type].typeId}/${record.id}`
  }
}
