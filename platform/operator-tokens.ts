// The tokens of OPERATOR_TOKENS. Each is in clear text or a SHA-256 hash, gives full or read-only access, and may have a name.

import { createHash, timingSafeEqual } from 'node:crypto'
import { OPERATOR_NAME } from '../domain/limits.ts'

/** The access that a token gives; `read` allows no changes. */
type Scope = 'full' | 'read'

export interface OperatorToken {
  /** The name that a customer's timeline shows for a command; `null` for a token without one. */
  name: string | null
  scope: Scope
  /** SHA-256 of the token. All digests have the same length, and a comparison in constant time needs equal lengths. */
  digest: Buffer
}

// The characters of a bearer token (RFC 6750). A token has no colon, so a prefix such as `read:` is never part of a token. It has `=`
// only at its end, so that `name=` before it is no part of it either.
const TOKEN = /^[A-Za-z0-9._~+/-]+=*$/
const NAMED = /^([^=]*)=([^=].*)$/
const DIGEST = /^sha256:([0-9a-f]{64})$/i

/** The fewest characters of a token. 20 random characters of base64 have 120 bits, which nobody guesses. */
export const MIN_TOKEN_CHARACTERS = 20

/** Parses one entry of OPERATOR_TOKENS. The length of a hashed token is unknown, so any hash is accepted. */
export function parseOperatorToken(text: string): OperatorToken | 'malformed' | 'too-short' {
  const [, name = null, unnamed = text] = NAMED.exec(text) ?? []
  if (name !== null && !OPERATOR_NAME.test(name)) return 'malformed'
  const scope = unnamed.startsWith('read:') ? 'read' : 'full'
  const token = scope === 'read' ? unnamed.slice('read:'.length) : unnamed
  const hex = DIGEST.exec(token)?.[1]
  if (hex !== undefined) return { name, scope, digest: Buffer.from(hex, 'hex') }
  if (!TOKEN.test(token)) return 'malformed'
  return token.length < MIN_TOKEN_CHARACTERS ? 'too-short' : { name, scope, digest: digestOf(token) }
}

/**
 * Returns the access that a token gives, and its name; `null` for an unknown token. Compares the token with all known tokens, so
 * that the response time reveals nothing.
 */
export function operatorOf(token: string, known: OperatorToken[]): OperatorToken | null {
  const digest = digestOf(token)
  const equal = known.filter((each) => timingSafeEqual(each.digest, digest))
  return equal.find(({ scope }) => scope === 'full') ?? equal[0] ?? null
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
