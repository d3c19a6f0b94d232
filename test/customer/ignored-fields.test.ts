// The names of ignored fields in a customer's timeline: names alone, in one short line.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isNamesLine, namesInLine } from '../../domain/ignored-fields.ts'
import { Customer } from '../../workflows/customer/customer.ts'
import { readEvent } from '../../workflows/customer/signal-payload.ts'

const signal = (id: string, ignored?: unknown) => ({ id, at: 1000, customer: { phone: id }, ignored })
const update = (customer: Customer, payload: object) => customer.events.update(readEvent(payload)!)

describe('the fields that onramp ignores', () => {
  it('stand in the timeline beside the event', () => {
    const customer = new Customer('cus_1')
    update(customer, signal('evt_1', namesInLine(['data.plan', 'source'])))
    expect(customer.state.timeline).toMatchObject([
      { what: 'event', outcome: 'updated', note: 'ignored: data.plan, source' },
    ])
  })

  it('stay in the timeline when the next event has none', () => {
    const customer = new Customer('cus_1')
    update(customer, signal('evt_1', 'data.plan'))
    update(customer, signal('evt_2'))
    expect(customer.state.timeline.map(({ note }) => note)).toEqual(['ignored: data.plan', undefined])
  })

  it('G7 · stand not in the timeline when a signal has anything else in their place', () => {
    for (const ignored of ['ada@example.com', '+44 20', { length: 1 }, ['data.plan'], 7, '', 'x'.repeat(301)]) {
      expect(readEvent(signal('evt_1', ignored))).toEqual({ ...readEvent(signal('evt_1')) })
    }
  })

  it('G8 · are one line of at most 300 characters, which the onboarding accepts, with names of any form', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.stringMatching(/^[a-z_]{1,40}$/)), { minLength: 1 }), (names) => {
        const line = namesInLine(names.map((name) => `data.${name}`))
        expect(isNamesLine(line)).toBe(true)
        expect(line).not.toMatch(/[@+]/)
      }),
    )
  })

  it('are counted when there are many', () => {
    expect(namesInLine(Array.from({ length: 25 }, (_, index) => `data.field${index}`))).toMatch(
      /^data\.field0, .*data\.field9 and 15 more$/,
    )
  })
})
