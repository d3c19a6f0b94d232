// The emulator's own API as a typed client, for tests and for whoever orders trouble.

import type { Fault } from './fault.ts'
import type { Invariants } from './invariants.ts'
import type { JournalEntry, JournalFilter } from './journal.ts'
import type { Records } from './records-view.ts'
import type { Seed } from './seed.ts'
import type { EmulatorSettings } from './settings.ts'

export type { Fault } from './fault.ts'
export type { Records, RecordView } from './records-view.ts'

/** Every method throws an Error with the emulator's own words when it refuses. */
export class EmulatorControl {
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  /** Back to a fresh portal: no records, own properties, trouble, journal or changed settings. */
  async reset(): Promise<void> {
    await this.#call('POST', 'reset')
  }

  /** Puts records into the portal as if people had typed them in. Returns their ids. */
  async seed(seed: Seed): Promise<{ contacts: string[]; companies: string[] }> {
    return (await this.#call('POST', 'seed', seed)) as { contacts: string[]; companies: string[] }
  }

  async fault(fault: Fault): Promise<void> {
    await this.#call('POST', 'faults', fault)
  }

  async clearFaults(): Promise<void> {
    await this.#call('DELETE', 'faults')
  }

  async settings(change: Partial<EmulatorSettings>): Promise<void> {
    await this.#call('PATCH', 'settings', change)
  }

  /** Moves the emulator's time forward, so that nobody waits for a token to expire or a day to end. */
  async advanceClock(advanceMs: number): Promise<void> {
    await this.#call('POST', 'clock', { advanceMs })
  }

  /** What was asked of the portal, oldest first. */
  async requests(filter: JournalFilter = {}): Promise<JournalEntry[]> {
    return (await this.#call('GET', `requests?${new URLSearchParams({ ...filter }).toString()}`)) as JournalEntry[]
  }

  async records(): Promise<Records> {
    return (await this.#call('GET', 'records')) as Records
  }

  async invariants(): Promise<Invariants> {
    return (await this.#call('GET', 'invariants')) as Invariants
  }

  async #call(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.#url}/__emulator/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`The emulator refuses: ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }
}
