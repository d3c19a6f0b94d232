// The steps of the story, each done until it succeeds and skipped when an earlier run has done it.

import type { ContactCompanyPair } from '../domain/crm.ts'
import { attempt } from './attention.ts'
import { crm } from './crm.ts'
import type { Customer } from './customer.ts'
import type { Run } from './run.ts'

/** Asks whether the CRM knows the customer from an earlier life. A registration need not ask: its creates know their own. */
export async function lookUp(customer: Customer, run: Run): Promise<void> {
  while (customer.mayBeKnown) {
    await attempt(customer, run, 'lookup', noValues, async () => {
      customer.found(await crm.findCustomer(customer.state.customerId))
    })
  }
}

export async function registerCompany(customer: Customer, run: Run): Promise<string> {
  while (!customer.company) {
    await attempt(
      customer,
      run,
      'company',
      () => customer.companyDraft(),
      async (draft) => {
        customer.companyFound(draft, await crm.createCompany(draft))
      },
    )
  }
  return customer.company.companyId
}

export async function registerContact(customer: Customer, run: Run): Promise<string> {
  while (!customer.state.contact) {
    await attempt(
      customer,
      run,
      'contact',
      () => customer.contactDraft(),
      async (draft) => {
        customer.contactFound(draft, await crm.createContact(draft))
      },
    )
  }
  return customer.state.contact.contactId
}

/**
 * Ties the two; a customer who moved takes the contact along from the former company. Ends untied when people have deleted
 * one of them, which is to be made anew first.
 */
export async function associate(customer: Customer, run: Run, pair: ContactCompanyPair): Promise<void> {
  while (customer.isUntied) {
    const { movedFrom } = customer.state
    await attempt(customer, run, 'association', noValues, async () => {
      customer.associated(
        await (movedFrom === null
          ? crm.associateContact(pair)
          : crm.moveContact({ ...pair, fromCompanyId: movedFrom })),
      )
    })
  }
}

const noValues = () => ({ values: {} })
