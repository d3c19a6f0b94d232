// The customer's company: its values and its pending changes, including those for the company of a former organization.

import type {
  CompanyChange,
  CompanyDraft,
  CompanyHint,
  CompanyOutcome,
  FoundCustomer,
  WriteOutcome,
} from '../../domain/crm.ts'
import { COMPANY_FIELDS, hasNameOrDomain } from '../../domain/fields.ts'
import type { CompanyField, Values } from '../../domain/fields.ts'
import { mayWrite } from './write-permission.ts'
import { CrmRecord, namesOf } from './crm-record.ts'
import { selectValues, sinceWatermark, withOutcome, withStates } from './field-values.ts'
import type { EventVersion, FieldValue, Repetition } from './field-values.ts'
import { currentOrganization, isOtherOrganization, isWithin, periodIn, UNNAMED, withMembership } from './memberships.ts'
import type { Membership } from './memberships.ts'
import type { CompanyReference, CustomerState, RecordState } from './state.ts'

/** It changes only `company`, `ownCompany` and `memberships`, and reads the rest. */
type View = Pick<CustomerState, 'company' | 'ownCompany' | 'memberships'> &
  Readonly<Pick<CustomerState, 'customerId' | 'registration' | 'parked' | 'erasure'>>

export class CompanyRecord extends CrmRecord<CompanyReference, CompanyDraft, CompanyChange, CompanyOutcome> {
  readonly name = 'company'
  readonly updateStep = 'company-update'
  protected readonly fieldNames = COMPANY_FIELDS
  protected readonly neededToCreate = "the company's name or domain"
  // Another customer may have written a newer value, which only the company itself shows.
  protected readonly repetition: Repetition = {
    repeated: () => ({ state: 'pending', isRepeated: true }),
    isOfRecord: (value) => this.#isOfReference(value),
  }
  readonly #view: View
  readonly #startedAt: number | undefined
  /** What the look-up has found for a draft. It is not part of the state: the next run looks again. */
  #lookedUp: { draft: CompanyDraft; hint: CompanyHint } | null = null

  /** @param startedAt when the run began, in milliseconds since the epoch */
  constructor(view: View, startedAt?: number) {
    super()
    this.#view = view
    this.#startedAt = startedAt
  }

  /** The company that the contact is, or will be, associated with. After a move it is still the former one. */
  get reference(): CompanyReference | null {
    return this.state.reference
  }

