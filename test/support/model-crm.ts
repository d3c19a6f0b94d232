// A model of HubSpot behind the port, for property tests: it rejects values, and knows which fields others have changed.

import { explanations } from '../../domain/attention.ts'
import type { CompanyDraft, CompanyOutcome, Crm, RejectedField } from '../../domain/crm.ts'
import { CrmRejection } from '../../domain/failures.ts'
import { CONTACT_FIELDS, COMPANY_FIELDS, entriesOf, hasNameOrDomain } from '../../domain/fields.ts'
import type { CompanyField, ContactField, Field, Values } from '../../domain/fields.ts'

/** A contact or a company. */
export interface ModelRecord {
  id: string
  /** The ids of the records that HubSpot users have merged into this one. */
  formerIds: string[]
  /** The customer's id on a contact, the organization's key on a company; `null` on a record of HubSpot users. */
  key: string | null
  /** Without the fields that are empty. */
  values: { [field in Field]?: string }
  otherEmails: string[]
  /** Event time of the newest value that onramp has written; 0 for none. */
  lastEventAt: number
  /** The companies of a contact, the primary one first. */
  companyIds: string[]
  /** The fields that somebody else than this customer changed last. */
  foreign: Set<Field>
}

/** The CRM rejects this value of any field, while it is strict. */
export const REJECTED_VALUE = 'rejected'

const correlationId = null

export class ModelCrm implements Crm {
  contacts: ModelRecord[] = []
  companies: ModelRecord[] = []
  isStrict = true
  #created = 0

  async createCompany(draft: CompanyDraft): Promise<CompanyOutcome> {
    const key = keyOf(draft)
    const { company, ...how } = this.#findCompany(key, draft)
    if (company) {
      company.key ??= key
      const kept = keptOf(company, draft.values)
      const rejected = this.#fillIn(company, draft.values)
      const isAsWritten = company.lastEventAt === draft.lastEventAt && kept.length === 0
      company.lastEventAt ||= draft.lastEventAt
      const organizationId = organizationIdIn(company.key) ?? draft.organizationId
      const outcome = how.outcome === 'existed' && isAsWritten ? 'created' : how.outcome
      return { ...how, outcome, companyId: company.id, organizationId, url: null, kept, rejected, correlationId }
    }
    if (!hasNameOrDomain(draft.values)) {
      throw new CrmRejection({ ...explanations.companyWithoutName(), fields: [], correlationId })
    }
    const created = this.add('companies', key)
    const rejected = this.#write(created, draft.values)
    created.lastEventAt = draft.lastEventAt
    const { organizationId } = draft
    return {
      outcome: 'created',
      foundBy: 'key',
      companyId: created.id,
      organizationId,
      url: null,
      kept: [],
      rejected,
      correlationId,
    }
  }

