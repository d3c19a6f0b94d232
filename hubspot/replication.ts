// Waits before a read, so that it sees what another call has written in the same moment. HubSpot has no compare-and-set.

import { setTimeout as sleep } from 'node:timers/promises'

// A call takes about 100 ms. Another worker that has read the record before our claim has written its own claim by then; one
// that takes longer is not noticed (README, Known limits).
const REPLICATION_MS = 400

/** Waits until a write of the same moment can be read: another worker's claim, a cancelled create, or a new record. */
export async function waitForReplication(): Promise<void> {
  await sleep(REPLICATION_MS)
}
