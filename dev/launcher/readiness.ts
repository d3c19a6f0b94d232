// Waits for a part of the stack to be ready, or says why it never will be.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Part } from './processes.ts'

// All parts are up within seconds on two idle cores; a busy machine gets far longer before we give up.
const READY_TIMEOUT_MS = 60_000
const ANSWER_TIMEOUT_MS = 4_000
const PAUSE_MS = 50

/** A part that ended by itself, or never came up, with the last things it printed. */
export class PartFailed extends Error {
  override name = 'PartFailed'

  constructor(part: Part, what: string) {
    const lines = part.lastLines().map((line) => `  ${line}`)
    super(
      [`The ${part.name} ${what}.`, ...(lines.length > 0 ? [`Its last lines (${part.logFile}):`, ...lines] : [])].join(
        '\n',
      ),
    )
  }
}

/**
 * Returns once a GET of `url` is answered with 2xx.
 *
 * @throws PartFailed when the part ends before that, or needs longer than a minute
 */
export async function untilAnswering(part: Part, url: string): Promise<void> {
  let how: string | null = null
  void part.ended.then((end) => (how = end))

  const deadline = Date.now() + READY_TIMEOUT_MS
  let answer = 'nothing'
  for (;;) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) })
      answer = `${response.status} ${(await response.text()).slice(0, 500)}`
      // Its own process has to be alive as well, or somebody else has answered from its port.
      if (response.ok && how === null) return
    } catch {
      answer = 'nothing'
    }
    if (how !== null) throw new PartFailed(part, how)
    if (Date.now() > deadline) {
      throw new PartFailed(part, `is not ready after ${READY_TIMEOUT_MS / 1000} s; ${url} answers ${answer}`)
    }
    await sleep(PAUSE_MS)
  }
}
