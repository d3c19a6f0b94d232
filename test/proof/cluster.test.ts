// The command line of `npm run test:cluster`, and the table that it prints at the end.

import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { WrongArguments } from '../../dev/proof/arguments.ts'
import { clusterArguments, clusterHelp } from '../../dev/proof/cluster/arguments.ts'
import { failed, holds, rowsOf } from '../../dev/proof/cluster/part.ts'
import { PARTS } from '../../dev/proof/cluster/parts.ts'

const ADDRESS = '127.0.0.1:7233'
const NAMES = PARTS.map(({ name }) => name)
const PROOF = { lost: 0, doubled: 0, foreign: 0, calls: 3_108, over: 0 }

function read(...args: string[]) {
  const found = clusterArguments(args, ADDRESS, PARTS)
  if (found === 'help') throw new Error('no arguments')
  return found
}

describe('npm run test:cluster -- --help', () => {
  it('says of each part what it checks, and names the options and the server', () => {
    expect(clusterArguments(['--help'], undefined, PARTS)).toBe('help')
    const help = clusterHelp(PARTS)
    for (const { name, checks } of PARTS) for (const line of [name, ...checks]) expect(help).toContain(line)
    for (const what of ['server', 'database']) expect(help).toContain(`--kill-${what} COMMAND`)
    expect(help).toContain('TEMPORAL_ADDRESS=HOST:PORT')
    expect(Math.max(...help.split('\n').map((line) => line.length))).toBeLessThanOrEqual(140)
  })
})

describe('the arguments', () => {
  it('run all parts without a name, and kill no part of Temporal without a command', () => {
    expect(read()).toMatchObject({ parts: NAMES, address: ADDRESS, outages: [] })
    expect(read().settings.number('kills')).toBe(3)
  })

  it('run the named parts in their own order, and kill what they have the commands for', () => {
    const commands = ['--kill-database', 'docker kill db', '--start-database', 'docker start db']
    const { parts, outages, settings } = read('crash', 'chaos', '--seed', '5', '--customers', '200', ...commands)
    expect(parts).toEqual(['chaos', 'crash'])
    expect(outages).toEqual([{ what: 'database', kill: 'docker kill db', start: 'docker start db' }])
    expect([settings.seed, settings.number('customers')]).toEqual([5, 200])
  })

  it.each([
    [['nonsense'], `There is no part "nonsense". The parts are ${NAMES.join(', ')}.`],
    [['--kills', 'many'], '--kills must be a whole number, not "many"'],
    [['--kill-server', 'kill 1'], '--kill-server and --start-server belong together'],
    [['--start-database', 'start'], '--kill-database and --start-database belong together'],
    [['--nonsense'], '--nonsense'],
  ])('are rejected with the reason: %j', (args, reason) => {
    expect(() => clusterArguments(args, ADDRESS, PARTS)).toThrow(WrongArguments)
    expect(() => clusterArguments(args, ADDRESS, PARTS)).toThrow(reason)
  })

  it.each(['http://127.0.0.1:7233', '127.0.0.1'])('are rejected with TEMPORAL_ADDRESS=%s', (address) => {
    expect(() => clusterArguments([], address, PARTS)).toThrow('TEMPORAL_ADDRESS must be host:port')
  })
})

describe('npm run test:cluster', () => {
  it('says what to set without TEMPORAL_ADDRESS, and exits with code 2 before it starts anything', async () => {
    const main = fileURLToPath(new URL('../../dev/proof/cluster/main.ts', import.meta.url))
    const env = { ...process.env, TEMPORAL_ADDRESS: '' }
    await expect(promisify(execFile)(process.execPath, [main], { env })).rejects.toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('TEMPORAL_ADDRESS=127.0.0.1:7233 npm run test:cluster') as string,
    })
  })
})

describe('the table', () => {
  it('has what was lost, doubled, foreign and answered 429 in each part, and whether its promises hold', () => {
    const parts = [
      { name: 'stories', seconds: 80.4, what: '200 tests passed', proof: null, wrong: [] },
      { name: 'chaos', seconds: 120, what: '300 customers', proof: { ...PROOF, lost: 1, over: 31 }, wrong: [] },
    ]
    expect(rowsOf(parts)).toEqual([
      ['part', 'what', 'lost', 'doubled', 'foreign', '429', 'time', 'holds'],
      ['stories', '200 tests passed', '', '', '', '', '80 s', 'yes'],
      ['chaos', '300 customers', '1', '0', '0', '31 of 3,108 calls (1.00 %)', '120 s', 'no'],
    ])
  })

  it.each([{ lost: 1 }, { doubled: 1 }, { foreign: 1 }])('says that a part does not hold: %j', (change) => {
    expect(holds({ what: '', proof: PROOF, wrong: [] })).toBe(true)
    expect(holds({ what: '', proof: { ...PROOF, ...change }, wrong: [] })).toBe(false)
  })

  it('has a part that did not come to its end as one that does not hold', () => {
    const part = failed(new Error('Temporal does not answer.'))
    expect(part.wrong).toEqual(['Temporal does not answer.'])
    expect(holds(part)).toBe(false)
  })
})
