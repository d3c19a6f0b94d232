// Why a customer waits for an operator: one table of reasons, and every sentence that an operator reads about them.

import type { Step } from './onboarding.ts'

interface AttentionRow {
  /** The message when nothing more is known. */
  sentence: string
  whatToDo: string
  /**
   * The event that unparks the customer; an operator's command always does. `newer-value`: an event with a newer value of
   * a rejected field, or of any field when none is named. `creatable`: an event with the data that the record lacked.
   */
  unparkedBy: 'newer-value' | 'creatable'
}

/** One row for each reason; docs/errors.md explains each. The names are public, so they never change. */
export const ATTENTION = {
  'contact-of-another-customer': {
    sentence: 'In HubSpot the e-mail address belongs to a contact of another customer.',
    whatToDo: 'Correct the address of one of the two customers, then resume.',
    unparkedBy: 'newer-value',
  },
  'email-taken': {
    sentence: 'In HubSpot the e-mail address belongs to another contact.',
    whatToDo: 'Merge the two contacts in HubSpot or correct the address, then resume.',
    unparkedBy: 'newer-value',
  },
  'missing-in-hubspot': {
    sentence: 'HubSpot no longer has the record.',
    whatToDo: 'Restore it in HubSpot, then resume.',
    unparkedBy: 'creatable',
  },
  'refused-by-hubspot': {
    sentence: 'HubSpot rejects the data.',
    whatToDo: 'Correct it in the product, then resume.',
    unparkedBy: 'newer-value',
  },
  'hubspot-unexplained': {
    sentence: 'HubSpot has answered for a day with a response that onramp does not know.',
    whatToDo: 'Search for its correlation id in the log, then resume.',
    unparkedBy: 'newer-value',
  },
} as const satisfies { [reason: string]: AttentionRow }

/** Why a customer is parked. */
export type AttentionReason = keyof typeof ATTENTION
export const ATTENTION_REASONS = Object.keys(ATTENTION) as AttentionReason[]

/** A reason with the message that an operator reads: what is wrong and what to do. It holds no personal data (G11). */
export interface Explanation {
  reason: AttentionReason
  message: string
}

/** The message of a reason. `sentence` and `whatToDo` replace those of the table when more is known. */
export function explain(
  reason: AttentionReason,
  sentence: string = ATTENTION[reason].sentence,
  whatToDo: string = ATTENTION[reason].whatToDo,
): Explanation {
  return { reason, message: `${sentence} ${whatToDo}` }
}

/** Messages for situations in which onramp knows more than the reason. */
export const explanations = {
  /** @param owner such as `customer cus_2` */
  contactOfAnotherCustomer: (contactId: string, owner: string) =>
    explain(
      'contact-of-another-customer',
      `In HubSpot the e-mail address belongs to contact ${contactId} of ${owner}.`,
    ),

  emailTaken: (contactId: string, otherContactId: string) =>
    explain(
      'email-taken',
      `In HubSpot the e-mail address belongs to contact ${otherContactId}, while this customer is contact ${contactId}.`,
    ),

  /** @param code HubSpot's code for the rejection, such as INVALID_OPTION */
  valueRejected: (field: string, code: string) =>
    explain(
      'refused-by-hubspot',
      `HubSpot rejects the value of ${field} (${code}).`,
      "Correct it in the product or change the property's rules in HubSpot, then resume.",
    ),

  companyWithoutName: () =>
    explain(
      'refused-by-hubspot',
      'onramp cannot create the company, since it knows neither its name nor its domain.',
      'Send an event with one of them.',
    ),

  conflictWithoutContact: () =>
    explain(
      'hubspot-unexplained',
      'HubSpot says that the e-mail address is taken, but no contact that can be read has it.',
      'Search for it in HubSpot, among the deleted contacts too, then resume.',
    ),

  deletedAgain: (record: string) =>
    explain(
      'missing-in-hubspot',
      `The ${record} was deleted in HubSpot again after onramp had re-created it.`,
      'Resume to re-create it again, or leave it deleted.',
    ),

  /** @param needed what an event has to bring, such as `the e-mail address` */
  notCreatable: (record: string, needed: string) =>
    explain(
      'missing-in-hubspot',
      `The ${record} was deleted in HubSpot, and onramp cannot re-create it without ${needed}.`,
      `Send an event with ${needed}.`,
    ),

  withoutReason: () =>
    explain(
      'hubspot-unexplained',
      'The step failed for good, and the failure gave no reason.',
      "Read the worker's log and the Temporal history, then resume.",
    ),
}

/**
 * The keywords of the search attribute `OnboardingAttention`: each reason and each `reason@step`. Operators search for a
 * reason. The counts use `reason@step`, since separate keywords would not say which reason belongs to which step.
 */
export function attentionKeywords(parked: { reason: AttentionReason; step: Step }[]): string[] {
  return [...new Set(parked.flatMap(({ reason, step }) => [reason, attentionKeyword(reason, step)]))]
}

export function attentionKeyword(reason: AttentionReason, step: Step): string {
  return `${reason}@${step}`
}

/** The reasons among the keywords of `OnboardingAttention`. */
export function reasonsIn(keywords: string[]): AttentionReason[] {
  return ATTENTION_REASONS.filter((reason) => keywords.includes(reason))
}
