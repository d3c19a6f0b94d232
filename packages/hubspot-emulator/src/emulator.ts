// All that the emulator is between two requests: a portal, its switches, the trouble that was ordered and the journal.

import { Access } from './access.ts'
import { Clock } from './clock.ts'
import { Faults } from './faults.ts'
import { Journal } from './journal.ts'
import { Keeper } from './keeper.ts'
import { Later } from './later.ts'
import { autoCompanies } from './portal/auto-companies.ts'
import { Portal } from './portal/portal.ts'
import { SearchIndex } from './portal/search-index.ts'
import { Quota } from './quota.ts'
import { Random } from './random.ts'
import { changedSettings, DEFAULT_SETTINGS, type EmulatorSettings } from './settings.ts'

export class Emulator {
  readonly clock = new Clock()
  readonly faults = new Faults()
  readonly journal = new Journal()
  readonly quota = new Quota(this.clock, () => this.settings)
  readonly access = new Access(this.clock, () => this.settings)
  readonly later = new Later(this.clock, () => this.#keeper?.flush())
  readonly random = new Random(DEFAULT_SETTINGS.seed)
  #initialSettings = DEFAULT_SETTINGS
  settings: EmulatorSettings = this.#initialSettings
  portal = this.#newPortal()
  searchIndex = new SearchIndex(this.portal)
  #keeper: Keeper | null = null

  /** A fresh portal in a fresh emulator. */
  reset(): void {
    this.clock.reset()
    this.later.clear()
    this.faults.clear()
    this.journal.clear()
    this.quota.clear()
    this.access.grants.clear()
    this.settings = this.#initialSettings
    this.random.reseed(this.settings.seed)
    const { revision } = this.portal
    this.portal = this.#newPortal()
    this.searchIndex = new SearchIndex(this.portal)
    this.portal.revision = revision + 1
    this.#keeper?.startOver(this.portal)
  }

  /** From here on links lead to the emulator's own pages. */
  livesAt(url: string): void {
    this.#initialSettings = { ...this.#initialSettings, recordUrlBase: url }
    this.settings = { ...this.settings, recordUrlBase: url }
  }

  /** Fills the portal with what the folder has; from here on every change is kept there. */
  keepIn(folder: string): void {
    this.#keeper = new Keeper(folder, this.portal)
  }

  /** To be called before anybody is told that something is done: does what is due, and keeps all that changed. */
  settle(): void {
    this.later.runDue()
    this.#keeper?.flush()
  }

  /** Change when the portal and the journal do. */
  revisions(): { portal: string; journal: string } {
    return { portal: String(this.portal.revision), journal: String(this.journal.revision) }
  }

  close(): void {
    this.later.clear()
    this.#keeper?.close()
    this.#keeper = null
  }

  /** Throws a refusal that names the setting which cannot be. */
  change(change: Record<string, unknown>): void {
    const before = this.settings
    this.settings = changedSettings(before, change)
    if (change['seed'] !== undefined) this.random.reseed(this.settings.seed)
    if (before.searchLagMs !== this.settings.searchLagMs) this.searchIndex.restart()
  }

  #newPortal(): Portal {
    const { clock, random, later } = this
    const portal = new Portal({ clock, random, later, settings: () => this.settings })
    portal.listen(autoCompanies(portal))
    return portal
  }
}
