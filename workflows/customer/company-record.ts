// The company of the customer's organization: what is known of it, and what is still to be written, to a former one too.

import type { CompanyChange, CompanyDraft, CompanyOutcome, FoundCustomer, WriteOutcome } from '../../domain/crm.ts'
import { COMPANY_FIELDS, hasNameOrDomain } from '../../domain/fields.ts'
import type { Values } from '../../domain/fields.ts'
import { mayWrite } from './unwanted-record.ts'
import { CrmRecord, namesOf } from './crm-record.ts'
import { selectValues, sinceWatermark, withOutcome, withStates } from './field-values.ts'
import { currentOrganization, isWithin, periodIn, UNNAMED, withMembership } from './memberships.ts'
import type { Membership } from './memberships.ts'
import type { CompanyLink, CustomerState, RecordState } from './state.ts'

/** The company and the memberships are its own to change; of the rest it only reads. */
type View = Pick<CustomerState, 'company' | 'memberships'> &
  Readonly<Pick<CustomerState, 'customerId' | 'registration' | 'parked' | 'erasure'>>

export class CompanyRecord extends CrmRecord<CompanyLink, CompanyDraft, CompanyChange, CompanyOutcome> {
  readonly name = 'company'
  readonly updateStep = 'company-update'
  protected readonly fieldNames = COMPANY_FIELDS
  protected readonly neededToCreate = "the company's name or domain"
  readonly #view: View

  constructor(view: View) {
    super()
    this.#view = view
  }

  /** The company that the contact was last associated with, or is to be; a former organization's after a move. */
  get link(): CompanyLink | null {
    return this.state.link
  }

