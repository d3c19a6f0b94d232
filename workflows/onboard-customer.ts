// One customer's onboarding: company → contact, or the existing one → association → kept in sync from then on.

import type { ContactCompanyPair } from '../domain/crm.ts'
import { attempt } from './attention.ts'
import { crm } from './crm.ts'
import { Customer } from './customer-state.ts'
import { keepInSync } from './keep-in-sync.ts'
import { listen } from './listen.ts'
import { until } from './run.ts'
import type { OnboardingInput } from './run.ts'
import { showInSearches } from './search-attributes.ts'

async function registerCompany(customer: Customer): Promise<string> {
  while (!customer.state.company) {
    const draft = customer.companyDraft()
    await attempt(customer, 'company', draft, async () => {
      customer.companyFound(draft, await crm.createCompany(draft))
    })
  }
  return customer.state.company.companyId
}

async function registerContact(customer: Customer): Promise<string> {
  while (!customer.state.contact) {
    const draft = customer.contactDraft()
    await attempt(customer, 'contact', draft, async () => {
      customer.contactFound(draft, await crm.createContact(draft))
    })
  }
  return customer.state.contact.contactId
}

async function associate(customer: Customer, pair: ContactCompanyPair): Promise<void> {
  while (!customer.state.isAssociated) {
    await attempt(customer, 'association', NO_VALUES, async () => {
      customer.associated(await crm.associateContact(pair))
    })
  }
}

const NO_VALUES = { values: {} }

/** Begins anew in each run; a step that an earlier run has done is skipped. */
export async function onboardCustomer(input: OnboardingInput): Promise<never> {
  const customer = new Customer(input)
  listen(customer)
  showInSearches(customer)

  // An update may overtake its registration; it is kept until that arrives.
  await until(customer, () => customer.phase !== 'awaiting-registration')

  // The company comes first, so that HubSpot finds it when it looks for one itself.
  const companyId = await registerCompany(customer)

  // HubSpot may know the address already; then the contact that exists is ours to associate.
  const contactId = await registerContact(customer)

  await associate(customer, { contactId, companyId })

  // The customer is onboarded. From now on every change reaches the same two records.
  return await keepInSync(customer)
}
