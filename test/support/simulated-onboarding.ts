// Runs the story of one customer without Temporal, against the model CRM. Scheduled happenings come between any two steps.

import { ActivityFailure, ApplicationFailure } from '@temporalio/common'
import type { AttentionReason } from '../../domain/attention.ts'
import type { Crm } from '../../domain/crm.ts'
import { CrmRejection } from '../../domain/failures.ts'
import { entriesOf, FIELD_NAMES } from '../../domain/fields.ts'
import type { Field, Values } from '../../domain/fields.ts'
import type { Step } from '../../domain/onboarding.ts'
import type { Calling } from '../../workflows/activities.ts'
import { Customer } from '../../workflows/customer/customer.ts'
import type { ReceivedEvent } from '../../workflows/customer/signal-payload.ts'
import { earliest } from '../../workflows/customer/due-times.ts'
import type { StoredState } from '../../workflows/customer/state.ts'
import { erase } from '../../workflows/erasure.ts'
import { keepInSync } from '../../workflows/keep-in-sync.ts'
import type { Run } from '../../workflows/run.ts'
import { associate, lookUp, perform, registerCompany, registerContact } from '../../workflows/steps.ts'
import { ModelCrm, withId } from './model-crm.ts'
import type { ModelRecord } from './model-crm.ts'
import { simulation } from './simulated-activities.ts'

export type SentEvent = ReceivedEvent & { type: 'registration' | 'update' }
type Records = 'contacts' | 'companies'

/** What may happen between any two things that an onboarding does. */
export type Happening =
  /** An event of the pool, by its place there; a repeated place is a repeated event. */
  | { kind: 'event'; place: number }
  | { kind: 'erased' | 'unknown signal' | 'malformed signal' | 'month passes' | 'idle' }
  /** The run continues as new at its next wait, or its next call is cancelled before or after the CRM has executed it. */
  | { kind: 'continue as new' | 'cancel call' }
  /** The next call is executed twice. */
  | { kind: 'lose response' }
  /** The next update is not executed, and repeated. The CRM executes the first one after the next update, if that is soon. */
  | { kind: 'delay update' }
  | { kind: 'reject call'; reason: AttentionReason; names: 'all' | 'first' | 'none' | 'unknown' }
  | { kind: 'accept all values' }
  | { kind: 'resume' | 'resync' }
  | { kind: 'resume all'; reason: AttentionReason }
  | { kind: 'correct'; values: Values; organizationId: string | null }
  | { kind: 'edit' | 'colleague writes'; field: Field; value: string | null; at: number }
  | { kind: 'delete'; records: Records }
  | { kind: 'merge'; records: Records; into: 'a new record' | 'a record of another' }

/** A happening, and how many moments pass before it. */
export interface Scheduled {
  after: number
  happening: Happening
}

interface SentUpdate {
  companyId: string
  contactId: string
  values: Values
  /** Only of a company. */
  repeated?: readonly Field[]
  lastEventAt: number
  onlyDifferent?: true
}

class ContinueAsNew extends Error {}
class End extends Error {}

const CUSTOMER = 'cus_1'
/** onramp reads back twice within this time. HubSpot executes no write later. */
const LATEST_WRITE_MS = 5 * 60 * 1000
const MONTH_MS = 31 * 24 * 60 * 60 * 1000

export class SimulatedOnboarding {
  readonly crm = new ModelCrm()
  customer = new Customer(CUSTOMER)
  hasIdled = false
  calls = 0
  runs = 0
  readonly log: string[] = []
  readonly #events: SentEvent[]
  readonly #schedule: Scheduled[]
  readonly #limit: number
  readonly #check: (onboarding: SimulatedOnboarding) => void
  #mustContinue = false
  #mustCancel = false
  #isResponseLost = false
  #isUpdateDelayed = false
  #late: (SentUpdate & { name: keyof Crm; sentAt: number }) | null = null
  #mustIdle = false
  #rejection: Extract<Happening, { kind: 'reject call' }> | null = null
  #moveClock: (ms: number) => void
  #whenCancelled: () => void = () => {}

