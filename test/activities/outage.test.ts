// An outage of the CRM begins when three customers in a row fail without an answer, and ends with the next answer.

import { describe, expect, it } from 'vitest'
import { Outage } from '../../activities/outage.ts'

function outage() {
  const changes: string[] = []
  return { changes, row: new Outage((change) => changes.push(change)) }
}

describe('an outage', () => {
  it('begins once, with the third customer', () => {
    const { changes, row } = outage()
    for (const customer of ['a', 'b', 'b', 'a']) row.failed(customer)
    expect(changes).toEqual([])
    for (const customer of ['c', 'd', 'a']) row.failed(customer)
    expect(changes).toEqual(['began'])
  })

  it('ends once, with the first answer, and may begin again', () => {
    const { changes, row } = outage()
    for (const customer of ['a', 'b', 'c']) row.failed(customer)
    row.answered()
    row.answered()
    expect(changes).toEqual(['began', 'ended'])
    for (const customer of ['a', 'b', 'c']) row.failed(customer)
    expect(changes).toEqual(['began', 'ended', 'began'])
  })

  it('does not begin while the CRM answers others in between', () => {
    const { changes, row } = outage()
    for (const customer of ['a', 'b', 'c', 'd', 'e']) {
      row.failed(customer)
      row.failed('x')
      row.answered()
    }
    expect(changes).toEqual([])
  })
})
