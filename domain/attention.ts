// Why a customer waits for an operator: one table of reasons, and every sentence that an operator reads about them.

import type { Step } from './onboarding.ts'

interface AttentionRow {
  /** The message when nothing more is known. */
  sentence: string
  whatToDo: string
  /**
   * The event that unparks the customer; an operator's command does as well. `newer-value`: an event with a newer value of
   * a rejected field, or of any field when none is named. `creatable`: an event with the data that the record lacked.
   * `registration`: the registration alone, and no command.
   */
  unparkedBy: 'newer-value' | 'creatable' | 'registration'
  /** The pauses, in hours, after which onramp tries again by itself; the last one repeats. Absent: it does not. */
  retriedAfterHours?: readonly number[]
}

// The contact that has the address may belong to another customer of onramp. The address becomes free when that customer changes
// to another one.
const UNTIL_ADDRESS_IS_FREE = [1, 2, 4, 8, 16, 24]

/** One row for each reason; docs/errors.md explains each. The names are public, so they never change. */
export const ATTENTION = {
  'contact-of-another-customer': {
    sentence: 'In HubSpot the e-mail address belongs to a contact of another customer.',
    whatToDo: 'Correct the address of one of the two customers, then resume.',
    unparkedBy: 'newer-value',
    retriedAfterHours: UNTIL_ADDRESS_IS_FREE,
  },
  'email-taken': {
    sentence: 'In HubSpot the e-mail address belongs to another contact.',
    whatToDo: 'Merge the two contacts in HubSpot or correct the address, then resume.',
    unparkedBy: 'newer-value',
    retriedAfterHours: UNTIL_ADDRESS_IS_FREE,
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
  'registration-missing': {
    sentence: 'onramp has updates of the customer, but no registration.',
    whatToDo: 'Have the product send `customer.registered`, or erase the customer. A resume does not help.',
    unparkedBy: 'registration',
  },
  'histories-not-deleted': {
    sentence:
      'The contact is erased in HubSpot, but Temporal does not let onramp delete the histories of earlier runs.',
    whatToDo: 'Give the workers the right to delete workflow executions in this namespace, then resume.',
    unparkedBy: 'newer-value',
    retriedAfterHours: [1],
  },
} as const satisfies { [reason: string]: AttentionRow }

/** Why a customer is parked. */
export type AttentionReason = keyof typeof ATTENTION
export const ATTENTION_REASONS = Object.keys(ATTENTION) as AttentionReason[]

/**
 * The pause before onramp tries again by itself, in milliseconds; `null` when it does not.
 *
 * @param attempts how often it has done so for this customer
 */
export function pauseBeforeRetryMs(reason: AttentionReason, attempts: number): number | null {
  const { retriedAfterHours: pauses }: AttentionRow = ATTENTION[reason]
  const hours = pauses?.[Math.min(attempts, pauses.length - 1)]
  return hours === undefined ? null : hours * 60 * 60 * 1000
}

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

/** A property that HubSpot rejected. `field` is the product's name of it, `null` when no field maps to it. */
interface RejectedProperty {
  name: string
  code: string
  field: string | null
}

// HubSpot's codes for a property without the value that a rule of the portal requires.
const REQUIRED = ['MISSING_REQUIRED_PROPERTY', 'MISSING_CONDITIONAL_REQUIRED_PROPERTY']
// A message stays short, so that an onboarding's state stays bounded (G8).
const SHOWN = 5

/** Messages for situations in which onramp knows more than the reason. */
export const explanations = {
  /** @param owner such as `customer cus_2` */
  contactOfAnotherCustomer: (contactId: string, owner: string) =>
    explain(
      'contact-of-another-customer',
      `In HubSpot the e-mail address belongs to contact ${contactId} of ${owner}.`,
    ),

  /** @param owner such as `customer cus_2` */
  customerIdTaken: (contactId: string, owner: string) =>
    explain(
      'contact-of-another-customer',
      `HubSpot takes the customer id for that of contact ${contactId} of ${owner}, since it ignores letter case.`,
      'Give one of the two customers an id that differs in more than letter case.',
    ),

  emailTaken: (contactId: string, otherContactId: string) =>
    explain(
      'email-taken',
      `In HubSpot the e-mail address belongs to contact ${otherContactId}, while this customer is contact ${contactId}.`,
    ),

  /** @param rejected HubSpot's properties with its code for the reason, such as INVALID_OPTION; `field` is `null` for one that no field maps to */
  propertiesRejected: (rejected: RejectedProperty[]) => {
    const required = rejected.filter(({ code }) => REQUIRED.includes(code))
    const invalid = rejected.filter((property) => !required.includes(property))
    const sentences = [
      ...(required.length > 0 ? [`HubSpot requires a value of ${listed(required)}.`] : []),
      ...(invalid.length > 0 ? [`HubSpot rejects the value of ${listed(invalid)}.`] : []),
    ]
    return explain('refused-by-hubspot', sentences.join(' '), whatToDoAbout(required, invalid))
  },

  /**
   * @param category HubSpot's, such as MISSING_SCOPES; `null` when the response names none
   * @param scopes the scopes of which HubSpot requires one
   */
  callForbidden: (category: string | null, scopes: string[]) =>
    explain(
      'refused-by-hubspot',
      `HubSpot forbids this call (403, ${category ?? 'without a category'}), though it accepts the token.`,
      scopes.length > 0 || category === 'MISSING_SCOPES'
        ? `Add the missing scope${scopes.length > 0 ? ` (${scopes.slice(0, SHOWN).join(' or ')})` : ''} to the app in HubSpot, then resume.`
        : 'Give the app the permission in HubSpot, or correct the value that a firewall between onramp and HubSpot rejects, then resume.',
    ),

  /** @param status of the last response; `null` when none could be read */
  failingAlone: (status: number | null) =>
    explain(
      'hubspot-unexplained',
      status === null
        ? 'For a day HubSpot has sent no readable response to this step, while the step succeeded for other customers.'
        : `For a day HubSpot has answered ${status} to this step, while the step succeeded for other customers.`,
      "One of the customer's values may be the cause: correct it, or give the correlation id to HubSpot's support, then resume.",
    ),

  /** The step fails with an error that did not come from a CRM, such as one in onramp's own code. */
  unexpectedAlone: () =>
    explain(
      'hubspot-unexplained',
      'For a day this step has failed on an error that onramp does not know, while it succeeded for other customers.',
      "Read the worker's log and the Temporal history, then resume.",
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
      'HubSpot says that the e-mail address or another unique value is taken, but no record that can be read has it.',
      'Search for it in HubSpot, among the deleted records too, then resume.',
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

function listed(properties: RejectedProperty[]): string {
  return properties
    .slice(0, SHOWN)
    .map(({ name, code, field }) => `${field ?? name} (${code})`)
    .join(', ')
}

function whatToDoAbout(required: RejectedProperty[], invalid: RejectedProperty[]): string {
  const [withoutField] = [...required, ...invalid].filter(({ field }) => field === null)
  if (withoutField)
    return `Change the rules of ${withoutField.name} in HubSpot, since no field maps to it, then resume.`
  if (invalid.length === 0) return "Send the value or change the property's rules in HubSpot, then resume."
  return "Correct it in the product or change the property's rules in HubSpot, then resume."
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