  constructor(
    events: SentEvent[],
    schedule: Scheduled[],
    check: (onboarding: SimulatedOnboarding) => void,
    moveClock: (ms: number) => void = () => {},
  ) {
    this.#events = events
    this.#schedule = schedule.map((each) => ({ ...each }))
    this.#check = check
    this.#moveClock = moveClock
    // Each happening may cause a handful of calls; a loop without end is far above that.
    this.#limit = 60 + schedule.length * 25
  }

  /** Runs until nothing is scheduled any more and the onboarding waits. */
  async play(): Promise<this> {
    simulation.call = (name, argument) => this.call(name, argument)
    let stored: StoredState | undefined = this.runs === 0 ? undefined : this.customer.state
    for (;;) {
      this.runs += 1
      if (this.runs > this.#limit) throw new Error(`more than ${this.#limit} runs: the onboarding does not end`)
      this.customer = new Customer(CUSTOMER, stored && (JSON.parse(JSON.stringify(stored)) as StoredState))
      try {
        await this.#run()
        // The run completed for idleness; only the next event starts another one.
        this.hasIdled = true
        this.log.push('completed')
        const next = this.#schedule.findIndex(({ happening }) => happening.kind === 'event')
        if (next === -1) return this
        this.#schedule.splice(0, next)
        stored = undefined
        this.customer = new Customer(CUSTOMER)
        this.#happen()
        stored = this.customer.state
      } catch (error) {
        if (error instanceof End) return this
        if (!(error instanceof ContinueAsNew)) throw error
        this.log.push('continues as new')
        stored = this.customer.state
      }
    }
  }

  schedule(...happenings: Happening[]): void {
    this.#schedule.push(...happenings.map((happening) => ({ after: 0, happening })))
  }

  /** The story of onboard-customer.ts. */
  async #run(): Promise<void> {
    const { customer } = this
    const run = this.#waits()
    if (customer.erasure.isRequested) return void (await erase(customer, run))
    await perform(lookUp, customer, run)
    await run.until(() => customer.phase !== 'awaiting-registration')
    for (let loops = 0; loops < this.#limit; loops += 1) {
      await perform(registerCompany, customer, run)
      await perform(registerContact, customer, run)
      await perform(associate, customer, run)
      if ((await keepInSync(customer, run)) === 'idle') return
    }
    throw new Error('the story loops without a call')
  }

