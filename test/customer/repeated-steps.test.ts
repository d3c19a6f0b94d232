// A step that succeeds and is still due waits before it is repeated, so that an odd response of the CRM causes no endless calls.

import { describe, expect, it, vi } from 'vitest'
import { Customer } from '../../workflows/customer/customer.ts'
import type { LookUpOutcome } from '../../domain/crm.ts'
import type { Calling } from '../../workflows/activities.ts'
import type { Run } from '../../workflows/run.ts'
import { perform, registerCompany } from '../../workflows/steps.ts'
import type { OnboardingStep } from '../../workflows/steps.ts'
import { simulation } from '../support/simulated-activities.ts'

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

describe('G4 · a change that a local activity writes, before a move', () => {
  it('is noted, since an attempt whose worker was killed may have sent another value', async () => {
    const customer = new Customer('cus_1')
    const values = { phone: '1', 'company.name': 'Two' }
    customer.events.update({ id: 'evt_1', at: 2000, values, organizationId: 'org_2' })
    customer.found({ customerId: 'cus_1', company: null }, foundAtOrganizationOne)
    simulation.call = (name) => {
      if (name === 'updateContact') return written
      throw new Error('the move begins')
    }
    const call = async (_step: string, calling: (how: Calling) => Promise<unknown>) =>
      await calling({ priority: 'live', beginsAs: 'local', becomesRegular: () => {} })
    const run = { call, pauseBeforeRepeat: async () => {}, resetPause: () => {} } as unknown as Run
    await expect(perform(registerCompany, customer, run)).rejects.toThrow('the move begins')
    expect(customer.state.contact.sentAt).toHaveProperty('phone')
  })
})

const written = {
  outcome: 'written' as const,
  recordId: '701',
  skipped: [],
  kept: [],
  rejected: [],
  correlationId: null,
}
const foundAtOrganizationOne: LookUpOutcome = {
  outcome: 'found',
  contactId: '701',
  contactUrl: null,
  companyId: '801',
  companyUrl: null,
  companyKey: 'id:org_1',
  contactValues: {},
  otherEmails: [],
  isAssociated: true,
  isAssociationOwn: true,
  organizationId: 'org_1',
  companyDomain: null,
  companyName: 'One',
  lastEventAt: 1000,
  correlationId: null,
}
