// What ends with a test file. Several files run one after the other in a process, which keeps the modules and what is in them.

import { afterAll } from 'vitest'

const ends = new Set<() => unknown>()

/** Calls `end` after the last test of the file that is running. */
export function atEndOfFile(end: () => unknown): void {
  ends.add(end)
}

/** Only for the setup file, which vitest runs for each test file. */
export function endWithFile(): void {
  afterAll(async () => {
    const all = [...ends]
    ends.clear()
    const results = await Promise.allSettled(all.map(async (end) => await end()))
    for (const result of results) if (result.status === 'rejected') throw result.reason
  })
}
