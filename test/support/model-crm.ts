// A model of HubSpot behind the port, for property tests: it rejects values, and knows which fields others have changed.

import { explanations } from '../../domain/attention.ts'
import type { CompanyDraft, CompanyOutcome, Crm, LookUpOutcome, RejectedField } from '../../domain/crm.ts'
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
  /** On a contact: the key of its company. */
  companyKey: string | null
  /** On a company: the domain by which onramp finds it. */
  domain: string | null
  /** Without the fields that are empty. */
  values: { [field in Field]?: string }
  otherEmails: string[]
  /** Event time of the newest value that onramp has written; 0 for none. */
  lastEventAt: number
  /** Whether HubSpot users made the record. */
  isUsers: boolean
  /** The companies of a contact, the primary one first. */
  companyIds: string[]
  /** The fields that somebody else than this customer changed last. */
  foreign: Set<Field>
}

/** The CRM rejects this value of any field, while it is strict. */
export const REJECTED_VALUE = 'rejected'

const correlationId = null
const MINUTE_MS = 60_000

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
      if (how.outcome === 'adopted') company.domain ??= this.#freeDomain(draft)
      const isFilledIn = entriesOf(draft.values).some(([field, value]) => value !== null && !company.values[field])
      const othersEventAt = company.lastEventAt === draft.lastEventAt ? 0 : company.lastEventAt
      const rejected = this.#fillIn(company, draft.values)
      const outcome = existingCompany(company, company.key, draft, how)
      company.lastEventAt ||= draft.lastEventAt
      if (!isFilledIn) return { ...outcome, rejected }
      company.lastEventAt = Math.max(company.lastEventAt, draft.lastEventAt)
      return { ...outcome, rejected, ownEventAt: draft.lastEventAt, othersEventAt }
    }
    if (!hasNameOrDomain(draft.values)) {
      throw new CrmRejection({ ...explanations.companyWithoutName(), fields: [], correlationId })
    }
    const domain = this.#freeDomain(draft)
    const created = this.add('companies', key)
    created.domain = domain
    const rejected = this.#write(created, draft.values)
    created.lastEventAt = draft.lastEventAt
    const { organizationId } = draft
    return {
      outcome: 'created',
      foundBy: 'key',
      companyId: created.id,
      companyKey: key,
      organizationId,
      standsFor: standsFor(key),
      url: null,
      kept: [],
      rejected,
      correlationId,
    }
  }

  async createContact({ customerId, companyKey, values, lastEventAt }: Parameters<Crm['createContact']>[0]) {
    const { email, ...others } = values
    const existing = this.contacts.find(({ key }) => key === customerId) ?? this.withEmail(email)
    if (!existing) {
      const contact = this.add('contacts', customerId)
      contact.values.email = email
      contact.companyKey = companyKey
      contact.lastEventAt = lastEventAt
      const rejected = this.#write(contact, others)
      const companies = { companyIds: [], primaryId: null, at: Date.now() }
      const { id: contactId } = contact
      return { outcome: 'created' as const, contactId, companies, url: null, kept: [], rejected, correlationId }
    }
    if (existing.key !== null && existing.key !== customerId) throw contactOfAnother(existing)
    existing.key = customerId
    existing.companyKey = companyKey ?? existing.companyKey
    const [primaryId = null] = existing.companyIds
    const companies = { companyIds: [...existing.companyIds], primaryId, at: Date.now() }
    const response = { contactId: existing.id, companies, url: null, correlationId }
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

  async associateContact({ contactId, companyId, companies }: Parameters<Crm['associateContact']>[0]) {
    const contact = withId(this.contacts, contactId)
    const company = withId(this.companies, companyId)
    if (!contact || !company) return missing(contact)
    const known = companies && Date.now() - companies.at < MINUTE_MS ? companies.companyIds : contact.companyIds
    const isOwn = !known.includes(company.id)
    if (!contact.companyIds.includes(company.id)) contact.companyIds.push(company.id)
    return { outcome: 'associated' as const, isOwn, correlationId }
  }

  async moveContact({
    contactId,
    companyId,
    companyKey,
    fromCompanyIds,
    lastEventAt,
  }: Parameters<Crm['moveContact']>[0]) {
    const contact = withId(this.contacts, contactId)
    const company = withId(this.companies, companyId)
    if (!contact || !company) return missing(contact)
    const former = fromCompanyIds.map((id) => withId(this.companies, id)?.id)
    const others = contact.companyIds.filter((id) => id !== company.id && !former.includes(id))
    const isOwn = !contact.companyIds.includes(company.id)
    contact.companyIds = [company.id, ...others]
    contact.companyKey = companyKey
    contact.lastEventAt = Math.max(contact.lastEventAt, lastEventAt)
    return { outcome: 'associated' as const, isOwn, correlationId }
  }

  async findCustomer({ customerId, company: draft }: Parameters<Crm['findCustomer']>[0]): Promise<LookUpOutcome> {
    const contact = this.contacts.find(({ key }) => key === customerId)
    if (!contact) {
      const company = draft && this.#completeCompany(draft)
      return { outcome: 'new', company, hint: null, correlationId }
    }
    const company = this.companies.find(({ key }) => key !== null && key === contact.companyKey)
    return {
      outcome: 'found',
      contactId: contact.id,
      contactUrl: null,
      companyId: company?.id ?? null,
      companyUrl: null,
      companyKey: company?.key ?? null,
      contactValues: Object.fromEntries(CONTACT_FIELDS.map((field) => [field, contact.values[field] ?? null])),
      otherEmails: contact.otherEmails,
      isAssociated: contact.companyIds.some((id) => withId(this.companies, id) === company),
      isAssociationOwn: !contact.isUsers,
      organizationId: organizationIdIn(company?.key),
      companyDomain: company?.values['company.domain'] ?? null,
      companyName: company?.values['company.name'] ?? null,
      lastEventAt: contact.lastEventAt,
      correlationId,
    }
  }

  async findCustomerOf(sought: Parameters<Crm['findCustomerOf']>[0]) {
    const contact = 'email' in sought ? this.withEmail(sought.email) : withId(this.contacts, sought.contactId)
    return { customerId: contact?.key ?? null, correlationId }
  }

  async eraseContact({ customerId, contactId }: Parameters<Crm['eraseContact']>[0]) {
    const known = withId(this.contacts, contactId)
    const before = this.contacts.length
    this.contacts = this.contacts.filter((each) => each.key !== customerId && !(each === known && each.key === null))
    const outcome = this.contacts.length < before ? ('erased' as const) : ('nothing' as const)
    return { outcome, correlationId, callTimeoutMs: 1000 }
  }

  async updateCompany({ companyKey, companyId, ...change }: Parameters<Crm['updateCompany']>[0]) {
    const { values, times, lastEventAt, repeated } = change
    const unkeyed = withId(this.companies, companyId)
    const company =
      this.companies.find(({ key }) => key === companyKey) ?? (unkeyed?.key === null ? unkeyed : undefined)
    if (!company) return { outcome: 'missing' as const, correlationId }
    const isOthers = company.lastEventAt > change.ownEventAt && company.lastEventAt !== lastEventAt
    const othersEventAt = isOthers ? company.lastEventAt : change.othersEventAt
    const isOlder = ([field]: [CompanyField, unknown]) => (times[field] ?? lastEventAt) < othersEventAt
    const newer = entriesOf(values).filter((entry) => !isOlder(entry))
    if (newer.length === 0 && entriesOf(values).length > 0)
      return { outcome: 'skipped' as const, othersEventAt, correlationId }
    company.key = companyKey
    const sent = newer.filter(([field]) => isOthers || !repeated.includes(field))
    const kept = newer.flatMap(([field, value]) => {
      const isRepeated = !isOthers && repeated.includes(field)
      return isRepeated && (company.values[field] ?? null) !== value ? [field] : []
    })
    const rejected = this.#write(company, Object.fromEntries(sent))
    company.lastEventAt = Math.max(company.lastEventAt, lastEventAt)
    const skipped = entriesOf(values)
      .filter(isOlder)
      .map(([field]) => field)
    return {
      outcome: 'written' as const,
      recordId: company.id,
      skipped,
      kept,
      rejected,
      present: presentOn(company, change.compared),
      othersEventAt,
      correlationId,
    }
  }

  async updateContact({ customerId, companyKey, values, lastEventAt, compared }: Parameters<Crm['updateContact']>[0]) {
    const contact = this.contacts.find(({ key }) => key === customerId)
    if (!contact) return { outcome: 'missing' as const, correlationId }
    contact.companyKey = companyKey ?? contact.companyKey
    const present = presentOn(contact, compared)
    const { email, ...others } = values
    const rejected = [...this.#write(contact, others), ...(email ? this.#writeEmail(contact, email) : [])]
    contact.lastEventAt = Math.max(contact.lastEventAt, lastEventAt)
    return {
      outcome: 'written' as const,
      recordId: contact.id,
      skipped: [],
      kept: [],
      rejected,
      present,
      correlationId,
    }
  }

  add(records: 'contacts' | 'companies', key: string | null, values: ModelRecord['values'] = {}): ModelRecord {
    this.#created += 1
    const id = `${records === 'contacts' ? 7 : 8}${String(this.#created).padStart(2, '0')}`
    const foreign = new Set(key === null ? [...CONTACT_FIELDS, ...COMPANY_FIELDS] : [])
    const own = { key, companyKey: null, domain: null, isUsers: key === null, lastEventAt: 0 }
    const record = { id, formerIds: [], ...own, values, otherEmails: [], companyIds: [], foreign }
    this[records].push(record)
    return record
  }

  withEmail(email: string): ModelRecord | undefined {
    return this.contacts.find(({ values, otherEmails }) => [values.email, ...otherEmails].includes(email))
  }

  /** Executes an update that onramp has repeated in the meantime. It does not know of newer values. */
  executeLate(
    kind: 'contacts' | 'companies',
    id: string,
    { values, lastEventAt }: { values: Values; lastEventAt: number },
  ) {
    const record = withId(this[kind], id)
    if (!record) return
    const { email, ...others } = values
    this.#write(record, others)
    if (email) this.#writeEmail(record, email)
    record.lastEventAt = lastEventAt
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
        const { message } = explanations.propertiesRejected([{ name: field, code: 'INVALID', field }])
        rejected.push({ field, message, reason: 'refused-by-hubspot' })
        continue
      }
      if (value === null) delete record.values[field]
      else record.values[field] = value
      record.foreign.delete(field)
    }
    return rejected
  }

  /** The organization's company, when nothing of the draft is missing on it. */
  #completeCompany(draft: CompanyDraft): CompanyOutcome | null {
    const { company, ...how } = this.#findCompany(keyOf(draft), draft)
    if (!company || company.key === null || company.lastEventAt === 0) return null
    const isMissing = entriesOf(draft.values).some(([field, value]) => value !== null && !company.values[field])
    return isMissing ? null : existingCompany(company, company.key, draft, how)
  }

  /** The draft's domain, unless another company has it. */
  #freeDomain({ values }: CompanyDraft): string | null {
    const domain = values['company.domain'] ?? null
    return this.companies.some((each) => each.domain === domain) ? null : domain
  }

  #findCompany(
    key: string,
    draft: CompanyDraft,
  ): Pick<CompanyOutcome, 'outcome' | 'foundBy'> & { company?: ModelRecord | undefined } {
    const withKey = (wanted: string) => this.companies.find((each) => each.key === wanted)
    const domain = draft.values['company.domain']
    const byKey = withKey(key)
    if (byKey) return { outcome: 'existed', foundBy: 'key', company: byKey }
    const byDomain = domain ? this.companies.find((each) => each.domain === domain) : undefined
    if (byDomain && isSame(key, byDomain.key, domain))
      return { outcome: 'existed', foundBy: 'domain', company: byDomain }
    if (byDomain) return { outcome: 'created', foundBy: 'key' }
    const hits = domain ? this.companies.filter(({ values }) => values['company.domain'] === domain) : []
    const [hit] = hits
    if (!hit || hits.length > 1) return { outcome: 'created', foundBy: 'key' }
    if (hit.key === null) return { outcome: 'adopted', foundBy: 'domain', company: hit }
    return { outcome: 'existed', foundBy: 'domain', ...(isSame(key, hit.key, domain) && { company: hit }) }
  }
}

