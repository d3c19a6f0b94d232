// The steps of the story, each done until it succeeds and skipped when an earlier run has done it.

import { pursue } from './attention.ts'
import { writeChanges } from './changes.ts'
import { crm } from './crm.ts'
import type { Customer } from './customer/customer.ts'
import type { Run } from './run.ts'

/** Asks whether the CRM knows the customer from an earlier life: Temporal forgets what has ended. */
export async function lookUp(customer: Customer, run: Run): Promise<void> {
  const isToDo = () => customer.mayBeKnown
  await pursue(customer, run, 'lookup', isToDo, noValues, async () => {
    customer.found(await crm.findCustomer(customer.state.customerId))
  })
}

/** A contact that people deleted does not wait for it, having been there before. */
export async function registerCompany(customer: Customer, run: Run): Promise<void> {
  const isToDo = () => !customer.company && !customer.isContactLost
  // What is still to be written of the former firm is written before the contact leaves it.
  if (isToDo()) await writeChanges(customer, run)
  const draftOf = () => customer.companyDraft()
  await pursue(customer, run, 'company', isToDo, draftOf, async (draft) => {
    customer.companyFound(draft, await crm.createCompany(draft))
  })
}

/** A customer who moves meanwhile has a company to be registered first. */
export async function registerContact(customer: Customer, run: Run): Promise<void> {
  const isToDo = () => !customer.state.contact && (customer.company !== null || customer.isContactLost)
  const draftOf = () => customer.contactDraft()
  await pursue(customer, run, 'contact', isToDo, draftOf, async (draft) => {
    customer.contactFound(draft, await crm.createContact(draft))
  })
}

/**
 * Ties the two; a customer who moved takes the contact along from the former company. Ends untied when people have deleted
 * one of them, which is to be made anew first.
 */
export async function associate(customer: Customer, run: Run): Promise<void> {
  const isToDo = () => customer.isUntied
  await pursue(customer, run, 'association', isToDo, noValues, async () => {
    const { pair, move } = customer.tie()
    customer.associated(await (move === null ? crm.associateContact(pair) : crm.moveContact(move)))
  })
}

const noValues = () => ({ values: {} })
