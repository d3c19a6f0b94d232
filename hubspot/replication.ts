// HubSpot has no compare-and-set, so a claim waits a moment before it is read back.

import { setTimeout as sleep } from 'node:timers/promises'

// A call takes about 100 ms. Another worker that has read the record before our claim has written its own claim by then; one
// that takes longer is not noticed (README, limits).
const REPLICATION_MS = 400

/** Waits until a claim that was written in the same moment can be read. */
export async function waitForReplication(): Promise<void> {
  await sleep(REPLICATION_MS)
}
