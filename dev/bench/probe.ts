// Asks twenty times a second whether a process lives, in a thread of its own, so that the sender's work does not count as the answerer's.

import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

const EVERY_MS = 50

export interface Probe {
  /** How long each answer took, in milliseconds; an answer other than 200 counts as endless. */
  stop(): Promise<number[]>
}

/** Begins at once. */
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
  const asked: Promise<number>[] = []
  const timer = setInterval(() => asked.push(timeOf(url)), EVERY_MS)
  port.once('message', () => {
    clearInterval(timer)
    void Promise.all(asked).then((times) => port.postMessage(times))
  })
}

async function timeOf(url: string): Promise<number> {
  const begun = performance.now()
  try {
    const answer = await fetch(url)
    await answer.arrayBuffer()
    return answer.status === 200 ? performance.now() - begun : Number.POSITIVE_INFINITY
  } catch {
    return Number.POSITIVE_INFINITY
  }
}
