// Cursors of a list. A cursor is a page token of Temporal with a code that only our API processes can compute: Temporal fails on a
// broken token instead of rejecting the request, so it must get no token but its own.

import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'

const CODE_BYTES = 16

/** Makes and reads the cursors of one installation. */
export class Cursors {
  readonly #keys: Buffer[]

  /**
   * All API processes of an installation have the same webhook secrets, so a cursor works in each of them, also after a restart.
   * Operators have no webhook secret. They have operator tokens, so a key that is derived from a token would be no secret to them.
   *
   * @param secrets WEBHOOK_SECRETS, at least one. The first makes cursors and each is enough to read one, so that cursors outlive
   * a rotation.
   */
  constructor(secrets: string[]) {
    this.#keys = secrets.map((secret) => Buffer.from(hkdfSync('sha256', secret, '', 'onramp: cursors of lists', 32)))
  }

  /** Returns the cursor of the next page of a query, or `null` when there is no next page. */
  cursorOf(pageToken: Uint8Array | null | undefined, query: string): string | null {
    const [key] = this.#keys
    if (key === undefined || !pageToken?.length) return null
    return Buffer.concat([codeOf(key, pageToken, query), pageToken]).toString('base64url')
  }

  /** Returns the page token of a cursor, or `null` when the text is not a cursor of this query. */
  pageTokenOf(cursor: string, query: string): Uint8Array | null {
    const bytes = Buffer.from(cursor, 'base64url')
    // Node skips characters that base64url does not have.
    if (bytes.length <= CODE_BYTES || bytes.toString('base64url') !== cursor) return null
    const code = bytes.subarray(0, CODE_BYTES)
    const pageToken = bytes.subarray(CODE_BYTES)
    return this.#keys.some((key) => timingSafeEqual(codeOf(key, pageToken, query), code)) ? pageToken : null
  }
}

function codeOf(key: Buffer, pageToken: Uint8Array, query: string): Buffer {
  return createHmac('sha256', key).update(`${query}\n`).update(pageToken).digest().subarray(0, CODE_BYTES)
}
