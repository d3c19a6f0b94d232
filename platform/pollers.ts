// Which pollers of a task queue are still there.

// A worker that has not polled for this long is gone. A poll lasts a minute, and Temporal lists pollers for five.
const GONE_AFTER_MS = 90_000

/** The pollers that have polled lately. */
export function presentPollers<Poller extends { lastAccessTime?: { seconds?: unknown } | null }>(
  pollers: readonly Poller[],
  goneAfterMs = GONE_AFTER_MS,
): Poller[] {
  return pollers.filter(({ lastAccessTime }) => Date.now() - Number(lastAccessTime?.seconds ?? 0) * 1000 < goneAfterMs)
}
