// What Temporal's own page says about a customer at a glance; static texts would not survive a renewed run.

import { condition, setCurrentDetails } from '@temporalio/workflow'
import type { Customer } from '../customer/customer.ts'

/** Runs beside the story for as long as the workflow does; costs no event of the history. */
export async function keepDetails(customer: Customer): Promise<never> {
  for (;;) {
    const details = detailsOf(customer)
    setCurrentDetails(details)
    await condition(() => detailsOf(customer) !== details)
  }
}

/** Where the customer is, with HubSpot's ids and what waits for a person; no personal data (G11). */
function detailsOf({ phase, state }: Customer): string {
  const { company, contact, parked, malformedEvents } = state
  const lines = [
    `**${phase}**`,
    ...(company ? [`Company ${linked(company.companyId, company.url)}`] : []),
    ...(contact ? [`Contact ${linked(contact.contactId, contact.url)}`] : []),
    ...parked.map(({ reason, step, message }) => `Parked at ${step}, ${reason}: ${message}`),
    ...(malformedEvents > 0 ? [`${malformedEvents} signals were not understood`] : []),
  ]
  return lines.join('\n\n')
}

function linked(id: string, url: string | null): string {
  return url === null ? id : `[${id}](${url})`
}
