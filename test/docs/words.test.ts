// One word per thing: the starred words of docs/glossary.md stand nowhere else in the repository.

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const GLOSSARY = 'docs/glossary.md'

/** Files that may hold the words. */
const EXEMPT: { path: RegExp; because: string }[] = [
  { path: /^docs\/glossary\.md$/, because: 'it lists them' },
  { path: /^docs\/decisions\//, because: 'a recorded decision keeps the words of its day' },
  { path: /^CHANGELOG\.md$/, because: 'the notes of a release keep the words of their day' },
  { path: /^test\/histories\//, because: 'a recorded history replays only as it was recorded' },
  { path: /^package-lock\.json$/, because: 'npm writes it' },
  { path: /(^|\/)LICENSE$/, because: 'its words are not ours' },
]

/** Public names that hold one of the words, and options of other programs. */
const NAMES: { names: string[]; because: string }[] = [
  { names: ['commit-then-cut', "'cut'", '`cut`', '"cut"'], because: 'faults of the emulator have these kinds' },
  { names: ['onramp_hubspot_locked_out'], because: 'dashboards and alerts use the metric' },
  { names: ['--quiet', '| cut -d'], because: 'pip has this option, and a shell this command' },
]

/** The starred words of the tables' last column, without the remarks in parentheses. */
function starredWords(page: string): string[] {
  const rows = page.split('\n').filter((line) => line.startsWith('|'))
  const cells = rows.map((row) => row.split('|').at(-2) ?? '')
  const starred = cells.flatMap((cell) => cell.split(',')).filter((entry) => entry.trim().endsWith('*'))
  return [...new Set(starred.map((entry) => entry.replace(/\(.*\)|\*/g, '').trim()))]
}

/** Where a text holds one of the words, inflected too, on its own or as a part of a name. */
function findWords(text: string, words: string[]): { line: number; word: string }[] {
  const names = NAMES.flatMap((exempt) => exempt.names)
  const readable = names.reduce((rest, name) => rest.replaceAll(name, '·'), text)
  // A camelCase name reads like one with hyphens.
  const hyphenated = readable.replaceAll(/[a-z](?=[A-Z])|[A-Z](?=[A-Z][a-z])/g, '$&-')
  return [...hyphenated.matchAll(patternOf(words))].map(({ index, 0: word }) => ({
    line: hyphenated.slice(0, index).split('\n').length,
    word: word.replaceAll(/\s+/g, ' '),
  }))
}

function patternOf(words: string[]): RegExp {
  const patterns = words.map((word) => {
    // A phrase may go on in the next line of a comment; a word with a hyphen is none, since a table may stand in a file.
    const gap = word.includes('-') ? '[-_]' : "[\\s\\-_'’*/#>|]+"
    return word.split(/[^A-Za-z]+/).join(gap)
  })
  return new RegExp(`(?<![a-z])(?:${patterns.join('|')})(?:s|es|d|ed|ing|ly)?(?![a-z])`, 'gi')
}

function trackedFiles(): string[] {
  const list = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' })
  return list.split('\0').filter((path) => path !== '' && existsSync(join(ROOT, path)))
}

function textOf(path: string): string {
  const text = readFileSync(join(ROOT, path), 'utf8')
  return text.includes('\0') ? '' : text
}

const words = starredWords(readFileSync(join(ROOT, GLOSSARY), 'utf8'))

describe('the glossary', () => {
  it('stars the words that nobody may use', () => {
    expect(words.length).toBeGreaterThan(15)
  })
})

describe('the search for a word', () => {
  it.each(words)('finds "%s" in a comment and in a name, inflected too', (word) => {
    const name = word.replaceAll(/[^A-Za-z]+(.)/g, (_, letter: string) => letter.toUpperCase())
    const text = `// Not ${word}, but a better word.\nconst ${name}Now = 1\n// Many ${word}s.\n`
    expect(findWords(text, [word]).map(({ line }) => line)).toEqual([1, 2, 3])
  })

  it.each(words.filter((word) => word.includes(' ')))('finds "%s" across a line break', (word) => {
    expect(findWords(` * ${word.replace(' ', '\n * ')}`, [word])).toHaveLength(1)
  })

  it.each([
    'navigate',
    'aggregate',
    'gateway',
    'confirm',
    'shortcut',
    'A table stands in',
    'refused-by-hubspot',
    'ECONNREFUSED',
  ])('passes "%s"', (text) => {
    expect(findWords(text, words)).toEqual([])
  })

  it('passes the words of a phrase that stand in two sentences', () => {
    expect(findWords('Events that HubSpot lets. Go on.', words)).toEqual([])
  })
})

describe('a word that the glossary stars stands nowhere', () => {
  const files = trackedFiles().filter((path) => !EXEMPT.some((exempt) => exempt.path.test(path)))
  const folders = Object.groupBy(files, (path) => (path.includes('/') ? path.split('/', 1).join() : 'the root'))

  it.each(Object.entries(folders))('in %s', (_, paths = []) => {
    const found = paths.flatMap((path) => [
      ...findWords(path, words).map(({ word }) => `${path} (its name): ${word}`),
      ...findWords(textOf(path), words).map(({ line, word }) => `${path}:${line}: ${word}`),
    ])
    expect(found).toEqual([])
  })
})
