// Asks a worker for the state of HubSpot as it knows it, for the console: the API has no access to the workers' memory.

import { proxyLocalActivities } from '@temporalio/workflow'
import type { CrmStateOfWorker, CrmStates } from '../domain/crm-state.ts'

// Any worker answers from its memory. The API does not wait for long, and asks again some seconds later.
const { readCrmState } = proxyLocalActivities<CrmStates>({
  startToCloseTimeout: '1 second',
  retry: { maximumAttempts: 1 },
})

/** The worker that runs this workflow answers. */
export async function crmState(): Promise<CrmStateOfWorker> {
  return await readCrmState()
}
