// Runs vectors over HTTP, against the emulator or against a real portal.

import { PATH_FAMILIES, type ApiVersion, type PathFamily } from '../src/versions.ts'
import { difference, filled, filledIn, type Names, type Step, type Vector } from './vector.ts'

export interface Target {
  baseUrl: string
  token: string
}

// A custom unique property that the vectors need, also in a real portal.
const VECTOR_KEY = 'vector_key'

export class VectorRunner {
  readonly #target: Target
  readonly #family: PathFamily
  /** Paths of the records and properties that were created, to archive them at the end. */
  readonly #created = new Set<string>()
  #count = 0

  constructor(target: Target, version: ApiVersion) {
    this.#target = target
    this.#family = PATH_FAMILIES.find((family) => family.version === version)!
  }

  /** Creates the custom unique property, unless it exists. */
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

  /** Returns `null` when every response is as expected, otherwise the step and the difference. */
  async mismatchIn(vector: Vector): Promise<string | null> {
    const names = this.#names()
    for (const step of [...(vector.given ?? []), vector.request]) {
      const { status, body, headers } = await this.#send(step, names)
      const mismatch =
        (step.status === 'any' || status === step.status ? null : `status ${status} instead of ${step.status}`) ??
        difference(step.response ?? {}, step.response === undefined ? {} : body, names) ??
        difference(step.responseHeaders ?? {}, headers, names)
      if (mismatch !== null) {
        return `${filled(step.call, names)}: ${mismatch}\nresponse: ${JSON.stringify(body)?.slice(0, 1500)}`
      }
      for (const [name, path] of Object.entries(step.save ?? {})) names[name] = at(body, path)
    }
    return null
  }

  /** Archives every record and property that was created. */
  async cleanUp(): Promise<void> {
    for (const path of this.#created) await this.#send({ call: `DELETE ${path}`, status: 204 }, {})
  }

  #names(): Names {
    this.#count += 1
    const { version, ...prefixes } = this.#family
    // The same in every run against the emulator. A real portal still has the records of earlier runs, so it needs new values.
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
    if (method === 'POST' && response.ok) this.#recordCreated(path, parsed)
    return { status: response.status, body: parsed, headers: Object.fromEntries(response.headers) }
  }

  #recordCreated(path: string, body: unknown): void {
    const createPath =
      /^(\/crm\/(?:v3\/objects|objects\/[\d-]+)\/(?:contacts|companies))(?:\/batch\/(?:create|upsert)|\/merge)?$/.exec(
        path,
      )
    if (typeof body !== 'object' || body === null) return
    const { id, name, results } = body as { id?: string; name?: string; results?: { id: string }[] }
    if (/^\/crm\/(?:v3\/properties|properties\/[\d-]+)\/\w+$/.test(path)) this.#created.add(`${path}/${name}`)
    if (createPath === null) return
    for (const createdId of [id, ...(results ?? []).map((row) => row.id)]) {
      if (createdId) this.#created.add(`${createPath[1]}/${createdId}`)
    }
  }
}

function bodyOf({ body, rawBody }: Step, names: Names): string | undefined {
  if (rawBody !== undefined) return filled(rawBody, names)
  return body === undefined ? undefined : JSON.stringify(filledIn(body, names))
}

/** Returns a text that is not JSON unchanged. */
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
  if (typeof value !== 'string' && typeof value !== 'number') throw new Error(`The response has no value at ${path}.`)
  return String(value)
}
