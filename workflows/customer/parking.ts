// Parks steps or single fields until an operator or a newer value unparks them (G9).

import { ATTENTION, pauseBeforeRetryMs } from '../../domain/attention.ts'
import type { AttentionReason } from '../../domain/attention.ts'
import type { RejectedField } from '../../domain/crm.ts'
import type { Rejection } from '../../domain/failures.ts'
import type { Field, Values } from '../../domain/fields.ts'
import type { Attention } from '../../domain/onboarding-status.ts'
import type { Step } from '../../domain/onboarding.ts'
import { isUnwanted } from './write-permission.ts'
import type { CompanyRecord } from './company-record.ts'
import type { ContactRecord } from './contact-record.ts'
import { earliest } from './due-times.ts'
import { hasNewer } from './field-values.ts'
import { fieldsOf } from './state.ts'
import type { CustomerState } from './state.ts'
import type { Timeline } from './timeline.ts'

/** The steps that concern the organization. A rejection at a former organization says nothing about the current one. */
const ORGANIZATION_STEPS: readonly Step[] = ['company', 'association', 'company-update']

/** The changes that an accepted event made. */
export interface AcceptedEvent {
  /** The fields with newer values. */
  fields: Field[]
  /** Whether the customer belongs to another organization now. */
  hasMoved: boolean
  /** The records that could not be created before. */
  creatable: (CompanyRecord | ContactRecord)[]
}

interface FieldRejections {
  rejected?: RejectedField[]
  correlationId: string | null
}

/** The parked steps and fields of one customer. Of the state, it changes only those. */
export class Parking {
  readonly #state: Pick<CustomerState, 'parked' | 'retried'> & Readonly<Pick<CustomerState, 'company' | 'contact'>>
  readonly #company: CompanyRecord
  readonly #records: readonly (CompanyRecord | ContactRecord)[]
  readonly #timeline: Timeline
  /** Called for each thing that gets parked. */
  onParked: (parked: Omit<Rejection, 'unanswered'> & { step: Step; codes: string[] }) => void = () => {}

  constructor(state: CustomerState, company: CompanyRecord, contact: ContactRecord, timeline: Timeline) {
    this.#state = state
    this.#company = company
    this.#records = [company, contact]
    this.#timeline = timeline
  }

  get isEmpty(): boolean {
    return this.#state.parked.length === 0
  }

  /** An association also waits when one of its records is parked as missing. */
  isParked(step: Step): boolean {
    const { parked } = this.#state
    const lacksRecord = step === 'association' && this.#records.some((record) => isUnwanted(parked, record.updateStep))
    return lacksRecord || parked.some((attention) => attention.step === step)
  }

