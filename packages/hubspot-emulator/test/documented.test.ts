// The emulator's README is true: it names every switch, every kind of trouble and every call there is.

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

  it('names every kind of trouble', () => {
    expect(missing(EFFECT_KINDS)).toEqual([])
  })

  it('names every form of a duplicate', () => {
    expect(missing(CONFLICT_FORMS)).toEqual([])
  })

  it('names every call of the emulator’s own', () => {
    const calls = [...read('src/routes/control.ts').matchAll(/case '(\w+ \w+)'/g)].map(([, call]) => call ?? '')
    expect(calls.length).toBeGreaterThan(10)
    expect(missing(calls)).toEqual([])
  })

  it('names every file of the proof', () => {
    const files = [...page.matchAll(/`(test\/[\w.]+)`/g)].map(([, file]) => file ?? '')
    expect(files.length).toBeGreaterThan(8)
    for (const file of files) expect(read(file)).not.toBe('')
  })
})
