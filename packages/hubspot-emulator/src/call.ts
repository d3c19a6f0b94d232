// One API call as a handler sees it, and functions that read its parameters and body. Bad input always becomes HubSpot's 400.

import type { Access } from './access.ts'
import type { ApiResponse } from './api-response.ts'
import { brokenJson, missingBody, missingFields, unknownObjectType, wrongJson } from './errors.ts'
import { objectTypeOf, type ObjectTypeInfo } from './portal/object-types.ts'
import type { Portal } from './portal/portal.ts'
import type { SearchIndex } from './portal/search-index.ts'
import type { ApiVersion } from './versions.ts'

export interface Call {
  portal: Portal
  searchIndex: SearchIndex
  access: Access
  version: ApiVersion
  params: Record<string, string>
  query: URLSearchParams
  /** Path and query, as sent. */
  target: string
  rawBody: string
}

export type Handler = (call: Call) => ApiResponse

export type Json = Record<string, unknown>

export function typeParam(call: Call, name = 'type'): ObjectTypeInfo {
  const text = call.params[name] ?? ''
  const info = objectTypeOf(text)
  if (info === null) throw unknownObjectType(text)
  return info
}

export function jsonBody(call: Call): unknown {
  if (call.rawBody.trim() === '') throw missingBody()
  try {
    return JSON.parse(call.rawBody) as unknown
  } catch {
    const { line, column } = endOfJson(call.rawBody)
    throw brokenJson(line, column)
  }
}

export const objectBody = (call: Call): Json => asObject(jsonBody(call))

export function asObject(value: unknown): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrongJson('java.util.LinkedHashMap', value)
  return value as Json
}

export function asArray(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw wrongJson('java.util.ArrayList', value)
  return value
}

/** HubSpot accepts ids as strings and as numbers [C]. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw wrongJson('java.lang.String', value)
}

/** A required field; `null` counts as absent. */
export function required(body: Json, name: string): unknown {
  const value = body[name]
  if (value === undefined || value === null) throw missingFields([name])
  return value
}

export function optionalText(body: Json, name: string): string | undefined {
  const value = body[name]
  return value === undefined || value === null ? undefined : asText(value)
}

export function optionalNumber(body: Json, name: string): number | undefined {
  const value = body[name]
  if (value === undefined || value === null) return undefined
  const number = typeof value === 'string' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isInteger(number)) throw wrongJson('java.lang.Integer', value)
  return number
}

export function optionalFlag(body: Json, name: string): boolean | undefined {
  const value = body[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'boolean') throw wrongJson('java.lang.Boolean', value)
  return value
}

/** The values of a query parameter. HubSpot accepts repeated keys and comma-separated lists [D]. */
export function listParam(query: URLSearchParams, name: string): string[] {
  return query
    .getAll(name)
    .flatMap((value) => value.split(','))
    .map((value) => value.trim())
    .filter((value) => value !== '')
}

/** Returns the position for the error about invalid JSON, which is always the end of the text. */
function endOfJson(text: string): { line: number; column: number } {
  const lines = text.split('\n')
  return { line: lines.length, column: lines.at(-1)!.length + 1 }
}