  /**
   * Parks a step, or only the fields that the CRM named. Parks nothing when a newer value or a move arrived meanwhile: then the
   * next attempt sends the new values.
   *
   * @param sent the values that the CRM rejected
   * @param organizationId the current organization when they were sent
   */
  park(step: Step, rejection: Rejection, sent: Values, organizationId = this.#company.organizationId): void {
    if (ORGANIZATION_STEPS.includes(step) && organizationId !== this.#company.organizationId) return
    // HubSpot may name a property that is no field of ours. It is not parked, since no event ever brings a value for it.
    const named = rejection.fields.filter((name): name is Field => name in sent)
    const known = fieldsOf(this.#state)
    // After a late event a value may belong to a former organization. Nobody has to correct that value.
    const fields = named.filter((name) => known[name]?.state !== 'skipped')
    if ((named.length > 0 && fields.length === 0) || hasNewer(known, sent, fields)) return

    const { reason, message, codes = [], correlationId } = rejection
    const times = this.#timesOf(reason)
    const attention = { reason, step, message, ...times, ...(fields.length > 0 && { fields }) }
    // The CRM may reject a value again when the record is re-created. Only the newest attention names the field.
    const isNamedAgain = (name: string, other: Attention) =>
      fields.includes(name as Field) && this.#records.some(({ updateStep }) => updateStep === other.step)
    this.#state.parked = [...withoutFields(this.#state.parked, isNamedAgain), attention]
    for (const record of this.#records) record.reject(fields)
    this.#timeline.note(step, `parked: ${reason}`, { fields, correlationId })
    this.onParked({ step, reason, fields, message, codes, correlationId })
  }

  /** Parks each field that the CRM rejected while it accepted the rest. */
  parkFields(step: Step, { rejected = [], correlationId }: FieldRejections, sent: Values): void {
    for (const { field, reason, message, code } of rejected) {
      const codes = code === undefined ? [] : [code]
      this.park(step, { reason, message, fields: [field], codes, correlationId }, sent)
    }
  }

  /** Has everything that is parked tried again, or only what has this reason. Returns whether anything was parked. */
  unpark(reason?: AttentionReason): boolean {
    return this.#unpark((attention) => isResumable(attention) && (reason === undefined || attention.reason === reason))
  }

  /** Whether a command can have something tried again. */
  get isResumable(): boolean {
    return this.#state.parked.some(isResumable)
  }

  /** When onramp next tries something again by itself, in milliseconds since the epoch; `null` when it does not. */
  get nextAttemptAt(): number | null {
    return earliest(this.#state.parked.map(({ nextAttemptAt }) => (nextAttemptAt ? Date.parse(nextAttemptAt) : null)))
  }

  /** Unparks what onramp is due to try again by itself. The pauses grow from one attempt to the next. */
  retryDue(): void {
    const now = Date.now()
    const isDue = ({ nextAttemptAt }: Attention) => nextAttemptAt !== undefined && Date.parse(nextAttemptAt) <= now
    const due = this.#state.parked.find(isDue)
    if (!due) return
    const attempts = (this.#state.retried?.attempts ?? 0) + 1
    this.#unpark(isDue)
    this.#state.retried = { attempts, since: due.since }
  }

  /** Unparks the steps and fields that were waiting for such an event. */
  unparkBy({ fields, hasMoved, creatable }: AcceptedEvent): void {
    const steps: Step[] = creatable.map(({ updateStep }) => updateStep)
    this.#unpark((attention) => {
      if (!isResumable(attention)) return false
      if (hasMoved && ORGANIZATION_STEPS.includes(attention.step)) return true
      // A late event may show that the present company is the one of the current organization. Then no company has to be created.
      if (attention.step === 'company' && this.#company.current !== null) return true
      if (ATTENTION[attention.reason].unparkedBy === 'creatable') return steps.includes(attention.step)
      return fields.length > 0 && (attention.fields?.some((name) => fields.includes(name as Field)) ?? true)
    })
  }

  /** Drops the fields that are no longer rejected, such as those that have been written after all. */
  dropUnrejected(): void {
    const known = fieldsOf(this.#state)
    // Only the address is tried again by itself. Once it is written, a later rejection starts over.
    if (known.email && !['pending', 'rejected'].includes(known.email.state)) this.#state.retried = null
    this.#state.parked = withoutFields(this.#state.parked, (name) => known[name as Field]?.state !== 'rejected')
  }

  hasReason(reason: AttentionReason): boolean {
    return this.#state.parked.some((attention) => attention.reason === reason)
  }

  /** Drops what is parked for a reason that no longer holds. */
  dropReason(reason: AttentionReason): void {
    this.#state.parked = this.#state.parked.filter((attention) => attention.reason !== reason)
  }

  /** Drops what is parked at a step. */
  dropStep(step: Step): void {
    this.#state.parked = this.#state.parked.filter((attention) => attention.step !== step)
  }

  /** Since when something is parked, and when it is tried again by itself. A repeated attempt keeps the first time. */
  #timesOf(reason: AttentionReason): Pick<Attention, 'since' | 'nextAttemptAt'> {
    const { retried } = this.#state
    const pauseMs = pauseBeforeRetryMs(reason, retried?.attempts ?? 0)
    if (pauseMs === null) return { since: new Date().toISOString() }
    const since = retried?.since ?? new Date().toISOString()
    return { since, nextAttemptAt: new Date(Date.now() + pauseMs).toISOString() }
  }

  #unpark(isMeant: (attention: Attention) => boolean): boolean {
    const unparked = this.#state.parked.filter(isMeant)
    if (unparked.some(({ nextAttemptAt }) => nextAttemptAt !== undefined)) this.#state.retried = null
    this.#state.parked = this.#state.parked.filter((attention) => !isMeant(attention))
    const fields = unparked.flatMap((attention) => (attention.fields ?? []) as Field[])
    for (const record of this.#records) {
      record.retry(fields)
      // HubSpot users deleted the record twice. An operator who resumes the customer wants the record re-created.
      if (isUnwanted(unparked, record.updateStep)) record.allowRecreation()
    }
    return unparked.length > 0
  }
}

/** Nothing can be tried while the registration is missing. */
function isResumable({ reason }: Attention): boolean {
  return ATTENTION[reason].unparkedBy !== 'registration'
}

/** Removes some fields from the attentions. An attention whose fields are all removed is dropped. */
function withoutFields(parked: Attention[], isGone: (name: string, attention: Attention) => boolean): Attention[] {
  return parked.flatMap((attention) => {
    if (attention.fields === undefined) return [attention]
    const fields = attention.fields.filter((name) => !isGone(name, attention))
    return fields.length === 0 ? [] : [{ ...attention, fields }]
  })
}
