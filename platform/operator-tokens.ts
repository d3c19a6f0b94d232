// The tokens of OPERATOR_TOKENS. Each is in clear text or a SHA-256 hash, and gives full or read-only access.

import { createHash, timingSafeEqual } from 'node:crypto'

/** The access that a token gives; `read` allows no changes. */
export type Scope = 'full' | 'read'

export interface OperatorToken {
  scope: Scope
  /** SHA-256 of the token. All digests have the same length, and a comparison in constant time needs equal lengths. */
  digest: Buffer
}

// The characters of a bearer token (RFC 6750). A token has no colon, so a prefix such as `read:` is never part of a token.
const TOKEN = /^[A-Za-z0-9._~+/-]+=*$/
const DIGEST = /^sha256:([0-9a-f]{64})$/i

/** Parses one entry of OPERATOR_TOKENS; `null` when it is malformed. */
export function parseOperatorToken(text: string): OperatorToken | null {
  const scope = text.startsWith('read:') ? 'read' : 'full'
  const token = scope === 'read' ? text.slice('read:'.length) : text
  const hex = DIGEST.exec(token)?.[1]
  if (hex !== undefined) return { scope, digest: Buffer.from(hex, 'hex') }
  return TOKEN.test(token) ? { scope, digest: digestOf(token) } : null
}

/**
 * Returns the access that a token gives; `null` for an unknown token. Compares the token with all known tokens, so that the
 * response time reveals nothing.
 */
export function scopeOf(token: string, known: OperatorToken[]): Scope | null {
  const digest = digestOf(token)
  const scopes = known.filter((each) => timingSafeEqual(each.digest, digest)).map(({ scope }) => scope)
  if (scopes.includes('full')) return 'full'
  return scopes[0] ?? null
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
