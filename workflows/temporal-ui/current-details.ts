// Where the customer is, for the current details of the workflow. Static details would not survive continue-as-new.

import type { Phase } from '../../domain/onboarding.ts'
import type { Customer } from '../customer/customer.ts'

const MEANINGS: { [phase in Phase]: string } = {
  'awaiting-registration': 'updates have arrived, and no registration so far',
  company: 'the company comes next',
  contact: 'the company is there, and the contact comes next',
  association: 'company and contact are there, and their association comes next',
  onboarded: 'company, contact and association are there, and changes follow',
  erasing: 'the customer is being erased',
  erased: 'the customer is erased, and later events change nothing',
}

/** Phase, the step that waits, the records, and what is parked, in Markdown; no personal data (G11). */
export function detailsOf({ phase, state, company, contact, pendingStep }: Customer): string {
  const { parked, malformedEvents, unknownSignals } = state
  const { waiting } = pendingStep
  const lines = [
    `**${phase}**: ${MEANINGS[phase]}`,
    ...(waiting === null
      ? []
      : [
          `Waits at ${waiting.step} since ${new Date(waiting.since).toISOString()}; _Pending Activities_ has the attempts and the last answer`,
        ]),
    ...(company.reference ? [recordLine('Company', company.reference.companyId, company.reference)] : []),
    ...(contact.reference ? [recordLine('Contact', contact.reference.contactId, contact.reference)] : []),
    ...parked.map(({ reason, step, message }) => `Parked at ${step}, ${reason}: ${message}`),
    ...(malformedEvents > 0 ? [`${malformedEvents} malformed signals`] : []),
    ...(unknownSignals.length > 0
      ? [`${unknownSignals.length} signals of an unknown type, kept for a newer version`]
      : []),
  ]
  return lines.join('\n\n')
}

/** @param outcome `null` when an earlier run knew how the record came about */
function recordLine(name: string, id: string, { url, outcome }: { url: string | null; outcome: string | null }) {
  return [`${name} ${url === null ? id : `[${id}](${url})`}`, ...(outcome === null ? [] : [outcome])].join(', ')
}
