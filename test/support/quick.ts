// Limits of time on a machine that may be busy: a promise such as "within three seconds" has to hold on one of several attempts.

const TRY_FOR_MS = 60_000

/** Repeats an attempt until it takes less than `limitMs`, for a minute at most. An error of any attempt is thrown at once. */
export async function untilQuick<T extends { tookMs: number }>(limitMs: number, attempt: () => Promise<T>): Promise<T> {
  const since = performance.now()
  for (;;) {
    const attempted = await attempt()
    if (attempted.tookMs < limitMs || performance.now() - since > TRY_FOR_MS) return attempted
  }
}

/** The same for an action as a whole, with what the last attempt returned. */
export async function quickest<T>(limitMs: number, act: () => Promise<T>): Promise<{ result: T; tookMs: number }> {
  return await untilQuick(limitMs, async () => {
    const startedAt = performance.now()
    const result = await act()
    return { result, tookMs: performance.now() - startedAt }
  })
}
