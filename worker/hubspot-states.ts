// Says for the console how HubSpot looks from this worker.

import { hostname } from 'node:os'
import type { HubSpotState, HubSpotStates } from '../domain/hubspot-state.ts'

/** @param stateOf what this process knows at the moment */
export function createHubSpotStates(stateOf: () => HubSpotState): HubSpotStates {
  // The identity that the SDK gives to a worker.
  const worker = `${process.pid}@${hostname()}`
  return { readHubSpotState: () => Promise.resolve({ worker, state: stateOf() }) }
}
