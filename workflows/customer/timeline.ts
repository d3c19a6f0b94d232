// A customer's timeline for operators: the last fifty things that happened, free of personal data.

import type { CrmResponse } from '../../domain/crm.ts'
import type { TimelineEntry } from '../../domain/onboarding-status.ts'
import { jsonBytes } from './json-bytes.ts'
import type { CustomerState } from './state.ts'

const ENTRIES = 50
// An entry has about 150 bytes. Notes and fields may make it longer, so that the size is limited too: 10 of the state's 64 KiB (G8).
const BYTES = 10 * 1024

/** What an entry says beside what happened and with which outcome; never a value. */
type Details = Partial<Pick<CrmResponse, 'correlationId' | 'note'>> &
  Pick<TimelineEntry, 'fields'> & {
    /** Who gave a command; `null` for an operator whose token has no name. */
    by?: string | null
  }

export class Timeline {
  readonly #state: Pick<CustomerState, 'timeline'>

  constructor(state: Pick<CustomerState, 'timeline'>) {
    this.#state = state
  }

  /** Adds an entry with the current time. */
  note(what: string, outcome: string, { correlationId, note, fields = [], by }: Details = {}): void {
    const at = new Date().toISOString()
    const entry = {
      at,
      what,
      outcome,
      ...(fields.length > 0 && { fields }),
      ...(by && { by }),
      ...(correlationId && { correlationId }),
      ...(note && { note }),
    }
    this.#state.timeline = withEntry(this.#state.timeline, entry)
  }
}

/** Equal entries in a row become one, so that many events do not displace the entries about the CRM. */
function withEntry(timeline: TimelineEntry[], entry: TimelineEntry): TimelineEntry[] {
  const last = timeline.at(-1)
  const isRepeat = last !== undefined && !entry.correlationId && contentOf(last) === contentOf(entry)
  const entries = [...(isRepeat ? timeline.slice(0, -1) : timeline), entry].slice(-ENTRIES)
  while (jsonBytes(entries) > BYTES) entries.shift()
  return entries
}

function contentOf({ what, outcome, note, fields, by }: TimelineEntry): string {
  return JSON.stringify([what, outcome, note, fields, by])
}
