// Replaces workflows/activities.ts with `vi.mock`: the simulated onboarding that plays at present gets the calls.

import type { Crm } from '../../domain/crm.ts'

export const simulation: { call(name: keyof Crm, argument: unknown): unknown } = {
  call: () => {
    throw new Error('no onboarding is simulated')
  },
}

export const crm = new Proxy({} as Crm, {
  get: (_, name: keyof Crm) => (argument: unknown) => simulation.call(name, argument),
})

export const histories = { deleteEarlierRuns: async () => {} }
