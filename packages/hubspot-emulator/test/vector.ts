// A vector: a request and HubSpot's response with the source of that knowledge; and patterns to compare responses with.

import type { ApiVersion } from '../src/versions.ts'
import type { EmulatorSettings } from '../src/settings.ts'

/** R: recorded from HubSpot · D: documented · C: other integrations rely on it · X: run with the official client · I: inferred. */
type Source = 'R' | 'D' | 'C' | 'X' | 'I'

export interface Step {
  /** Method and path. Names in braces are path prefixes, `{u}` (unique to each vector), and values that earlier steps saved. */
  call: string
  body?: unknown
  /** Sent unchanged instead of `body`, except that names are filled in. */
  rawBody?: string
  headers?: Record<string, string>
  /** `any` accepts every status. */
  status: number | 'any'
  /** The expected body. Objects may have further keys, lists no further elements. */
  response?: unknown
  /** The expected headers; `absent` for those that must not be there. */
  responseHeaders?: Record<string, unknown>
  /** Names for later steps → paths of their values in the response: `id`, `results.0.id`. */
  save?: Record<string, string>
}

export interface Vector {
  it: string
  source: Source
  given?: Step[]
  /** The request that the vector is about; the steps of `given` run before it. */
  request: Step
  /** The API versions in which it holds; all when absent. */
  versions?: ApiVersion[]
  /** Settings of the emulator. A vector that needs them cannot run against a real portal. */
  settings?: Partial<EmulatorSettings>
}

type Test = (actual: unknown, names: Names) => string | null
export type Names = Record<string, string>

class Pattern {
  readonly test: Test

  constructor(test: Test) {
    this.test = test
  }
}

/** A string that matches the regular expression after names are filled in. */
export const like = (source: string): Pattern =>
  new Pattern((actual, names) => {
    const expected = new RegExp(filled(source, names), 'u')
    return typeof actual === 'string' && expected.test(actual)
      ? null
      : `${shown(actual)} is not like ${String(expected)}`
  })
export const text = like('.')
export const digits = like(String.raw`^\d{2,}$`)
export const isoTime = like(String.raw`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`)
export const uuid = like('^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$')

export const absent = new Pattern((actual) => (actual === undefined ? null : `${shown(actual)} should be absent`))
export const number = new Pattern((actual) => (typeof actual === 'number' ? null : `${shown(actual)} is not a number`))

/** The number with these digits. Labelled associations have ids as numbers. */
export const asNumber = (digitsOf: string): Pattern =>
  new Pattern((actual, names) =>
    actual === Number(filled(digitsOf, names)) ? null : `${shown(actual)} is not the number ${filled(digitsOf, names)}`,
  )

/** An object with these keys and no others. */
export const exactly = (expected: Record<string, unknown>): Pattern =>
  new Pattern((actual, names) => {
    const more = Object.keys((actual ?? {}) as object).filter((key) => !Object.hasOwn(expected, key))
    return more.length > 0 ? `has further keys: ${more.join(', ')}` : difference(expected, actual, names)
  })

/** A list of these elements and no others, in any order. */
export const inAnyOrder = (...expected: unknown[]): Pattern =>
  new Pattern((actual, names) => {
    if (!Array.isArray(actual) || actual.length !== expected.length)
      return `${shown(actual)} does not have ${expected.length} elements`
    const left = [...(actual as unknown[])]
    for (const one of expected) {
      const at = left.findIndex((element) => difference(one, element, names) === null)
      if (at === -1) return `${shown(actual)} has no element like ${shown(one)}`
      left.splice(at, 1)
    }
    return null
  })

/** A list with at least this element. */
export const containing = (expected: unknown): Pattern =>
  new Pattern((actual, names) =>
    Array.isArray(actual) && actual.some((element) => difference(expected, element, names) === null)
      ? null
      : `${shown(actual)} has no element like ${shown(expected)}`,
  )

/** Returns `null` when the response is as expected, otherwise the path and the difference. */
export function difference(expected: unknown, actual: unknown, names: Names): string | null {
  if (expected instanceof Pattern) return expected.test(actual, names)
  if (typeof expected === 'string') {
    return actual === filled(expected, names) ? null : `${shown(actual)} is not ${shown(filled(expected, names))}`
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length)
      return `${shown(actual)} does not have ${expected.length} elements`
    return first(expected.map((one, at) => under(String(at), difference(one, actual[at], names))))
  }
  if (typeof expected === 'object' && expected !== null) {
    if (typeof actual !== 'object' || actual === null) return `${shown(actual)} is not an object`
    const parts = Object.entries(expected)
    return first(
      parts.map(([key, one]) => under(key, difference(one, (actual as Record<string, unknown>)[key], names))),
    )
  }
  return Object.is(expected, actual) ? null : `${shown(actual)} is not ${shown(expected)}`
}

/** Fills in the names; unknown names stay as they are. */
export function filled(template: string, names: Names): string {
  return template.replaceAll(/\{(\w+)\}/g, (whole, name: string) => names[name] ?? whole)
}

export function filledIn(value: unknown, names: Names): unknown {
  if (typeof value === 'string') return filled(value, names)
  if (Array.isArray(value)) return value.map((one) => filledIn(one, names))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [filled(key, names), filledIn(one, names)]))
}

const under = (key: string, problem: string | null): string | null => (problem === null ? null : `${key}: ${problem}`)
const first = (problems: (string | null)[]): string | null => problems.find((problem) => problem !== null) ?? null
const shown = (value: unknown): string =>
  value instanceof Pattern ? 'a pattern' : (JSON.stringify(value)?.slice(0, 300) ?? 'nothing')