  async createContact({ customerId, values, lastEventAt }: Parameters<Crm['createContact']>[0]) {
    const { email, ...others } = values
    const existing = this.contacts.find(({ key }) => key === customerId) ?? this.withEmail(email)
    if (!existing) {
      const contact = this.add('contacts', customerId)
      contact.values.email = email
      contact.lastEventAt = lastEventAt
      const rejected = this.#write(contact, others)
      return { outcome: 'created' as const, contactId: contact.id, url: null, kept: [], rejected, correlationId }
    }
    if (existing.key !== null && existing.key !== customerId) throw contactOfAnother(existing)
    existing.key = customerId
    const response = { contactId: existing.id, url: null, correlationId }
    const kept = keptOf(existing, others)
    // onramp has written up to the watermark. What is empty since then was removed by HubSpot users.
    const hasEmail = [existing.values.email, ...existing.otherEmails].includes(email)
    if (hasEmail && existing.lastEventAt > 0 && existing.lastEventAt >= lastEventAt) {
      const removed = entriesOf(others).filter(([field, value]) => value !== null && !existing.values[field])
      const isAsWritten = kept.length === 0 && removed.length === 0
      const outcome = isAsWritten ? ('created' as const) : ('existed' as const)
      return { outcome, ...response, kept: [...kept, ...removed.map(([field]) => field)], rejected: [] }
    }
    const rejected = [
      ...this.#fillIn(existing, others),
      ...(existing.lastEventAt > 0 ? this.#writeEmail(existing, email) : []),
    ]
    existing.lastEventAt = Math.max(existing.lastEventAt, lastEventAt)
    return { outcome: 'existed' as const, ...response, kept, rejected }
  }

  async associateContact({ contactId, companyId }: Parameters<Crm['associateContact']>[0]) {
    const contact = withId(this.contacts, contactId)
    const company = withId(this.companies, companyId)
    if (!contact || !company) return missing(contact)
    if (!contact.companyIds.includes(company.id)) contact.companyIds.push(company.id)
    return { outcome: 'associated' as const, correlationId }
  }

  async moveContact({ contactId, companyId, fromCompanyIds, lastEventAt }: Parameters<Crm['moveContact']>[0]) {
    const contact = withId(this.contacts, contactId)
    const company = withId(this.companies, companyId)
    if (!contact || !company) return missing(contact)
    const former = fromCompanyIds.map((id) => withId(this.companies, id)?.id)
    const others = contact.companyIds.filter((id) => id !== company.id && !former.includes(id))
    contact.companyIds = [company.id, ...others]
    contact.lastEventAt = Math.max(contact.lastEventAt, lastEventAt)
    return { outcome: 'associated' as const, correlationId }
  }

  async findCustomer(customerId: string) {
    const contact = this.contacts.find(({ key }) => key === customerId)
    if (!contact) return null
    const company = contact.companyIds.map((id) => withId(this.companies, id)).find((each) => each?.key)
    return {
      contactId: contact.id,
      contactUrl: null,
      companyId: company?.id ?? null,
      companyUrl: null,
      organizationId: organizationIdIn(company?.key),
      companyDomain: company?.values['company.domain'] ?? null,
      companyName: company?.values['company.name'] ?? null,
      lastEventAt: contact.lastEventAt,
      correlationId,
    }
  }

  async eraseContact({ customerId, contactId }: Parameters<Crm['eraseContact']>[0]) {
    const known = withId(this.contacts, contactId)
    this.contacts = this.contacts.filter((each) => each.key !== customerId && !(each === known && each.key === null))
    return { correlationId }
  }

  async updateCompany({ companyId, values, times, lastEventAt, ...change }: Parameters<Crm['updateCompany']>[0]) {
    const company = withId(this.companies, companyId)
    if (!company) return { outcome: 'missing' as const, correlationId }
    const isOthers = company.lastEventAt > change.ownEventAt && company.lastEventAt !== lastEventAt
    const othersEventAt = isOthers ? company.lastEventAt : change.othersEventAt
    const isOlder = ([field]: [CompanyField, unknown]) => (times[field] ?? lastEventAt) < othersEventAt
    const sent = entriesOf(values).filter((entry) => !isOlder(entry))
    if (sent.length === 0) return { outcome: 'skipped' as const, othersEventAt, correlationId }
    const rejected = this.#write(company, Object.fromEntries(sent))
    company.lastEventAt = Math.max(company.lastEventAt, lastEventAt)
    const skipped = entriesOf(values)
      .filter(isOlder)
      .map(([field]) => field)
    return { outcome: 'written' as const, recordId: company.id, skipped, rejected, othersEventAt, correlationId }
  }

  async updateContact({ customerId, contactId, values, lastEventAt }: Parameters<Crm['updateContact']>[0]) {
    const contact = withId(this.contacts, contactId)
    if (!contact || (contact.key !== null && contact.key !== customerId)) {
      return { outcome: 'missing' as const, correlationId }
    }
    const { email, ...others } = values
    const rejected = [...this.#write(contact, others), ...(email ? this.#writeEmail(contact, email) : [])]
    contact.lastEventAt = Math.max(contact.lastEventAt, lastEventAt)
    return { outcome: 'written' as const, recordId: contact.id, skipped: [], rejected, correlationId }
  }

  add(records: 'contacts' | 'companies', key: string | null, values: ModelRecord['values'] = {}): ModelRecord {
    this.#created += 1
    const id = `${records === 'contacts' ? 7 : 8}${String(this.#created).padStart(2, '0')}`
    const foreign = new Set(key === null ? [...CONTACT_FIELDS, ...COMPANY_FIELDS] : [])
    const record = { id, formerIds: [], key, values, otherEmails: [], lastEventAt: 0, companyIds: [], foreign }
    this[records].push(record)
    return record
  }

  withEmail(email: string): ModelRecord | undefined {
    return this.contacts.find(({ values, otherEmails }) => [values.email, ...otherEmails].includes(email))
  }

  #writeEmail(contact: ModelRecord, email: string): RejectedField[] {
    const owner = this.withEmail(email)
    if (owner && owner !== contact)
      return [{ field: 'email', ...explanations.emailTaken(contact.id, owner.id) } as RejectedField]
    contact.values.email = email
    contact.otherEmails = contact.otherEmails.filter((other) => other !== email)
    contact.foreign.delete('email')
    return []
  }

  #fillIn(record: ModelRecord, values: Values): RejectedField[] {
    const empty = entriesOf(values).filter(([field, value]) => value !== null && !record.values[field])
    return this.#write(record, Object.fromEntries(empty))
  }

