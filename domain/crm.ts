// The port: everything that a workflow may ask of a CRM. Outcomes are values; only the unexpected is thrown (failures.ts).

import type { CompanyField, ContactField, Field, Values } from './fields.ts'

/** Part of every response: `correlationId` finds the call in the CRM's own logs. */
export interface CrmResponse {
  correlationId: string | null
  /** Something that an operator may want to know, for the customer's timeline; free of personal data. */
  note?: string
  /**
   * An earlier attempt of the same write got no response, so the CRM may execute it late, over newer values. The frame in
   * activities/ sets it.
   */
  unanswered?: true
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
  /** No company that this run has created is older, in milliseconds since the epoch; absent in a call by a worker of an older version. */
  since?: number
  /** What a look-up a moment ago has found; absent when the company is still to be looked for. */
  lookedUp?: CompanyHint
}

/**
 * `companyId` is a company that may be the organization's, and is read again before anything is written to it; `null` when there
 * was none. `at` is the time of the look-up by the worker's clock, in milliseconds since the epoch. An old hint counts as none.
 */
export interface CompanyHint {
  companyId: string | null
  at: number
}

/**
 * `company` is the company of a customer who has registered, which is looked for beside the contact; `null` before that.
 * `contact` is of the contact that this run is about to create; absent before the registration.
 */
export interface CustomerLookUp {
  customerId: string
  company: CompanyDraft | null
  contact?: RunOfContact
}

/**
 * Identifies a contact that an earlier attempt of the same run has written. Temporal knows nothing of that attempt when its worker was
 * killed in the workflow task. `lastEventAt` is the watermark that the run writes first. No contact of the run is older than `since`,
 * in milliseconds since the epoch; absent in a call by a worker of an older version.
 */
export interface RunOfContact {
  lastEventAt: number
  since?: number
}

/**
 * The contact of a new customer. The CRM identifies contacts by their e-mail address, so it is never absent. `companyKey` is the
 * key of the customer's company; `null` while there is none. The contact keeps it, so that a later run finds the company.
 */
export interface ContactDraft extends RunOfContact {
  customerId: string
  companyKey: string | null
  values: Values<ContactField> & { email: string }
}

/**
 * New values for an existing company, which other customers may share. All times are event times in milliseconds since the
 * epoch. `times` has the time of each value, and `lastEventAt` is the newest of them. `ownEventAt` is the newest that this
 * customer has written to the company; `othersEventAt` is the newest that others are known to have written.
 * The company has one watermark. When it is newer than `ownEventAt`, another customer has written it, and values that are older
 * than the watermark of others are skipped. Only a watermark equal to `lastEventAt` is our own write, whose response was lost.
 * `repeated` names the values that the CRM got from this customer before. They are sent only when another customer has written
 * since, so that a correction by HubSpot users stays.
 */
export interface CompanyChange {
  companyId: string
  /** The key of the company in the CRM. Nothing is written to a company that carries another key. */
  companyKey: string
  values: Values<CompanyField>
  repeated: CompanyField[]
  times: { [field in CompanyField]?: number }
  lastEventAt: number
  ownEventAt: number
  othersEventAt: number
  /** As in `ContactChange`. */
  onlyDifferent?: true
  compared?: Values<CompanyField>
}

/**
 * New values for an existing contact; `lastEventAt` is the event time of the customer's newest value, and the new watermark. The
 * CRM finds the contact by the customer's id, never by `contactId`, which may belong to another customer after a merge.
 */
export interface ContactChange {
  customerId: string
  contactId: string
  /** The key of the customer's company, for the contact to keep; `null` leaves the key unchanged. */
  companyKey: string | null
  values: Values<ContactField>
  lastEventAt: number
  /** A read-back: some of the values were written already. Only what the CRM does not have is written, perhaps nothing. */
  onlyDifferent?: true
  /**
   * In a read-back: values that HubSpot users had replaced. The CRM compares them and never writes them. A late write may have brought
   * them back.
   */
  compared?: Values<ContactField>
}

/**
 * The CRM's records of a customer whose earlier run completed. `companyId` is the company whose key the contact keeps; `null`
 * when there is none. `contactValues` are those that the CRM has now.
 */
