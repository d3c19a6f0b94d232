// What a worker knows of the payloads that it could not read: counted, logged once in a while, and named by its readiness.

import type { Logger } from '../logger.ts'
import { metrics } from '../metrics.ts'
import type { Unreadable, UnreadableCause } from './payload-codec.ts'

// Temporal repeats a workflow task at least once in ten minutes (`history.workflowTaskRetryMaxInterval`), so a key that is missing for
// longer than this is no longer needed.
const REMEMBERED_MS = 15 * 60 * 1000
// A sender of broken payloads chooses the key ids, and must not fill memory or the log.
const MAX_REMEMBERED = 100

const SENTENCES: Record<UnreadableCause, string> = {
  'unknown-key':
    'a key of payloads is missing: PAYLOAD_KEYS has no key with this id, or another one. Temporal repeats the workflow tasks that need it',
  clear: 'a payload is not encrypted, so it was not read; see docs/runbook.md about `none` in PAYLOAD_KEYS',
  'other-workflow': 'a payload of another workflow was not read',
  forged: 'a payload that was changed, truncated or not written by onramp was not read',
}

export class UnreadablePayloads {
  readonly #logger: Logger
  readonly #now: () => number
  /** When each cause and key was seen last. */
  readonly #seen = new Map<string, Unreadable & { at: number }>()

  constructor(logger: Logger, now: () => number = Date.now) {
    this.#logger = logger
    this.#now = now
  }

  note(unreadable: Unreadable): void {
    const { cause, keyId, workflowId } = unreadable
    metrics.unreadablePayloads.inc({ cause })
    this.#forgetOld()
    const name = `${cause} ${keyId}`
    const isNew = !this.#seen.has(name)
    if (isNew && this.#seen.size >= MAX_REMEMBERED) return
    this.#seen.set(name, { ...unreadable, at: this.#now() })
    if (isNew) this.#logger.warn({ workflowId, keyId }, SENTENCES[cause])
  }

  /** The ids of the keys that workflow tasks of the last minutes needed and the ring does not have. */
  missingKeys(): string[] {
    this.#forgetOld()
    return [...this.#seen.values()].filter(({ cause }) => cause === 'unknown-key').map(({ keyId }) => keyId ?? '')
  }

  #forgetOld(): void {
    for (const [name, { at }] of this.#seen) if (this.#now() - at > REMEMBERED_MS) this.#seen.delete(name)
  }
}
