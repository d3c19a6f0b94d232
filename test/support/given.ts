// Actions of HubSpot users and operators, through the APIs of HubSpot, Temporal and onramp.

import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import type { Fault } from 'hubspot-emulator/control'
import { ONBOARDING_WORKFLOW, onboardingId } from '../../domain/ids.ts'
import type { Onramp } from './onramp.ts'
import { ask, OPERATOR_TOKEN } from './sender.ts'

type Properties = Record<string, string>

/** @returns the id that HubSpot gave the contact */
export async function aContactInHubSpot(onramp: Onramp, properties: Properties): Promise<string> {
  return await create(onramp, 'contacts', properties)
}

export async function aCompanyInHubSpot(onramp: Onramp, properties: Properties): Promise<string> {
  return await create(onramp, 'companies', properties)
}

/** Starts another batch operation. It runs for five seconds: 25 signals at five a second, which the test server allows. */
export async function aRunningBatchOperation(onramp: Onramp): Promise<void> {
  const { workflow, workflowService, options } = onramp.client
  const ids = Array.from({ length: 25 }, () => `cus_${randomUUID()}`)
  await Promise.all(ids.map((customerId) => onramp.updated({ customerId, phone: '1' })))
  const query = `ExecutionStatus = 'Running' AND OnboardingPhase = 'awaiting-registration'`
  await expect.poll(async () => (await workflow.count(query)).count).toBeGreaterThanOrEqual(25)
  await workflowService.startBatchOperation({
    namespace: options.namespace,
    jobId: randomUUID(),
    visibilityQuery: query,
    reason: 'another operation',
    signalOperation: { signal: 'attentionResumed', identity: 'another operator' },
  })
}

/** A run whose first workflow task fails, since its input is no object; on the list of stuck runs. Returns the customer's id. */
export async function aStuckCustomer({ client, taskQueue, app }: Onramp): Promise<string> {
  const customerId = `cus_${randomUUID()}`
  await client.workflow.start(ONBOARDING_WORKFLOW, { workflowId: onboardingId(customerId), taskQueue, args: [null] })
  const listed = async () => JSON.stringify(await (await ask(app, '/v1/stuck')).json())
  await expect.poll(listed).toContain(customerId)
  return customerId
}

/** A call to HubSpot that onramp does not make: by a HubSpot user, or by another app of the portal. */
export async function callAsHubSpotUser(
  onramp: Onramp,
  method: string,
  path: string,
  body?: unknown,
): Promise<Response> {
  return await onramp.callAsHubSpotUser(method, path, body)
}

/** An operator's resume; `body` may hold a correction. */
export async function resume({ app, customerId }: Onramp, body?: unknown): Promise<Response> {
  return await app.request(`/v1/customers/${customerId}/resume`, {
    method: 'POST',
    headers: { authorization: `Bearer ${OPERATOR_TOKEN}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

async function create(onramp: Onramp, object: 'contacts' | 'companies', properties: Properties): Promise<string> {
  const response = await callAsHubSpotUser(onramp, 'POST', `/crm/v3/objects/${object}`, { properties })
  const body = (await response.json()) as { id: string; message?: string }
  if (response.status !== 201) throw new Error(`HubSpot answered ${response.status}: ${body.message ?? ''}`)
  return body.id
}

/** HubSpot's rejection of one property's value, as HubSpot words it. */
export function rejectionOf(property: string, code: string): Fault['effect'] {
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
