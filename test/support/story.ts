// Shorthands of the story tests: event times, the customer's workflow, and the records that HubSpot has.

import { expect } from 'vitest'
import { onboardingId } from '../../domain/ids.ts'
import { onrampWith, recordsIn } from './onramp.ts'
import type { Onramp } from './onramp.ts'

/** Milliseconds since the epoch. Far enough in the past that no test sends an event from the future. */
export const FIRST_EVENT_AT = Date.now() - 10_000_000

/** The time of an event that happened so many seconds after the first one. */
export const at = (seconds: number) => ({ timestamp: new Date(FIRST_EVENT_AT + seconds * 1000).toISOString() })

/** `it` where Temporal skips the time in which nothing happens, so that an idle onboarding completes within a second. */
export const itWithTimeSkipping = onrampWith({ time: 'skips' })

/** @param runId the newest run when absent */
export const workflowOf = ({ client, customerId }: Onramp, runId?: string) =>
  client.workflow.getHandle(onboardingId(customerId), runId)

export const firstContact = async ({ portal }: Onramp) => (await recordsIn(portal)).contacts[0]

/** The name of each association's company. */
export async function associatedCompanyNames({ portal }: Onramp) {
  const { companies, associations } = await recordsIn(portal)
  return associations.map(({ companyId }) => companies.find(({ id }) => id === companyId)?.name)
}

/** Waits until the customer is parked, with this step as the most blocking one. */
export const waitUntilParkedAt = (onramp: Onramp, step: string) =>
  expect.poll(async () => (await onramp.status()).attention?.step).toBe(step)

/** Waits until the onboarding has completed because the customer was idle. */
export const waitUntilCompleted = (onramp: Onramp) =>
  expect.poll(async () => (await workflowOf(onramp).describe()).status.name).toBe('COMPLETED')
