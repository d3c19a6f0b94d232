// Attaches the handlers of an onboarding: signals only note, orders may be rejected, the query answers from the file.

import { ApplicationFailure, setDefaultSignalHandler, setHandler } from '@temporalio/workflow'
import { readFact } from './customer/received-event.ts'
import type { Fact } from './customer/received-event.ts'
import type { Customer } from './customer/customer.ts'
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
import { statusOf } from './customer/status.ts'

/** Call it first: a handler that is attached takes in, there and then, what has arrived before. */
export function listen(customer: Customer): void {
  // A signal handler that throws would hang or fail the workflow, so each takes whatever comes (G7).
  setHandler(
    customerRegistered,
    (payload) => {
      const fact = readFact(payload)
      if (fact && isComplete(fact)) customer.register(fact)
      else customer.malformed()
    },
    { description: 'A customer registered with the product.' },
  )
  setHandler(
    customerUpdated,
    (payload) => {
      const fact = readFact(payload)
      if (fact) customer.update(fact)
      else customer.malformed()
    },
    { description: 'Something about the customer changed.' },
  )
  setHandler(
    customerErased,
    // Whatever it holds: who asks for an erasure means it, and an id or a time adds nothing.
    () => customer.erase(),
    { description: 'The customer is to be erased, in HubSpot and here.' },
  )
  // Whatever it holds that is no reason finds nothing that waits for it.
  setHandler(attentionResumed, (reason) => customer.resumeAll(reason), {
    description: 'Tries again whatever waits for one reason.',
  })
  setHandler(versionDeployed, () => customer.askRenewal(), {
    description: 'A new version of the workers was deployed; the next run is to begin on it.',
  })
  // Without it, signals of an unknown name vanish when the run closes.
  setDefaultSignalHandler(() => customer.malformed())

  setHandler(resume, () => customer.resume(), {
    description: 'Tries again what HubSpot refused.',
    validator: () => checkParked(customer),
  })
  setHandler(correct, (details) => customer.correct(correctionIn(details)), {
    description: 'Corrects values, then tries again what HubSpot refused.',
    validator: (details) => {
      checkParked(customer)
      correctionIn(details)
    },
  })
  setHandler(resync, () => customer.resync(), {
    description: 'Writes everything that is known to HubSpot again.',
    validator: () => checkNotErased(customer),
  })
  setHandler(onboardingStatus, () => statusOf(customer), {
    description: 'Where the customer is, and what happened so far.',
  })
}

/** HubSpot takes no contact without an address, and no company without a name or a domain. */
function isComplete({ values }: Fact): boolean {
  return Boolean(values.email && (values['company.name'] || values['company.domain']))
}

function checkParked({ state }: Customer): void {
  if (state.parked.length > 0) return
  throw ApplicationFailure.nonRetryable('Nothing is parked here, so there is nothing to resume.', 'nothing-parked')
}

function checkNotErased({ isErased }: Customer): void {
  if (!isErased) return
  throw ApplicationFailure.nonRetryable('The customer is erased, so nothing is known that could be written.', 'erased')
}

function correctionIn(details: unknown): Fact {
  const fact = readFact({ id: 'correction', at: 0, customer: details })
  if (fact && (Object.keys(fact.values).length > 0 || fact.productCompanyId !== null)) return fact
  throw ApplicationFailure.nonRetryable('The correction holds no value of a customer.', 'invalid-correction')
}
