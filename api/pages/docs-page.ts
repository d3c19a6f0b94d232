// The page at /docs: every route of the OpenAPI document with its parameters, bodies and responses, without a script.

import { html, raw } from 'hono/html'
import { Marked } from 'marked'
import { fieldsOf, typeOf } from './docs-schemas.ts'
import type { Schema } from './docs-schemas.ts'
import { page } from './page.ts'

interface Content {
  [type: string]: { schema?: Schema; example?: unknown; examples?: { [name: string]: { value?: unknown } } }
}
interface Operation {
  operationId: string
  summary: string
  description?: string
  tags: string[]
  security?: { [scheme: string]: unknown }[]
  parameters?: { name: string; in: string; required?: boolean; description?: string; schema: Schema }[]
  requestBody?: { content: Content }
  responses: { [status: string]: { description: string; content?: Content } }
}
/** The part of an OpenAPI document that the page shows. */
export interface ShownDocument {
  info: { version: string; summary: string; description: string }
  tags: { name: string; description: string }[]
  paths: { [path: string]: { [method: string]: Operation } }
  components: {
    schemas: { [name: string]: Schema }
    securitySchemes: { [name: string]: { description: string } }
  }
}

const STYLE = `
  h2 { margin: 3rem 0 0 }
  h4 { margin: 1rem 0 0 }
  summary { cursor: pointer; padding: .3rem 0 }
  pre { background: #f5f7fa; overflow-x: auto; padding: .5rem; font-size: .85rem }
  table { border-collapse: collapse; font-size: .9rem }
  td { border-top: 1px solid #cbd2d9; padding: .2rem 1rem .2rem 0; vertical-align: top }
`
const marked = new Marked()

export function docsPage({ info, tags, paths, components }: ShownDocument) {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ route: `${method.toUpperCase()} ${path}`, operation })),
  )
  return page(
    'onramp · API',
    html`
      <style>
        ${raw(STYLE)}
      </style>
      <h1>onramp ${info.version}</h1>
      <p>${info.summary} ${text(info.description)} Programs read <a href="/openapi.json">/openapi.json</a>.</p>
      ${tags.map(
        ({ name, description }) => html`
          <h2>${name}</h2>
          <p>${text(description)}</p>
          ${operations
            .filter(({ operation }) => operation.tags.includes(name))
            .map(({ route, operation }) => operationPart(route, operation, components.securitySchemes))}
        `,
      )}
      <h2>Types</h2>
      ${Object.entries(components.schemas).map(([name, schema]) => schemaPart(name, schema))}
    `,
  )
}

function operationPart(route: string, operation: Operation, schemes: ShownDocument['components']['securitySchemes']) {
  const { operationId, summary, description, security = [], parameters = [], requestBody, responses } = operation
  const needed = security.flatMap((each) => Object.keys(each))
  return html`
    <details id="${operationId}">
      <summary><code>${route}</code><br />${text(summary)}</summary>
      ${description === undefined ? '' : html`<p>${text(description)}</p>`}
      ${needed.map((scheme) => html`<p>Needs: ${text(schemes[scheme]?.description ?? scheme)}</p>`)}
      ${
        parameters.length === 0
          ? ''
          : html`<h4>Parameters</h4>
              <table>
                ${parameters.map(({ name, in: place, required, description = '', schema }) =>
                  row(`${name}${required ? '' : '?'}`, `${place}, ${typeOf(schema)}`, description || described(schema)),
                )}
              </table>`
      }
      ${
        requestBody === undefined
          ? ''
          : html`<h4>Body</h4>
              ${contentPart(requestBody.content)}`
      }
      ${Object.entries(responses).map(
        ([status, { description, content }]) =>
          html`<h4>${status}</h4>
            <p>${text(description)}</p>
            ${contentPart(content ?? {})}`,
      )}
    </details>
  `
}

function contentPart(content: Content) {
  return Object.entries(content).map(([type, { schema, example, examples = {} }]) => {
    const values = [...(example === undefined ? [] : [example]), ...Object.values(examples).map(({ value }) => value)]
    return html`
      <p><code>${type}</code>${schema === undefined ? '' : html` ${linked(typeOf(schema))}`}</p>
      ${values.map((value) => html`<pre>${typeof value === 'string' ? value : JSON.stringify(value, null, 2)}</pre>`)}
    `
  })
}

function schemaPart(name: string, schema: Schema) {
  const fields = fieldsOf(schema)
  return html`
    <h3 id="type-${name}">${name}</h3>
    ${described(schema) === '' ? '' : html`<p>${text(described(schema))}</p>`}
    ${fields.length === 0 ? html`<p>${linked(typeOf(schema))}</p>` : ''}
    <table>
      ${fields.map((field) => row(`${field.name}${field.required ? '' : '?'}`, typeOf(field.schema), described(field.schema)))}
    </table>
  `
}

function row(name: string, type: string, meaning: string) {
  return html`<tr>
    <td><code>${name}</code></td>
    <td>${linked(type)}</td>
    <td>${text(meaning)}</td>
  </tr>`
}

/** Names of types begin with a capital letter; each is a section of the page. */
function linked(type: string) {
  const parts = type.split(/\b([A-Z]\w+)\b/)
  return parts.map((part, index) => (index % 2 === 0 ? part : html`<a href="#type-${part}">${part}</a>`))
}

function described({ description }: Schema): string {
  return description ?? ''
}

/** The document's own texts, which hold Markdown. */
function text(markdown: string) {
  return raw(marked.parseInline(markdown, { async: false }))
}
