// The steps of an onboarding as data: when each is due, what it sends, and what it asks of the CRM.

import type {
  CompanyChange,
  CompanyDraft,
  ContactChange,
  ContactDraft,
  CustomerLookUp,
  ErasedCustomer,
} from '../domain/crm.ts'
import type { Field, Values } from '../domain/fields.ts'
import type { Step } from '../domain/onboarding.ts'
import { crm } from './activities.ts'
import type { Calling } from './activities.ts'
import type { Association } from './customer/association.ts'
import type { Customer } from './customer/customer.ts'
import { rejectionOf } from './rejection.ts'
import type { Run } from './run.ts'

/** One thing that an onboarding does in the CRM. `Draft` is what it sends; its `values`, if any, are the customer's. */
export interface OnboardingStep<Draft extends object> {
  name: Step
  /** The values to send now; `null` when the step is not due. */
  draft(customer: Customer): Draft | null
  act(customer: Customer, draft: Draft, how: Calling): Promise<void>
  /** Notes that a call of this step got no response or was cancelled, so the CRM may execute it late. Absent when that does no harm. */
  unanswered?(customer: Customer, draft: Draft): void
  /** A rejection parks the whole step, or only the values that were sent. */
  parks: 'step' | 'values'
  /** Whether pending changes are written before the step. */
  writesChangesFirst?: boolean
}

/**
 * Temporal deletes completed runs after a time. So the CRM is asked whether an earlier run has created the customer's records.
 * The company of a registration is looked for at the same time.
 */
export const lookUp: OnboardingStep<CustomerLookUp> = {
  name: 'lookup',
  draft({ state: { isLookedUp, customerId, registration }, company, contact }) {
    if (isLookedUp) return null
    const isNew = registration !== null
    return { customerId, ...(isNew ? { company: company.draft(), contact: contact.ofRun } : { company: null }) }
  },
  act: async (customer, lookUp, how) => customer.found(lookUp, await crm.findCustomer(lookUp, how)),
  parks: 'step',
}

/** When HubSpot users deleted the contact, this step waits until the contact is re-created. */
export const registerCompany: OnboardingStep<CompanyDraft> = {
  name: 'company',
  draft: (customer) =>
    customer.company.current === null && !mustRecreateContact(customer) ? customer.company.draft() : null,
  act: async (customer, draft, how) => customer.companyCreated(draft, await crm.createCompany(draft, how)),
  unanswered: ({ company }, draft) => company.createUnanswered(draft),
  parks: 'step',
  // After a move, the company of the former organization gets its last values before the contact leaves.
  writesChangesFirst: true,
}

/**
 * Due once the company is there, so that after a move the new company comes first. A deleted contact is re-created even before.
 */
export const registerContact: OnboardingStep<ContactDraft> = {
  name: 'contact',
  draft(customer) {
    const { contact, company } = customer
    if (contact.reference !== null) return null
    return company.current !== null || mustRecreateContact(customer) ? contact.draft() : null
  },
  act: async (customer, draft, how) => customer.contactCreated(draft, await crm.createContact(draft, how)),
  unanswered: ({ contact }, draft) => contact.createUnanswered(draft),
  parks: 'step',
}

/** No longer due when HubSpot users deleted one of the records, which is re-created first. */
export const associate: OnboardingStep<ReturnType<Association['draft']>> = {
  name: 'association',
  draft: ({ association }) => (association.isNeeded ? association.draft() : null),
  act: async (customer, draft, how) => {
    const { pair, move } = draft
    customer.association.sent(pair)
    customer.associated(draft, await (move === null ? crm.associateContact(pair, how) : crm.moveContact(move, how)))
  },
  // A move also writes the company's key and the watermark to the contact.
  unanswered: ({ contact }, { move }) => (move === null ? undefined : contact.unanswered({})),
  parks: 'step',
}

const updateCompany: OnboardingStep<CompanyChange> = {
  name: 'company-update',
  draft: ({ company }) => company.change(),
  act: async (customer, change, how) => {
    customer.changed(customer.company, change, await crm.updateCompany(change, how))
    if (how.beginsAs === 'local') customer.company.filledIn(change.values)
  },
  unanswered: ({ company }, { values }) => company.unanswered(values),
  parks: 'values',
}

const updateContact: OnboardingStep<ContactChange> = {
  name: 'contact-update',
  draft: ({ contact }) => contact.change(),
  act: async (customer, change, how) => {
    customer.changed(customer.contact, change, await crm.updateContact(change, how))
    if (how.beginsAs === 'local') customer.contact.filledIn(change.values)
  },
  unanswered: ({ contact }, { values }) => contact.unanswered(values),
  parks: 'values',
}

