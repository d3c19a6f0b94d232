// A typed client of the emulator's control API, for tests, the demo and the proof.

import type { Fault } from './fault-schema.ts'
import type { Invariants } from './invariants.ts'
import type { JournalEntry, JournalFilter } from './journal.ts'
import type { Measurements } from './measurements.ts'
import type { Records } from './records-view.ts'
import type { Seed } from './seed.ts'
import type { EmulatorSettings } from './settings.ts'

export type { Fault } from './fault-schema.ts'
export type { Measurements } from './measurements.ts'
export type { Records, RecordView } from './records-view.ts'

/** Every method throws an `Error` with the emulator's message when the emulator rejects the call. */
export class EmulatorControl {
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  /** Resets the emulator: deletes records, custom properties, faults and journal, and restores settings and clock. */
  async reset(): Promise<void> {
    await this.#call('POST', 'reset')
  }

  /** Creates records as if HubSpot users had made them by hand. Returns their ids. */
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

  /** Moves the emulator's clock forward, so that a test does not wait for a token to expire or a day to end. */
  async advanceClock(advanceMs: number): Promise<void> {
    await this.#call('POST', 'clock', { advanceMs })
  }

  /** The API requests that the emulator received, oldest first. */
  async requests(filter: JournalFilter = {}): Promise<JournalEntry[]> {
    return (await this.#call('GET', `requests?${new URLSearchParams({ ...filter }).toString()}`)) as JournalEntry[]
  }

  async records(): Promise<Records> {
    return (await this.#call('GET', 'records')) as Records
  }

  async invariants(): Promise<Invariants> {
    return (await this.#call('GET', 'invariants')) as Invariants
  }

  /** Requests by route and status, and the number of associated contacts; cheap enough to poll during a load. */
  async measurements(): Promise<Measurements> {
    return (await this.#call('GET', 'measurements')) as Measurements
  }

  /** Contact id → time of its first association, in milliseconds since 1970. */
  async associationTimes(): Promise<Record<string, number>> {
    return (await this.#call('GET', 'association-times')) as Record<string, number>
  }

  async #call(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.#url}/__emulator/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`The emulator rejected the call: ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }
}
