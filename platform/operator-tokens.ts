// The forms of an operator's token in OPERATOR_TOKENS: as it is or as its SHA-256, for everything or for reading alone.

import { createHash, timingSafeEqual } from 'node:crypto'

/** What a bearer of the token may do; `read` changes nothing. */
export type Scope = 'full' | 'read'

export interface OperatorToken {
  scope: Scope
  /** SHA-256 of the token: of equal length whatever the token's, as a comparison in constant time needs it. */
  digest: Buffer
}

// What may stand in an Authorization header (RFC 6750); it has no colon, so that no prefix is taken for a token.
const TOKEN = /^[A-Za-z0-9._~+/-]+=*$/
const DIGEST = /^sha256:([0-9a-f]{64})$/i

/** Reads one of OPERATOR_TOKENS; `null` for what has none of the forms. */
export function parseOperatorToken(text: string): OperatorToken | null {
  const scope = text.startsWith('read:') ? 'read' : 'full'
  const token = scope === 'read' ? text.slice('read:'.length) : text
  const hex = DIGEST.exec(token)?.[1]
  if (hex !== undefined) return { scope, digest: Buffer.from(hex, 'hex') }
  return TOKEN.test(token) ? { scope, digest: digestOf(token) } : null
}

/** What the bearer of a token may do; `null` for a token that nobody gave out. Each is compared, whichever fits. */
export function scopeOf(token: string, known: OperatorToken[]): Scope | null {
  const digest = digestOf(token)
  const fitting = known.filter((one) => timingSafeEqual(one.digest, digest)).map(({ scope }) => scope)
  if (fitting.includes('full')) return 'full'
  return fitting[0] ?? null
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
