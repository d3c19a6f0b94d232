// A step that succeeds and is still due waits before it is repeated, so that an odd response of the CRM causes no endless calls.

import { describe, expect, it, vi } from 'vitest'
import { Customer } from '../../workflows/customer/customer.ts'
import type { Run } from '../../workflows/run.ts'
import { perform } from '../../workflows/steps.ts'
import type { OnboardingStep } from '../../workflows/steps.ts'

vi.mock('../../workflows/activities.ts', async () => await import('../support/simulated-activities.ts'))

/** Performs a step whose draft is another one after each call; returns what happened, in order. */
async function performWith(drafts: ({ values: { phone: string } } | null)[]): Promise<string[]> {
  const happened: string[] = []
  const run = {
    call: async (_step: string, calling: () => Promise<unknown>) => await calling(),
    pauseBeforeRepeat: async () => void happened.push('pause'),
    resetPause: () => {},
  } as unknown as Run
  const step: OnboardingStep<{ values: { phone: string } }> = {
    name: 'company',
    draft: () => drafts[0] ?? null,
    act: async () => {
      happened.push('call')
      drafts.shift()
    },
    parks: 'step',
  }
  await perform(step, new Customer('cus_1'), run)
  return happened
}

describe('a step that succeeds', () => {
  const one = { values: { phone: '1' } }
  const two = { values: { phone: '2' } }

  it('waits before it is repeated with the same values', async () => {
    expect(await performWith([one, one, one, null])).toEqual(['call', 'pause', 'call', 'pause', 'call'])
  })

  it('is repeated at once with newer values', async () => {
    expect(await performWith([one, two, null])).toEqual(['call', 'call'])
  })
})
