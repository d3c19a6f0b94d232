// All that the emulator is between two requests: a portal, its switches, the trouble that was ordered and the journal.

import { Clock } from './clock.ts'
import { Faults } from './faults.ts'
import { Journal } from './journal.ts'
import { Portal, type ChangeListener } from './portal/portal.ts'
import { Quota } from './quota.ts'
import { Random } from './random.ts'
import { changedSettings, DEFAULT_SETTINGS, type EmulatorSettings } from './settings.ts'

export class Emulator {
  readonly clock = new Clock()
  readonly faults = new Faults()
  readonly journal = new Journal()
  readonly quota = new Quota(this)
  #initialSettings: EmulatorSettings
  #keeper: (ChangeListener & { forgetAll(): void }) | null = null
  settings: EmulatorSettings
  readonly random: Random
  portal: Portal

  constructor(settings: Partial<EmulatorSettings>) {
    this.#initialSettings = { ...DEFAULT_SETTINGS, ...settings }
    this.settings = this.#initialSettings
    this.random = new Random(this.settings.seed)
    this.portal = this.#newPortal()
  }

  /** A fresh portal in a fresh emulator. */
  reset(): void {
    this.clock.reset()
    this.faults.clear()
    this.journal.clear()
    this.quota.clear()
    this.settings = this.#initialSettings
    this.random.reseed(this.settings.seed)
    this.portal = this.#newPortal()
    this.#keeper?.forgetAll()
  }

  /** From here on links lead to the emulator's own pages. */
  livesAt(url: string): void {
    this.#initialSettings = { ...this.#initialSettings, recordUrlBase: url }
    this.settings = { ...this.settings, recordUrlBase: url }
  }

  /** From here on every change is kept. */
  keepWith(keeper: ChangeListener & { forgetAll(): void }): void {
    this.#keeper = keeper
    this.portal.listeners.push(keeper)
  }

  /** Throws a refusal that names the setting which cannot be. */
  change(change: Record<string, unknown>): void {
    const before = this.settings
    this.settings = changedSettings(before, change)
    if (change['seed'] !== undefined) this.random.reseed(this.settings.seed)
    if (before.searchLagMs !== this.settings.searchLagMs) this.portal.searchIndex.restart()
  }

  #newPortal(): Portal {
    const portal = new Portal({ clock: this.clock, random: this.random, settings: () => this.settings })
    if (this.#keeper) portal.listeners.push(this.#keeper)
    return portal
  }
}
