// A CRM in memory behind the port domain/crm.ts. It uses nothing of HubSpot, which proves that another CRM can stand there.

import { explanations } from '../../domain/attention.ts'
import type {
  AssociationOutcome,
  CompanyDraft,
  CompanyOutcome,
  ContactCompanyPair,
  Crm,
  CrmResponse,
} from '../../domain/crm.ts'
import { CrmRejection } from '../../domain/failures.ts'
import { entriesOf, hasNameOrDomain } from '../../domain/fields.ts'
import type { CompanyField, ContactField, Values } from '../../domain/fields.ts'
import { create, fillIn, remove, withId, write } from './memory-records.ts'
import type { MemoryRecord, MemoryRecords } from './memory-records.ts'

// This CRM has no log, so there is nothing to correlate.
const correlationId = null

/** Each call changes the records in one step, so that no other call sees half of a change. */
export function createMemoryCrm({ contacts, companies }: MemoryRecords, url: Record<keyof MemoryRecords, string>): Crm {
  function associate(
    { customerId, contactId, companyId }: ContactCompanyPair & { customerId: string },
    act: (contact: MemoryRecord<ContactField>, company: MemoryRecord<CompanyField>) => CrmResponse,
  ): AssociationOutcome {
    const contact = withId(contacts, contactId)
    const company = withId(companies, companyId)
    if (!contact || !company) return { outcome: 'missing', record: contact ? 'company' : 'contact', correlationId }
    assertOwn(contact, customerId)
    const isOwn = !contact.companyIds.includes(company.id)
    return { outcome: 'associated', isOwn, ...act(contact, company) }
  }

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
      const othersEventAt = company.lastEventAt
      const isFilledIn = entriesOf(draft.values).some(([field, value]) => value !== null && !company.values[field])
      // Finding a company writes nothing, so its watermark stays. A value that is filled in raises it.
      company.lastEventAt = Math.max(company.lastEventAt, isFilledIn || othersEventAt === 0 ? draft.lastEventAt : 0)
      const kept = fillIn(company, draft.values)
      const organizationId = organizationIdIn(company.key) ?? draft.organizationId
      const outcome = isOwn && kept.length === 0 ? 'created' : (how.outcome ?? 'created')
      const found = {
        foundBy: 'key' as const,
        ...how,
        companyId: company.id,
        companyKey: company.key,
        organizationId,
        standsFor: organizationKey(draft).startsWith('customer:') ? ('customer' as const) : ('organization' as const),
        outcome,
        ...(isFilledIn && !isOwn && { ownEventAt: draft.lastEventAt, othersEventAt }),
      }
      return { ...found, url: url.companies + company.id, kept, rejected: [], correlationId }
    },

    async createContact({ customerId, companyKey, values, lastEventAt }) {
      const existing = contacts.find(({ key }) => key === customerId) ?? withEmail(contacts, values.email)
      if (existing) assertOwn(existing, customerId)
      const contact = existing ?? create(contacts)
      Object.assign(contact, { key: customerId, companyKey: companyKey ?? contact.companyKey })
      const kept = fillIn(contact, values)
      write(contact, {}, lastEventAt)
      const outcome = existing ? 'existed' : 'created'
      const { id } = contact
      return { outcome, contactId: id, companies: null, url: url.contacts + id, kept, rejected: [], correlationId }
    },

    async associateContact(pair) {
      return associate(pair, (contact, company) => {
        contact.companyIds.push(company.id)
        return { correlationId }
      })
    },

    async moveContact({ companyKey, fromCompanyIds, lastEventAt, ...pair }) {
      return associate(pair, (contact, company) => {
        const former = fromCompanyIds.map((id) => withId(companies, id))
        const others = contact.companyIds.filter((id) => !former.includes(withId(companies, id)))
        Object.assign(contact, { companyKey, companyIds: [company.id, ...others] })
        write(contact, {}, lastEventAt)
        return { correlationId, note: `moved from company ${fromCompanyIds.join(', ')}` }
      })
    },

    async findCustomer({ customerId }) {
      const contact = contacts.find(({ key }) => key === customerId)
      if (!contact) return { outcome: 'new', company: null, hint: null, correlationId }
      const company = companies.find(({ key }) => key !== null && key === contact.companyKey)
      return {
        outcome: 'found',
        contactId: contact.id,
        contactUrl: url.contacts + contact.id,
        companyId: company?.id ?? null,
        companyUrl: company ? url.companies + company.id : null,
        companyKey: company?.key ?? null,
        contactValues: contact.values,
        otherEmails: [],
        isAssociated: company !== undefined && contact.companyIds.includes(company.id),
        isAssociationOwn: true,
        organizationId: organizationIdIn(company?.key),
        companyDomain: company?.values['company.domain'] ?? null,
        companyName: company?.values['company.name'] ?? null,
        lastEventAt: contact.lastEventAt,
        correlationId,
      }
    },

    async findCustomerOf(sought) {
      const contact = 'email' in sought ? withEmail(contacts, sought.email) : withId(contacts, sought.contactId)
      return { customerId: contact?.key ?? null, correlationId }
    },

    async eraseContact({ customerId, contactId }) {
      const linked = withId(contacts, contactId)
      const own = contacts.filter((each) => each.key === customerId || (each === linked && each.key === null))
      for (const contact of own) remove(contacts, contact)
      const note = `merged into contact ${linked?.id} of customer ${linked?.key}`
      const isLeft = linked !== undefined && !own.includes(linked)
      const outcome = own.length > 0 ? 'erased' : isLeft ? 'left' : 'nothing'
      return { outcome, correlationId, callTimeoutMs: 1000, ...(isLeft && { note }) }
    },

    async updateCompany({ companyKey, values, times, lastEventAt, ...change }) {
      const company = companies.find(({ key }) => key === companyKey)
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
      return { outcome: 'written', recordId: company.id, skipped, kept: [], rejected: [], othersEventAt, correlationId }
    },

    async updateContact({ customerId, companyKey, values, lastEventAt }) {
      const contact = contacts.find(({ key }) => key === customerId)
      if (!contact) return { outcome: 'missing', correlationId }
      contact.companyKey = companyKey ?? contact.companyKey
      const { email, ...others } = values
      const owner = email ? (withEmail(contacts, email) ?? contact) : contact
      write(contact, owner === contact ? values : others, lastEventAt)
      const { message } = explanations.emailTaken(contact.id, owner.id)
      const rejected = owner === contact ? [] : [{ field: 'email', reason: 'email-taken', message } as const]
      return { outcome: 'written', recordId: contact.id, skipped: [], kept: [], rejected, correlationId }
    },
  }
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

/** @throws CrmRejection when another customer has the contact, as after a merge */
function assertOwn({ id, key }: MemoryRecord<ContactField>, customerId: string): void {
  if (key === null || key === customerId) return
  const explanation = explanations.contactOfAnotherCustomer(id, `customer ${key}`)
  throw new CrmRejection({ ...explanation, fields: ['email'], correlationId })
}
