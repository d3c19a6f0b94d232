// The pages match the code: settings, fields, links, errors and commands.

import { execFile } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { parseCommandLine } from '../../cli/command-line.ts'
import { PROBLEMS } from '../../api/problems/problems.ts'
import { WEBHOOKS_PAGE, withFieldsTable } from '../../dev/docs/fields.ts'
import { ENV_EXAMPLE, envExample, README, withSettingsTable } from '../../dev/docs/settings.ts'
import { ATTENTION, ATTENTION_REASONS } from '../../domain/attention.ts'
import { loadConfig } from '../../platform/config.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const pages = globSync(['*.md', 'docs/**/*.md', 'packages/*/*.md'], { cwd: ROOT })

describe('.env.example', () => {
  it('has every setting with its default and meaning (`npm run docs` writes it)', () => {
    expect(readFileSync(ENV_EXAMPLE, 'utf8')).toBe(envExample())
  })

  it('changes no setting when it is copied to .env as it is', () => {
    const lines = envExample()
      .split('\n')
      .filter((line) => /^[A-Z]/.test(line))
    const env = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)) as [string, string][])
    expect(loadConfig(env)).toEqual(loadConfig({}))
  })
})

/** The text without the padding of table columns, which the formatter adds. */
function squeezed(text: string): string {
  return text.replaceAll(/ {2,}/g, ' ').replaceAll(/-{3,}/g, '---')
}

describe('docs/webhooks.md', () => {
  it('has every field in its table (`npm run docs` writes it)', () => {
    const page = readFileSync(WEBHOOKS_PAGE, 'utf8')
    expect(squeezed(withFieldsTable(page))).toBe(squeezed(page))
  })
})

describe('the README', () => {
  const readme = readFileSync(README, 'utf8')
  const blocks = [...readme.matchAll(/^```sh\n([^]*?)^```/gm)].map(([, block]) => block?.trim())

  it('has every setting in its table (`npm run docs` writes it)', () => {
    expect(squeezed(withSettingsTable(readme))).toBe(squeezed(readme))
  })

  it('starts everything with its first block of commands and runs the tests with its second', () => {
    expect(blocks.slice(0, 2)).toEqual(['npm ci && npm start', 'npm test'])
  })
})

describe('every page', () => {
  it.each(pages)('%s links only to files that exist', (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]+)(#[^)]*)?\)/g)].map(([, path]) => path ?? '')
    const missing = links.filter((path) => !existsSync(join(ROOT, dirname(page), path)))
    expect(missing).toEqual([])
  })

  // The changelog and the decisions name the files of their day.
  it.each(pages.filter((page) => !/CHANGELOG|decisions/.test(page)))('%s names only files that exist', (page) => {
    const named = [...read(page).matchAll(/`((?!\.)(?:[\w.-]+\/)+(?:[\w.-]+\.(?:ts|sh|md|json))?)`/g)].map(
      ([, path]) => path ?? '',
    )
    // The README of a package names files by their path in the package.
    const places = [ROOT, join(ROOT, dirname(page))]
    expect(named.filter((path) => !places.some((place) => existsSync(join(place, path))))).toEqual([])
  })

  it.each(pages)('%s names only npm scripts that exist', (page) => {
    const scripts = (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts
    const named = [...read(page).matchAll(/npm run ([a-z:-]+)/g)].map(([, name]) => name ?? '')
    expect(named.filter((name) => !(name in scripts))).toEqual([])
  })
})

describe('every command on a page', () => {
  const OPTION = /(?:--header|--codec-auth|--data\S*|--user|-macopt) +"[^"]*\$\{?\w*(?:token|secret|key|password)/i
  // The sample says so itself, and which one to use instead.
  const EXEMPT = ['docs/webhooks.md']

  it.each(pages.filter((page) => !EXEMPT.includes(page)))(
    '%s: no secret is an argument of a program, which every user of a machine can list',
    (page) => {
      const blocks = [...read(page).matchAll(/^ *```sh\n([^]*?)^ *```/gm)].map(([, block]) => block ?? '')
      expect(blocks.flatMap((block) => block.split('\n')).filter((line) => OPTION.test(line))).toEqual([])
    },
  )
})

describe('the pages that name commands of `npm run customer`', () => {
  const named = pages.flatMap((page) =>
    [...read(page).matchAll(/npm run customer -- ([^`\n…]+)$|npm run customer -- ([^`\n…]+)`/gm)].map(
      ([, line, inline]) => [page, line ?? inline ?? ''] as const,
    ),
  )

  it.each(named)('%s: %s is understood', async (_, command) => {
    // A shell splits the line into arguments, as it does for an operator.
    const env = { ...process.env, CUSTOMER_ID: 'cus_1' }
    const { stdout } = await promisify(execFile)('sh', ['-c', `printf '%s\\n' ${command}`], { env })
    expect(parseCommandLine(stdout.trimEnd().split('\n'))).toMatchObject({ command: command.split(' ')[0] })
  })
})

describe('docs/errors.md', () => {
  const sections = [...read('docs/errors.md').matchAll(/^### (.+)$/gm)].map(([, title]) => title)

  it('has a section for each problem of the API and each attention reason, and for nothing else', () => {
    expect(new Set(sections)).toEqual(new Set([...Object.keys(PROBLEMS), ...ATTENTION_REASONS]))
  })

  it.each(Object.entries(ATTENTION))('says of %s what is wrong and what to do', (reason, { sentence, whatToDo }) => {
    const [, section = ''] =
      new RegExp(`^### ${reason}\n\n([^]*?)(?=\n### |$(?![^]))`, 'm').exec(read('docs/errors.md')) ?? []
    const text = section.replaceAll('\n', ' ')
    expect(text).toContain(sentence)
    expect(text).toContain(whatToDo)
  })

  it.each(Object.entries(PROBLEMS))('starts the section of %s with its status', (code, { status }) => {
    expect(read('docs/errors.md')).toContain(`### ${code}\n\n${status}. `)
  })
})
