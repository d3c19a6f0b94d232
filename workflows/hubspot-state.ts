// Asks a worker for the state of HubSpot as it knows it, for the console: the API has no access to the workers' memory.

import { proxyLocalActivities } from '@temporalio/workflow'
import type { HubSpotStateOfWorker, HubSpotStates } from '../domain/hubspot-state.ts'

// Any worker answers from its memory. The API does not wait for long, and asks again some seconds later.
const { readHubSpotState } = proxyLocalActivities<HubSpotStates>({
  summary: 'Reads the state of HubSpot from this worker’s memory',
  startToCloseTimeout: '1 second',
  retry: { maximumAttempts: 1 },
})

/** The worker that runs this workflow answers. */
export async function hubSpotState(): Promise<HubSpotStateOfWorker> {
  return await readHubSpotState()
}
