// Cursors of a list. A cursor is a page token of Temporal with a checksum: Temporal itself fails on a broken token, and does not
// reject the request.

import { createHash } from 'node:crypto'

const CHECKSUM_BYTES = 6

/** Returns the cursor of the next page of a query, or `null` when there is no next page. */
export function cursorOf(pageToken: Uint8Array | null | undefined, query: string): string | null {
  if (!pageToken?.length) return null
  return Buffer.concat([checksum(pageToken, query), pageToken]).toString('base64url')
}

/** Returns the page token of a cursor, or `null` when the text is not a cursor of this query. */
export function pageTokenOf(cursor: string, query: string): Uint8Array | null {
  const bytes = Buffer.from(cursor, 'base64url')
  const pageToken = bytes.subarray(CHECKSUM_BYTES)
  return checksum(pageToken, query).equals(bytes.subarray(0, CHECKSUM_BYTES)) ? pageToken : null
}

function checksum(bytes: Uint8Array, query: string): Buffer {
  return createHash('sha256').update(`${query}\n`).update(bytes).digest().subarray(0, CHECKSUM_BYTES)
}
