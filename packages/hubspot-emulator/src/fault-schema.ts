// The faults that a test can inject: the requests that they match, and their effects.

import { z } from 'zod'

const status = z.int().min(200).max(599)
const ms = z.int().min(0).max(600_000)

const effect = z.discriminatedUnion('kind', [
  /** Responds with HubSpot's body for this status; writes nothing. */
  z.strictObject({
    kind: z.literal('status'),
    status,
    retryAfterSeconds: z.number().min(0).optional(),
    /** The limit that a 429 names. */
    policy: z.enum(['SECONDLY', 'TEN_SECONDLY_ROLLING', 'DAILY']).optional(),
    /** Sent as JSON instead of HubSpot's body. */
    body: z.unknown().optional(),
  }),
  /** Handles the request as usual, `ms` later. */
  z.strictObject({ kind: z.literal('delay'), ms }),
  /** Never responds; writes nothing. */
  z.strictObject({ kind: z.literal('hang') }),
  /** Closes the connection; writes nothing. */
  z.strictObject({ kind: z.literal('cut') }),
  /** Resets the TCP connection; writes nothing. */
  z.strictObject({ kind: z.literal('reset') }),
  /** Writes, then closes the connection. */
  z.strictObject({ kind: z.literal('commit-then-cut') }),
  /** Writes, then never responds. */
  z.strictObject({ kind: z.literal('commit-then-hang') }),
  /** Writes, then responds with HubSpot's body for this status. */
  z.strictObject({ kind: z.literal('commit-then-status'), status }),
  /** Writes, then sends the first half of the response as if it were complete. */
  z.strictObject({ kind: z.literal('truncated-json') }),
  /** Responds with an HTML page of the edge in front of HubSpot; writes nothing. */
  z.strictObject({ kind: z.literal('html'), status }),
  /** Responds as usual, without a content type. */
  z.strictObject({ kind: z.literal('no-content-type') }),
  /** Responds as usual, with another content type. */
  z.strictObject({ kind: z.literal('wrong-content-type'), contentType: z.string() }),
  /** Responds 200 with neither results nor errors [C]. `written`: writes first. HubSpot's own behaviour is unknown. */
  z.strictObject({ kind: z.literal('empty-batch'), written: z.boolean().default(true) }),
  /** Handles a batch as usual, and leaves the second half of the rows out of the response [I]. Other responses stay as they are. */
  z.strictObject({ kind: z.literal('partial-batch') }),
  /**
   * Responds with a conflict; writes nothing. `form` is the letter of an observed body (README.md), or any JSON or text to send
   * with 409. `existingId` is the id in an observed body, if that body has one. Without `existingId`, it is the id of the contact
   * with the e-mail address in the request, or an unused id if there is no such contact.
   */
  z.strictObject({ kind: z.literal('conflict'), form: z.unknown(), existingId: z.string().regex(/^\d+$/).optional() }),
  /** Responds with any status, body and content type; writes nothing. */
  z.strictObject({ kind: z.literal('body'), status, body: z.string(), contentType: z.string().nullable() }),
])

export const faultSchema = z.strictObject({
  method: z.string().optional(),
  /** Regular expression, tested against the path without the query. */
  path: z.string().refine(isRegExp, 'is no regular expression').optional(),
  /** The number of requests that the fault applies to. `null`: all requests until the faults are cleared. */
  times: z.int().min(1).nullable().default(1),
  /** The chance that a matching request gets the fault, from 0 to 1. The setting `seed` makes the choices repeatable. */
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
