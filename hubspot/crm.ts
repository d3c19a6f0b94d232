// Implements the CRM port with HubSpot.

import type { Crm } from '../domain/crm.ts'
import type { Field } from '../domain/fields.ts'
import { associateContact } from './associations.ts'
import type { MadeAssociation, PrimaryPolicy } from './associations.ts'
import type { HubSpot } from './client/client.ts'
import { failureOf } from './client/error-table.ts'
import { HubSpotError } from './client/hubspot-error.ts'
import { createCompany } from './companies.ts'
import type { AdoptionPolicy } from './company-look-up.ts'
import { updateCompany } from './company-update.ts'
import { updateContact } from './contact-update.ts'
import { createContact } from './contacts.ts'
import { findCustomerOf } from './customer-of-contact.ts'
import { eraseContact } from './erasure.ts'
import { findCustomer } from './find-customer.ts'
import { moveContact } from './move-contact.ts'
import type { MovePolicy } from './move-contact.ts'
import { companyField, contactField } from './properties.ts'
import type { UpdatePolicy } from './properties.ts'

/** The policies of the portal's owner, from the settings. */
export interface Policies {
  adoption: AdoptionPolicy
  primary: PrimaryPolicy
  move: MovePolicy
  /** For the companies that onramp has adopted, and for the contacts that HubSpot users made. */
  adoptedCompanyUpdates: UpdatePolicy
  existingContactUpdates: UpdatePolicy
}

export interface HubSpotCrmOptions {
  policies: Policies
  /** Called with each association after which the contact's companies were not read (association-review.ts). */
  made?: (association: MadeAssociation) => void
  /** From 0 to 1, for the jitter of pauses. */
  random?: () => number
}

export function createHubSpotCrm(
  hubspot: HubSpot,
  { policies, made = () => {}, random = Math.random }: HubSpotCrmOptions,
): Crm {
  const withCrmErrors = crmErrors(random)
  return {
    findCustomer: (lookUp) => withCrmErrors(contactField, () => findCustomer(hubspot, lookUp, policies.adoption)),
    findCustomerOf: (contact) => withCrmErrors(noField, () => findCustomerOf(hubspot, contact)),
    createCompany: (company) => withCrmErrors(companyField, () => createCompany(hubspot, company, policies.adoption)),
    createContact: (contact) => withCrmErrors(contactField, () => createContact(hubspot, contact)),
    associateContact: (draft) =>
      withCrmErrors(noField, () => associateContact(hubspot, draft, { policy: policies.primary, made })),
    moveContact: (move) => withCrmErrors(noField, () => moveContact(hubspot, move, policies)),
    updateCompany: (change) =>
      withCrmErrors(companyField, () => updateCompany(hubspot, change, policies.adoptedCompanyUpdates)),
    updateContact: (change) =>
      withCrmErrors(contactField, () => updateContact(hubspot, change, policies.existingContactUpdates)),
    eraseContact: (customer) => withCrmErrors(contactField, () => eraseContact(hubspot, customer)),
  }
}

/** Turns HubSpot's errors into those of the port, with the product's names of the properties. */
function crmErrors(random: () => number) {
  return async function withCrmErrors<T>(
    fieldOf: (property: string) => Field | undefined,
    call: () => Promise<T>,
  ): Promise<T> {
    try {
      return await call()
    } catch (error) {
      throw error instanceof HubSpotError ? failureOf(error, { fieldOf, random }) : error
    }
  }
}

function noField(): undefined {
  return undefined
}
