// Attaches the handlers of an onboarding: signals never throw, commands may be rejected, the query only reads.

import { ApplicationFailure, defineSignal, patched, setDefaultSignalHandler, setHandler } from '@temporalio/workflow'
import type { AttentionReason } from '../domain/attention.ts'
import { hasNameOrDomain } from '../domain/fields.ts'
import type { Customer } from './customer/customer.ts'
import { readEvent } from './customer/signal-payload.ts'
import type { ReceivedEvent } from './customer/signal-payload.ts'
import { statusOf } from './customer/status.ts'
import {
  attentionResumed,
  correct,
  customerErased,
  customerRegistered,
  customerUpdated,
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
  for (const [name, signal] of Object.entries(signals)) {
    const { description } = signal
    setHandler(defineSignal<[unknown]>(name), (payload) => signal.handle(payload), { description })
  }
  storeUnknownSignals(customer, run)
  attachCommands(customer)
  setHandler(onboardingStatus, () => statusOf(customer), {
    description: 'Where the customer is, and what happened so far.',
  })
}

interface SignalHandler {
  description: string
  /** Never throws: a signal handler that does would fail the workflow task for ever (G7). */
  handle(payload: unknown): void
}

function signalHandlers({ events, commands }: Customer, run: Run): { [name: string]: SignalHandler } {
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
      // An erasure needs no payload, neither an id nor a time.
      handle: () => events.erase(),
    },
    [attentionResumed.name]: {
      description: 'Tries again what is parked for one reason.',
      // A payload that is no attention reason matches nothing.
      handle: (reason) => commands.resumeAll(reason as AttentionReason),
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
 * Stores signals that this version does not know, for a newer version (G1). Without a default handler they would be lost when the
 * run closes. The next run starts on the current version of the workers, and its history no longer holds the signal.
 */
function storeUnknownSignals({ events }: Customer, run: Run): void {
  setDefaultSignalHandler((name, payload: unknown) => {
    if (isUndecodable(payload)) return events.malformed()
    if (events.storeUnknown({ name, payload: payload ?? null })) run.requestContinueAsNew()
  })
}

/** Delivers the signals that an older version stored, and that this version knows. */
function deliverStored({ events, state }: Customer, signals: { [name: string]: SignalHandler }): void {
  const isKnown = (name: string) => Object.hasOwn(signals, name)
  if (!state.unknownSignals.some(({ name }) => isKnown(name))) return
  // A run that an older version has started must replay unchanged. Its stored signals are delivered in the next run.
  if (!patched('deliver-stored-signals')) return
  for (const { name, payload } of events.takeKnown(isKnown)) signals[name]?.handle(payload)
}

/** The payload converter's marker for a payload that it could not decode (platform/payload-converter.ts). */
function isUndecodable(payload: unknown): boolean {
  return typeof payload === 'object' && payload !== null && 'undecodable' in payload
}

function attachCommands({ commands, parking, state }: Customer): void {
  const checkParked = () => {
    if (parking.isEmpty) throw rejected('nothing-parked', 'Nothing is parked here, so there is nothing to resume.')
  }
  const checkNotErased = () => {
    if (state.erasure !== 'none') throw rejected('erased', 'The customer is erased, so there is nothing to write.')
  }
  setHandler(resume, () => commands.resume(), {
    description: 'Tries again what is parked.',
    validator: checkParked,
  })
  setHandler(correct, (details) => commands.correct(correctionIn(details)), {
    description: 'Corrects values, then tries again what is parked.',
    validator: (details) => {
      checkNotErased()
      checkParked()
      correctionIn(details)
    },
  })
  setHandler(resync, () => commands.resync(), {
    description: 'Writes everything that is known to HubSpot again.',
    validator: checkNotErased,
  })
}

function correctionIn(details: unknown): ReceivedEvent {
  const event = readEvent({ id: 'correction', at: 0, customer: details })
  if (event && (Object.keys(event.values).length > 0 || event.organizationId !== null)) return event
  throw rejected('invalid-correction', 'The correction holds no value of a customer.')
}

function rejected(type: string, message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, type)
}
