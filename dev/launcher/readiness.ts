// Waits until a process of the stack is ready, or fails with its last lines.

import { setTimeout as sleep } from 'node:timers/promises'
import type { StackProcess } from './processes.ts'

// On two idle cores every process is ready within seconds; a busy machine may take far longer.
const READY_TIMEOUT_MS = 60_000
const RESPONSE_TIMEOUT_MS = 4_000
const POLL_EVERY_MS = 50

/** A process ended by itself or did not become ready. The message has the last lines that the process printed. */
export class ProcessFailed extends Error {
  override name = 'ProcessFailed'

  /** @param what such as `exited with code 1` */
  constructor({ name, logFile, lastLines }: StackProcess, what: string) {
    const lines = lastLines().map((line) => `  ${line}`)
    super([`The ${name} ${what}.`, ...(lines.length > 0 ? [`Its last lines (${logFile}):`, ...lines] : [])].join('\n'))
  }
}

/**
 * Returns when a GET of `url` answers 2xx.
 *
 * @throws ProcessFailed when the process ends before that, or takes longer than a minute
 */
export async function waitUntilReady(started: StackProcess, url: string): Promise<void> {
  let how: string | null = null
  void started.ended.then((end) => (how = end))

  const deadline = Date.now() + READY_TIMEOUT_MS
  let latest = 'nothing'
  for (;;) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(RESPONSE_TIMEOUT_MS) })
      latest = `${response.status} ${(await response.text()).slice(0, 500)}`
      // When our process has ended, this response came from another program on the same port.
      if (response.ok && how === null) return
    } catch {
      latest = 'nothing'
    }
    if (how !== null) throw new ProcessFailed(started, how)
    if (Date.now() > deadline) {
      throw new ProcessFailed(started, `is not ready after ${READY_TIMEOUT_MS / 1000} s; ${url} answers ${latest}`)
    }
    await sleep(POLL_EVERY_MS)
  }
}
