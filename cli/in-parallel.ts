// Many requests, a few at a time.

/** Does something for each item, for so many at a time. */
export async function inParallel<T>(items: T[], limit: number, act: (item: T) => Promise<void>): Promise<void> {
  // All loops take from the same iterator, so that each item is taken once.
  const rest = items.values()
  const loops = Array.from({ length: limit }, async () => {
    for (const item of rest) await act(item)
  })
  await Promise.all(loops)
}
