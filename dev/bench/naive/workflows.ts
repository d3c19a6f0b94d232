// The workflow of the naive app: company, contact, association.

import { proxyActivities } from '@temporalio/workflow'
import type * as activities from './activities.ts'

const hubspot = proxyActivities<typeof activities>({ startToCloseTimeout: '1 minute' })

export async function onboard(customer: activities.Customer): Promise<void> {
  const companyId = await hubspot.createCompany(customer.company)
  const contactId = await hubspot.createContact(customer)
  await hubspot.associate(contactId, companyId)
}
