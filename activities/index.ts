// The activities of the worker: the CRM port over HubSpot, each heartbeating while it works and failing in words for Temporal.

import { Context } from '@temporalio/activity'
import type { Crm, Field } from '../domain/crm.ts'
import { associateContact, moveContact } from './associations.ts'
import type { MovePolicy, PrimaryPolicy } from './associations.ts'
import { createCompany, updateCompany } from './companies.ts'
import type { AdoptionPolicy } from './companies.ts'
import { createContact, eraseContact, updateContact } from './contacts.ts'
import { findCustomer } from './known-customer.ts'
import type { HubSpot } from './hubspot/client.ts'
import { failureOf } from './hubspot/errors.ts'
import type { Tries } from './hubspot/errors.ts'
import { HubSpotError } from './hubspot/hubspot-error.ts'
import { companyField, contactField } from './hubspot/properties.ts'

/** What the portal's owner wants, from the settings. */
export interface Policies {
  adoption: AdoptionPolicy
  primary: PrimaryPolicy
  move: MovePolicy
}

export function createActivities(hubspot: HubSpot, policies: Policies): Crm {
  return {
    findCustomer: (customerId) => step(contactField, () => findCustomer(hubspot, customerId)),
    eraseContact: (customer) => step(contactField, () => eraseContact(hubspot, customer)),
    moveContact: (move) => step(NO_FIELD, () => moveContact(hubspot, move, policies.move)),
    createCompany: (company) => step(companyField, () => createCompany(hubspot, company, policies.adoption)),
    updateCompany: (change) => step(companyField, () => updateCompany(hubspot, change)),
    createContact: (contact) => step(contactField, () => createContact(hubspot, contact)),
    updateContact: (change) => step(contactField, () => updateContact(hubspot, change)),
    associateContact: (pair) => step(NO_FIELD, () => associateContact(hubspot, pair, policies.primary)),
  }
}

const NO_FIELD = (): undefined => undefined

// A third of the heartbeat time-out of workflows/crm.ts, so that one late beat is not taken for a death.
const HEARTBEAT_MS = 1000

async function step<T>(fieldOf: (property: string) => Field | undefined, act: () => Promise<T>): Promise<T> {
  const context = Context.current()
  const beating = setInterval(() => context.heartbeat(), HEARTBEAT_MS)
  try {
    return await act()
  } catch (error) {
    // A cancelled call fails like a lost connection; what Temporal is to hear is the cancellation.
    if (context.cancellationSignal.aborted) await context.cancelled
    throw error instanceof HubSpotError
      ? failureOf(error, triesOf(context), (property) => fieldOf(property) ?? property)
      : error
  } finally {
    clearInterval(beating)
  }
}

function triesOf({ info }: Context): Tries {
  return { attempt: info.attempt, elapsedMs: Date.now() - info.scheduledTimestampMs }
}

/** The signal that ends the calls of the activity at work; none outside of one. */
export function currentCancellation(): AbortSignal | undefined {
  try {
    return Context.current().cancellationSignal
  } catch {
    // The setup calls HubSpot too, and is no activity.
    return undefined
  }
}