export const eraseContact: OnboardingStep<ErasedCustomer> = {
  name: 'erasure',
  draft: ({ erasure, state: { customerId, formerContactIds, ownCompany }, contact }) => {
    if (!erasure.isLookDue) return null
    return {
      customerId,
      contactId: contact.reference?.contactId ?? null,
      formerContactIds,
      ownCompany: ownCompany === 'none' ? 'none' : 'possible',
      look: erasure.isFirstLook ? 'first' : 'further',
    }
  },
  act: async ({ erasure }, draft, how) => erasure.looked(await crm.eraseContact(draft, how)),
  parks: 'step',
}

/** Done before a run completes, so that a later run also knows the events that changed nothing. */
const updateWatermark: OnboardingStep<ContactChange> = {
  ...updateContact,
  draft: ({ contact }) => contact.watermarkChange(),
}

/** Whether HubSpot users deleted the contact, so that it is to be re-created. */
function mustRecreateContact({ contact, parking }: Customer): boolean {
  return contact.isDeleted && !parking.isParked('contact')
}

/**
 * Tries a step with the newest values until it succeeds or is no longer due. While the step is parked, changes to existing
 * records are still written (G9).
 */
export async function perform<Draft extends object>(
  step: OnboardingStep<Draft>,
  customer: Customer,
  run: Run,
): Promise<void> {
  const isDue = () => step.draft(customer) !== null
  const isParked = () => customer.parking.isParked(step.name)
  if (step.writesChangesFirst && isDue()) await writeChanges(customer, run)
  while (isDue()) {
    if (isParked()) {
      await run.until(() => !isDue() || !isParked() || customer.hasChanges)
      await writeChanges(customer, run)
    } else {
      await attempt(step, customer, run)
    }
  }
}

/** Writes the pending changes to existing records. Values that arrive during a write go out with the next write (G6). */
export async function writeChanges(customer: Customer, run: Run): Promise<void> {
  await attempt(updateCompany, customer, run)
  await attempt(updateContact, customer, run)
}

/** Writes what a later run has to know, before this run completes. */
export async function writeWatermark(customer: Customer, run: Run): Promise<void> {
  await attempt(updateWatermark, customer, run)
}

/** Does a step once when it is due; a rejection parks it. */
export async function attempt<Draft extends object>(
  step: OnboardingStep<Draft>,
  customer: Customer,
  run: Run,
): Promise<void> {
  const draft = step.draft(customer)
  if (draft === null) return
  const { organizationId } = customer.company
  const rejection = await run.call(
    step.name,
    (how) => rejectionOf(() => step.act(customer, draft, how)),
    () => step.unanswered?.(customer, draft),
  )
  customer.unreported.reached(customer.phase)
  if (rejection === null) return await pauseIfUnchanged(step, draft, customer, run)
  if (rejection.unanswered) step.unanswered?.(customer, draft)
  await run.deliverMessages()

  const sent = valuesOf(draft)
  // Only values that the CRM has rejected are parked one by one; for any other reason the whole step waits.
  const parksValues = step.parks === 'values' && rejection.reason === 'refused-by-hubspot'
  const fields = parksValues ? Object.keys(sent) : rejection.fields
  const next = step.draft(customer)
  // An event during the call may have made the step unnecessary; then there is nothing to park.
  if (next === null) return
  // The event may also have brought other values. The next attempt sends those before anything is parked.
  if (fields.length === 0 && !isSame(sent, valuesOf(next))) return
  customer.parking.park(step.name, { ...rejection, fields }, sent, organizationId)
}

/**
 * A step that succeeds and is still due with the same values waits like one that fails. Otherwise it would be repeated without a
 * pause, for as long as the CRM answers like that. A new event ends the pause.
 */
async function pauseIfUnchanged<Draft extends object>(
  step: OnboardingStep<Draft>,
  sent: Draft,
  customer: Customer,
  run: Run,
): Promise<void> {
  const toSend = (draft: Draft | null) => JSON.stringify([draft, customer.company.change(), customer.contact.change()])
  const before = toSend(sent)
  const hasChanged = () => toSend(step.draft(customer)) !== before
  if (hasChanged()) run.resetPause(step.name)
  else await run.pauseBeforeRepeat(step.name, hasChanged)
}

function isSame(one: Values, other: Values): boolean {
  const fields = Object.keys({ ...one, ...other }) as Field[]
  return fields.every((field) => one[field] === other[field])
}

function valuesOf(draft: object): Values {
  return 'values' in draft ? (draft.values as Values) : {}
}
