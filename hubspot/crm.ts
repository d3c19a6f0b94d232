// Implements the CRM port with HubSpot.

import type { Crm } from '../domain/crm.ts'
import type { Field } from '../domain/fields.ts'
import { associateContact, moveContact } from './associations.ts'
import type { MovePolicy, PrimaryPolicy } from './associations.ts'
import type { HubSpot } from './client/client.ts'
import { failureOf } from './client/errors.ts'
import { HubSpotError } from './client/hubspot-error.ts'
import { createCompany, updateCompany } from './companies.ts'
import type { AdoptionPolicy } from './companies.ts'
import { updateContact } from './contact-update.ts'
import { createContact, eraseContact } from './contacts.ts'
import { findCustomer } from './find-customer.ts'
import { companyField, contactField } from './properties.ts'

/** The policies of the portal's owner, from the settings. */
export interface Policies {
  adoption: AdoptionPolicy
  primary: PrimaryPolicy
  move: MovePolicy
}

export function createHubSpotCrm(hubspot: HubSpot, policies: Policies): Crm {
  return {
    findCustomer: (customerId) => withCrmErrors(contactField, () => findCustomer(hubspot, customerId)),
    createCompany: (company) => withCrmErrors(companyField, () => createCompany(hubspot, company, policies.adoption)),
    createContact: (contact) => withCrmErrors(contactField, () => createContact(hubspot, contact)),
    associateContact: (pair) => withCrmErrors(noField, () => associateContact(hubspot, pair, policies.primary)),
    moveContact: (move) => withCrmErrors(noField, () => moveContact(hubspot, move, policies.move)),
    updateCompany: (change) => withCrmErrors(companyField, () => updateCompany(hubspot, change)),
    updateContact: (change) => withCrmErrors(contactField, () => updateContact(hubspot, change)),
    eraseContact: (customer) => withCrmErrors(contactField, () => eraseContact(hubspot, customer)),
  }
}

/** Turns HubSpot's errors into those of the port, with the product's names of the properties. */
async function withCrmErrors<T>(fieldOf: (property: string) => Field | undefined, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw error instanceof HubSpotError ? failureOf(error, (property) => fieldOf(property) ?? property) : error
  }
}

function noField(): undefined {
  return undefined
}
