// The steps of an onboarding as data: when each is due, what it sends, and what it asks of the CRM.

import type { CompanyChange, CompanyDraft, ContactChange, ContactDraft } from '../domain/crm.ts'
import type { Field, Values } from '../domain/fields.ts'
import type { Step } from '../domain/onboarding.ts'
import { crm } from './activities.ts'
import type { Association } from './customer/association.ts'
import type { Customer } from './customer/customer.ts'
import { rejectionOf } from './rejection.ts'
import type { Run } from './run.ts'

/** One thing that an onboarding does in the CRM. `Draft` is what it sends; its `values`, if any, are the customer's. */
interface OnboardingStep<Draft extends object> {
  name: Step
  /** The values to send now; `null` when the step is not due. */
  draft(customer: Customer): Draft | null
  act(customer: Customer, draft: Draft): Promise<void>
  /** A rejection parks the whole step, or only the values that were sent. */
  parks: 'step' | 'values'
  /** Whether pending changes are written before the step. */
  writesChangesFirst?: boolean
}

/**
 * Temporal deletes completed runs after a time. So the CRM is asked whether an earlier run has created the customer's records.
 */
export const lookUp: OnboardingStep<{ customerId: string }> = {
  name: 'lookup',
  draft: ({ state }) => (state.isLookedUp ? null : { customerId: state.customerId }),
  act: async (customer, { customerId }) => customer.found(await crm.findCustomer(customerId)),
  parks: 'step',
}

/** When HubSpot users deleted the contact, this step waits until the contact is re-created. */
export const registerCompany: OnboardingStep<CompanyDraft> = {
  name: 'company',
  draft: (customer) =>
    customer.company.current === null && !mustRecreateContact(customer) ? customer.company.draft() : null,
  act: async (customer, draft) => customer.companyCreated(draft, await crm.createCompany(draft)),
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
  act: async (customer, draft) => customer.contactCreated(draft, await crm.createContact(draft)),
  parks: 'step',
}

/** No longer due when HubSpot users deleted one of the records, which is re-created first. */
export const associate: OnboardingStep<ReturnType<Association['draft']>> = {
  name: 'association',
  draft: ({ association }) => (association.isNeeded ? association.draft() : null),
  act: async (customer, { pair, move }) =>
    customer.associated(await (move === null ? crm.associateContact(pair) : crm.moveContact(move))),
  parks: 'step',
}

const updateCompany: OnboardingStep<CompanyChange> = {
  name: 'company-update',
  draft: ({ company }) => company.change(),
  act: async (customer, change) => customer.changed(customer.company, change, await crm.updateCompany(change)),
  parks: 'values',
}

const updateContact: OnboardingStep<ContactChange> = {
  name: 'contact-update',
  draft: ({ contact }) => contact.change(),
  act: async (customer, change) => customer.changed(customer.contact, change, await crm.updateContact(change)),
  parks: 'values',
}

export const eraseContact: OnboardingStep<{ customerId: string; contactId: string | null }> = {
  name: 'erasure',
  draft: ({ phase, state, contact }) =>
    phase === 'erased' ? null : { customerId: state.customerId, contactId: contact.reference?.contactId ?? null },
  act: async (customer, draft) => customer.erased(await crm.eraseContact(draft)),
  parks: 'step',
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

/** Does a step once when it is due; a rejection parks it. */
async function attempt<Draft extends object>(step: OnboardingStep<Draft>, customer: Customer, run: Run): Promise<void> {
  const draft = step.draft(customer)
  if (draft === null) return
  const { organizationId } = customer.company
  const rejection = await run.call(() => rejectionOf(() => step.act(customer, draft)))
  if (rejection === null) return

  const sent = valuesOf(draft)
  // Only values that the CRM has rejected are parked one by one; for any other reason the whole step waits.
  const parksValues = step.parks === 'values' && rejection.reason === 'refused-by-hubspot'
  const fields = parksValues ? Object.keys(sent) : rejection.fields
  const next = step.draft(customer)
  // An event during the call may have made the step needless; then there is nothing to park.
  if (next === null) return
  // Or it brought other values: then the next attempt sends those, before anything is parked.
  if (fields.length === 0 && !isSame(sent, valuesOf(next))) return
  customer.parking.park(step.name, { ...rejection, fields }, sent, organizationId)
}

function isSame(one: Values, other: Values): boolean {
  const fields = Object.keys({ ...one, ...other }) as Field[]
  return fields.every((field) => one[field] === other[field])
}

function valuesOf(draft: object): Values {
  return 'values' in draft ? (draft.values as Values) : {}
}
