// How long onramp relies on what it has read before, where nothing but time could have changed it.

// HubSpot's search shows a change up to 30 s late, so a read of a minute ago is about as good as a search now. A step that waited
// longer, because of an outage or for an operator, reads again.
const RECENT_MS = 60_000

/** @param at when it was read, by this worker's clock or another worker's, in milliseconds since the epoch */
export function isRecent(at: number): boolean {
  // Another worker's clock may be ahead, and a clock may be set back. A time in the future does not count as recent.
  return Math.abs(Date.now() - at) < RECENT_MS
}
