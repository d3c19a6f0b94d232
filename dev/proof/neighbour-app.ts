// Another app with onramp's token, which uses half of the quota in bursts and follows no header.

import { setTimeout as sleep } from 'node:timers/promises'

interface NeighbourAppOptions {
  hubspotUrl: string
  token: string
  callsPer10s: number
}

const BURST_EVERY_MS = 4000
const AT_ONCE = 8
const QUERY = 'limit=1'

export class NeighbourApp {
  readonly #options: NeighbourAppOptions
  readonly #stopped = new AbortController()
  readonly #running: Promise<void>

  constructor(options: NeighbourAppOptions) {
    this.#options = options
    this.#running = this.#run()
  }

  /** Whether a request of the emulator's journal came from here: no call of onramp reads one page of contacts. */
  static isItsOwn({ method, query }: { method: string; query: string }): boolean {
    return method === 'GET' && query === QUERY
  }

  async stop(): Promise<void> {
    this.#stopped.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped
    const calls = Math.round((this.#options.callsPer10s / 2) * (BURST_EVERY_MS / 10_000))
    while (!signal.aborted) {
      const left = Array.from({ length: calls }).values()
      const burst = Array.from({ length: AT_ONCE }, async () => {
        for (const _ of left) await this.#call()
      })
      await Promise.all([Promise.all(burst), sleep(BURST_EVERY_MS, undefined, { signal }).catch(() => {})])
    }
  }

  async #call(): Promise<void> {
    const { hubspotUrl, token } = this.#options
    const response = await fetch(`${hubspotUrl}/crm/v3/objects/contacts?${QUERY}`, {
      headers: { authorization: `Bearer ${token}` },
    })
    await response.arrayBuffer()
  }
}
