// Reads the API's OpenAPI document, and makes requests from its examples.

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

/** One route of the document. */
export interface Route {
  method: string
  path: string
  operationId: string
  isSigned: boolean
  isForOperators: boolean
  parameters: { name: string; in: string; example: string | undefined }[]
  needsBody: boolean
  /** The names of the body's examples; a single empty name for a route without a body. */
  requests: string[]
  bodies: { [name: string]: unknown }
  responses: {
    status: string
    contentType: string
    schema: Schema
    headers: string[]
    examples: { name: string; value: unknown }[]
  }[]
}

const ajv = new Ajv2020({ strict: false, validateFormats: false })
let components: object = {}

export async function routesOf(app: Hono): Promise<Route[]> {
  const document = (await (await app.request('/openapi.json')).json()) as Document
  components = document.components
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => routeOf(method, path, operation)),
  )
}

/** Why a value does not match a schema of the document; `null` when it does. */
export function mismatch(schema: Schema | undefined, value: unknown): string | null {
  const validate = ajv.compile({ ...schema, components })
  return validate(value) ? null : ajv.errorsText(validate.errors)
}

function routeOf(method: string, path: string, operation: Operation): Route {
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
    responses: Object.entries(responses).flatMap(([status, { headers = {}, content }]) =>
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
  /** Parameters of the path by name; `*` is the default of all others. */
  path?: { [name: string]: string }
  headers?: { [name: string]: string }
}

/** A request made from a route's examples, for a customer of the test. */
export class Draft {
  readonly #route: Route
  readonly #customerId: string
  readonly #request: string
  #changes: Changes = {}

  constructor(route: Route, customerId: string, request: string) {
    this.#route = route
    this.#customerId = customerId
    this.#request = request
  }

  get operationId(): string {
    return this.#route.operationId
  }

  /** A copy with changes. */
  with(changes: Changes): Draft {
    const draft = new Draft(this.#route, this.#customerId, this.#request)
    draft.#changes = { ...this.#changes, ...changes }
    return draft
  }

  request(): Request {
    const { method, isSigned, isForOperators } = this.#route
    const body = this.#body()
    if (isSigned) return signedRequest(body ?? '', { ...(this.#changes.headers && { headers: this.#changes.headers }) })
    const headers = { ...(isForOperators && { authorization: `Bearer ${OPERATOR_TOKEN}` }), ...this.#changes.headers }
    return new Request(this.#url(), { method, headers, ...(body !== undefined && { body }) })
  }

  #body(): string | undefined {
    const example = this.#route.bodies[this.#request]
    if (this.#changes.body !== undefined || example === undefined) return this.#changes.body
    return this.#withCustomerId(JSON.stringify(example))
  }

  #url(): string {
    const { path, parameters } = this.#route
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
      const example = parameters.find((parameter) => parameter.name === name)?.example
      return this.#changes.path?.[name] ?? this.#changes.path?.['*'] ?? this.#withCustomerId(example ?? name)
    })
    const query = new URLSearchParams()
    for (const { name, in: where, example } of parameters) {
      if (where === 'query' && example !== undefined) query.set(name, example)
    }
    return `http://onramp.test${filled}?${this.#changes.query ?? query.toString()}`
  }

  #withCustomerId(text: string): string {
    return text.replaceAll('cus_1', this.#customerId)
  }
}
