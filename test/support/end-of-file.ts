// Closes what a test file has opened. Several test files share a process and its modules, so that nothing ends with the process.

const ends = new Set<() => unknown>()

/** Calls `end` after the last test of the file that is running. */
export function atEndOfFile(end: () => unknown): void {
  ends.add(end)
}

/** @throws the first error of an end, after all of them were called */
export async function endFile(): Promise<void> {
  const all = [...ends]
  ends.clear()
  const results = await Promise.allSettled(all.map(async (end) => await end()))
  for (const result of results) if (result.status === 'rejected') throw result.reason
}
