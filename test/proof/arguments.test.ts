// The command line of `npm run proof`: its help says what each proof checks, and its summary names what must be zero.

import { describe, expect, it } from 'vitest'
import { helpText, proofArguments, WrongArguments } from '../../dev/proof/arguments.ts'
import { summaryOf } from '../../dev/proof/proof.ts'
import { PROOFS } from '../../dev/proof/proofs/all.ts'

const RESULT = { lost: 0, doubled: 0, foreign: 0, calls: 200, over: 1, figures: { customers: 50 }, wrong: [] }

describe('npm run proof -- --help', () => {
  it('says of each proof what it checks, and names its options', () => {
    expect(proofArguments(['--help'], PROOFS)).toBe('help')
    const help = helpText(PROOFS)
    for (const { name, checks, options } of PROOFS) {
      expect(help).toContain(`\n  ${name}\n`)
      for (const line of checks) expect(help).toContain(line)
      for (const option of Object.keys(options)) expect(help).toContain(`--${option} `)
    }
    expect(Math.max(...help.split('\n').map((line) => line.length))).toBeLessThanOrEqual(140)
  })
})

describe('the arguments', () => {
  it('choose a proof, chaos without a name, and change its options', () => {
    const chosen = proofArguments(['neighbour', '--customers', '70', '--seed', '5'], PROOFS)
    if (chosen === 'help') throw new Error('not the help')
    expect([chosen.proof.name, chosen.settings.seed, chosen.settings.number('customers')]).toEqual(['neighbour', 5, 70])
    expect(chosen.settings.text('limit')).toBe('190')
    expect(proofArguments([], PROOFS)).toMatchObject({ proof: { name: 'chaos' } })
    expect(proofArguments(['chaos', '--limit', 'off'], PROOFS)).toMatchObject({ proof: { name: 'chaos' } })
  })

  it.each([
    [['nonsense'], 'There is no proof "nonsense"'],
    [['soak', 'burst'], '"burst" is one proof too many'],
    [['soak', '--kills', '3'], 'The proof soak has no option --kills'],
    [['soak', '--updates', 'many'], '--updates must be a whole number, not "many"'],
    [['--nonsense'], '--nonsense'],
  ])('are rejected with the reason: %j', (args, reason) => {
    expect(() => proofArguments(args, PROOFS)).toThrow(WrongArguments)
    expect(() => proofArguments(args, PROOFS)).toThrow(reason)
  })
})

describe('the summary', () => {
  it('names what was lost, doubled and foreign, and the share of 429', () => {
    const { lines, holds } = summaryOf(RESULT)
    expect(holds).toBe(true)
    expect(lines.map((line) => line.replaceAll(/ +/g, ' ').trim())).toEqual([
      'customers 50',
      'lost 0',
      'doubled 0',
      'foreign 0',
      '429 0.50 % (1 of 200 calls to HubSpot)',
      'All guarantees hold.',
    ])
  })

  it.each([
    [{ lost: 2 }, '2 lost.'],
    [{ doubled: 1 }, '1 doubled.'],
    [{ foreign: 3 }, '3 foreign records changed.'],
    [{ wrong: ['More than 1 % of the calls met a 429.'] }, 'More than 1 % of the calls met a 429.'],
  ])('says that not all guarantees hold: %j', (change, sentence) => {
    const { lines, holds } = summaryOf({ ...RESULT, ...change })
    expect(holds).toBe(false)
    expect(lines).toContain(sentence)
    expect(lines.at(-1)).toBe('Not all guarantees hold.')
  })
})
