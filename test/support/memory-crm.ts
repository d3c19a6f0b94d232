// A CRM in memory behind the port domain/crm.ts. It uses nothing of HubSpot, which proves that another CRM can stand there.

import { randomUUID } from 'node:crypto'
import { explanations } from '../../domain/attention.ts'
import type { CompanyDraft, CompanyOutcome, Crm } from '../../domain/crm.ts'
import { CrmRejection } from '../../domain/failures.ts'
import { entriesOf, hasNameOrDomain } from '../../domain/fields.ts'
import type { CompanyField, ContactField, Field, Values } from '../../domain/fields.ts'

/** The records, as the users of the CRM see and change them. */
export interface MemoryRecords {
  contacts: MemoryRecord<ContactField>[]
  companies: MemoryRecord<CompanyField>[]
}

export interface MemoryRecord<Name extends Field> {
  id: string
  /** The ids of the records that users have merged into this one. */
  formerIds: string[]
  /** Unique: the customer's id on a contact, the organization's on a company; `null` on a record that users created. */
  key: string | null
  values: Values<Name>
  /** The additional addresses of a contact. No two contacts share an address. */
  otherEmails: string[]
  /** Event time of the newest value that onramp has written; 0 for none. */
  lastEventAt: number
  /** The companies with which a contact is associated, the primary one first. */
  companyIds: string[]
}

// This CRM has no log, so there is nothing to correlate.
const correlationId = null

/** Each call changes the records in one step, so that no other call sees half of a change. */
export function createMemoryCrm({ contacts, companies }: MemoryRecords, url: Record<keyof MemoryRecords, string>): Crm {
  return {
    async createCompany(draft) {
      const { company: existing, ...how } = findCompany(companies, draft)
      if (!existing && !hasNameOrDomain(draft.values)) {
        throw new CrmRejection({ ...explanations.companyWithoutName(), fields: [], correlationId })
      }
      const company = existing ?? create(companies)
      company.key ??= organizationKey(draft)
      // Equal times mean that this is our own earlier create, whose response was lost.
      const isOwn = existing?.lastEventAt === draft.lastEventAt && how.outcome === 'existed'
      company.lastEventAt ||= draft.lastEventAt // Finding a company writes nothing, so its watermark stays.
      const kept = fillIn(company, draft.values)
      const organizationId = organizationIdIn(company.key) ?? draft.organizationId
      const outcome = isOwn && kept.length === 0 ? 'created' : (how.outcome ?? 'created')
      const found = { foundBy: 'key' as const, ...how, companyId: company.id, organizationId, outcome }
      return { ...found, url: url.companies + company.id, kept, rejected: [], correlationId }
    },

    async createContact({ customerId, values, lastEventAt }) {
      const existing = contacts.find(({ key }) => key === customerId) ?? withEmail(contacts, values.email)
      if (existing && ![null, customerId].includes(existing.key)) {
        const explanation = explanations.contactOfAnotherCustomer(existing.id, `customer ${existing.key}`)
        throw new CrmRejection({ ...explanation, fields: ['email'], correlationId })
      }
      const contact = existing ?? create(contacts)
      contact.key = customerId
      const kept = fillIn(contact, values)
      write(contact, {}, lastEventAt)
      const outcome = existing ? 'existed' : 'created'
      return { outcome, contactId: contact.id, url: url.contacts + contact.id, kept, rejected: [], correlationId }
    },

    async associateContact({ contactId, companyId }) {
      const contact = withId(contacts, contactId)
      const company = withId(companies, companyId)
      if (!contact || !company) return { outcome: 'missing', record: contact ? 'company' : 'contact', correlationId }
      contact.companyIds.push(company.id)
      return { outcome: 'associated', correlationId }
    },

    async moveContact({ contactId, companyId, fromCompanyIds, lastEventAt }) {
      const contact = withId(contacts, contactId)
      const company = withId(companies, companyId)
      if (!contact || !company) return { outcome: 'missing', record: contact ? 'company' : 'contact', correlationId }
      const former = fromCompanyIds.map((id) => withId(companies, id))
      const others = contact.companyIds.filter((id) => !former.includes(withId(companies, id)))
      contact.companyIds = [company.id, ...others]
      write(contact, {}, lastEventAt)
      return { outcome: 'associated', note: `moved from company ${fromCompanyIds.join(', ')}`, correlationId }
    },

    async findCustomer(customerId) {
      const contact = contacts.find(({ key }) => key === customerId)
      if (!contact) return null
      const company = contact.companyIds.map((id) => withId(companies, id)).find((each) => each?.key)
      return {
        contactId: contact.id,
        contactUrl: url.contacts + contact.id,
        companyId: company?.id ?? null,
        companyUrl: company ? url.companies + company.id : null,
        organizationId: organizationIdIn(company?.key),
        companyDomain: company?.values['company.domain'] ?? null,
        companyName: company?.values['company.name'] ?? null,
        lastEventAt: contact.lastEventAt,
        correlationId,
      }
    },

    async eraseContact({ customerId, contactId }) {
      const linked = withId(contacts, contactId)
      const own = contacts.filter((each) => each.key === customerId || (each === linked && each.key === null))
      for (const contact of own) remove(contacts, contact)
      const note = `merged into contact ${linked?.id} of customer ${linked?.key}`
      return { correlationId, ...(linked && !own.includes(linked) && { note }) }
    },

    async updateCompany({ companyId, values, times, lastEventAt, ...change }) {
      const company = withId(companies, companyId)
      if (!company) return { outcome: 'missing', correlationId }
      // A newer event than this customer's last one is another customer's, unless it is this event, sent again.
      const isOthers = company.lastEventAt > change.ownEventAt && company.lastEventAt !== lastEventAt
      const othersEventAt = isOthers ? company.lastEventAt : change.othersEventAt
      const isOlder = ([field]: [CompanyField, unknown]) => (times[field] ?? lastEventAt) < othersEventAt
      const sent = entriesOf(values).filter((entry) => !isOlder(entry))
      if (sent.length === 0) return { outcome: 'skipped', othersEventAt, correlationId }
      write(company, Object.fromEntries(sent), lastEventAt)
      const skipped = entriesOf(values)
        .filter(isOlder)
        .map(([field]) => field)
      return { outcome: 'written', recordId: company.id, skipped, rejected: [], othersEventAt, correlationId }
    },

    async updateContact({ customerId, contactId, values, lastEventAt }) {
      const contact = withId(contacts, contactId)
      // After a merge the contact may be another customer's; then nothing of this customer is written to it.
      if (!contact || ![null, customerId].includes(contact.key)) return { outcome: 'missing', correlationId }
      const { email, ...others } = values
      const owner = email ? (withEmail(contacts, email) ?? contact) : contact
      write(contact, owner === contact ? values : others, lastEventAt)
      const { message } = explanations.emailTaken(contact.id, owner.id)
      const rejected = owner === contact ? [] : [{ field: 'email', reason: 'email-taken', message } as const]
      return { outcome: 'written', recordId: contact.id, skipped: [], rejected, correlationId }
    },
  }
}

