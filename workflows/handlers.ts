// Attaches the handlers of an onboarding: signals never throw, commands may be rejected, the queries only read.

import { ApplicationFailure, defineSignal, patched, setDefaultSignalHandler, setHandler } from '@temporalio/workflow'
import type { UpdateDefinition } from '@temporalio/common'
import { ATTENTION_REASONS } from '../domain/attention.ts'
import { hasNameOrDomain } from '../domain/fields.ts'
import { isUndecodable } from '../domain/undecodable.ts'
import type { Customer } from './customer/customer.ts'
import { readAssociationReview, readEvent, readGivenAt, readGivenBy } from './customer/signal-payload.ts'
import type { ReceivedEvent } from './customer/signal-payload.ts'
import type { Correction } from './customer/commands.ts'
import { statusOf } from './customer/status.ts'
import { valuesOf } from './customer/values.ts'
import {
  associationsReviewed,
  attentionResumed,
  correct,
  customerErased,
  customerRegistered,
  customerUpdated,
  customerValues,
  leave,
  liftErasure,
  onboardingStatus,
  resume,
  resync,
  versionDeployed,
} from './messages.ts'
import type { Run } from './run.ts'

/** Call it first: attaching a handler delivers the signals that have arrived before. */
export function attachHandlers(customer: Customer, run: Run): void {
  const signals = signalHandlers(customer, run)
  deliverStored(customer, signals)
  const receive = run.receiving((name: string, payload: unknown) => {
    if (isUndecodable(payload)) customer.events.malformed()
    else if (Object.hasOwn(signals, name)) signals[name]?.handle(payload)
    else storeUnknown(customer, run, name, payload)
  })
  // The default handler comes first, since it delivers all signals in the order of their arrival. The handler of one name would deliver
  // the signals of that name before all others.
  setDefaultSignalHandler((name, payload: unknown) => receive(name, payload))
  for (const [name, { description }] of Object.entries(signals)) {
    setHandler(defineSignal<[unknown]>(name), (payload) => receive(name, payload), { description })
  }
  attachCommands(customer, run)
  setHandler(
    leave,
    run.executing(() => run.leave()),
    { description: 'Completes the run, for a move to another Temporal.' },
  )
  setHandler(onboardingStatus, () => statusOf(customer), {
    description: 'Where the customer is, and what happened so far.',
  })
  setHandler(customerValues, () => valuesOf(customer), {
    description: 'The values of the customer; personal data.',
  })
}

interface SignalHandler {
  description: string
  /** Never throws: a signal handler that does would fail the workflow task for ever (G7). */
  handle(payload: unknown): void
}

function signalHandlers(customer: Customer, run: Run): { [name: string]: SignalHandler } {
  const { events, commands } = customer
  return {
    [customerRegistered.name]: {
      description: 'A customer registered with the product.',
      handle(payload) {
        const event = readEvent(payload)
        if (event && isRegistration(event)) events.register(event)
        else events.malformed()
      },
    },
    [customerUpdated.name]: {
      description: 'Something about the customer changed.',
      handle(payload) {
        const event = readEvent(payload)
        if (event) events.update(event)
        else events.malformed()
      },
    },
    [customerErased.name]: {
      description: 'The customer is to be erased, in HubSpot and here.',
      // An erasure needs no payload, neither an id nor a time. One whose payload cannot be read does not come from the API.
      handle: (payload) => (hasSender(payload) ? commands.erase(readGivenBy(payload)) : events.erase()),
    },
    [attentionResumed.name]: {
      description: 'Tries again what is parked for one reason.',
      handle(payload) {
        const { reason } = (payload ?? {}) as { reason?: unknown }
        const known = ATTENTION_REASONS.find((each) => each === reason)
        if (known !== undefined) commands.resumeAll(known, readGivenBy(payload))
      },
    },
    [associationsReviewed.name]: {
      description: 'A worker has read the contact’s associations again.',
      handle(payload) {
        const review = readAssociationReview(payload)
        if (review) customer.associationReviewed(review)
        else events.malformed()
      },
    },
    [versionDeployed.name]: {
      description: 'A new version of the workers was deployed; the next run starts on it.',
      handle: () => run.requestContinueAsNew(),
    },
  }
}

/** HubSpot accepts no contact without an e-mail address, and no company without a name or a domain. */
function isRegistration({ values }: ReceivedEvent): boolean {
  return Boolean(values.email) && hasNameOrDomain(values)
}

/**
 * Stores a signal that this version does not know, for a newer version (G1). Without a default handler it would be lost when the
 * run closes. The next run starts on the current version of the workers, and its history no longer holds the signal.
 */