  #waits(): Run {
    const wait = async (isMet: () => boolean, mayIdle: boolean): Promise<boolean> => {
      for (let count = 0; count < 10_000; count += 1) {
        this.#moment()
        this.customer.parkByClock()
        if (this.#mustContinue || this.customer.state.erasure === 'requested') this.#continueAsNew()
        if (isMet()) return true
        if (mayIdle && this.#mustIdle) {
          // The idle time is longer than the time until a read-back.
          if (this.#skipTime()) continue
          this.#mustIdle = false
          return false
        }
        if (this.#schedule.length > 0) this.#happen()
        else if (!this.#skipTime()) throw new End()
      }
      throw new Error('a wait does not end')
    }
    return {
      until: async (isMet: () => boolean) => void (await wait(isMet, false)),
      untilIdle: async (isMet: () => boolean) => void (await wait(isMet, true)),
      deliverMessages: async () => {},
      onboarded: () => {},
      pauseBeforeRepeat: async () => this.#moment(),
      resetPause: () => {},
      call: async <T>(_step: Step, calling: (how: Calling) => Promise<T>, whenCancelled: () => void) => {
        this.#whenCancelled = whenCancelled
        return await calling({ priority: 'live', beginsAs: 'local', becomesRegular: () => {} })
      },
      requestContinueAsNew: () => {
        this.#mustContinue = true
      },
      continueAsNew: async () => this.#continueAsNew(),
    } as unknown as Run
  }

  /** Moves the clock to the next read-back or look; returns false when none is due. */
  #skipTime(): boolean {
    const { contact, company, erasure } = this.customer
    const dueAt = earliest([contact.readBackAt, company.readBackAt, erasure.looksAgainAt])
    // What is due already, and is not done, is parked.
    if (dueAt === null || dueAt <= Date.now()) return false
    this.#moveClock(dueAt - Date.now())
    return true
  }

  #continueAsNew(): never {
    this.#mustContinue = false
    throw new ContinueAsNew()
  }

  /** One call to the CRM: cancelled, rejected, executed, or executed twice. */
  async call(name: keyof Crm, argument: unknown): Promise<unknown> {
    this.calls += 1
    if (this.calls > this.#limit) throw new Error(`more than ${this.#limit} calls: the onboarding does not end`)
    const sent = JSON.parse(JSON.stringify(argument)) as SentUpdate
    this.log.push(`${name} ${JSON.stringify(argument)}`)
    this.#moment()
    this.#cancelledCall()
    this.#rejectedCall(sent)
    const isDelayed = this.#isUpdateDelayed && (name === 'updateContact' || name === 'updateCompany')
    // A read-back repairs what was executed before it.
    if (sent.onlyDifferent) this.#executeLate(name)
    let outcome = await this.#execute(name, sent)
    this.#executeLate(name)
    if (isDelayed) outcome = this.#delayed(name, sent, outcome)
    this.#moment()
    this.#cancelledCall()
    while (this.#isResponseLost) {
      this.#isResponseLost = false
      outcome = withUnanswered(await this.#execute(name, sent))
      this.#moment()
      this.#cancelledCall()
    }
    this.log.push(`  → ${JSON.stringify(outcome)}`)
    return outcome
  }

  #delayed(name: keyof Crm, sent: SentUpdate, outcome: unknown): unknown {
    this.#isUpdateDelayed = false
    // The adapter reads the company first, and never writes a repeated value over that of a HubSpot user.
    const values = Object.fromEntries(entriesOf(sent.values).filter(([field]) => !sent.repeated?.includes(field)))
    this.#late = { ...sent, values, name, sentAt: Date.now() }
    return withUnanswered(outcome)
  }

  /** The next update of the record was executed. An older one that the CRM executes after it undoes it. */
  #executeLate(name: keyof Crm): void {
    const late = this.#late
    if (late === null || late.name !== name) return
    this.#late = null
    if (Date.now() - late.sentAt > LATEST_WRITE_MS) return
    const isContact = name === 'updateContact'
    if (this.customer.state[isContact ? 'contact' : 'company'].readBack?.which !== 'first') return
    this.crm.executeLate(isContact ? 'contacts' : 'companies', isContact ? late.contactId : late.companyId, late)
  }

  async #execute(name: keyof Crm, sent: SentUpdate): Promise<unknown> {
    try {
      return await (this.crm[name] as (argument: unknown) => Promise<unknown>).call(this.crm, sent)
    } catch (error) {
      if (error instanceof CrmRejection) throw asActivityFailure(error)
      throw error
    }
  }

  #rejectedCall(sent: { values?: Values }): void {
    if (this.#rejection === null) return
    const { reason, names } = this.#rejection
    this.#rejection = null
    const fields = Object.keys(sent.values ?? {})
    const named = { all: fields, first: fields.slice(0, 1), none: [], unknown: ['no_field_of_ours'] }[names]
    throw asActivityFailure(new CrmRejection({ reason, message: reason, fields: named, correlationId: null }))
  }

  #cancelledCall(): void {
    if (!this.#mustCancel && this.customer.state.erasure !== 'requested') return
    this.#mustCancel = false
    this.#whenCancelled()
    this.#continueAsNew()
  }

