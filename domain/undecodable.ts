// The marker that a workflow gets in place of a payload that cannot be decrypted or decoded.

/** Replaces such a payload. A handler counts this marker as malformed; it never throws (G7). */
export interface Undecodable {
  undecodable: true
}

export function isUndecodable(value: unknown): value is Undecodable {
  return typeof value === 'object' && value !== null && 'undecodable' in value
}
