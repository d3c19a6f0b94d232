// HubSpot has no compare-and-set: who marks a record as theirs waits a moment before reading it back.

import { setTimeout as sleep } from 'node:timers/promises'

// Another worker that has read the record before our mark has written its own by then: a call takes some 100 ms. One that
// takes longer than this still slips through (see the README's limits).
const SETTLE_MS = 400

/** Waits until a mark that was made at the same moment as ours is there to be read. */
export async function waitForReplication(): Promise<void> {
  await sleep(SETTLE_MS)
}
