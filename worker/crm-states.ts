// Says for the console how HubSpot looks from this worker.

import { hostname } from 'node:os'
import type { CrmState, CrmStates } from '../domain/crm-state.ts'

/** @param stateOf what this process knows at the moment */
export function createCrmStates(stateOf: () => CrmState): CrmStates {
  // The identity that the SDK gives to a worker.
  const worker = `${process.pid}@${hostname()}`
  return { readCrmState: () => Promise.resolve({ worker, state: stateOf() }) }
}
