// The metrics of Temporal's SDK: which ones there are, and how a worker serves them with its own.

import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { TelemetryOptions } from '@temporalio/worker'

const LOOPBACK = '127.0.0.1'
// Prometheus waits for ten seconds by default.
const DEADLINE_MS = 3000

/** The exporter of Temporal's SDK has an address of its own. This reads it, so that Prometheus scrapes one address per process. */
export class TemporalMetrics {
  readonly #port: number

  private constructor(port: number) {
    this.#port = port
  }

  /** Finds a free port for the exporter. */
  static async create(): Promise<TemporalMetrics> {
    return new TemporalMetrics(await freePort())
  }

  /** For `Runtime.install`. Names and units are those of Temporal's dashboards. */
  get options(): NonNullable<TelemetryOptions['metrics']> {
    const bindAddress = `${LOOPBACK}:${this.#port}`
    return { prometheus: { bindAddress, countersTotalSuffix: true, unitSuffix: true, useSecondsForDurations: true } }
  }

  /** The text of the exporter; empty while it does not answer. */
  async text(): Promise<string> {
    try {
      const signal = AbortSignal.timeout(DEADLINE_MS)
      const response = await fetch(`http://${LOOPBACK}:${this.#port}/metrics`, { signal })
      return response.ok ? await response.text() : ''
    } catch {
      return ''
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, LOOPBACK, resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
