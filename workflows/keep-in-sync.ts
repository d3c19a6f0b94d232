// After the onboarding: wait for news, write what changed, for as long as the customer lives.

import type { Values, WriteOutcome } from '../domain/crm.ts'
import { refusalOf } from './attention.ts'
import { crm } from './crm.ts'
import type { Customer } from './customer.ts'
import type { Run } from './run.ts'

/** Ends when the customer has been quiet for long, or when a record is to be made again. News that arrive during a write go together with the next (G6). */
export async function keepInSync(customer: Customer, run: Run): Promise<'quiet' | 'incomplete'> {
  while (customer.isComplete) {
    const hasNews = await run.untilOrQuiet(() => customer.hasWork)
    // A parked customer is not quiet, but waiting.
    if (!hasNews && !customer.hasWork && customer.state.parked.length === 0) return 'quiet'

    const company = customer.companyChange()
    if (company) await write(customer, 'company-update', company, () => crm.updateCompany(company))

    const contact = customer.contactChange()
    if (contact) await write(customer, 'contact-update', contact, () => crm.updateContact(contact))

    customer.resynced()
  }
  return 'incomplete'
}

async function write(
  customer: Customer,
  step: 'company-update' | 'contact-update',
  change: { values: Values; lastEventAt: number },
  update: () => Promise<WriteOutcome>,
): Promise<void> {
  const refusal = await refusalOf(async () => customer.written(step, change, await update()))
  // Only these fields wait; whatever else changes goes on being written.
  if (refusal) customer.park(step, { ...refusal, fields: Object.keys(change.values) }, change.values)
}
