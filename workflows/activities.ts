// The activities as a workflow calls them: one retry policy and one set of timeouts, with reasons, and a summary per activity.

import { proxyActivities } from '@temporalio/workflow'
import type { Crm } from '../domain/crm.ts'
import { CRM_REJECTION } from '../domain/failures.ts'
import type { Histories } from '../domain/histories.ts'

const activities = <Port extends object>(summary: string) =>
  proxyActivities<Port>({
    summary,
    // Each call of an activity has its own deadline. This timeout only ends an activity that is stuck despite those.
    startToCloseTimeout: '5 minutes',
    // A killed worker sends no heartbeat. Temporal notices that, and another worker repeats the step within seconds.
    heartbeatTimeout: '3 seconds',
    // Wait until the cancelled activity has ended, before anything else is written.
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    // An outage parks nobody (G9): the customer waits, with growing pauses, for as long as it takes.
    retry: {
      initialInterval: '1 second',
      backoffCoefficient: 2,
      maximumInterval: '30 seconds',
      nonRetryableErrorTypes: [CRM_REJECTION],
    },
  })

export const crm: Crm = {
  findCustomer: activities<Crm>('Looks up the customer in HubSpot').findCustomer,
  createCompany: activities<Crm>('Finds or creates the company').createCompany,
  createContact: activities<Crm>('Creates the contact, or claims the existing one').createContact,
  associateContact: activities<Crm>('Associates the contact with the company').associateContact,
  moveContact: activities<Crm>('Moves the contact to another company').moveContact,
  updateCompany: activities<Crm>('Writes changes to the company').updateCompany,
  updateContact: activities<Crm>('Writes changes to the contact').updateContact,
  eraseContact: activities<Crm>('Erases the contact').eraseContact,
}

export const histories: Histories = activities<Histories>('Deletes the histories of earlier runs')
