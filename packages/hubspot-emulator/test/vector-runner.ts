// Asks vectors over HTTP: of the emulator in every run, of a real portal when its owner says so.

import { PATH_FAMILIES, type ApiVersion, type PathFamily } from '../src/versions.ts'
import { difference, filled, filledIn, type Names, type Step, type Vector } from './vector.ts'

export interface Target {
  baseUrl: string
  token: string
}

// An own unique property that the vectors use; a real portal gets it too.
const VECTOR_KEY = 'vector_key'

export class VectorRunner {
  readonly #target: Target
  readonly #family: PathFamily
  /** Address of each record and property that was made, so that a real portal can be left as it was. */
  readonly #made = new Set<string>()
  #count = 0

  constructor(target: Target, version: ApiVersion) {
    this.#target = target
    this.#family = PATH_FAMILIES.find((family) => family.version === version)!
  }

  /** Own unique keys must exist before they can be used; what is there already is fine. */
  async prepare(): Promise<void> {
    for (const [type, groupName] of [
      ['contacts', 'contactinformation'],
      ['companies', 'companyinformation'],
    ]) {
      await this.#send(
        {
          call: `POST {properties}/${type}`,
          body: {
            name: VECTOR_KEY,
            label: 'Vector key',
            type: 'string',
            fieldType: 'text',
            groupName,
            hasUniqueValue: true,
          },
          status: 'any',
        },
        this.#names(),
      )
    }
  }

  /** Null when every answer is as wanted, otherwise the step and the place in which one is not. */
  async problemOf(vector: Vector): Promise<string | null> {
    const names = this.#names()
    for (const step of [...(vector.given ?? []), vector.ask]) {
      const { status, body, headers } = await this.#send(step, names)
      const problem =
        (step.status === 'any' || status === step.status ? null : `status ${status} instead of ${step.status}`) ??
        difference(step.answer ?? {}, step.answer === undefined ? {} : body, names) ??
        difference(step.sends ?? {}, headers, names)
      if (problem !== null) {
        return `${filled(step.call, names)}: ${problem}\nanswer: ${JSON.stringify(body)?.slice(0, 1500)}`
      }
      for (const [name, path] of Object.entries(step.keep ?? {})) names[name] = at(body, path)
    }
    return null
  }

  /** Archives every record and every property that was made. */
  async cleanUp(): Promise<void> {
    for (const address of this.#made) await this.#send({ call: `DELETE ${address}`, status: 204 }, {})
  }

  #names(): Names {
    this.#count += 1
    const { version, ...prefixes } = this.#family
    // Not from chance, so that a run can be repeated; from the clock on a real portal, which remembers earlier runs.
    const run = this.#target.baseUrl.includes('127.0.0.1') ? 'run' : Date.now().toString(36)
    return { ...prefixes, u: `${run}-${version}-${this.#count}` }
  }

  async #send(step: Step, names: Names): Promise<{ status: number; body: unknown; headers: Record<string, string> }> {
    const [method = '', path = ''] = filled(step.call, names).split(' ')
    const body = bodyOf(step, names)
    const response = await fetch(this.#target.baseUrl + path, {
      method,
      headers: {
        authorization: `Bearer ${this.#target.token}`,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(filledIn(step.headers ?? {}, names) as Record<string, string>),
      },
      ...(body === undefined ? {} : { body }),
    })
    const text = await response.text()
    const parsed = parsedJson(text)
    if (method === 'POST' && response.ok) this.#remember(path, parsed)
    return { status: response.status, body: parsed, headers: Object.fromEntries(response.headers) }
  }

  #remember(path: string, body: unknown): void {
    const kind =
      /^(\/crm\/(?:v3\/objects|objects\/[\d-]+)\/(?:contacts|companies))(?:\/batch\/(?:create|upsert)|\/merge)?$/.exec(
        path,
      )
    if (typeof body !== 'object' || body === null) return
    const { id, name, results } = body as { id?: string; name?: string; results?: { id: string }[] }
    if (/^\/crm\/(?:v3\/properties|properties\/[\d-]+)\/\w+$/.test(path)) this.#made.add(`${path}/${name}`)
    if (kind === null) return
    for (const made of [id, ...(results ?? []).map((row) => row.id)]) if (made) this.#made.add(`${kind[1]}/${made}`)
  }
}

function bodyOf({ body, rawBody }: Step, names: Names): string | undefined {
  if (rawBody !== undefined) return filled(rawBody, names)
  return body === undefined ? undefined : JSON.stringify(filledIn(body, names))
}

/** A text that is no JSON is shown as it is. */
function parsedJson(text: string): unknown {
  try {
    return text === '' ? undefined : (JSON.parse(text) as unknown)
  } catch {
    return text
  }
}

function at(body: unknown, path: string): string {
  let value: unknown = body
  for (const key of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[key]
  if (typeof value !== 'string' && typeof value !== 'number') throw new Error(`nothing to keep at ${path}`)
  return String(value)
}