  /** The company of today's organization; `null` until it is created, or after a move. */
  get current(): CompanyLink | null {
    const { link } = this.state
    const today = currentOrganization(this.#view.memberships)
    return link && (today === null || today === this.#organizationOf(link)) ? link : null
  }

  /** The product's id of today's organization; `null` when it has none. */
  get organizationId(): string | null {
    return currentOrganization(this.#view.memberships) || null
  }

  get canCreate(): boolean {
    return hasNameOrDomain(this.#valuesIn(currentOrganization(this.#view.memberships)).values)
  }

  /** The company of a former organization is not re-created. */
  protected get isNeeded(): boolean {
    return this.current !== null
  }

  protected get state(): RecordState<CompanyLink> {
    return this.#view.company
  }

  draft(): CompanyDraft {
    const { values, lastEventAt } = this.#valuesIn(currentOrganization(this.#view.memberships))
    return { customerId: this.#view.customerId, organizationId: this.organizationId, values, lastEventAt }
  }

  change(): CompanyChange | null {
    const { link } = this.state
    if (!link || !mayWrite(this.#view, this.updateStep)) return null
    const { companyId, ownEventAt, othersEventAt } = link
    const change = this.#valuesIn(this.#organizationOf(link), 'pending')
    return Object.keys(change.values).length === 0 ? null : { companyId, ...change, ownEventAt, othersEventAt }
  }

  /**
   * On a company that existed, HubSpot users' values win over the registration's. An update's values are written once more
   * even when they are there: that raises the company's watermark, which other customers' values are held against.
   */
  created(draft: CompanyDraft, { outcome, companyId, url, organizationId, kept, rejected }: CompanyOutcome): void {
    const before = this.state.link
    const isSame = before?.companyId === companyId
    if (before !== null && !isSame) this.state.recreatedAt = null
    // A company that carries the product's id names the organization, even when no event has.
    if (this.#view.memberships.length === 0 && organizationId !== null) {
      this.#view.memberships = [{ at: 0, id: '', organizationId }]
    }
    this.state.link = {
      companyId,
      url,
      outcome,
      organizationId,
      domain: draft.values['company.domain'] ?? null,
      name: null,
      // On an adopted company, too, the first watermark is this customer's.
      ownEventAt: outcome !== 'existed' ? draft.lastEventAt : isSame ? before.ownEventAt : 0,
      othersEventAt: isSame ? before.othersEventAt : 0,
    }
    this.state.fields = withOutcome(this.state.fields, draft.values, (field, value) => {
      if (namesOf(rejected).includes(field)) return value.state
      if (outcome !== 'created' && value.id !== this.#view.registration?.id) return 'pending'
      return kept.some((name) => name === field) ? 'kept' : 'written'
    })
    this.skipFormer()
  }

  /** Takes over the company that the look-up found. Values for a company that is not there stay as the event brought them. */
  found({ companyId, companyUrl, organizationId, companyDomain, companyName, lastEventAt }: FoundCustomer): void {
    if (companyId === null) return
    this.state.fields = sinceWatermark(this.state.fields, lastEventAt)
    this.#view.memberships = this.#view.memberships.filter(({ at }) => at > lastEventAt)
    this.state.link = {
      companyId,
      url: companyUrl,
      outcome: null,
      organizationId,
      domain: companyDomain,
      name: companyName,
      ownEventAt: lastEventAt,
      othersEventAt: 0,
    }
    if (organizationId !== null) this.#addMembership({ at: lastEventAt, id: '', organizationId })
    else if (this.#view.memberships.length > 0) {
      this.#leaveUnnamed(selectValues(this.state.fields, COMPANY_FIELDS).values)
    }
  }

  override written(sent: CompanyChange, outcome: Exclude<WriteOutcome, { outcome: 'missing' }>): void {
    const { link } = this.state
    if (link) {
      this.state.link = {
        ...link,
        domain: sent.values['company.domain'] ?? link.domain,
        // The name counts only for a company that a look-up found.
        name: link.name === null ? null : (sent.values['company.name'] ?? link.name),
        othersEventAt: Math.max(link.othersEventAt, outcome.othersEventAt ?? 0),
        ownEventAt: Math.max(link.ownEventAt, outcome.outcome === 'written' ? sent.lastEventAt : 0),
      }
    }
    // A newer event may have brought the same value: it is sent again, since it counts more than the time that was sent.
    const { fields } = this.state
    const values = Object.fromEntries(
      Object.entries(sent.values).filter(([field]) => {
        const name = field as keyof CompanyChange['times']
        return fields[name]?.at === sent.times[name]
      }),
    )
    super.written({ ...sent, values }, outcome)
  }

  merged(recordId: string): boolean {
    const { link } = this.state
    if (link === null || link.companyId === recordId) return false
    this.state.link = { ...link, companyId: recordId }
    return true
  }

  /** Takes over that the customer belongs to an organization since an event; says whether it is another one than before. */
  join(membership: Membership, values: Values): boolean {
    if (this.#view.memberships.length === 0) this.#leaveUnnamed(values)
    const before = currentOrganization(this.#view.memberships)
    const periodBefore = periodIn(this.#view.memberships, before)
    this.#addMembership(membership)
    const today = currentOrganization(this.#view.memberships)
    // The first id only names the organization that was known without one.
    if (before === null) return false

    // The membership may be older than was known; then the former organization has got values of the present one.
    const period = periodIn(this.#view.memberships, today)
    this.state.fields = withStates(this.state.fields, (value) => {
      const isNews = isWithin(value, period) && !(today === before && isWithin(value, periodBefore))
      return isNews ? 'pending' : value.state
    })
    return today !== before
  }

  /** Skips what is pending for an organization that the customer has left, and whose company is not the linked one. */
  skipFormer(): void {
    const { link, fields } = this.state
    const { memberships } = this.#view
    const open = [currentOrganization(memberships), ...(link ? [this.#organizationOf(link)] : [])]
    const periods = open.map((organizationId) => periodIn(memberships, organizationId))
    this.state.fields = withStates(fields, (value) => {
      const isOpen = periods.some((period) => isWithin(value, period))
      return value.state === 'pending' && !isOpen ? 'skipped' : value.state
    })
  }

  override resync(): void {
    super.resync()
    this.skipFormer()
  }

  /** Values from the time in which the customer belonged to an organization: a customer who moves brings none along. */
  #valuesIn(organizationId: string | null, only?: 'pending') {
    const period = periodIn(this.#view.memberships, organizationId)
    return selectValues(this.state.fields, COMPANY_FIELDS, (value) => {
      return (!only || value.state === only) && isWithin(value, period)
    })
  }

  /** The organization that a company stands for; one that was identified without an id gets the first id as its name. */
  #organizationOf({ organizationId }: CompanyLink): string | null {
    return organizationId ?? this.#view.memberships[0]?.organizationId ?? null
  }

  #addMembership(membership: Membership): void {
    this.#view.memberships = withMembership(this.#view.memberships, membership)
  }

  /** Leaves the linked company to an organization without an id, when the first one that has an id is another. */
  #leaveUnnamed(values: Values): void {
    const { link } = this.state
    if (link && isOtherOrganization(link, values)) this.#addMembership({ at: 0, id: '', organizationId: UNNAMED })
  }
}

/**
 * Whether values that come with a first id are another organization's than a company that was identified without one. After
 * a look-up nobody knows whether the id is the first, so that without a domain the name has to be the same.
 */
function isOtherOrganization({ domain, name }: CompanyLink, values: Values): boolean {
  const isOther = (known: string | null, given: string | null | undefined) => Boolean(known && given && known !== given)
  return values['company.domain'] ? isOther(domain, values['company.domain']) : isOther(name, values['company.name'])
}
