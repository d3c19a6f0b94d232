// G11 · A local activity reports an unexpected error by its name: the text may hold personal data, and Temporal keeps it.

import { asyncLocalStorage } from '@temporalio/activity'
import type { Context } from '@temporalio/activity'
import { describe, expect, it } from 'vitest'
import { createActivities } from '../../activities/index.ts'
import type { Crm } from '../../domain/crm.ts'
import type { StepCall } from '../../domain/step-call.ts'

const CONTEXT = {
  info: { isLocal: true, attempt: 1, activityType: 'findCustomer', workflowExecution: { workflowId: 'w', runId: 'r' } },
  cancellationSignal: new AbortController().signal,
} as Context

describe('an unexpected error of a local activity', () => {
  it.each<StepCall>([{ priority: 'live' }, { priority: 'live', isOnlyLocal: true }])(
    'reaches Temporal without its text: %j',
    async (how) => {
      const findCustomer = () => Promise.reject(new TypeError('ada@example.com is no number'))
      const activities = createActivities({ findCustomer } as unknown as Crm)
      const attempt = () => activities.findCustomer({ customerId: 'cus_1', company: null }, how)
      await expect(asyncLocalStorage.run(CONTEXT, attempt)).rejects.toMatchObject({
        type: 'Unexpected',
        message: 'Unexpected: TypeError',
      })
    },
  )
})
