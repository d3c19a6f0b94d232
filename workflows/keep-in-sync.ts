// After the onboarding: wait for news, write what changed, for as long as the customer lives.

import type { Values, WriteOutcome } from '../domain/crm.ts'
import { refusalOf } from './attention.ts'
import { crm } from './crm.ts'
import type { Customer } from './customer-state.ts'
import { until } from './run.ts'

/** Never returns: a renewed run comes back here by way of the story. News that arrive during a write go together with the next (G6). */
export async function keepInSync(customer: Customer): Promise<never> {
  for (;;) {
    await until(customer, () => customer.companyChange() !== null || customer.contactChange() !== null)

    const company = customer.companyChange()
    if (company) await write(customer, 'company-update', company.values, () => crm.updateCompany(company))

    const contact = customer.contactChange()
    if (contact) await write(customer, 'contact-update', contact.values, () => crm.updateContact(contact))
  }
}

async function write(
  customer: Customer,
  step: 'company-update' | 'contact-update',
  values: Values,
  update: () => Promise<WriteOutcome>,
): Promise<void> {
  const refusal = await refusalOf(async () => customer.written(step, values, await update()))
  // Only these fields wait; whatever else changes goes on being written.
  if (refusal) customer.park(step, { ...refusal, fields: Object.keys(values) }, values)
}
