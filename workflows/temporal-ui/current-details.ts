// The current details of the workflow in the Temporal UI: where the customer is, at a glance. Static details would not survive continue-as-new.

import { condition, setCurrentDetails } from '@temporalio/workflow'
import type { Customer } from '../customer/customer.ts'

/** Runs beside the story for as long as the workflow does; it costs no history event. */
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
