// The activities of the worker: the CRM port over HubSpot, each heartbeating while it works and failing in words for Temporal.

import { Context } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import type { Crm, Field } from '../domain/crm.ts'
import { associateContact, moveContact } from '../hubspot/associations.ts'
import type { MovePolicy, PrimaryPolicy } from '../hubspot/associations.ts'
import { createCompany, updateCompany } from '../hubspot/companies.ts'
import type { AdoptionPolicy } from '../hubspot/companies.ts'
import { updateContact } from '../hubspot/contact-update.ts'
import { createContact, eraseContact } from '../hubspot/contacts.ts'
import { findCustomer } from '../hubspot/find-customer.ts'
import type { HubSpot } from '../hubspot/client/client.ts'
import { failureOf, kindOf } from '../hubspot/client/errors.ts'
import { HubSpotError } from '../hubspot/client/hubspot-error.ts'
import { companyField, contactField } from '../hubspot/properties.ts'

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

/** A third of the heartbeat time-out of workflows/crm.ts, so that one late beat is not taken for a death. */
export const HEARTBEAT_MS = 1000

async function step<T>(fieldOf: (property: string) => Field | undefined, act: () => Promise<T>): Promise<T> {
  const context = Context.current()
  const streak = streakIn(context.info.heartbeatDetails)
  // Each beat hands on what the earlier tries have met, or it would be forgotten.
  const beating = setInterval(() => context.heartbeat(streak), HEARTBEAT_MS)
  try {
    return await act()
  } catch (error) {
    // A cancelled call fails like a lost connection; what Temporal is to hear is the cancellation.
    if (context.cancellationSignal.aborted) await context.cancelled
    if (error instanceof ApplicationFailure) throw error
    // Whatever else it is, its text may hold anything, so that only its kind is told.
    if (!(error instanceof HubSpotError))
      throw ApplicationFailure.retryable(`An unexpected ${nameOf(error)}`, 'Unexpected')

    const met = prolonged(streak, kindOf(error))
    context.heartbeat(met)
    const tries = { attempt: met.count, elapsedMs: Date.now() - met.since }
    throw failureOf(error, tries, (property) => fieldOf(property) ?? property)
  } finally {
    clearInterval(beating)
  }
}

/** How often the same kind of answer has come in a row, and since when: an outage in between must not use up patience. */
interface Streak {
  kind: string
  count: number
  since: number
}

function prolonged(before: Streak | null, kind: string): Streak {
  const isSame = before?.kind === kind
  return { kind, count: isSame ? before.count + 1 : 1, since: isSame ? before.since : Date.now() }
}

function streakIn(details: unknown): Streak | null {
  return typeof details === 'object' && details !== null && 'kind' in details ? (details as Streak) : null
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'failure'
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
