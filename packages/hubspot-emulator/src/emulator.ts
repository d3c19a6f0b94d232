// The state of the emulator between two requests: the portal, its settings, the pending faults and the journal.

import { Access } from './access.ts'
import { Clock } from './clock.ts'
import { FaultQueue } from './fault-queue.ts'
import { Journal } from './journal.ts'
import { Meter } from './measurements.ts'
import { Persistence, StorageFailed } from './persistence.ts'
import { autoCompanies } from './portal/auto-companies.ts'
import { Portal } from './portal/portal.ts'
import { SearchIndex } from './portal/search-index.ts'
import { Quota } from './quota.ts'
import { Random } from './random.ts'
import { changedSettings, DEFAULT_SETTINGS, type EmulatorSettings } from './settings.ts'
import { Timers } from './timers.ts'

export class Emulator {
  readonly clock = new Clock()
  readonly faults = new FaultQueue()
  readonly journal = new Journal()
  readonly meter = new Meter()
  readonly quota = new Quota(this.clock, () => this.settings)
  readonly access = new Access(this.clock, () => this.settings)
  readonly timers = new Timers(this.clock, () => this.settle())
  readonly random = new Random(DEFAULT_SETTINGS.seed)
  #initialSettings = DEFAULT_SETTINGS
  settings: EmulatorSettings = this.#initialSettings
  portal = this.#newPortal()
  searchIndex = new SearchIndex(this.portal)
  #persistence: Persistence | null = null

  /**
   * Goes back to the start: an empty portal, default settings, no faults, no journal.
   *
   * @throws StorageFailed when the data folder cannot be written; then nothing changes
   */
  reset(): void {
    this.#persistence?.limitFile(null)
    this.#persistence?.clear()
    this.clock.reset()
    this.timers.clear()
    this.faults.clear()
    this.journal.clear()
    this.meter.clear()
    this.quota.clear()
    this.access.grants.clear()
    this.settings = this.#initialSettings
    this.random.reseed(this.settings.seed)
    const { revision } = this.portal
    this.portal = this.#newPortal()
    this.searchIndex = new SearchIndex(this.portal)
    this.portal.revision = revision + 1
    this.#persistence?.follow(this.portal)
  }

  /** Sets the emulator's own address, so that the URLs of records lead to the emulator's pages. */
  serveAt(url: string): void {
    this.#initialSettings = { ...this.#initialSettings, recordUrlBase: url }
    this.settings = { ...this.settings, recordUrlBase: url }
  }

  /** Restores the portal from the folder, and writes every later change there. */
  persistIn(folder: string): void {
    this.#persistence = new Persistence(folder, this.portal)
  }

  /**
   * Runs the timers that are due, for no request. When their changes cannot be stored, the log has a line, and they do not happen.
   * Call it before a request, which then fails for its own changes only.
   */
  settle(): void {
    try {
      this.flush()
    } catch (error) {
      if (!(error instanceof StorageFailed)) throw error
    }
  }

  /**
   * Runs the timers that are due and writes all changes to the data folder. Call it before each response is sent.
   *
   * @throws StorageFailed when the folder cannot be written; then memory has again what the folder has
   */
  flush(): void {
    this.timers.runDue()
    try {
      this.#persistence?.flush()
    } catch (error) {
      this.searchIndex.restart()
      throw error
    }
  }

  /** Numbers that rise when the portal or the journal changes. */
  revisions(): { portal: string; journal: string } {
    return { portal: String(this.portal.revision), journal: String(this.journal.revision) }
  }

  close(): void {
    this.timers.clear()
    this.settle()
    this.#persistence?.close()
    this.#persistence = null
  }

  /** @throws ApiError that names the invalid setting */
  changeSettings(change: Record<string, unknown>): void {
    const before = this.settings
    this.settings = changedSettings(before, change)
    if (change['seed'] !== undefined) this.random.reseed(this.settings.seed)
    if (before.searchLagMs !== this.settings.searchLagMs) this.searchIndex.restart()
    if (before.dataFileMaxBytes !== this.settings.dataFileMaxBytes) {
      this.#persistence?.limitFile(this.settings.dataFileMaxBytes)
    }
    if (before.uniqueValuesIgnoreCase !== this.settings.uniqueValuesIgnoreCase) {
      for (const type of ['contacts', 'companies'] as const) this.portal.records.rebuildKeys(type)
    }
  }

  #newPortal(): Portal {
    const { clock, random, timers } = this
    const portal = new Portal({ clock, random, timers, settings: () => this.settings })
    portal.listen(autoCompanies(portal))
    portal.listen(this.meter.listenerOf(portal))
    portal.listen({ recordErased: (record) => this.journal.forget(portal.records.namesOf(record)) })
    return portal
  }
}
