// Reads the API's own description, and makes requests of its examples.

import { Ajv2020 } from 'ajv/dist/2020.js'
import type { Hono } from 'hono'
import { OPERATOR_TOKEN, signedRequest } from './sender.ts'

interface Schema {
  [keyword: string]: unknown
}
interface Content {
  [contentType: string]: { schema: Schema; example?: unknown; examples?: { [name: string]: { value: unknown } } }
}
interface Operation {
  operationId: string
  security: { [scheme: string]: unknown }[]
  parameters?: { name: string; in: string; schema: { example?: string } }[]
  requestBody?: { required?: boolean; content: Content }
  responses: { [status: string]: { headers?: object; content: Content } }
}
interface Document {
  paths: { [path: string]: { [method: string]: Operation } }
  components: { schemas: object }
}

/** One route, as the document has it. */
export interface Described {
  method: string
  path: string
  operationId: string
  isSigned: boolean
  isForOperators: boolean
  parameters: { name: string; in: string; example: string | undefined }[]
  needsBody: boolean
  /** Names of the examples of its body; one empty name when it takes none. */
  requests: string[]
  bodies: { [name: string]: unknown }
  answers: {
    status: string
    contentType: string
    schema: Schema
    headers: string[]
    examples: { name: string; value: unknown }[]
  }[]
}

const ajv = new Ajv2020({ strict: false, validateFormats: false })
let components: object = {}

export async function describedOperations(app: Hono): Promise<Described[]> {
  const document = (await (await app.request('/openapi.json')).json()) as Document
  components = document.components
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => described(method, path, operation)),
  )
}

/** Why a value is not what a schema of the document says; `null` when it is. */
export function misfit(schema: Schema | undefined, value: unknown): string | null {
  const validate = ajv.compile({ ...schema, components })
  return validate(value) ? null : ajv.errorsText(validate.errors)
}

function described(method: string, path: string, operation: Operation): Described {
  const { operationId, security, parameters = [], requestBody, responses } = operation
  const bodies = examplesOf(requestBody?.content['application/json'])
  return {
    method: method.toUpperCase(),
    path,
    operationId,
    isSigned: security.some((schemes) => 'webhookSignature' in schemes),
    isForOperators: security.some((schemes) => 'operator' in schemes),
    parameters: parameters.map(({ name, in: where, schema }) => ({ name, in: where, example: schema.example })),
    needsBody: requestBody?.required ?? false,
    requests: bodies.length > 0 ? bodies.map(({ name }) => name) : [''],
    bodies: Object.fromEntries(bodies.map(({ name, value }) => [name, value])),
    answers: Object.entries(responses).flatMap(([status, { headers = {}, content }]) =>
      Object.entries(content).map(([contentType, media]) => ({
        status,
        contentType,
        schema: media.schema,
        headers: Object.keys(headers),
        examples: examplesOf(media),
      })),
    ),
  }
}

function examplesOf(media: Content[string] | undefined): { name: string; value: unknown }[] {
  if (media && 'example' in media) return [{ name: '', value: media.example }]
  return Object.entries(media?.examples ?? {}).map(([name, { value }]) => ({ name, value }))
}

interface Changes {
  body?: string
  query?: string
  /** Parameters of the path by their names; `*` stands for the rest. */
  path?: { [name: string]: string }
  headers?: { [name: string]: string }
}

/** A request made of a route's examples, for a customer of the test's own. */
export class Draft {
  readonly #operation: Described
  readonly #customerId: string
  readonly #request: string
  #changes: Changes = {}

  constructor(operation: Described, customerId: string, request: string) {
    this.#operation = operation
    this.#customerId = customerId
    this.#request = request
  }

  /** The same, but for what the test is about. */
  with(changes: Changes): Draft {
    const draft = new Draft(this.#operation, this.#customerId, this.#request)
    draft.#changes = { ...this.#changes, ...changes }
    return draft
  }

  request(): Request {
    const { method, isSigned, isForOperators } = this.#operation
    const body = this.#body()
    if (isSigned) return signedRequest(body ?? '', { ...(this.#changes.headers && { headers: this.#changes.headers }) })
    const headers = { ...(isForOperators && { authorization: `Bearer ${OPERATOR_TOKEN}` }), ...this.#changes.headers }
    return new Request(this.#url(), { method, headers, ...(body !== undefined && { body }) })
  }

  #body(): string | undefined {
    const example = this.#operation.bodies[this.#request]
    if (this.#changes.body !== undefined || example === undefined) return this.#changes.body
    return this.#mine(JSON.stringify(example))
  }

  #url(): string {
    const { path, parameters } = this.#operation
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
      const example = parameters.find((parameter) => parameter.name === name)?.example
      return this.#changes.path?.[name] ?? this.#changes.path?.['*'] ?? this.#mine(example ?? name)
    })
    const query = new URLSearchParams()
    for (const { name, in: where, example } of parameters) {
      if (where === 'query' && example !== undefined) query.set(name, example)
    }
    return `http://onramp.test${filled}?${this.#changes.query ?? query.toString()}`
  }

  #mine(text: string): string {
    return text.replaceAll('cus_1', this.#customerId)
  }
}