export function create<Name extends Field>(records: MemoryRecord<Name>[]): MemoryRecord<Name> {
  const id = randomUUID()
  const record = { id, formerIds: [], key: null, values: {}, otherEmails: [], lastEventAt: 0, companyIds: [] }
  records.push(record)
  return record
}

/** Finds a merged record by its former id as well. */
export function withId<Name extends Field>(records: MemoryRecord<Name>[], wanted: string | null) {
  return records.find(({ id, formerIds }) => wanted !== null && [id, ...formerIds].includes(wanted))
}

export function remove<Name extends Field>(records: MemoryRecord<Name>[], record: MemoryRecord<Name>): void {
  records.splice(records.indexOf(record), 1)
}

/** Writes the values whose fields are empty on the record; returns the fields that keep another value. */
export function fillIn<Name extends Field>(record: MemoryRecord<Name>, values: Values<Name>): Name[] {
  const kept = entriesOf(values).filter(([field, value]) => record.values[field] && record.values[field] !== value)
  for (const [field, value] of entriesOf(values)) record.values[field] ||= value
  return kept.map(([field]) => field)
}

function write<Name extends Field>(record: MemoryRecord<Name>, values: Values<Name>, lastEventAt: number): void {
  Object.assign(record.values, values)
  record.lastEventAt = Math.max(record.lastEventAt, lastEventAt)
}

function withEmail(contacts: MemoryRecord<ContactField>[], wanted: string) {
  return contacts.find(({ values, otherEmails }) => [values.email, ...otherEmails].includes(wanted))
}

type Found = Partial<Pick<CompanyOutcome, 'outcome' | 'foundBy' | 'note'>> & { company?: MemoryRecord<CompanyField> }

/** The organization's company, or the one with the same domain. If several have the domain, none is guessed. */
function findCompany(companies: MemoryRecord<CompanyField>[], draft: CompanyDraft): Found {
  const own = companies.find(({ key }) => key === organizationKey(draft))
  if (own) return { company: own, outcome: 'existed', foundBy: 'key' }
  const domain = domainOf(draft.values)
  const [company, ...others] = domain === null ? [] : companies.filter(({ values }) => domainOf(values) === domain)
  if (others.length > 0) return { note: 'several companies have this domain, so that none was adopted' }
  if (company?.key === null) return { company, outcome: 'adopted', foundBy: 'domain' }
  // The product may know an id of the organization later than its domain, or send it for one customer and not for another.
  const isSame = draft.organizationId === null ? company?.key.startsWith('id:') : company?.key === `domain:${domain}`
  return company && isSame ? { company, outcome: 'existed', foundBy: 'domain' } : {}
}

function organizationKey({ customerId, organizationId, values }: CompanyDraft): string {
  if (organizationId !== null) return `id:${organizationId}`
  return domainOf(values) === null ? `customer:${customerId}` : `domain:${domainOf(values)}`
}

function organizationIdIn(key: string | null | undefined): string | null {
  return key?.startsWith('id:') ? key.slice('id:'.length) : null
}

function domainOf(values: Values<CompanyField>): string | null {
  return values['company.domain']?.replace(/^www\./, '') ?? null
}
