// What a vector is: a request and the answer that HubSpot gives, with the evidence for it; and how the two are compared.

import type { ApiVersion } from '../src/versions.ts'
import type { EmulatorSettings } from '../src/settings.ts'

/** R: recorded from HubSpot · D: documented · C: other integrations rely on it · X: run with the official client · I: inferred. */
type Mark = 'R' | 'D' | 'C' | 'X' | 'I'

export interface Step {
  /** Method and path. Names in braces stand for path prefixes, for `{u}` (new in each vector) and for what was kept before. */
  call: string
  body?: unknown
  /** Sent instead of `body`, with nothing but the names filled in. */
  rawBody?: string
  headers?: Record<string, string>
  /** `any` for a step that only has to have been sent. */
  status: number | 'any'
  /** What must be in the answer: objects may hold more, lists may not. */
  answer?: unknown
  /** Headers that must be there; `absent` for those that must not. */
  sends?: Record<string, unknown>
  /** Names for later steps, and where in the answer their values are: `id`, `results.0.id`. */
  keep?: Record<string, string>
}

export interface Vector {
  it: string
  mark: Mark
  given?: Step[]
  /** The request that the vector is about; those of `given` come before it. */
  ask: Step
  /** Families of paths in which it holds; all when absent. */
  versions?: ApiVersion[]
  /** Switches of the emulator; a vector that needs them cannot be asked of a real portal. */
  settings?: Partial<EmulatorSettings>
}

type Test = (got: unknown, names: Names) => string | null
export type Names = Record<string, string>

class Pattern {
  readonly test: Test

  constructor(test: Test) {
    this.test = test
  }
}

/** A text that matches, after the names in it were filled in. */
export const like = (source: string): Pattern =>
  new Pattern((got, names) => {
    const wanted = new RegExp(filled(source, names), 'u')
    return typeof got === 'string' && wanted.test(got) ? null : `${shown(got)} is not like ${String(wanted)}`
  })
export const text = like('.')
export const digits = like(String.raw`^\d{2,}$`)
export const isoTime = like(String.raw`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`)
export const uuid = like('^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$')

export const absent = new Pattern((got) => (got === undefined ? null : `${shown(got)} should be absent`))
export const number = new Pattern((got) => (typeof got === 'number' ? null : `${shown(got)} is not a number`))

/** The number whose digits are that text: labelled associations show ids so. */
export const asNumber = (digitsOf: string): Pattern =>
  new Pattern((got, names) => (got === Number(filled(digitsOf, names)) ? null : `${shown(got)} is not that number`))

/** These keys and no others. */
export const exactly = (wanted: Record<string, unknown>): Pattern =>
  new Pattern((got, names) => {
    const more = Object.keys((got ?? {}) as object).filter((key) => !Object.hasOwn(wanted, key))
    return more.length > 0 ? `has further keys: ${more.join(', ')}` : difference(wanted, got, names)
  })

/** These elements and no others, in any order. */
export const inAnyOrder = (...wanted: unknown[]): Pattern =>
  new Pattern((got, names) => {
    if (!Array.isArray(got) || got.length !== wanted.length) return `${shown(got)} has not ${wanted.length} elements`
    const left = [...(got as unknown[])]
    for (const one of wanted) {
      const at = left.findIndex((element) => difference(one, element, names) === null)
      if (at === -1) return `${shown(got)} has nothing like ${shown(one)}`
      left.splice(at, 1)
    }
    return null
  })

/** A list that has at least this element. */
export const having = (wanted: unknown): Pattern =>
  new Pattern((got, names) =>
    Array.isArray(got) && got.some((element) => difference(wanted, element, names) === null)
      ? null
      : `${shown(got)} has nothing like ${shown(wanted)}`,
  )

/** Null when the answer is as wanted, otherwise where it is not. */
export function difference(wanted: unknown, got: unknown, names: Names): string | null {
  if (wanted instanceof Pattern) return wanted.test(got, names)
  if (typeof wanted === 'string') {
    return got === filled(wanted, names) ? null : `${shown(got)} is not ${shown(filled(wanted, names))}`
  }
  if (Array.isArray(wanted)) {
    if (!Array.isArray(got) || got.length !== wanted.length) return `${shown(got)} has not ${wanted.length} elements`
    return first(wanted.map((one, at) => under(String(at), difference(one, got[at], names))))
  }
  if (typeof wanted === 'object' && wanted !== null) {
    if (typeof got !== 'object' || got === null) return `${shown(got)} is not an object`
    const parts = Object.entries(wanted)
    return first(parts.map(([key, one]) => under(key, difference(one, (got as Record<string, unknown>)[key], names))))
  }
  return Object.is(wanted, got) ? null : `${shown(got)} is not ${shown(wanted)}`
}

/** A name that nobody has kept stays as it is written. */
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
