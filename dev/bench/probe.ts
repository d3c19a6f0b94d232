// Probes a URL twenty times a second, in its own thread, so that the sender's work does not delay the measurement.

import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

const EVERY_MS = 50

export interface Probe {
  /** Stops, and returns the time of each response in milliseconds. A response other than 200 counts as infinite. */
  stop(): Promise<number[]>
}

/** Starts the probe immediately. */
export function startProbe(url: string): Probe {
  const worker = new Worker(new URL(import.meta.url), { workerData: url })
  return {
    async stop() {
      const result = new Promise<number[]>((resolve) => worker.once('message', resolve))
      worker.postMessage('stop')
      const times = await result
      await worker.terminate()
      return times
    },
  }
}

if (!isMainThread && parentPort !== null) probe(workerData as string, parentPort)

function probe(url: string, port: NonNullable<typeof parentPort>): void {
  const requests: Promise<number>[] = []
  const timer = setInterval(() => requests.push(timeOf(url)), EVERY_MS)
  port.once('message', () => {
    clearInterval(timer)
    void Promise.all(requests).then((times) => port.postMessage(times))
  })
}

async function timeOf(url: string): Promise<number> {
  const startedAt = performance.now()
  try {
    const response = await fetch(url)
    await response.arrayBuffer()
    return response.status === 200 ? performance.now() - startedAt : Number.POSITIVE_INFINITY
  } catch {
    return Number.POSITIVE_INFINITY
  }
}