  #write(record: ModelRecord, values: Values): RejectedField[] {
    const rejected: RejectedField[] = []
    for (const [field, value] of entriesOf(values)) {
      if (this.isStrict && value === REJECTED_VALUE) {
        rejected.push({ field, ...explanations.valueRejected(field, 'INVALID'), reason: 'refused-by-hubspot' })
        continue
      }
      if (value === null) delete record.values[field]
      else record.values[field] = value
      record.foreign.delete(field)
    }
    return rejected
  }

  #findCompany(
    key: string,
    draft: CompanyDraft,
  ): Pick<CompanyOutcome, 'outcome' | 'foundBy'> & { company?: ModelRecord | undefined } {
    const withKey = (wanted: string) => this.companies.find((each) => each.key === wanted)
    const domain = draft.values['company.domain']
    const byKey = withKey(key)
    if (byKey) return { outcome: 'existed', foundBy: 'key', company: byKey }
    const byDomain = domain && key.startsWith('id:') ? withKey(`domain:${domain}`) : undefined
    if (byDomain) return { outcome: 'existed', foundBy: 'domain', company: byDomain }
    const hits = domain ? this.companies.filter(({ values }) => values['company.domain'] === domain) : []
    const [hit] = hits
    if (!hit || hits.length > 1) return { outcome: 'created', foundBy: 'key' }
    if (hit.key === null) return { outcome: 'adopted', foundBy: 'domain', company: hit }
    const isSame = key.startsWith('domain:') && hit.key.startsWith('id:')
    return { outcome: 'existed', foundBy: 'domain', ...(isSame && { company: hit }) }
  }
}

export function withId(records: ModelRecord[], wanted: string | null | undefined): ModelRecord | undefined {
  return records.find(({ id, formerIds }) => wanted != null && [id, ...formerIds].includes(wanted))
}

function keptOf<Name extends ContactField | CompanyField>(record: ModelRecord, values: Values<Name>): Name[] {
  return entriesOf(values)
    .filter(([field, value]) => record.values[field] && record.values[field] !== value)
    .map(([field]) => field)
}

function keyOf({ customerId, organizationId, values }: CompanyDraft): string {
  if (organizationId !== null) return `id:${organizationId}`
  return values['company.domain'] ? `domain:${values['company.domain']}` : `customer:${customerId}`
}

function organizationIdIn(key: string | null | undefined): string | null {
  return key?.startsWith('id:') ? key.slice('id:'.length) : null
}

function missing(contact: ModelRecord | undefined) {
  return { outcome: 'missing' as const, record: contact ? ('company' as const) : ('contact' as const), correlationId }
}

function contactOfAnother({ id, key }: ModelRecord): CrmRejection {
  const explanation = explanations.contactOfAnotherCustomer(id, `customer ${key}`)
  return new CrmRejection({ ...explanation, fields: ['email'], correlationId })
}
