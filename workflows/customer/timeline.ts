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

  /** Adds an entry with the time of now. */
  note(what: string, outcome: string, { correlationId, note }: Partial<CrmResponse> = {}): void {
    const at = new Date().toISOString()
    const entry = { at, what, outcome, ...(correlationId && { correlationId }), ...(note && { note }) }
    this.#state.timeline = withEntry(this.#state.timeline, entry)
  }
}

/** A burst of equal entries becomes one, so that events do not push out of sight what was done in the CRM. */
function withEntry(timeline: TimelineEntry[], entry: TimelineEntry): TimelineEntry[] {
  const last = timeline.at(-1)
  const isRepeat = last?.what === entry.what && last.outcome === entry.outcome && !entry.correlationId
  return [...(isRepeat ? timeline.slice(0, -1) : timeline), entry].slice(-ENTRIES)
}
