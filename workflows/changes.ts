// What changed of the records that are there, written field by field.

import type { Values, WriteOutcome } from '../domain/crm.ts'
import { crm } from './crm.ts'
import type { Customer } from './customer/customer.ts'
import { refusalOf } from './rejection.ts'
import type { Run } from './run.ts'

/** News that arrive during a write go together with the next (G6). */
export async function writeChanges(customer: Customer, run: Run): Promise<void> {
  const company = customer.companyChange()
  if (company) await write(customer, run, 'company-update', company, () => crm.updateCompany(company))

  const contact = customer.contactChange()
  if (contact) await write(customer, run, 'contact-update', contact, () => crm.updateContact(contact))
}

async function write(
  customer: Customer,
  run: Run,
  step: 'company-update' | 'contact-update',
  change: { values: Values; lastEventAt: number },
  update: () => Promise<WriteOutcome>,
): Promise<void> {
  const refusal = await run.act(() => refusalOf(async () => customer.written(step, change, await update())))
  // Only these fields wait; whatever else changes goes on being written.
  if (refusal) customer.park(step, { ...refusal, fields: Object.keys(change.values) }, change.values)
}
