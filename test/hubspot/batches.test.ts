// The outcome of our own row in a batch response, for any order of the rows and any errors of other rows.

import { describe, expect, it } from 'vitest'
import { rowOf } from '../../hubspot/client/batches.ts'

const ours = { id: '1', objectWriteTraceId: 'ours' }
const other = { id: '2', objectWriteTraceId: 'other' }
const error = (category: string, context: object = {}) => ({
  status: 'error',
  category,
  message: 'ada@example.com',
  context,
})

describe('a batch response', () => {
  it('yields our row, in any order of the rows', () => {
    expect(rowOf({ results: [other, ours] }, 'ours')).toBe(ours)
  })

  it('yields our row when HubSpot rejects other rows', () => {
    expect(rowOf({ results: [ours], errors: [error('CONFLICT', { objectWriteTraceId: ['other'] })] }, 'ours')).toBe(
      ours,
    )
  })

  it.each([
    ['CONFLICT', 409],
    ['OBJECT_NOT_FOUND', 404],
    ['VALIDATION_ERROR', 400],
    ['RATE_LIMITS', 429],
    ['NEVER_SEEN_BEFORE', 400],
  ])('throws the error that our row would have got in a call of its own: %s is %i', (category, status) => {
    const body = { results: [other], errors: [error(category, { objectWriteTraceId: ['ours'] })] }
    expect(() => rowOf(body, 'ours')).toThrow(expect.objectContaining({ status, category }) as Error)
    expect(() => rowOf(body, 'ours')).not.toThrow('ada@example.com')
  })

  it('throws the only error when it names no row, since it must be ours', () => {
    expect(() => rowOf({ results: [], errors: [error('VALIDATION_ERROR')] }, 'ours')).toThrow(
      expect.objectContaining({ status: 400 }) as Error,
    )
  })

  it.each([{ results: [] }, { results: [other] }, {}, { results: 'x', errors: 'y' }])(
    'counts as no response when it does not hold our row: %j',
    (body) => {
      expect(() => rowOf(body, 'ours')).toThrow(expect.objectContaining({ status: null }) as Error)
    },
  )
})
