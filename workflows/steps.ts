// The steps of the story, each done until it succeeds and skipped when an earlier run has done it.

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

export async function registerCompany(customer: Customer, run: Run): Promise<void> {
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
}

export async function registerContact(customer: Customer, run: Run): Promise<void> {
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
  // The contact of an earlier life may be with another company than the registration says.
  await lookUp(customer, run)
}

/**
 * Ties the two; a customer who moved takes the contact along from the former company. Ends untied when people have deleted
 * one of them, which is to be made anew first.
 */
export async function associate(customer: Customer, run: Run): Promise<void> {
  while (customer.isUntied) {
    await attempt(customer, run, 'association', noValues, async () => {
      const { pair, move } = customer.tie()
      customer.associated(await (move === null ? crm.associateContact(pair) : crm.moveContact(move)))
    })
  }
}

const noValues = () => ({ values: {} })
