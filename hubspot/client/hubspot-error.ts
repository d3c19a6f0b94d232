// The error of a HubSpot call that failed or got no response: the parts of it by which onramp decides.

import { isObject, parsedOrText } from './json.ts'
import { codeOf, rejectedPropertiesIn } from './rejected-properties.ts'
import type { RejectedProperty } from './rejected-properties.ts'

/**
 * Something that onramp knows about an error, and that the response does not say.
 *
 * - `token-rejected`: HubSpot rejects the neutral call as well, or it answered 401.
 * - `calls-forbidden`: HubSpot answers 403 to calls of this kind for several customers.
 * - `unconfirmed`: the neutral call failed, so the response may not be HubSpot's own.
 * - `missing-for-several`: the step has just found a record of another customer missing, and asks again.
 * - `quota-short`: the call has waited for quota as long as its caller allows, and was not sent.
 * - `daily-limit`: the day's quota is used up, so the call was not sent. It asks for a pause until the next probe.
 * - `not-sent`: the caller was cancelled or the client was closed before the call was sent.
 */
export type Finding =
  | 'token-rejected'
  | 'calls-forbidden'
  | 'unconfirmed'
  | 'missing-for-several'
  | 'quota-short'
  | 'daily-limit'
  | 'not-sent'

interface Response {
  /** `null`: no response came, or none that can be read. HubSpot may have executed the call all the same. */
  status: number | null
  headers: Record<string, string>
  text: string
}

/**
 * Thrown when a response is no readable success, and when no response came. A cancelled call gets no response, either.
 *
 * Its message names no value. The body may hold personal data, so it is kept out of reach of loggers and of Temporal.
 */
export class HubSpotError extends Error {
  override name = 'HubSpotError'
  readonly status: number | null
  readonly category: string | null
  /** The policy of a 429: SECONDLY, TEN_SECONDLY_ROLLING or DAILY. */
  readonly policy: string | null
  readonly correlationId: string | null
  readonly retryAfterSeconds: number | null
  /** `null`: the response alone decides. */
  readonly finding: Finding | null
  /** The call was a write, and the error does not show whether HubSpot has executed it, or still will. The client sets it. */
  isUnanswered = false
  readonly #response: Response
  readonly #body: unknown

  constructor(response: Response, message?: string, known?: { finding: Finding; pauseSeconds: number | null }) {
    super(message ?? `HubSpot answered ${response.status}`)
    const body = parsedOrText(response.text)
    this.#response = response
    this.#body = body
    this.status = response.status
    this.category = codeOf(valueAt(body, 'category'))
    this.policy = codeOf(valueAt(body, 'policyName'))
    this.correlationId = uuid(response.headers['x-hubspot-correlation-id']) ?? uuid(valueAt(body, 'correlationId'))
    this.retryAfterSeconds = known?.pauseSeconds ?? seconds(response.headers['retry-after'])
    this.finding = known?.finding ?? null
  }

  /** No readable response came; `why` is a phrase or the socket's error code. */
  static unusableResponse(why: string): HubSpotError {
    return new HubSpotError({ status: null, headers: {}, text: '' }, `No usable response from HubSpot: ${why}`)
  }

  /** The call was not sent. `status`: what HubSpot has answered to earlier calls; `null` when the reason is onramp's own. */
  static notSent(
    status: number | null,
    why: string,
    known: { finding: Finding; pauseSeconds: number | null },
  ): HubSpotError {
    return new HubSpotError({ status, headers: {}, text: '' }, `${why}, so the call was not sent`, known)
  }

  /** The same error with what onramp knows of it. `pauseSeconds` replaces HubSpot's `Retry-After`. */
  found(finding: Finding, pauseSeconds: number | null = null): HubSpotError {
    return new HubSpotError(this.#response, this.message, { finding, pauseSeconds })
  }

  /** The parsed body, or its text when it is not JSON. */
  get body(): unknown {
    return this.#body
  }

  /** Whether the body has the form of HubSpot's API, and not that of a gateway, a proxy or HubSpot's edge. */
  get isHubSpotsOwn(): boolean {
    const correlationId = valueAt(this.#body, 'correlationId')
    return valueAt(this.#body, 'status') === 'error' && typeof correlationId === 'string' && correlationId !== ''
  }

  /** The properties that HubSpot rejected, each once. */
  get rejectedProperties(): RejectedProperty[] {
    return rejectedPropertiesIn(this.#body)
  }

  /** The scopes of which HubSpot requires one for the call; empty when the body names none. */
  get requiredScopes(): string[] {
    const errors = valueAt(this.#body, 'errors')
    const contexts = [this.#body, ...(Array.isArray(errors) ? errors : [])].map((place) => valueAt(place, 'context'))
    return contexts.flatMap((context) => [valueAt(context, 'requiredGranularScopes')].flat()).filter(isScope)
  }
}

function valueAt(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined
}

function isScope(scope: unknown): scope is string {
  return typeof scope === 'string' && /^[a-z_]{1,30}(\.[a-z_]{1,30}){1,5}$/.test(scope)
}

function uuid(value: unknown): string | null {
  return typeof value === 'string' && /^[0-9a-f-]{36}$/i.test(value) ? value : null
}

function seconds(header: string | undefined): number | null {
  return header !== undefined && /^\d{1,9}$/.test(header) ? Number(header) : null
}
