// Checks that README.md names every setting, every kind of fault and every control call.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { EFFECT_KINDS } from '../src/fault-schema.ts'
import { CONFLICT_FORMS, DEFAULT_SETTINGS } from '../src/settings.ts'

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
const page = read('README.md')
const missing = (names: readonly string[]): string[] => names.filter((name) => !page.includes(`\`${name}\``))

describe('the README', () => {
  it('names every setting', () => {
    expect(missing(Object.keys(DEFAULT_SETTINGS))).toEqual([])
  })

  it('names every kind of fault', () => {
    expect(missing(EFFECT_KINDS)).toEqual([])
  })

  it('names every form of a duplicate', () => {
    expect(missing(CONFLICT_FORMS)).toEqual([])
  })

  it('names every control call', () => {
    const calls = [...read('src/routes/control.ts').matchAll(/case '(\w+ \w+)'/g)].map(([, call]) => call ?? '')
    expect(calls.length).toBeGreaterThan(10)
    expect(missing(calls)).toEqual([])
  })

  it('names only test files that exist', () => {
    const files = [...page.matchAll(/`(test\/[\w.]+)`/g)].map(([, file]) => file ?? '')
    expect(files.length).toBeGreaterThan(8)
    for (const file of files) expect(read(file)).not.toBe('')
  })
})