function storeUnknown({ events }: Customer, run: Run, name: string, payload: unknown): void {
  if (events.storeUnknown({ name, payload: payload ?? null })) run.requestContinueAsNew()
}

/** Delivers the signals that an older version stored, and that this version knows. */
function deliverStored({ events, state }: Customer, signals: { [name: string]: SignalHandler }): void {
  const isKnown = (name: string) => Object.hasOwn(signals, name)
  if (!state.unknownSignals.some(({ name }) => isKnown(name))) return
  // A run that an older version has started must replay unchanged. Its stored signals are delivered in the next run.
  if (!patched('deliver-stored-signals')) return
  for (const { name, payload } of events.takeKnown(isKnown)) signals[name]?.handle(payload)
}

/** Whether an erasure is a command of an operator, and no event of the product. */
function hasSender(payload: unknown): boolean {
  return typeof payload === 'object' && payload !== null && 'by' in payload
}

function attachCommands({ commands, parking, erasure }: Customer, run: Run): void {
  /** Checks the command when it arrives, and again when it is executed: what it asks for may be impossible by then. */
  const attach = <Result, Command>(
    command: UpdateDefinition<Result, [Command], string>,
    {
      description,
      check,
      execute,
    }: { description: string; check: (given: Command) => void; execute: (given: Command) => Result },
  ): void => {
    const validator = (given: Command) => {
      checkReadable(given)
      check(given)
    }
    const checked = (given: Command) => {
      validator(given)
      return execute(given)
    }
    setHandler<Result, [Command], typeof command>(command, run.executing(checked), { description, validator })
  }
  const checkParked = () => {
    if (!parking.isResumable) throw rejected('nothing-parked', 'Nothing is parked here, so there is nothing to resume.')
  }
  const checkNotErased = () => {
    if (erasure.isRequested) throw rejected('erased', 'The customer is erased, so there is nothing to write.')
  }
  attach(resume, {
    description: 'Tries again what is parked, after corrections if there are any.',
    check(given) {
      const customer = given?.customer
      if (customer !== undefined) checkNotErased()
      // A repeated correction comes before the step that it had put right.
      if (customer === undefined || lateFrom(given) === null) checkParked()
      if (customer !== undefined) correctionIn(customer)
    },
    execute(given) {
      const customer = given?.customer
      if (customer === undefined) commands.resume(readGivenBy(given))
      else commands.correct(correctionIn(customer), { ...readGivenBy(given), lateFrom: lateFrom(given) })
    },
  })
  attach(correct, {
    description: 'Writes corrected values, and tries again what is parked.',
    check(given) {
      checkNotErased()
      correctionIn(given.customer)
    },
    execute: (given) =>
      commands.correct(correctionIn(given.customer), { ...readGivenBy(given), lateFrom: lateFrom(given) }),
  })
  attach(resync, {
    description: 'Writes everything that is known to HubSpot again.',
    check: checkNotErased,
    execute: (given) => commands.resync(readGivenBy(given)),
  })
  attach(liftErasure, {
    description: 'Lifts the erasure: the next event is that of a new customer.',
    check() {
      if (!erasure.isRequested) throw rejected('not-erased', 'The customer is not erased, so there is nothing to lift.')
      // Otherwise nobody would delete the histories, and a late call could bring the former contact back.
      if (!erasure.isDone || !parking.isEmpty) throw rejected('not-erased', 'The erasure is not finished yet.')
    },
    execute: (given) => commands.liftErasure(readGivenBy(given)),
  })
}

// No sender waits that long for a worker. After a reset of the run, Temporal sends its commands again.
const LATE_AFTER_MS = 60 * 1000

/** When a command was given that comes late; `null` for one that comes at once, or does not say. */
function lateFrom(command: unknown): number | null {
  const at = readGivenAt(command)
  return at !== null && Date.now() - at > LATE_AFTER_MS ? at : null
}

/** Rejects a command that cannot be read: it came in clear, or it was encrypted for another workflow. */
function checkReadable(command: unknown): void {
  if (isUndecodable(command))
    throw rejected('unreadable', 'The command cannot be read. The log of the worker says why.')
}

function correctionIn(details: unknown): Correction {
  const event = readEvent({ id: 'correction', at: 0, customer: details })
  if (event && (Object.keys(event.values).length > 0 || event.organizationId !== null)) return event
  throw rejected('invalid-correction', 'The correction holds no value of a customer.')
}

function rejected(type: string, message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, type)
}
