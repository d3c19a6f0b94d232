// What people did before a test begins, through HubSpot's and Temporal's own API.

import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import type { Fault } from 'hubspot-emulator/control'
import type { Onramp } from './onramp.ts'

type Properties = Record<string, string>

/** @returns the id that HubSpot gave the contact */
export async function aContactInHubSpot(onramp: Onramp, properties: Properties): Promise<string> {
  return await create(onramp, 'contacts', properties)
}

export async function aCompanyInHubSpot(onramp: Onramp, properties: Properties): Promise<string> {
  return await create(onramp, 'companies', properties)
}

/** A batch operation that somebody else has begun, of five a second: the test server takes no more. */
export async function aLongBatch(onramp: Onramp): Promise<void> {
  const { workflow, workflowService, options } = onramp.client
  const ids = Array.from({ length: 25 }, () => `cus_${randomUUID()}`)
  await Promise.all(ids.map((customerId) => onramp.updated({ customerId, phone: '1' })))
  const query = `ExecutionStatus = 'Running' AND OnboardingPhase = 'awaiting-registration'`
  await expect.poll(async () => (await workflow.count(query)).count, { timeout: 10_000 }).toBeGreaterThanOrEqual(25)
  await workflowService.startBatchOperation({
    namespace: options.namespace,
    jobId: randomUUID(),
    visibilityQuery: query,
    reason: 'somebody else’s',
    signalOperation: { signal: 'attentionResumed', identity: 'somebody' },
  })
}

/** What people, or the portal's other apps, ask of HubSpot by themselves. */
export async function askHubSpot(onramp: Onramp, method: string, path: string, body?: unknown): Promise<Response> {
  return await onramp.askHubSpot(method, path, body)
}

async function create(onramp: Onramp, object: 'contacts' | 'companies', properties: Properties): Promise<string> {
  const response = await askHubSpot(onramp, 'POST', `/crm/v3/objects/${object}`, { properties })
  const body = (await response.json()) as { id: string; message?: string }
  if (response.status !== 201) throw new Error(`HubSpot answered ${response.status}: ${body.message ?? ''}`)
  return body.id
}

/** HubSpot's refusal of one property's value, in its own form. */
export function refusalOf(property: string, code: string): Fault['effect'] {
  const row = { isValid: false, message: 'no', error: code, name: property }
  return {
    kind: 'body',
    status: 400,
    contentType: 'application/json',
    body: JSON.stringify({
      status: 'error',
      category: 'VALIDATION_ERROR',
      message: `Property values were not valid: ${JSON.stringify([row])}`,
    }),
  }
}
