// The `next` of a list, both ways: Temporal's page token with a checksum, since a broken token makes Temporal fail instead of refuse.

import { createHash } from 'node:crypto'

const CHECKSUM_BYTES = 6

/** The cursor that leads to the next page of this query; `null` when there is none. */
export function cursorOf(pageToken: Uint8Array | null | undefined, query: string): string | null {
  if (!pageToken?.length) return null
  return Buffer.concat([checksum(pageToken, query), pageToken]).toString('base64url')
}

/** The way back; `null` for a text that is no cursor of ours, or of another query. */
export function pageTokenOf(cursor: string, query: string): Uint8Array | null {
  const bytes = Buffer.from(cursor, 'base64url')
  const pageToken = bytes.subarray(CHECKSUM_BYTES)
  return checksum(pageToken, query).equals(bytes.subarray(0, CHECKSUM_BYTES)) ? pageToken : null
}

function checksum(bytes: Uint8Array, query: string): Buffer {
  return createHash('sha256').update(`${query}\n`).update(bytes).digest().subarray(0, CHECKSUM_BYTES)
}
