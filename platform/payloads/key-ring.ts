// The keys of PAYLOAD_KEYS: the first one encrypts payloads, and all decrypt them.

import { createHmac, createSecretKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

export interface PayloadKey {
  id: string
  secret: KeyObject
  /** Eight characters that differ between two keys with the same id. They do not reveal the key. */
  check: string
}

export interface KeyRing {
  /** The key that encrypts; `null` writes payloads in clear. */
  encrypting: PayloadKey | null
  /** Every key by its id. */
  keys: ReadonlyMap<string, PayloadKey>
  /** Whether payloads in clear are read as well, as those that were written before there were keys. */
  readsClear: boolean
}

/** The ring of `PAYLOAD_KEYS=none`: nothing is encrypted. */
export const NO_KEYS: KeyRing = { encrypting: null, keys: new Map(), readsClear: true }

/** The entry that stands for payloads in clear. */
const NONE = 'none'
const KEY_ID = /^[A-Za-z0-9._-]{1,64}$/
// 32 bytes in base64: 43 characters and one for the padding.
const SECRET = /^[A-Za-z0-9+/]{43}=$/

/** Whether a text has the form of a key id. A sender of a payload may put any text in its place. */
export function isKeyId(text: string): boolean {
  return KEY_ID.test(text) && text !== NONE
}

/**
 * Parses the entries of PAYLOAD_KEYS, each `keyId:base64 of 32 bytes` or `none`. Like a key, `none` encrypts where it comes first (it
 * writes in clear), and reads payloads in clear wherever it stands.
 *
 * @returns the ring, or one problem for each wrong entry: its place and what is wrong, never its text
 */
export function parseKeyRing(entries: readonly string[]): KeyRing | { problems: string[] } {
  const keys = new Map<string, PayloadKey>()
  const problems: string[] = []
  for (const [index, entry] of entries.entries()) {
    const problem = entry === NONE ? repeatedNone(entries, index) : addKey(keys, entry)
    if (problem !== null) problems.push(`entry ${index + 1} ${problem}`)
  }
  if (problems.length > 0) return { problems }
  const [first] = keys.values()
  return {
    encrypting: entries[0] === NONE ? null : (first ?? null),
    keys,
    readsClear: entries.includes(NONE),
  }
}

function repeatedNone(entries: readonly string[], index: number): string | null {
  return entries.indexOf(NONE) === index ? null : 'is a second `none`'
}

function addKey(keys: Map<string, PayloadKey>, entry: string): string | null {
  const [id = '', text = '', ...rest] = entry.split(':')
  if (!isKeyId(id) || !SECRET.test(text) || rest.length > 0) return MALFORMED
  if (keys.has(id)) return 'has the key id of an earlier entry'
  keys.set(id, keyOf(id, Buffer.from(text, 'base64')))
  return null
}

const MALFORMED =
  'must be <key id>:<base64 of 32 bytes> or none, with a key id of up to 64 of A-Z a-z 0-9 . _ -; `openssl rand -base64 32` prints a key'

function keyOf(id: string, bytes: Buffer): PayloadKey {
  const check = createHmac('sha256', bytes).update('onramp: check of a payload key').digest('base64url').slice(0, 8)
  return { id, secret: createSecretKey(bytes), check }
}
