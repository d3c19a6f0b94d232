// The activities as a workflow calls them: each time-out and retry policy beside its reason.

import { proxyActivities } from '@temporalio/workflow'
import type { Crm } from '../domain/crm.ts'
import { REFUSED } from '../domain/failures.ts'

export const crm = proxyActivities<Crm>({
  // An activity makes at most a handful of calls to HubSpot, each with its own deadline; this only ends what is stuck beyond that.
  startToCloseTimeout: '5 minutes',
  // A killed worker is noticed by its missing heartbeat, so that its step is taken over within seconds.
  heartbeatTimeout: '3 seconds',
  // An outage parks nobody (G9): the customer waits with growing pauses for as long as it takes, and goes on by itself.
  retry: {
    initialInterval: '1 second',
    backoffCoefficient: 2,
    maximumInterval: '30 seconds',
    nonRetryableErrorTypes: [REFUSED],
  },
})