export interface FoundCustomer extends CrmResponse {
  contactId: string
  companyId: string | null
  contactUrl: string | null
  companyUrl: string | null
  companyKey: string | null
  contactValues: Values<ContactField>
  /** The contact's addresses beside the primary one. */
  otherEmails: string[]
  /** Whether the contact is associated with the company. */
  isAssociated: boolean
  /**
   * `true` when nobody but onramp can have made that association: onramp has created the contact, or it has created the company when
   * it claimed the contact or later. Absent in a response of an older version, which says only whether onramp created the contact.
   */
  isAssociationOwn?: boolean
  isContactOwn?: boolean
  /** The product's id of that company, and its domain and name, which identify the organization as well. */
  organizationId: string | null
  companyDomain: string | null
  companyName: string | null
  /** The contact's watermark, in milliseconds since the epoch; 0 when it has none. */
  lastEventAt: number
}

/**
 * `found`: the CRM has the customer from an earlier run. `new`: it has no such customer, or only a contact of an earlier attempt of
 * this run, which `createContact` completes. Then `company` is the organization's company, when it is there and nothing of the draft
 * is missing on it, so that no `createCompany` is needed; otherwise `hint` is for `createCompany`. Both are `null` when no company was
 * looked for, or when only `createCompany` can decide.
 */
export type LookUpOutcome =
  | ({ outcome: 'found' } & FoundCustomer)
  | ({ outcome: 'new'; company: CompanyOutcome | null; hint: CompanyHint | null } & CrmResponse)

/** A contact by its e-mail address, primary or secondary, or by the CRM's id. Nobody knows whether the CRM has it. */
export type SoughtContact = { email: string } | { contactId: string }

/** `customerId`: the one on the contact; `null` when the contact has none, or when the CRM has no such contact. */
export interface CustomerOfContact extends CrmResponse {
  customerId: string | null
}

/** The two records of an association. Their ids are opaque texts of the CRM. */
export interface ContactCompanyPair {
  contactId: string
  companyId: string
}

/**
 * The companies that a contact was associated with at a time, by the worker's clock in milliseconds since the epoch. A contact
 * that onramp has just created has none.
 */
export interface ContactCompanies {
  companyIds: string[]
  /** The contact's primary company; `null` when it has none. */
  primaryId: string | null
  at: number
}

/** `companies`: those of the contact before the call; `null` when they are not known. Old ones count as not known. */
export interface AssociationDraft extends ContactCompanyPair {
  customerId: string
  companies: ContactCompanies | null
}

/**
 * A contact that moves from one or more companies to another. `fromCompanyIds` are the companies that onramp itself associated it
 * with. `lastEventAt` is the contact's new watermark, and `companyKey` the key of the new company.
 */
export interface ContactMove extends ContactCompanyPair {
  customerId: string
  companyKey: string
  fromCompanyIds: string[]
  lastEventAt: number
}

/**
 * A field that the CRM rejected while it accepted the rest. `message` is free of personal data. `code` is the CRM's own word for
 * the reason, such as INVALID_EMAIL; absent when onramp itself found that the value cannot be written.
 */
export interface RejectedField {
  field: Field
  reason: 'contact-of-another-customer' | 'email-taken' | 'refused-by-hubspot'
  message: string
  code?: string
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
  /** The key by which the CRM finds the company again; opaque. */
  companyKey: string
  /** The product's id of the organization: the one in the draft, else the one in the company's key, else `null`. */
  organizationId: string | null
  /** `customer`: the organization has neither id nor domain, so that the company is this customer's alone. */
  standsFor: 'organization' | 'customer'
  url: string | null
  kept: CompanyField[]
  /** The fields that another registration has filled in at the same time, with a value of a newer event. Absent: none. */
  skipped?: CompanyField[]
  rejected: RejectedField[]
  /** As in `CompanyChange`, when this call has filled in values of the draft, or an earlier attempt of it has. */
  ownEventAt?: number
  othersEventAt?: number
}
export interface ContactOutcome extends CrmResponse {
  outcome: 'created' | 'existed'
  contactId: string
  /** `null` for more companies than the state of an onboarding may hold, or when they are not known. */
  companies: ContactCompanies | null
  /** An earlier attempt of the run has claimed and written the contact. It may also have made one of the associations. */
  isRepeated?: true
  url: string | null
  kept: ContactField[]
  rejected: RejectedField[]
}

