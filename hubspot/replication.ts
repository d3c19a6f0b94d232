// Waits before a read, so that the read sees what another call has just written. HubSpot has no compare-and-set.

import { setTimeout as sleep } from 'node:timers/promises'

// A call takes about 100 ms. So another worker that read the record before our claim has written its own claim after this
// pause. If that worker takes longer, its claim is not noticed (docs/limits.md).
const REPLICATION_MS = 400

/** Waits until a write that was made just now can be read: another worker's claim, a cancelled create, or a new record. */
export async function waitForReplication(): Promise<void> {
  await sleep(REPLICATION_MS)
}
