// Which customers onramp knows: Temporal knows a customer with a run, and HubSpot also one whose runs Temporal has deleted.

import type { Client } from '@temporalio/client'
import type { SoughtContact } from '../../domain/crm.ts'
import type { ListedCustomer } from '../contract/customers.ts'
import { Problem } from '../problems/problem.ts'
import { askTemporal } from './ask-temporal.ts'
import { customerOf, isInHubSpot } from './customer-lookup.ts'
import type { Asking } from './customer-lookup.ts'
import { listedCustomer } from './listed-customer.ts'
import { newestRun } from './newest-run.ts'

/** @throws Problem 404 `unknown-customer`, 503 `hubspot-unavailable`, `no-worker` */
export async function assertKnown(client: Client, customerId: string, asking: Asking): Promise<void> {
  // The newest run is the last that Temporal deletes.
  if ((await askTemporal(client, () => newestRun(client, customerId), asking)) !== null) return
  if (!(await isInHubSpot(client, customerId, asking))) throw unknownToAll()
}

/** @throws Problem 503 `hubspot-unavailable`, `no-worker` */
export async function findCustomers(client: Client, contact: SoughtContact, asking: Asking): Promise<ListedCustomer[]> {
  const customerId = await customerOf(client, contact, asking)
  if (customerId === null) return []
  const run = await askTemporal(client, () => newestRun(client, customerId), asking)
  return [listedCustomer(customerId, run?.typedSearchAttributes)]
}

function unknownToAll(): Problem {
  return new Problem('unknown-customer', {
    detail:
      'Neither onramp nor HubSpot has a customer with this id, so nobody was erased. Check the id. To reject all later events about it nevertheless, erase it with `unknown=true` (`--unknown` in the CLI).',
  })
}
