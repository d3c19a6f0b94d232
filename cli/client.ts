// The client of the operator API: sends requests and throws for every error.

// The API answers within 3.5 s; a proxy in between may take longer.
const DEADLINE_MS = 10_000

/** A response as text and as JSON. `body` is `null` when the text is not JSON, such as an error page of a proxy. */
export interface ApiResponse {
  status: number
  text: string
  body: unknown
  location: string | null
}

/** The API answered with an error status, or with a body that is not JSON. */
export class ApiError extends Error {
  override name = 'ApiError'
  readonly response: ApiResponse

  constructor(response: ApiResponse) {
    super(`The API answered ${response.status}.`)
    this.response = response
  }
}

/** No response came in time. The API may have carried out the command nevertheless. */
export class Unreachable extends Error {
  override name = 'Unreachable'
}

export class OperatorApi {
  readonly #url: string
  readonly #token: string

  constructor(url: string, token: string) {
    this.#url = url.replace(/\/+$/, '')
    this.#token = token
  }

  /**
   * @param path as in the API's contract, or the `location` of an earlier response
   * @throws ApiError
   * @throws Unreachable
   */
  async request(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<ApiResponse> {
    const { response, text } = await this.#fetch(method, path, body)
    const { status, headers } = response
    const apiResponse = { status, text, body: parsedOrNull(text), location: headers.get('location') }
    if (!response.ok || apiResponse.body === null) throw new ApiError(apiResponse)
    return apiResponse
  }

  async #fetch(method: string, path: string, body?: object): Promise<{ response: Response; text: string }> {
    try {
      const response = await fetch(this.#url + path, {
        method,
        headers: {
          authorization: `Bearer ${this.#token}`,
          ...(body && { 'content-type': 'application/json' }),
        },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(DEADLINE_MS),
      })
      return { response, text: await response.text() }
    } catch (error) {
      throw new Unreachable(`No response from ${this.#url}${whyNot(error, method)}`, { cause: error })
    }
  }
}

/** The end of the sentence: why no response came, as far as Node says, and what to do. */
function whyNot(error: unknown, method: string): string {
  const mayBeDone = method === 'GET' ? '' : ' The command may have been carried out nevertheless.'
  const afterSending = `${mayBeDone} Look at the API's log, and at a proxy before it.`
  if (error instanceof Error && error.name === 'TimeoutError')
    return ` within ${DEADLINE_MS / 1000} seconds.${afterSending}`
  const code = codeOf(error)
  const why = code === null ? '.' : ` (${code}).`
  if (code === null || !NOT_SENT.test(code)) return why + afterSending
  if (UNKNOWN_AUTHORITY.test(code))
    return `${why} Node does not know the authority of the certificate. If it is your own, set NODE_EXTRA_CA_CERTS to the file with its certificate.`
  return `${why} Set ONRAMP_URL to the address of onramp; on a laptop, \`npm start\` starts it.`
}

// https://nodejs.org/docs/latest-v24.x/api/tls.html#x509-certificate-error-codes
const UNKNOWN_AUTHORITY = /SELF_SIGNED|^UNABLE_TO_/
// There was no connection, so that no request has reached the API.
const NOT_SENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$|CERT|^UNABLE_TO_/

/** The code of the first error with one: `fetch` hides it in the cause, and in one of several errors for several addresses. */
function codeOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  if ('code' in error && typeof error.code === 'string') return error.code
  const inner: unknown[] = error instanceof AggregateError ? error.errors : [error.cause]
  return inner.map(codeOf).find((code) => code !== null) ?? null
}

function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
