// What a worker says about payloads that it cannot read: one line for each cause and key, and the missing keys of the last minutes.

import pino from 'pino'
import { describe, expect, it } from 'vitest'
import { UnreadablePayloads } from '../../platform/payloads/unreadable-payloads.ts'

const MINUTE_MS = 60_000

function started() {
  const lines: { keyId: string; msg: string }[] = []
  const logger = pino({ level: 'warn' }, { write: (line: string) => lines.push(JSON.parse(line)) })
  const clock = { now: 0 }
  return { lines, clock, unreadable: new UnreadablePayloads(logger, () => clock.now) }
}

const missing = (keyId: string) => ({ cause: 'unknown-key', keyId, workflowId: 'onboarding/cus_1' }) as const

describe('a missing key', () => {
  it('is logged once however many payloads need it, and named until nobody has needed it for a quarter of an hour', () => {
    const { lines, clock, unreadable } = started()
    for (let count = 0; count < 5; count += 1) unreadable.note(missing('k1'))
    expect(lines).toMatchObject([{ keyId: 'k1' }])
    clock.now += 10 * MINUTE_MS
    unreadable.note(missing('k1'))
    clock.now += 14 * MINUTE_MS
    expect(unreadable.missingKeys()).toEqual(['k1'])
    clock.now += 2 * MINUTE_MS
    expect(unreadable.missingKeys()).toEqual([])
    unreadable.note(missing('k1'))
    expect(lines).toHaveLength(2)
  })

  it('cannot fill memory or the log, though a sender may name any key', () => {
    const { lines, unreadable } = started()
    for (let count = 0; count < 1000; count += 1) unreadable.note(missing(`k${count}`))
    expect(unreadable.missingKeys()).toHaveLength(100)
    expect(lines).toHaveLength(100)
  })
})

describe('a payload that is not authentic', () => {
  it('is logged, and no readiness depends on it', () => {
    const { lines, unreadable } = started()
    unreadable.note({ cause: 'clear', keyId: null, workflowId: 'onboarding/cus_1' })
    unreadable.note({ cause: 'forged', keyId: 'k1', workflowId: 'onboarding/cus_1' })
    expect(lines).toHaveLength(2)
    expect(unreadable.missingKeys()).toEqual([])
  })
})
