// One customer's onboarding: company → contact, or the existing one → association → kept in sync from then on.

import { Customer } from './customer/customer.ts'
import type { CustomerState } from './customer/state.ts'
import { layToRest } from './erasure.ts'
import { keepInSync } from './keep-in-sync.ts'
import { listen } from './handlers.ts'
import { Run } from './run.ts'
import type { OnboardingInput } from './run.ts'
import { show } from './temporal-ui/show.ts'
import { associate, lookUp, registerCompany, registerContact } from './steps.ts'

/**
 * Begins anew in each run; a step that an earlier run has done is skipped. Ends when the customer has been quiet for long,
 * with all that is known of them, for whoever wants it written again.
 */
export async function onboardCustomer(input: OnboardingInput): Promise<CustomerState> {
  const customer = new Customer(input.customerId, input.state)
  const run = new Run(customer, input.settings)
  listen(customer)
  show(customer)

  // Whoever is erased has no story any more.
  if (customer.isErased) return await layToRest(customer, run)

  // A customer who was let go after a quiet time may be in HubSpot already.
  await lookUp(customer, run)

  // An update may overtake its registration; it is kept until that arrives.
  await run.until(() => customer.phase !== 'awaiting-registration')

  for (;;) {
    // The company comes first, so that HubSpot finds it when it looks for one itself.
    await registerCompany(customer, run)

    // HubSpot may know the address already; then the contact that exists is ours to associate.
    await registerContact(customer, run)

    await associate(customer, run)

    // The customer is onboarded. From now on every change reaches the same two records, for as long as they are there.
    const end = await keepInSync(customer, run)
    if (end === 'quiet') return customer.state
  }
}
