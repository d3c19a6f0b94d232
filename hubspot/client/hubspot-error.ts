// The error of a HubSpot call that failed or got no response: the parts of it by which onramp decides.

/** A property that HubSpot rejected, and its code for the reason, such as INVALID_OPTION. */
export interface RejectedProperty {
  name: string
  code: string
}

/**
 * Thrown when a response is no readable success, and when no response came. A cancelled call gets no response, either.
 *
 * Its message names no value. The body may hold personal data, so it is kept out of reach of loggers and of Temporal.
 */
export class HubSpotError extends Error {
  override name = 'HubSpotError'
  /** `null`: no response came, or none that can be read. HubSpot may have executed the call all the same. */
  readonly status: number | null
  readonly category: string | null
  /** The policy of a 429: SECONDLY, TEN_SECONDLY_ROLLING or DAILY. */
  readonly policy: string | null
  readonly correlationId: string | null
  readonly retryAfterSeconds: number | null
  readonly #body: unknown

  constructor(response: { status: number | null; headers: Record<string, string>; text: string }, message?: string) {
    super(message ?? `HubSpot answered ${response.status}`)
    const body = parsed(response.text)
    this.#body = body
    this.status = response.status
    this.category = wordAt(body, 'category')
    this.policy = wordAt(body, 'policyName')
    this.correlationId = uuid(response.headers['x-hubspot-correlation-id']) ?? uuid(valueAt(body, 'correlationId'))
    this.retryAfterSeconds = seconds(response.headers['retry-after'])
  }

  /** No readable response came; `why` is a phrase or the socket's error code. */
  static unusableResponse(why: string): HubSpotError {
    return new HubSpotError({ status: null, headers: {}, text: '' }, `No usable response from HubSpot: ${why}`)
  }

  /** HubSpot rejects the token in this response. Or it did so in an earlier one, and this call was not sent. */
  static unauthorized(pauseSeconds: number, response?: HubSpotError): HubSpotError {
    const headers = {
      'retry-after': String(Math.ceil(pauseSeconds)),
      'x-hubspot-correlation-id': response?.correlationId ?? '',
    }
    const text = JSON.stringify({ category: response?.category })
    const message = response ? response.message : 'HubSpot rejects the token, so the call was not sent'
    return new HubSpotError({ status: response?.status ?? 401, headers, text }, message)
  }

  /** The parsed body, or its text when it is not JSON. */
  get body(): unknown {
    return this.#body
  }

  /** The properties that HubSpot rejected, each once. The body names them in `errors` and in a JSON array within its message. */
  get rejectedProperties(): RejectedProperty[] {
    const rows = [
      ...listAt(this.#body, 'errors').map(fromError),
      ...rowsInMessage(valueAt(this.#body, 'message')).map(fromRow),
    ]
    const named = rows.filter((row) => row !== null)
    return named.filter(({ name }, index) => named.findIndex((other) => other.name === name) === index)
  }
}

function fromError(error: unknown): RejectedProperty | null {
  const name: unknown = [valueAt(valueAt(error, 'context'), 'propertyName')].flat()[0]
  return isPropertyName(name) ? { name, code: wordAt(error, 'code') ?? 'INVALID' } : null
}

function fromRow(row: unknown): RejectedProperty | null {
  const name = valueAt(row, 'name')
  return isPropertyName(name) ? { name, code: wordAt(row, 'error') ?? 'INVALID' } : null
}

/** A name of a HubSpot property. It is logged, so any other text is excluded: it may be a customer's value. */
function isPropertyName(name: unknown): name is string {
  return typeof name === 'string' && /^[a-z0-9_]{1,100}$/i.test(name)
}

function rowsInMessage(message: unknown): unknown[] {
  const rows = typeof message === 'string' ? parsed(/were not valid: (\[.*\])/s.exec(message)?.[1] ?? '') : null
  return Array.isArray(rows) ? rows : []
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function valueAt(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}

function listAt(value: unknown, name: string): unknown[] {
  const list = valueAt(value, name)
  return Array.isArray(list) ? list : []
}

/** One of HubSpot's codes. A text that is longer or has other letters is no code, and may hold personal data. */
function wordAt(value: unknown, name: string): string | null {
  const word = valueAt(value, name)
  return typeof word === 'string' && /^[A-Z0-9_]{1,64}$/.test(word) ? word : null
}

function uuid(value: unknown): string | null {
  return typeof value === 'string' && /^[0-9a-f-]{36}$/i.test(value) ? value : null
}

function seconds(header: string | undefined): number | null {
  return header !== undefined && /^\d{1,9}$/.test(header) ? Number(header) : null
}
