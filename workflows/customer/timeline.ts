// A customer's history for people: the last fifty things that happened, free of personal data.

import type { TimelineEntry } from '../../domain/onboarding-status.ts'

const ENTRIES = 50

/** The timeline with one more entry. */
export function noted(
  timeline: TimelineEntry[],
  entry: { what: string; outcome: string; correlationId?: string | null | undefined; remark?: string | undefined },
): TimelineEntry[] {
  const { what, outcome, correlationId, remark } = entry
  const last = timeline.at(-1)
  // A burst of events is one line, so that it cannot push out of sight what was done in HubSpot.
  const isRepeat = last?.what === what && last.outcome === outcome && !correlationId
  const before = isRepeat ? timeline.slice(0, -1) : timeline
  const at = new Date().toISOString()
  return [...before, { at, what, outcome, ...(correlationId && { correlationId }), ...(remark && { remark }) }].slice(
    -ENTRIES,
  )
}
