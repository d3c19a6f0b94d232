// A customer's timeline for operators: the last fifty things that happened, free of personal data.

import type { CrmResponse } from '../../domain/crm.ts'
import type { TimelineEntry } from '../../domain/onboarding-status.ts'
import type { CustomerState } from './state.ts'

const ENTRIES = 50

export class Timeline {
  readonly #state: Pick<CustomerState, 'timeline'>

  constructor(state: Pick<CustomerState, 'timeline'>) {
    this.#state = state
  }

  /** Adds an entry with the current time. */
  note(what: string, outcome: string, { correlationId, note }: Partial<CrmResponse> = {}): void {
    const at = new Date().toISOString()
    const entry = { at, what, outcome, ...(correlationId && { correlationId }), ...(note && { note }) }
    this.#state.timeline = withEntry(this.#state.timeline, entry)
  }
}

/** Equal entries in a row become one, so that many events do not displace the entries about the CRM. */
function withEntry(timeline: TimelineEntry[], entry: TimelineEntry): TimelineEntry[] {
  const last = timeline.at(-1)
  const isRepeat = last?.what === entry.what && last.outcome === entry.outcome && !entry.correlationId
  return [...(isRepeat ? timeline.slice(0, -1) : timeline), entry].slice(-ENTRIES)
}