function existingCompany(
  company: ModelRecord,
  companyKey: string,
  draft: CompanyDraft,
  how: Pick<CompanyOutcome, 'outcome' | 'foundBy'>,
): CompanyOutcome {
  const kept = keptOf(company, draft.values)
  const isAsWritten = company.lastEventAt === draft.lastEventAt && kept.length === 0
  const outcome = how.outcome === 'existed' && isAsWritten ? 'created' : how.outcome
  const organizationId = organizationIdIn(companyKey) ?? draft.organizationId
  const found = { companyId: company.id, companyKey, organizationId, standsFor: standsFor(companyKey) }
  return { ...how, outcome, ...found, url: null, kept, rejected: [], correlationId }
}

function standsFor(key: string): CompanyOutcome['standsFor'] {
  return key.startsWith('customer:') ? 'customer' : 'organization'
}

function isSame(one: string, other: string | null, domain: string | null | undefined): boolean {
  if (other === null) return true
  const isPair = (a: string, b: string) => a.startsWith('id:') && b === `domain:${domain}`
  return one === other || isPair(one, other) || isPair(other, one)
}

export function withId(records: ModelRecord[], wanted: string | null | undefined): ModelRecord | undefined {
  return records.find(({ id, formerIds }) => wanted != null && [id, ...formerIds].includes(wanted))
}

/** The fields of these values that the record has. */
function presentOn<Name extends Field>(record: ModelRecord, values: Values<Name> = {}): Name[] {
  return entriesOf(values).flatMap(([field, value]) => ((record.values[field] ?? null) === value ? [field] : []))
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
