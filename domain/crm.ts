// The port: all that a workflow may ask of a CRM. Outcomes are values; thrown is only what nobody expected (see failures.ts).

/** A contact's fields, each named by its path in an event's `data`. */
export const CONTACT_FIELDS = [
  'email',
  'firstName',
  'lastName',
  'phone',
  'website',
  'address.street',
  'address.city',
  'address.state',
  'address.postalCode',
  'address.country',
] as const
export type ContactField = (typeof CONTACT_FIELDS)[number]

/** A company's fields, likewise. The product's own id of a company is identity, not a field. */
export const COMPANY_FIELDS = ['company.name', 'company.domain', 'company.website', 'company.phone'] as const
export type CompanyField = (typeof COMPANY_FIELDS)[number]

export type Field = ContactField | CompanyField

/** Values of fields: `null` clears, an absent field is left untouched. */
export type Values<Name extends Field = Field> = { [field in Name]?: string | null }

/** The company of a new customer. `productCompanyId` is the product's id of it, when it has one; with the domain it decides which firm this is. */
export interface CompanyDraft {
  customerId: string
  productCompanyId: string | null
  values: Values<CompanyField>
  /** Event time of the newest value, in milliseconds since the epoch. */
  lastEventAt: number
}

/** The contact of a new customer. The e-mail address is what the CRM tells contacts apart by, so it is never absent. */
export interface ContactDraft {
  customerId: string
  values: Values<ContactField> & { email: string }
  lastEventAt: number
}

/**
 * New values for a company that is known, which other customers may share. `times` are the event times of the values,
 * `lastEventAt` the newest of them, `ownEventAt` that of the newest value that this customer has ever written there: when
 * the company has a newer one, it is another customer's, as `othersEventAt` was before. Whatever is older than theirs is
 * not written.
 */
export interface CompanyChange {
  companyId: string
  values: Values<CompanyField>
  times: { [field in CompanyField]?: number }
  lastEventAt: number
  ownEventAt: number
  othersEventAt: number
}

/** New values for a contact that is known; `lastEventAt` is the event time of the newest that is known, written or not. */
export interface ContactChange {
  customerId: string
  contactId: string
  values: Values<ContactField>
  lastEventAt: number
}

/** What of a customer the CRM has from before; `companyId` is that of the company that is ours, `null` when there is none. */
export interface FoundCustomer extends Traced {
  contactId: string
  companyId: string | null
  contactUrl: string | null
  companyUrl: string | null
  /** The product's id of that company's firm, where it was known by one, and what else tells firms apart. */
  productCompanyId: string | null
  companyDomain: string | null
  companyName: string | null
  /** Event time of the newest event that was written, in milliseconds since the epoch; 0 when nobody knows. */
  lastEventAt: number
}

/** The two records that an onboarding ties together. Ids are the CRM's own, opaque texts. */
export interface ContactCompanyPair {
  contactId: string
  companyId: string
}

/** A contact that leaves companies for another. `lastEventAt` is the event time from which on it belongs there. */
export interface ContactMove extends ContactCompanyPair {
  fromCompanyIds: string[]
  lastEventAt: number
}

/** A field that the CRM would not take while it took the rest. `message` is free of personal data. */
export interface RefusedField {
  field: Field
  reason: 'email-taken' | 'refused-by-hubspot'
  message: string
}

/** What every answer carries: `correlationId` finds the call in the CRM's own logs, `remark` is for the customer's timeline. */
export interface Traced {
  correlationId: string | null
  /** Something that a person may want to know, free of personal data. */
  remark?: string
}

/**
 * `existed`: the record was there before and known to be this one; `adopted`: people made it, and it is ours from now on.
 * Of both, what people filled in stayed as it is. `by` is what it was known by, `productCompanyId` the product's id of the
 * firm that the company stands for, where it carries one. `url` is a person's way to it.
 */
export interface CompanyOutcome extends Traced {
  outcome: 'created' | 'existed' | 'adopted'
  by: 'key' | 'domain'
  companyId: string
  productCompanyId: string | null
  url: string | null
  refused: RefusedField[]
}
export interface ContactOutcome extends Traced {
  outcome: 'created' | 'existed'
  contactId: string
  url: string | null
  refused: RefusedField[]
}

/** Whether or not the association was there before. `missing`: people deleted this one of the two records. */
export type AssociationOutcome =
  | ({ outcome: 'associated' } & Traced)
  | ({ outcome: 'missing'; record: 'company' | 'contact' } & Traced)

/**
 * `superseded`: other customers of the same firm were later, so nothing was written. `missing`: people deleted the record.
 * `recordId` is the record that was written to: another than asked for when people have merged the two. `othersEventAt` is
 * the event time of the newest value of other customers, for a company.
 */
export type WriteOutcome =
  | ({ outcome: 'written'; recordId: string; refused: RefusedField[]; othersEventAt?: number } & Traced)
  | ({ outcome: 'superseded'; othersEventAt: number } & Traced)
  | ({ outcome: 'missing' } & Traced)

/**
 * What an onboarding asks of a CRM. Each call may be repeated after a lost answer and still leaves one record (G2).
 *
 * @throws ApplicationFailure of type `REFUSED` (failures.ts) when the CRM refuses for good; anything else is retried
 */
export interface Crm {
  createCompany(company: CompanyDraft): Promise<CompanyOutcome>
  createContact(contact: ContactDraft): Promise<ContactOutcome>
  associateContact(pair: ContactCompanyPair): Promise<AssociationOutcome>
  /** Makes the new company the contact's primary one and, by the portal owner's policy, ends the old associations. */
  moveContact(move: ContactMove): Promise<AssociationOutcome>
  findCustomer(customerId: string): Promise<FoundCustomer | null>
  /** Erases the customer's contact for good; the company stays. Erasing one who is not there is no error. */
  eraseContact(customer: { customerId: string; contactId: string | null }): Promise<Traced>
  updateCompany(change: CompanyChange): Promise<WriteOutcome>
  updateContact(change: ContactChange): Promise<WriteOutcome>
}