  /** The company of the current organization; `null` until it is created, or after a move. */
  get current(): CompanyReference | null {
    const { reference } = this.state
    const today = currentOrganization(this.#view.memberships)
    return reference && (today === null || today === this.#organizationOf(reference)) ? reference : null
  }

  /** The product's id of the current organization; `null` when it has none. */
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

  protected get state(): RecordState<CompanyReference> {
    return this.#view.company
  }

  protected get mayWrite(): boolean {
    return mayWrite(this.#view, this.updateStep)
  }

  draft(): CompanyDraft {
    const { values, lastEventAt } = this.#valuesIn(currentOrganization(this.#view.memberships))
    const since = this.#startedAt === undefined ? {} : { since: this.#startedAt }
    const { customerId } = this.#view
    const draft = { customerId, organizationId: this.organizationId, values, lastEventAt, ...since }
    const lookedUp = this.#lookedUp
    return lookedUp && isSameOrganization(lookedUp.draft, draft) ? { ...draft, lookedUp: lookedUp.hint } : draft
  }

  /** Whether a draft that was sent is still for the customer's organization. */
  isCurrent(sent: CompanyDraft): boolean {
    return isSameOrganization(sent, this.draft())
  }

  /** Keeps what a look-up has found for `createCompany`. */
  lookedUp(draft: CompanyDraft, hint: CompanyHint): void {
    this.#lookedUp = { draft, hint }
  }

  change(): CompanyChange | null {
    const { reference } = this.state
    if (!reference || !this.mayWrite) return null
    const { companyId, key: companyKey, ownEventAt, othersEventAt } = reference
    const change = this.#valuesIn(this.#organizationOf(reference), 'to send')
    const names = Object.keys(change.values) as CompanyField[]
    if (names.length === 0 && !this.isReadBackDue) return null
    const repeated = names.filter((name) => this.state.fields[name]?.isRepeated)
    const readBack = this.readBackOf(COMPANY_FIELDS, (value) => this.#isOfReference(value))
    return { companyId, companyKey, ...change, repeated, ownEventAt, othersEventAt, ...readBack }
  }

  /**
   * On an existing company, the values of HubSpot users win over those of the registration. The values of an update are always
   * sent: the write raises the company's watermark, by which other customers decide.
   */
  created(draft: CompanyDraft, created: CompanyOutcome): void {
    const {
      outcome,
      companyId,
      companyKey: key,
      url,
      organizationId,
      standsFor,
      kept,
      skipped = [],
      rejected,
    } = created
    const before = this.state.reference
    const isSame = before?.companyId === companyId
    this.#lookedUp = null
    if (standsFor === 'customer') this.#view.ownCompany = 'possible'
    else if (this.#view.ownCompany === 'unknown') this.#view.ownCompany = 'none'
    // The company's key may hold an id of the organization that no event has named.
    if (this.#view.memberships.length === 0 && organizationId !== null) {
      this.#view.memberships = [{ at: 0, id: '', organizationId }]
    }
    this.state.reference = {
      companyId,
      key,
      url,
      outcome,
      organizationId,
      domain: draft.values['company.domain'] ?? null,
      name: null,
      // For an adopted company, onramp itself wrote the first watermark.
      ownEventAt:
        outcome !== 'existed' ? draft.lastEventAt : Math.max(created.ownEventAt ?? 0, isSame ? before.ownEventAt : 0),
      othersEventAt: Math.max(created.othersEventAt ?? 0, isSame ? before.othersEventAt : 0),
    }
    if (outcome !== 'created') this.filledIn(draft.values)
    this.state.fields = withOutcome(this.state.fields, draft.values, (field, value) => {
      if (namesOf(rejected).includes(field)) return value.state
      if (outcome !== 'created' && value.id !== this.#view.registration?.id) return 'pending'
      if (skipped.some((name) => name === field)) return 'skipped'
      return kept.some((name) => name === field) ? 'kept' : 'written'
    })
    // The new company has none of the values yet.
    if (!isSame) this.resend(({ isRepeated }) => isRepeated === true)
    this.skipFormer()
  }

  /** A create got no response. The organization may have had neither id nor domain then. */
  createUnanswered({ values }: CompanyDraft): void {
    this.#view.ownCompany = 'possible'
    this.unanswered(values)
  }

  /** Stores the company that the look-up found. Without one, all values stay pending. */
  found(customer: FoundCustomer): void {
    // Nobody knows the companies of the earlier runs.
    this.#view.ownCompany = 'possible'
    const { companyId, companyKey, companyUrl, organizationId, companyDomain, companyName, lastEventAt } = customer
    if (companyId === null || companyKey === null) return
    this.state.fields = sinceWatermark(this.state.fields, lastEventAt)
    this.#view.memberships = this.#view.memberships.filter(({ at }) => at > lastEventAt)
    this.state.reference = {
      companyId,
      key: companyKey,
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
    const { reference } = this.state
    if (reference) {
      this.state.reference = {
        ...reference,
        domain: sent.values['company.domain'] ?? reference.domain,
        // The name counts only for a company that a look-up found.
        name: reference.name === null ? null : (sent.values['company.name'] ?? reference.name),
        othersEventAt: Math.max(reference.othersEventAt, outcome.othersEventAt ?? 0),
        ownEventAt: Math.max(reference.ownEventAt, outcome.outcome === 'written' ? sent.lastEventAt : 0),
      }
    }
    // A newer event may carry the same value. It is sent again, since its time is newer.
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
    const { reference } = this.state
    if (reference === null || reference.companyId === recordId) return false
    this.state.reference = { ...reference, companyId: recordId }
    return true
  }

  /** Adds a membership; returns whether the current organization changed. */
  join(membership: Membership, values: Values): boolean {
    if (this.#view.memberships.length === 0) this.#leaveUnnamed(values)
    const before = currentOrganization(this.#view.memberships)
    const periodBefore = periodIn(this.#view.memberships, before)
    this.#addMembership(membership)
    const today = currentOrganization(this.#view.memberships)
    // The customer has not moved: the first id only names an organization that was known without an id.
    if (before === null) return false
    // HubSpot users deleted the company of the former organization. That does not concern the new company.
    if (today !== before) this.state.deletedAt = null

    // The membership may have begun earlier than onramp knew. Values since its start belong to the current organization.
    const period = periodIn(this.#view.memberships, today)
    this.state.fields = withStates(this.state.fields, (value) => {
      const isOfNewPeriod = isWithin(value, period) && !(today === before && isWithin(value, periodBefore))
      return isOfNewPeriod ? 'pending' : value.state
    })
    return today !== before
  }

  /** Skips the unwritten values of former organizations, except those of the organization of the present company. */
  skipFormer(): void {
    const { reference, fields } = this.state
    const { memberships } = this.#view
    const open = [currentOrganization(memberships), ...(reference ? [this.#organizationOf(reference)] : [])]
    const periods = open.map((organizationId) => periodIn(memberships, organizationId))
    this.state.fields = withStates(fields, (value) => {
      const isOpen = periods.some((period) => isWithin(value, period))
      const isUnwritten = value.state === 'pending' || value.state === 'rejected'
      return isUnwritten && !isOpen ? 'skipped' : value.state
    })
  }

  override resync(): void {
    super.resync()
    this.skipFormer()
  }

  override overwriteKept(registration: EventVersion): void {
    super.overwriteKept(registration)
    this.skipFormer()
  }

  /** The values from the customer's time in an organization. A new organization does not get the values of a former one. */
  #valuesIn(organizationId: string | null, only?: 'to send') {
    const period = periodIn(this.#view.memberships, organizationId)
    return selectValues(this.state.fields, COMPANY_FIELDS, (value, field) => {
      return (!only || this.isToSend(field, value.state)) && isWithin(value, period)
    })
  }

  /** The organization of a company. If it was known without an id, the first id that an event brings is its id. */
  #organizationOf({ organizationId }: CompanyReference): string | null {
    return organizationId ?? this.#view.memberships[0]?.organizationId ?? null
  }

  /** Whether a value is from the customer's time in the organization of the present company. */
  #isOfReference(value: FieldValue): boolean {
    const { reference } = this.state
    return reference !== null && isWithin(value, periodIn(this.#view.memberships, this.#organizationOf(reference)))
  }

  #addMembership(membership: Membership): void {
    const valueEvents = Object.values(this.state.fields).map(({ id }) => id)
    this.#view.memberships = withMembership(this.#view.memberships, membership, valueEvents)
  }

  /** Adds an unnamed membership when the first id names another organization than the present company's. */
  #leaveUnnamed(values: Values): void {
    const { reference } = this.state
    if (reference && isOtherOrganization(reference, values))
      this.#addMembership({ at: 0, id: '', organizationId: UNNAMED })
  }
}

/** Whether two drafts name the same organization. */
function isSameOrganization(one: CompanyDraft, other: CompanyDraft): boolean {
  const domainOf = ({ values }: CompanyDraft) => values['company.domain'] ?? null
  return one.organizationId === other.organizationId && domainOf(one) === domainOf(other)
}