  #moment(): void {
    this.#check(this)
    for (;;) {
      const [next] = this.#schedule
      if (!next || next.after > 0) {
        if (next) next.after -= 1
        return
      }
      this.#happen()
    }
  }

  #happen(): void {
    const next = this.#schedule.shift()
    if (!next) return
    const event = next.happening.kind === 'event' ? this.#events[next.happening.place % this.#events.length] : ''
    this.log.push(`— ${JSON.stringify(next.happening)} ${event && JSON.stringify(event)}`)
    this.#apply(next.happening)
    this.#check(this)
  }

  #apply(happening: Happening): void {
    const { events, commands, parking, state } = this.customer
    switch (happening.kind) {
      case 'event':
        this.#deliver(happening.place)
        break
      case 'erased':
        events.erase()
        break
      case 'unknown signal':
        if (events.storeUnknown({ name: 'customerPlanChanged', payload: { customer: { phone: 'secret' } } }))
          this.#mustContinue = true
        break
      case 'malformed signal':
        events.malformed()
        break
      case 'month passes':
        this.#moveClock(MONTH_MS)
        break
      case 'idle':
        this.#mustIdle = true
        break
      case 'continue as new':
        this.#mustContinue = true
        break
      case 'cancel call':
        this.#mustCancel = true
        break
      case 'lose response':
        this.#isResponseLost = true
        break
      case 'delay update':
        this.#isUpdateDelayed = true
        break
      case 'reject call':
        this.#rejection = happening
        break
      case 'accept all values':
        this.crm.isStrict = false
        this.#rejection = null
        break
      // The validators of handlers.ts come first.
      case 'resume':
        if (!parking.isEmpty) commands.resume({ by: null })
        break
      case 'resume all':
        commands.resumeAll(happening.reason, { by: null })
        break
      case 'correct':
        if (state.erasure === 'none') commands.correct(happening, { by: null })
        break
      case 'resync':
        if (state.erasure === 'none') commands.resync({ by: null })
        break
      case 'edit':
      case 'colleague writes':
      case 'delete':
      case 'merge':
        this.#changeInCrm(happening)
        break
    }
  }

  #deliver(place: number): void {
    const { events } = this.customer
    const event = this.#events[place % this.#events.length]
    if (event?.type === 'registration') events.register(event)
    else if (event) events.update(event)
  }

  #changeInCrm(happening: Extract<Happening, { kind: 'edit' | 'colleague writes' | 'delete' | 'merge' }>): void {
    const kind =
      'records' in happening ? happening.records : happening.field.startsWith('company') ? 'companies' : 'contacts'
    const record = this[kind === 'contacts' ? 'contact' : 'company']
    if (!record) return
    const records = this.crm[kind]
    switch (happening.kind) {
      case 'colleague writes':
      case 'edit': {
        const { field, value, at } = happening
        if (field === 'email' && (value === null || this.crm.withEmail(value))) return
        if (value === null) delete record.values[field]
        else record.values[field] = value
        record.foreign.add(field)
        if (happening.kind === 'colleague writes') record.lastEventAt = Math.max(record.lastEventAt, at)
        break
      }
      case 'delete':
        this.crm[kind] = records.filter((each) => each !== record)
        for (const contact of this.crm.contacts) {
          contact.companyIds = contact.companyIds.filter((id) => id !== record.id)
        }
        break
      case 'merge': {
        const other = records.find((each) => each !== record && each.key !== null)
        const survivor = happening.into === 'a record of another' && other ? other : this.crm.add(kind, null)
        mergeInto(survivor, record)
        for (const contact of this.crm.contacts) {
          contact.companyIds = [...new Set(contact.companyIds.map((id) => (id === record.id ? survivor.id : id)))]
        }
        this.crm[kind] = this.crm[kind].filter((each) => each !== record)
        break
      }
    }
  }

  /** The CRM's contact that the customer points to. */
  get contact(): ModelRecord | undefined {
    return withId(this.crm.contacts, this.customer.contact.reference?.contactId)
  }

  /** The CRM's company that the customer points to. */
  get company(): ModelRecord | undefined {
    return withId(this.crm.companies, this.customer.company.reference?.companyId)
  }
}

function mergeInto(survivor: ModelRecord, record: ModelRecord): void {
  survivor.formerIds.push(record.id, ...record.formerIds)
  survivor.key ??= record.key
  const { email, ...others } = record.values
  survivor.values = { ...others, ...survivor.values }
  if (email) {
    if (survivor.values.email) survivor.otherEmails.push(email)
    else survivor.values.email = email
  }
  survivor.otherEmails.push(...record.otherEmails)
  survivor.lastEventAt = Math.max(survivor.lastEventAt, record.lastEventAt)
  survivor.companyIds = [...new Set([...survivor.companyIds, ...record.companyIds])]
  for (const field of FIELD_NAMES) survivor.foreign.add(field)
}

/** As the frame in activities/ marks it. */
function withUnanswered(outcome: unknown): unknown {
  return typeof outcome === 'object' && outcome !== null ? { ...outcome, unanswered: true } : outcome
}

function asActivityFailure({ message, rejection }: CrmRejection): ActivityFailure {
  const cause = ApplicationFailure.create({ message, nonRetryable: true, details: [rejection] })
  return new ActivityFailure(message, 'crm', '1', 'NON_RETRYABLE_FAILURE', undefined, cause)
}
