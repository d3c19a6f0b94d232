// Shows where the customer is in the current details of the workflow. Static details would not survive continue-as-new.

import { condition, setCurrentDetails } from '@temporalio/workflow'
import type { Customer } from '../customer/customer.ts'

/** Runs in parallel until the workflow ends. It adds no event to the history. */
export async function keepDetails(customer: Customer): Promise<never> {
  for (;;) {
    const details = detailsOf(customer)
    setCurrentDetails(details)
    await condition(() => detailsOf(customer) !== details)
  }
}

/** Phase, HubSpot ids and what is parked, in Markdown; no personal data (G11). */
function detailsOf({ phase, state, company, contact }: Customer): string {
  const { parked, malformedEvents, unknownSignals } = state
  const lines = [
    `**${phase}**`,
    ...(company.reference ? [`Company ${markdownLink(company.reference.companyId, company.reference.url)}`] : []),
    ...(contact.reference ? [`Contact ${markdownLink(contact.reference.contactId, contact.reference.url)}`] : []),
    ...parked.map(({ reason, step, message }) => `Parked at ${step}, ${reason}: ${message}`),
    ...(malformedEvents > 0 ? [`${malformedEvents} malformed signals`] : []),
    ...(unknownSignals.length > 0
      ? [`${unknownSignals.length} signals of an unknown type, kept for a newer version`]
      : []),
  ]
  return lines.join('\n\n')
}

function markdownLink(id: string, url: string | null): string {
  return url === null ? id : `[${id}](${url})`
}
