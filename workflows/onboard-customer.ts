// One customer's onboarding: company → contact (new or existing) → association → kept in sync.

import { workflowInfo } from '@temporalio/workflow'
import { Customer } from './customer/customer.ts'
import type { CustomerState } from './customer/state.ts'
import { erase } from './erasure.ts'
import { attachHandlers } from './handlers.ts'
import { keepInSync } from './keep-in-sync.ts'
import { assertReadable } from './readable-input.ts'
import { Run } from './run.ts'
import type { OnboardingInput } from './run.ts'
import { associate, lookUp, perform, registerCompany, registerContact } from './steps.ts'

/**
 * Each run starts from the top and skips the steps that are done. The workflow completes after the idle time, and when the customer
 * moves to another Temporal. It returns the state, so that a resync or a run over there can start from it.
 */
export async function onboardCustomer(input: OnboardingInput): Promise<CustomerState> {
  assertReadable(input)
  const startedAt = workflowInfo().startTime.getTime()
  const customer = new Customer(input.customerId, input.state, { ...input.settings, startedAt })
  const run = new Run(customer, input)
  const wasErased = customer.erasure.isRequested
  attachHandlers(customer, run)

  return await run.endOf(async () =>
    wasErased || customer.erasure.isRequested ? erase(customer, run) : story(customer, run),
  )
}

async function story(customer: Customer, run: Run): Promise<CustomerState> {
  // HubSpot may have the customer's records from a run that completed.
  await perform(lookUp, customer, run)

  // An update can arrive before its registration. It is kept until then.
  await run.until(() => customer.phase !== 'awaiting-registration')

  for (;;) {
    // The company comes first: HubSpot may itself associate a new contact by its e-mail domain, and then finds this company.
    await perform(registerCompany, customer, run)

    // HubSpot may already have a contact with the address. Then that contact is verified and claimed.
    await perform(registerContact, customer, run)

    await perform(associate, customer, run)

    // The customer is onboarded, and changes are written. After a move, a deletion or a resync the steps run again: what is
    // there is skipped.
    const end = await keepInSync(customer, run)
    if (end === 'idle') return customer.state
  }
}
