// Attaches the handlers of an onboarding: signals only note, orders may be rejected, the query answers from the file.

import { ApplicationFailure, setDefaultSignalHandler, setHandler } from '@temporalio/workflow'
import { readFact } from './customer-fact.ts'
import type { Fact } from './customer-fact.ts'
import type { Customer } from './customer-state.ts'
import { customerRegistered, customerUpdated, onboardingStatus, resume } from './messages.ts'
import { statusOf } from './status.ts'

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
  // Without it, signals of an unknown name vanish when the run closes.
  setDefaultSignalHandler(() => customer.malformed())

  setHandler(resume, () => customer.resume(), {
    description: 'Tries again what HubSpot refused.',
    validator: () => {
      if (customer.state.parked.length > 0) return
      throw ApplicationFailure.nonRetryable('Nothing is parked here, so there is nothing to resume.', 'nothing-parked')
    },
  })
  setHandler(onboardingStatus, () => statusOf(customer), {
    description: 'Where the customer is, and what happened so far.',
  })
}

/** HubSpot takes no contact without an address, and no company without a name or a domain. */
function isComplete({ values }: Fact): boolean {
  return Boolean(values.email && (values['company.name'] || values['company.domain']))
}
