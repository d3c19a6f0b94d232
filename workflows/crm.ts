// The activities as a workflow calls them: each time-out and retry policy beside its reason, each with words for Temporal's page.

import { proxyActivities } from '@temporalio/workflow'
import type { Crm } from '../domain/crm.ts'
import { REFUSED } from '../domain/failures.ts'
import type { Histories } from '../domain/histories.ts'

const activities = <Port extends object>(summary: string) =>
  proxyActivities<Port>({
    summary,
    // An activity makes at most a handful of calls, each with its own deadline; this only ends what is stuck beyond that.
    startToCloseTimeout: '5 minutes',
    // A killed worker is noticed by its missing heartbeat, so that its step is taken over within seconds.
    heartbeatTimeout: '3 seconds',
    // A call that is cut may still write; nothing else is written before it has ended.
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    // An outage parks nobody (G9): the customer waits with growing pauses for as long as it takes, and goes on by itself.
    retry: {
      initialInterval: '1 second',
      backoffCoefficient: 2,
      maximumInterval: '30 seconds',
      nonRetryableErrorTypes: [REFUSED],
    },
  })

export const crm: Crm = {
  findCustomer: activities<Crm>('Looks whether HubSpot knows the customer from before').findCustomer,
  createCompany: activities<Crm>('Finds or creates the company').createCompany,
  createContact: activities<Crm>('Creates the contact, or keeps the existing one').createContact,
  associateContact: activities<Crm>('Associates the contact with the company').associateContact,
  moveContact: activities<Crm>('Moves the contact to another company').moveContact,
  updateCompany: activities<Crm>('Writes what changed of the company').updateCompany,
  updateContact: activities<Crm>('Writes what changed of the contact').updateContact,
  eraseContact: activities<Crm>('Erases the contact').eraseContact,
}

export const histories: Histories = activities<Histories>('Deletes the histories of earlier runs')