/**
 * `associated`: the association is there. `isOwn` is false when it was there before, made by HubSpot users or by HubSpot itself.
 * `missing`: one of the two records was deleted; `record` says which.
 */
export type AssociationOutcome =
  | ({ outcome: 'associated'; isOwn: boolean } & CrmResponse)
  | ({ outcome: 'missing'; record: 'company' | 'contact' } & CrmResponse)

/**
 * A finding about an association some time after onramp has made it: other companies of the contact that onramp did not
 * associate, or that no company is the contact's primary one, so that the association is due again. `note` is for the
 * timeline.
 */
export interface AssociationReview {
  companyId: string
  finding: 'other-companies' | 'without-primary'
  note: string
}

/**
 * `written`: the CRM has the values. `recordId` is the record that has them; after a merge it is another record. `skipped` lists
 * the fields for which other customers of the organization have written newer values. `kept` lists those where the value of
 * HubSpot users stays, by the policy of the portal's owner.
 * Outcome `skipped`: no field was sent, since others have newer values for all of them.
 * `missing`: the record was deleted, or merged into another customer's record.
 * `othersEventAt`: event time of the newest value that other customers have written to the company.
 * `isUnchanged`: the CRM had all values already, so that nothing was written.
 * `present`: the compared fields whose values the CRM has.
 */
export type WriteOutcome =
  | ({
      outcome: 'written'
      recordId: string
      skipped: Field[]
      kept: Field[]
      rejected: RejectedField[]
      othersEventAt?: number
      isUnchanged?: true
      present?: Field[]
    } & CrmResponse)
  | ({ outcome: 'skipped'; othersEventAt: number } & CrmResponse)
  | ({ outcome: 'missing' } & CrmResponse)

/**
 * A customer to erase. `formerContactIds` are contacts that HubSpot users deleted and onramp re-created; the CRM may still be able
 * to restore those. A `further` look follows when a call may have been executed late.
 */
export interface ErasedCustomer {
  customerId: string
  contactId: string | null
  formerContactIds: string[]
  /** Whether the CRM may have a company that is this customer's alone. `none` saves looking for it. */
  ownCompany: 'possible' | 'none'
  look: 'first' | 'further'
}

/**
 * `erased`: at least one record of the customer was there, and is erased. `nothing`: the CRM had none. `left`: the CRM has a contact
 * with data of the customer that onramp must not erase; `note` says which.
 * `callTimeoutMs`: how long a call may take. The CRM may still execute a call that was cancelled that long ago.
 */
export interface ErasureOutcome extends CrmResponse {
  outcome: 'erased' | 'nothing' | 'left'
  callTimeoutMs: number
}

/**
 * The calls of an onboarding. Each may be repeated after a lost response and still leaves one record (G2).
 *
 * @throws CrmRejection when the CRM rejects the call for good
 * @throws CrmFailure when the call is to be retried; the frame in activities/ retries everything else as well
 */
export interface Crm {
  createCompany(company: CompanyDraft): Promise<CompanyOutcome>
  createContact(contact: ContactDraft): Promise<ContactOutcome>
  associateContact(pair: AssociationDraft): Promise<AssociationOutcome>
  /**
   * Associates the contact with the new company. Removes the former associations if the portal owner's policy says so, but none
   * that HubSpot users have given a label of theirs.
   */
  moveContact(move: ContactMove): Promise<AssociationOutcome>
  findCustomer(lookUp: CustomerLookUp): Promise<LookUpOutcome>
  /** Says for an operator which customer a contact belongs to. It is no step of an onboarding. */
  findCustomerOf(contact: SoughtContact): Promise<CustomerOfContact>
  /**
   * Erases the contact with this id and the one with this customer id, for good. A missing contact is no error. Another
   * customer's contact is never erased; `note` then says so. The company stays, unless it is this customer's alone: created by
   * onramp for an organization without id and domain, and without another contact.
   */
  eraseContact(customer: ErasedCustomer): Promise<ErasureOutcome>
  updateCompany(change: CompanyChange): Promise<WriteOutcome>
  updateContact(change: ContactChange): Promise<WriteOutcome>
}
