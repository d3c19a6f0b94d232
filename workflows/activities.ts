// The activities as a workflow calls them: each timeout and retry policy beside its reason, each with a summary for the Temporal UI.

import { proxyActivities } from '@temporalio/workflow'
import type { Crm } from '../domain/crm.ts'
import { CRM_REJECTION } from '../domain/failures.ts'
import type { Histories } from '../domain/histories.ts'

const activities = <Port extends object>(summary: string) =>
  proxyActivities<Port>({
    summary,
    // An activity makes a handful of calls, each with its own deadline; this only ends an activity that is stuck beyond that.
    startToCloseTimeout: '5 minutes',
    // Temporal notices a killed worker by its missing heartbeat, so that another one repeats the step within seconds.
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
