// Asks HubSpot whether it has a customer, or whose a contact is. Only workers have access to HubSpot, so a short workflow asks.

import { randomUUID } from 'node:crypto'
import type { Client } from '@temporalio/client'
import type { SoughtContact } from '../../domain/crm.ts'
import { CUSTOMER_LOOKUP_WORKFLOW, CUSTOMER_OF_CONTACT_WORKFLOW, customerLookupId } from '../../domain/ids.ts'
import type { FoundCustomerOf } from '../../workflows/find-customer-of.ts'
import type { CustomerLookup } from '../../workflows/look-up-customer.ts'
import { Problem } from '../problems/problem.ts'
import { askWorkflow } from './ask-workflow.ts'

/** `answerBy`: when the caller stops waiting, in milliseconds since the epoch. */
export interface Asking {
  taskQueue: string
  answerBy: number
}

/**
 * Returns whether HubSpot has a contact of the customer.
 *
 * @throws Problem 503 `hubspot-unavailable`, `no-worker`, `temporal-unavailable`
 */
export async function isInHubSpot(client: Client, customerId: string, asking: Asking): Promise<boolean> {
  const answer = await ask<CustomerLookup>(client, { ...asking, workflow: CUSTOMER_LOOKUP_WORKFLOW, about: customerId })
  if (answer === 'unavailable') throw new Problem('hubspot-unavailable')
  return answer === 'known'
}

/**
 * Returns the id of the customer to whom a contact in HubSpot belongs; `null` when there is none.
 *
 * @throws Problem 503 `hubspot-unavailable`, `no-worker`, `temporal-unavailable`
 */
export async function customerOf(client: Client, contact: SoughtContact, asking: Asking): Promise<string | null> {
  const workflow = CUSTOMER_OF_CONTACT_WORKFLOW
  const answer = await ask<FoundCustomerOf>(client, { ...asking, workflow, about: contact })
  if (answer === 'unavailable') throw new Problem('hubspot-unavailable', { detail: NOT_FOUND_OUT })
  return answer.customerId
}

const NOT_FOUND_OUT = 'HubSpot did not say in time whose contact it is, so nobody was found. Try again after a pause.'

/** The workflow has a random id, since ids are not encrypted (G11). */
async function ask<Answer>(
  client: Client,
  { workflow, about, ...asking }: Asking & { workflow: string; about: unknown },
): Promise<Answer> {
  return await askWorkflow(client, { ...asking, workflow, workflowId: customerLookupId(randomUUID()), args: [about] })
}
