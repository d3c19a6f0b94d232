// One HubSpot account: everything that it remembers, put together.

import type { Clock } from '../clock.ts'
import type { Later } from '../later.ts'
import type { Random } from '../random.ts'
import type { EmulatorSettings } from '../settings.ts'
import { Associations } from './associations.ts'
import { OBJECT_TYPES, type ObjectType } from './object-types.ts'
import type { PropertyDefinition, PropertyGroup } from './property-definition.ts'
import type { CrmRecord } from './record.ts'
import { RecordStore } from './record-store.ts'
import { Registry } from './registry.ts'

/** Told of every change: the index of search, what HubSpot does by itself, and what keeps the portal in a file. */
export interface ChangeListener {
  recordChanged(record: CrmRecord): void
  recordRemoved(record: CrmRecord): void
  tiesChanged(recordId: string): void
  addressBlocked(address: string): void
  propertyChanged(type: ObjectType, property: PropertyDefinition): void
  groupChanged(type: ObjectType, group: PropertyGroup): void
  groupRemoved(type: ObjectType, name: string): void
}

export interface PortalParts {
  clock: Clock
  random: Random
  later: Later
  settings: () => EmulatorSettings
}

export class Portal {
  readonly clock: Clock
  readonly random: Random
  readonly later: Later
  readonly settings: () => EmulatorSettings
  readonly registry = new Registry()
  readonly records = new RecordStore(this.registry)
  readonly associations = new Associations()
  /** Addresses that were erased before any contact had them: HubSpot refuses them from then on [D]. */
  readonly blockedAddresses = new Set<string>()
  readonly #listeners: Partial<ChangeListener>[] = []
  /** Rises with each change, so that a page knows when to look again. */
  revision = 0

  constructor({ clock, random, later, settings }: PortalParts) {
    this.clock = clock
    this.random = random
    this.later = later
    this.settings = settings
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

  tiesChanged(recordId: string): void {
    this.revision += 1
    for (const listener of this.#listeners) listener.tiesChanged?.(recordId)
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

  /** The way to a record that a person can follow. */
  recordUrl(record: CrmRecord): string {
    const { recordUrlBase, portalId } = this.settings()
    return `${recordUrlBase}/contacts/${portalId}/record/${OBJECT_TYPES[record.type].typeId}/${record.id}`
  }
}
