// The port: everything that a workflow may ask of a CRM. Outcomes are values; only the unexpected is thrown (failures.ts).

import type { CompanyField, ContactField, Field, Values } from './fields.ts'

/** Part of every response: `correlationId` finds the call in the CRM's own logs. */
export interface CrmResponse {
  correlationId: string | null
  /** Something that an operator may want to know, for the customer's timeline; free of personal data. */
  note?: string
}

/**
 * The company of a new customer. `organizationId`, the product's id, identifies its organization. Without an id, the
 * registrable domain does. Without either, the company is this customer's alone.
 */
export interface CompanyDraft {
  customerId: string
  organizationId: string | null
  values: Values<CompanyField>
  /** Event time of the newest value, in milliseconds since the epoch. It becomes the watermark of a created or adopted company. */
  lastEventAt: number
}

/** The contact of a new customer. The CRM identifies contacts by their e-mail address, so it is never absent. */
export interface ContactDraft {
  customerId: string
  values: Values<ContactField> & { email: string }
  lastEventAt: number
}

/**
 * New values for an existing company, which other customers may share. All times are event times in milliseconds since the
 * epoch. `times` has the time of each value, and `lastEventAt` is the newest of them. `ownEventAt` is the newest that this
 * customer has written to the company; `othersEventAt` is the newest that others are known to have written.
 * The company has one watermark. When it is newer than `ownEventAt`, another customer has written it, and values that are older
 * than the watermark of others are skipped. Only a watermark equal to `lastEventAt` is our own write, whose response was lost.
 */
export interface CompanyChange {
  companyId: string
  values: Values<CompanyField>
  times: { [field in CompanyField]?: number }
  lastEventAt: number
  ownEventAt: number
  othersEventAt: number
}

/** New values for an existing contact; `lastEventAt` is the event time of the customer's newest value, and the new watermark. */
export interface ContactChange {
  customerId: string
  contactId: string
  values: Values<ContactField>
  lastEventAt: number
}

/**
 * The CRM's records of a customer whose earlier run completed. `companyId` is the primary company, if it is one of ours. Else it
 * is another company of ours, else `null`.
 */
export interface FoundCustomer extends CrmResponse {
  contactId: string
  companyId: string | null
  contactUrl: string | null
  companyUrl: string | null
  /** The product's id of that company, and its domain and name, which identify the organization as well. */
  organizationId: string | null
  companyDomain: string | null
  companyName: string | null
  /** The contact's watermark, in milliseconds since the epoch; 0 when it has none. */
  lastEventAt: number
}

/** The two records of an association. Their ids are opaque texts of the CRM. */
export interface ContactCompanyPair {
  contactId: string
  companyId: string
}

/** A contact that moves from one or more companies to another. `lastEventAt` is the contact's new watermark. */
export interface ContactMove extends ContactCompanyPair {
  fromCompanyIds: string[]
  lastEventAt: number
}

/** A field that the CRM rejected while it accepted the rest. `message` is free of personal data. */
export interface RejectedField {
  field: Field
  reason: 'email-taken' | 'refused-by-hubspot'
  message: string
}

/**
 * `existed`: the record was there and known to be this one; `adopted`: CRM users created it, and onramp has claimed it.
 * In both cases onramp fills in what is empty; `kept` names the fields where the CRM has another value, which stays. `kept`
 * never names `email`: when the primary address is another one, the customer's address is a secondary one of the contact.
 * `url` opens the record in the CRM.
 */
export interface CompanyOutcome extends CrmResponse {
  outcome: 'created' | 'existed' | 'adopted'
  foundBy: 'key' | 'domain'
  companyId: string
  /** The product's id of the organization: the one in the draft, else the one in the company's key, else `null`. */
  organizationId: string | null
  url: string | null
  kept: CompanyField[]
  rejected: RejectedField[]
}
export interface ContactOutcome extends CrmResponse {
  outcome: 'created' | 'existed'
  contactId: string
  url: string | null
  kept: ContactField[]
  rejected: RejectedField[]
}

/** `associated`: the association is there, new or not. `missing`: one of the two records was deleted; `record` says which. */
export type AssociationOutcome =
  | ({ outcome: 'associated' } & CrmResponse)
  | ({ outcome: 'missing'; record: 'company' | 'contact' } & CrmResponse)

/**
 * `written`: the CRM has the values. `recordId` is the record that has them; after a merge it is another record. `skipped` lists
 * the fields that were not sent, since other customers of the organization have written newer values.
 * Outcome `skipped`: no field was sent, for the same reason.
 * `missing`: the record was deleted, or merged into another customer's record.
 * `othersEventAt`: event time of the newest value that other customers have written to the company.
 */
export type WriteOutcome =
  | ({
      outcome: 'written'
      recordId: string
      skipped: Field[]
      rejected: RejectedField[]
      othersEventAt?: number
    } & CrmResponse)
  | ({ outcome: 'skipped'; othersEventAt: number } & CrmResponse)
  | ({ outcome: 'missing' } & CrmResponse)

/**
 * The calls of an onboarding. Each may be repeated after a lost response and still leaves one record (G2).
 *
 * @throws CrmRejection when the CRM rejects the call for good
 * @throws CrmFailure when the call is to be retried; the frame in activities/ retries everything else as well
 */
export interface Crm {
  createCompany(company: CompanyDraft): Promise<CompanyOutcome>
  createContact(contact: ContactDraft): Promise<ContactOutcome>
  associateContact(pair: ContactCompanyPair): Promise<AssociationOutcome>
  /** Makes the new company the contact's primary one. Removes the former associations if the portal owner's policy says so. */
  moveContact(move: ContactMove): Promise<AssociationOutcome>
  findCustomer(customerId: string): Promise<FoundCustomer | null>
  /**
   * Erases the contact with this id and the one with this customer id, for good. The company stays. A missing contact is no
   * error. Another customer's contact is never erased; `note` then says so.
   */
  eraseContact(customer: { customerId: string; contactId: string | null }): Promise<CrmResponse>
  updateCompany(change: CompanyChange): Promise<WriteOutcome>
  updateContact(change: ContactChange): Promise<WriteOutcome>
}
