// Out of a batch answer, our own row's outcome: whatever the order, the status or the errors beside it.

import { describe, expect, it } from 'vitest'
import { rowOf } from '../../hubspot/client/batches.ts'

const mine = { id: '1', objectWriteTraceId: 'mine' }
const other = { id: '2', objectWriteTraceId: 'other' }
const error = (category: string, context: object = {}) => ({
  status: 'error',
  category,
  message: 'ada@example.com',
  context,
})

describe('a batch answer', () => {
  it('gives our row, in whichever order the rows come', () => {
    expect(rowOf({ results: [other, mine] }, 'mine')).toBe(mine)
  })

  it('gives our row when others were refused', () => {
    expect(rowOf({ results: [mine], errors: [error('CONFLICT', { objectWriteTraceId: ['other'] })] }, 'mine')).toBe(
      mine,
    )
  })

  it.each([
    ['CONFLICT', 409],
    ['OBJECT_NOT_FOUND', 404],
    ['VALIDATION_ERROR', 400],
    ['RATE_LIMITS', 429],
    ['NEVER_SEEN_BEFORE', 400],
  ])('throws for our row what a call of its own would have: %s is %i', (category, status) => {
    const body = { results: [other], errors: [error(category, { objectWriteTraceId: ['mine'] })] }
    expect(() => rowOf(body, 'mine')).toThrow(expect.objectContaining({ status, category }) as Error)
    expect(() => rowOf(body, 'mine')).not.toThrow('ada@example.com')
  })

  it('takes the only error for ours when it names no row', () => {
    expect(() => rowOf({ results: [], errors: [error('VALIDATION_ERROR')] }, 'mine')).toThrow(
      expect.objectContaining({ status: 400 }) as Error,
    )
  })

  it.each([{ results: [] }, { results: [other] }, {}, { results: 'x', errors: 'y' }])(
    'is no answer without our row: %j',
    (body) => {
      expect(() => rowOf(body, 'mine')).toThrow(expect.objectContaining({ status: null }) as Error)
    },
  )
})
