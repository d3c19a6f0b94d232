// Where the customer is, for the current details of the workflow. Static details would not survive continue-as-new.

import type { Customer } from '../customer/customer.ts'

/** Phase, the step that waits, HubSpot ids and what is parked, in Markdown; no personal data (G11). */
export function detailsOf({ phase, state, company, contact, pendingStep }: Customer): string {
  const { parked, malformedEvents, unknownSignals } = state
  const { waiting } = pendingStep
  const lines = [
    `**${phase}**`,
    ...(waiting === null ? [] : [`Waits at ${waiting.step} since ${new Date(waiting.since).toISOString()}`]),
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
