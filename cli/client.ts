// The operator API from an operator's side: asks, and tells an answer from a refusal.

// The API answers within 3.5 s; a proxy on the way may take its time.
const DEADLINE_MS = 10_000

/** An answer as it came, and what its JSON says. `null` for a body that is no JSON, such as a proxy's page. */
export interface Answer {
  status: number
  text: string
  body: unknown
  location: string | null
}

/** The API answered with an error. */
export class Refused extends Error {
  override name = 'Refused'
  readonly answer: Answer

  constructor(answer: Answer) {
    super(`The API answered ${answer.status}.`)
    this.answer = answer
  }
}

/** Nothing answered, or not in time. An order may have been carried out all the same. */
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
   * @param path as in the API's contract, or the `location` of an earlier answer
   * @throws Refused for any answer of 400 and above
   * @throws Unreachable
   */
  async ask(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<Answer> {
    const { response, text } = await this.#fetch(method, path, body)
    const answer = { status: response.status, text, body: asJson(text), location: response.headers.get('location') }
    if (!response.ok || answer.body === null) throw new Refused(answer)
    return answer
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
      throw new Unreachable(
        `Nothing answers on ${this.#url}. ONRAMP_URL says where onramp is; on a laptop \`npm start\` brings it up.`,
        { cause: error },
      )
    }
  }
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
