// The steps of an onboarding as data: when each is due, what it sends, and what it asks of the CRM.

import type { CompanyChange, CompanyDraft, ContactChange, ContactDraft } from '../domain/crm.ts'
import type { Field, Values } from '../domain/fields.ts'
import type { Step } from '../domain/onboarding.ts'
import { crm } from './crm.ts'
import type { Association } from './customer/association.ts'
import type { Customer } from './customer/customer.ts'
import { rejectionOf } from './rejection.ts'
import type { Run } from './run.ts'

/** One thing that an onboarding does in the CRM. `Draft` is what it sends; the draft's `values` are parked when rejected. */
interface OnboardingStep<Draft extends object> {
  name: Step
  isDue(customer: Customer): boolean
  draft(customer: Customer): Draft
  act(customer: Customer, draft: Draft): Promise<void>
  /** A rejection parks the whole step, or only the values that were sent. */
  parks: 'step' | 'values'
  /** Whether pending changes are written before the step. */
  writesChangesFirst?: boolean
}

/** Whether HubSpot users deleted the contact, so that it is to be re-created. */
const mustRecreateContact = ({ contact, parking }: Customer): boolean =>
  contact.isDeleted && !parking.isParked('contact')

/** Temporal forgets completed runs; the CRM may know the customer from one. */
export const lookUp: OnboardingStep<{ customerId: string }> = {
  name: 'lookup',
  isDue: ({ state }) => !state.isLookedUp,
  draft: ({ state }) => ({ customerId: state.customerId }),
  act: async (customer, { customerId }) => customer.found(await crm.findCustomer(customerId)),
  parks: 'step',
}

/** When HubSpot users deleted the contact, this step waits until the contact is re-created. */
export const registerCompany: OnboardingStep<CompanyDraft> = {
  name: 'company',
  isDue: (customer) => customer.company.current === null && !mustRecreateContact(customer),
  draft: ({ company }) => company.draft(),
  act: async (customer, draft) => customer.companyCreated(draft, await crm.createCompany(draft)),
  parks: 'step',
  // The former organization's company gets its last values before the contact leaves it.
  writesChangesFirst: true,
}

/** Not due without a company: after a move the new company comes first. */
export const registerContact: OnboardingStep<ContactDraft> = {
  name: 'contact',
  isDue: (customer) =>
    customer.contact.reference === null && (customer.company.current !== null || mustRecreateContact(customer)),
  draft: ({ contact }) => contact.draft(),
  act: async (customer, draft) => customer.contactCreated(draft, await crm.createContact(draft)),
  parks: 'step',
}

/** No longer due when HubSpot users deleted one of the records, which is re-created first. */
export const associate: OnboardingStep<ReturnType<Association['draft']>> = {
  name: 'association',
  isDue: ({ association }) => association.isNeeded,
  draft: ({ association }) => association.draft(),
  act: async (customer, { pair, move }) =>
    customer.associated(await (move === null ? crm.associateContact(pair) : crm.moveContact(move))),
  parks: 'step',
}

const updateCompany: OnboardingStep<CompanyChange> = {
  name: 'company-update',
  isDue: ({ company }) => company.change() !== null,
  draft: ({ company }) => company.change() as CompanyChange,
  act: async (customer, change) => customer.changed(customer.company, change, await crm.updateCompany(change)),
  parks: 'values',
}

const updateContact: OnboardingStep<ContactChange> = {
  name: 'contact-update',
  isDue: ({ contact }) => contact.change() !== null,
  draft: ({ contact }) => contact.change() as ContactChange,
  act: async (customer, change) => customer.changed(customer.contact, change, await crm.updateContact(change)),
  parks: 'values',
}

export const eraseContact: OnboardingStep<{ customerId: string; contactId: string | null }> = {
  name: 'erasure',
  isDue: (customer) => customer.phase !== 'erased',
  draft: ({ state, contact }) => ({ customerId: state.customerId, contactId: contact.reference?.contactId ?? null }),
  act: async (customer, draft) => customer.erased(await crm.eraseContact(draft)),
  parks: 'step',
}

/**
 * Tries a step with the newest values until it succeeds or is no longer due. While it is parked, changes of the records that
 * are there are still written (G9).
 */
export async function perform<Draft extends object>(
  step: OnboardingStep<Draft>,
  customer: Customer,
  run: Run,
): Promise<void> {
  if (step.writesChangesFirst && step.isDue(customer)) await writeChanges(customer, run)
  const isParked = () => customer.parking.isParked(step.name)
  while (step.isDue(customer)) {
    if (isParked()) {
      await run.until(() => !step.isDue(customer) || !isParked() || customer.hasChanges)
      await writeChanges(customer, run)
    } else {
      await attempt(step, customer, run)
    }
  }
}

/** Writes what changed of the records that are there. Values that arrive during a write go with the next one (G6). */
export async function writeChanges(customer: Customer, run: Run): Promise<void> {
  if (updateCompany.isDue(customer)) await attempt(updateCompany, customer, run)
  if (updateContact.isDue(customer)) await attempt(updateContact, customer, run)
}

/** Does a step once; a rejection parks it. */
async function attempt<Draft extends object>(step: OnboardingStep<Draft>, customer: Customer, run: Run): Promise<void> {
  const draft = step.draft(customer)
  const { organizationId } = customer.company
  const rejection = await run.call(() => rejectionOf(() => step.act(customer, draft)))
  if (rejection === null) return
  const sent = valuesOf(draft)
  // Only values that the CRM has rejected are parked one by one; for any other reason the whole step waits.
  const parksValues = step.parks === 'values' && rejection.reason === 'refused-by-hubspot'
  const fields = parksValues ? Object.keys(sent) : rejection.fields
  // A value that arrived during the call goes with the next attempt, which may succeed with it.
  if (fields.length === 0 && step.isDue(customer) && !isSame(sent, valuesOf(step.draft(customer)))) return
  customer.parking.park(step.name, { ...rejection, fields }, sent, organizationId)
}

function isSame(one: Values, other: Values): boolean {
  const fields = Object.keys({ ...one, ...other }) as Field[]
  return fields.every((field) => one[field] === other[field])
}

function valuesOf(draft: object): Values {
  return 'values' in draft ? (draft.values as Values) : {}
}
