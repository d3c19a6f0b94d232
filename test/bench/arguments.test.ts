// The arguments of `npm run bench`.

import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { benchArguments, helpText, optionsOf } from '../../dev/bench/arguments.ts'
import type { NamedRow } from '../../dev/bench/arguments.ts'
import { ROWS } from '../../dev/bench/rows/all.ts'

const rows: NamedRow[] = [
  { name: 'burst', title: 'Many at once', apps: ['onramp', 'naive'], run: 'by-default' },
  { name: 'pace', title: 'One after the other', apps: ['onramp', 'naive'], run: 'by-default' },
  { name: 'growth', title: 'More and more', apps: ['onramp'], run: 'by-name' },
  { name: 'workers', title: 'More workers', apps: ['onramp'], run: 'by-name' },
]
const read = (...args: string[]) => benchArguments(args, rows)

describe('the arguments of the bench', () => {
  it('run three rounds of the rows that need no name when there are none', () => {
    expect(read()).toEqual({
      rows: ['burst', 'pace'],
      rounds: 3,
      customers: null,
      perSecond: 20,
      temporalAddress: null,
      temporalPids: [],
      profile: false,
      jsonFile: null,
      docs: false,
    })
  })

  it('run the named rows alone, each once', () => {
    expect(read('growth', 'pace', 'growth', '--customers', '5000')).toMatchObject({
      rows: ['growth', 'pace'],
      customers: 5_000,
    })
  })

  it('are those of a table’s command line when they change what is measured', () => {
    const options = read('pace', '--rounds', '1', '--per-second', '10', '--temporal', '127.0.0.1:7533')
    if (options === 'help') throw new Error('no options')
    expect(optionsOf('pace', options)).toBe('--rounds 1 --per-second 10 --temporal 127.0.0.1:7533')
    expect(optionsOf('burst', options)).toBe('--rounds 1 --temporal 127.0.0.1:7533')
  })

  it('give the row workers few customers, and leave its own number without --customers', () => {
    const [few, byDefault] = [read('workers', '--rounds', '1', '--customers', '50'), read('workers', '--rounds', '1')]
    if (few === 'help' || byDefault === 'help') throw new Error('no options')
    expect(optionsOf('workers', few)).toBe('--rounds 1 --customers 50')
    expect(optionsOf('workers', byDefault)).toBe('--rounds 1')
  })

  it('name a running Temporal server and its processes', () => {
    expect(read('--temporal', '127.0.0.1:7533', '--temporal-pids', '12,34')).toMatchObject({
      temporalAddress: '127.0.0.1:7533',
      temporalPids: [12, 34],
    })
  })

  it.each([
    [['brust'], 'There is no row "brust". The rows are burst, pace, growth, workers.'],
    [['--rounds', '0'], '--rounds must be a whole number from 1 up, not "0".'],
    [['--rounds', 'three'], '--rounds must be a whole number from 1 up, not "three".'],
    [['growth', '--customers', '10'], '--customers must be a whole number from 1,000 up, not "10".'],
    [['burst', '--customers', '5000'], '--customers is for the rows growth and workers'],
    [['burst', '--per-second', '10'], '--per-second is for the rows pace and pace-limited'],
    [['--temporal', 'http://127.0.0.1:7233'], '--temporal must be host:port'],
    [['--temporal-pids', '12'], 'set both'],
    [['--temporal', '127.0.0.1:7533', '--temporal-pids', '12,x'], '--temporal-pids must be a whole number'],
    [['--round', '1'], "Unknown option '--round'"],
  ])('%j are rejected with what is possible', (args, message) => {
    expect(() => read(...args)).toThrow(message)
  })

  it('ask for help, which has every row', () => {
    expect(read('--help')).toBe('help')
    for (const { name } of ROWS) expect(helpText(ROWS)).toContain(`  ${name}`)
  })
})

describe('npm run bench', () => {
  const main = fileURLToPath(new URL('../../dev/bench/main.ts', import.meta.url))

  it('exits with code 2 and one line for a wrong argument, before it starts anything', async () => {
    const failure = promisify(execFile)(process.execPath, [main, 'brust'])
    await expect(failure).rejects.toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^There is no row "brust"\. The rows are .*\n$/),
    })
  })
})
