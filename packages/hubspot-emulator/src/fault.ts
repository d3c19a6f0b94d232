// What trouble can be ordered for a request: when it strikes, and what the caller then sees.

import { z } from 'zod'

const status = z.int().min(200).max(599)
const ms = z.int().min(0).max(600_000)

const effect = z.discriminatedUnion('kind', [
  /** Refused before anything is written, with HubSpot's own body for that status. */
  z.strictObject({
    kind: z.literal('status'),
    status,
    retryAfterSeconds: z.number().min(0).optional(),
    /** Which limit a 429 speaks of. */
    policy: z.enum(['SECONDLY', 'TEN_SECONDLY_ROLLING', 'DAILY']).optional(),
    /** Sent as JSON instead of HubSpot's body. */
    body: z.unknown().optional(),
  }),
  /** Handled as ever, only later. */
  z.strictObject({ kind: z.literal('delay'), ms }),
  /** Never answered, nothing written. */
  z.strictObject({ kind: z.literal('hang') }),
  /** The connection breaks, nothing written. */
  z.strictObject({ kind: z.literal('cut') }),
  /** The same, by a TCP reset. */
  z.strictObject({ kind: z.literal('reset') }),
  /** Written, then the connection breaks. */
  z.strictObject({ kind: z.literal('commit-then-cut') }),
  /** Written, then never answered. */
  z.strictObject({ kind: z.literal('commit-then-hang') }),
  /** Written, then refused all the same. */
  z.strictObject({ kind: z.literal('commit-then-status'), status }),
  /** Written, but only half of the answer is sent, as if it were all. */
  z.strictObject({ kind: z.literal('truncated-json') }),
  /** A page of the edge in front of HubSpot, nothing written. */
  z.strictObject({ kind: z.literal('html'), status }),
  /** The usual answer, without a content type. */
  z.strictObject({ kind: z.literal('no-content-type') }),
  /** The usual answer, with another content type. */
  z.strictObject({ kind: z.literal('wrong-content-type'), contentType: z.string() }),
  /** The answer is 200 with neither results nor errors [C]; whether HubSpot did the work then, nobody knows. */
  z.strictObject({ kind: z.literal('empty-batch'), written: z.boolean().default(true) }),
  /**
   * A duplicate, nothing written: the observed body of this letter, or any other JSON with status 409, a text as it is.
   * A letter's body names `existingId`, else the contact that has the sent address, else an id that no record has.
   */
  z.strictObject({ kind: z.literal('conflict'), form: z.unknown(), existingId: z.string().regex(/^\d+$/).optional() }),
  /** Any answer at all, nothing written. */
  z.strictObject({ kind: z.literal('body'), status, body: z.string(), contentType: z.string().nullable() }),
])

export const faultSchema = z.strictObject({
  method: z.string().optional(),
  /** Regular expression, tested against the path without query. */
  path: z.string().refine(isRegExp, 'is no regular expression').optional(),
  /** How often it strikes; null: until the faults are cleared. */
  times: z.int().min(1).nullable().default(1),
  /** From 0 to 1, drawn with the settings' seed for each request that matches. */
  probability: z.number().min(0).max(1).default(1),
  effect,
})

export type Fault = z.input<typeof faultSchema>
export type FaultEffect = z.output<typeof effect>

export const EFFECT_KINDS: readonly string[] = effect.options.map(({ shape }) => shape.kind.value)

function isRegExp(text: string): boolean {
  try {
    new RegExp(text)
    return true
  } catch {
    return false
  }
}
