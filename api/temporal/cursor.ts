// Cursors of a list: a page token of Temporal with a checksum, since Temporal fails on a broken token instead of rejecting it.

import { createHash } from 'node:crypto'

const CHECKSUM_BYTES = 6

/** The cursor of the next page of a query; `null` when there is no next page. */
export function cursorOf(pageToken: Uint8Array | null | undefined, query: string): string | null {
  if (!pageToken?.length) return null
  return Buffer.concat([checksum(pageToken, query), pageToken]).toString('base64url')
}

/** The page token of a cursor; `null` for a text that is not a cursor of this query. */
export function pageTokenOf(cursor: string, query: string): Uint8Array | null {
  const bytes = Buffer.from(cursor, 'base64url')
  const pageToken = bytes.subarray(CHECKSUM_BYTES)
  return checksum(pageToken, query).equals(bytes.subarray(0, CHECKSUM_BYTES)) ? pageToken : null
}

function checksum(bytes: Uint8Array, query: string): Buffer {
  return createHash('sha256').update(`${query}\n`).update(bytes).digest().subarray(0, CHECKSUM_BYTES)
}
