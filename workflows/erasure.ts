// Erases the contact in the CRM, then the histories in Temporal. A run without personal data stays open as a tombstone.

import { histories } from './activities.ts'
import type { Customer } from './customer/customer.ts'
import type { CustomerState } from './customer/state.ts'
import { reportProgress } from './reports.ts'
import type { Run } from './run.ts'
import { attempt, eraseContact, perform } from './steps.ts'
import type { OnboardingStep } from './steps.ts'

/** The tombstone stays open, so that late events change nothing. Returns only when an operator lifts the erasure. */
export async function erase(customer: Customer, run: Run): Promise<CustomerState> {
  const { erasure, events, state } = customer
  erasure.begin()
  if (erasure.isFirstLook) {
    await perform(eraseContact, customer, run)
    // The next run's state holds nothing personal.
    await run.continueAsNew()
  }
  const steps = [deletionOfHistories(), furtherLook]
  // Once at least, so that the histories are deleted even if the erasure is lifted in this moment.
  do {
    for (const step of steps) await attempt(step, customer, run)
    const isDue = () => steps.some((step) => step.draft(customer) !== null)
    await run.until(() => isDue() || events.hasLatePayload || !erasure.isRequested)
    // A late event leaves personal data in this run's history. The next run deletes that history.
    if (events.hasLatePayload && erasure.isRequested) await run.continueAsNew()
  } while (erasure.isRequested)
  // An event may have come between the command and this moment. A completed run would lose it (G1).
  if (state.seenEvents.length > 0 || state.unknownSignals.length > 0) await run.continueAsNew()
  reportProgress(customer)
  return state
}

/** Due once in each run. While it is parked, the looks for the contact go on. */
function deletionOfHistories(): OnboardingStep<object> {
  let isDone = false
  return {
    name: 'erasure',
    draft: ({ state }) => (isDone || state.parked.some(isAboutHistories) ? null : {}),
    async act(_customer, _draft, { becomesRegular }) {
      becomesRegular('at first')
      await histories.deleteEarlierRuns()
      isDone = true
    },
    parks: 'step',
  }
}

const furtherLook: typeof eraseContact = {
  ...eraseContact,
  draft: (customer) => (customer.state.parked.every(isAboutHistories) ? eraseContact.draft(customer) : null),
}

function isAboutHistories({ reason }: CustomerState['parked'][number]): boolean {
  return reason === 'histories-not-deleted'
}
