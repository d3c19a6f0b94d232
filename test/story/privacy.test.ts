// G11 · Personal data does not leak into ids, search attributes, failures, logs or metrics, even when calls fail.

import { describe, expect, onTestFinished } from 'vitest'
import { onboardingId } from '../../domain/ids.ts'
import { CANARIES, leaksIn, textsIn } from '../support/canaries.ts'
import { aContactInHubSpot } from '../support/given.ts'
import { HUBSPOT_CALLS, onrampWith } from '../support/onramp.ts'
import { startWorkerProcess } from '../support/worker-process.ts'

// In clear, so that the test sees what failures hold: their type and what the worker logs are never encrypted.
const it = onrampWith({ worker: 'none', payloadKeys: 'none' })

describe('G11 · a customer whose onboarding meets every kind of HubSpot error', () => {
  it('has no personal data outside of payloads', async ({ onramp }) => {
    const worker = await startWorkerProcess(onramp, { LOG_LEVEL: 'trace', PAYLOAD_KEYS: 'none' })
    onTestFinished(() => worker.kill())
    await aContactInHubSpot(onramp, { email: CANARIES.email })

    // HubSpot's responses repeat the sent values: in text, in JSON and in HTML pages.
    const canaryPage = `<html>${JSON.stringify(CANARIES)}</html>`
    const body = (status: number, text: string) => ({
      kind: 'body' as const,
      status,
      contentType: 'application/json',
      body: text,
    })
    await onramp.portal.fault({ ...HUBSPOT_CALLS.createCompany, effect: body(500, canaryPage) })
    await onramp.portal.fault({ ...HUBSPOT_CALLS.createCompany, effect: body(200, canaryPage) })
    await onramp.portal.fault({
      ...HUBSPOT_CALLS.createContact,
      effect: body(
        400,
        JSON.stringify({
          status: 'error',
          category: 'VALIDATION_ERROR',
          message: `Property values were not valid: [{"isValid":false,"message":"${CANARIES.phone} is no number","error":"INVALID_PHONE","name":"phone"}]`,
          errors: [
            {
              message: `${CANARIES.phone} is no number`,
              code: 'INVALID_PHONE',
              context: { propertyName: ['phone'], value: [CANARIES.phone] },
            },
          ],
        }),
      ),
    })
    await onramp.portal.fault({
      ...HUBSPOT_CALLS.associate,
      effect: body(418, JSON.stringify({ message: JSON.stringify(CANARIES), category: 'CanaryFirst' })),
    })

    await onramp.registered(CANARIES)
    await onramp.reaches('onboarded')
    const handle = onramp.client.workflow.getHandle(onboardingId(onramp.customerId))
    await onramp.portal.fault({ ...HUBSPOT_CALLS.updateContact, times: 2, effect: body(500, canaryPage) })
    await onramp.updated({ lastName: 'CanaryLater' })
    let pending: Awaited<ReturnType<typeof handle.describe>>['raw'] = {}
    const lastFailure = async () => (pending = (await handle.describe()).raw).pendingActivities?.[0]?.lastFailure
    await expect.poll(lastFailure).toBeTruthy()
    await expect.poll(() => onramp.status().then(({ timeline }) => timeline.at(-1)?.what)).toBe('contact-update')

    const { events } = await handle.fetchHistory()
    const metrics = await worker.metrics()
    const seen = {
      log: worker.output(),
      metrics,
      status: JSON.stringify(await onramp.status()),
      pendingFailures: JSON.stringify(
        pending.pendingActivities?.map(({ lastFailure, activityId }) => [activityId, readable(lastFailure)]),
      ),
      history: JSON.stringify(events?.map(withoutPayloads)),
      searchAttributes: JSON.stringify((await handle.describe()).searchAttributes),
    }
    expect(seen.log).toContain('HubSpot answered 500')
    expect(metrics).toMatch(/onramp_hubspot_calls_total\{kind="[a-z.]+",status="500"\}/)
    const words = [...textsIn(CANARIES), 'CanaryLater']
    for (const [where, text] of Object.entries(seen)) expect(leaksIn(text, words), `leaks in ${where}`).toEqual([])
  })
})

/** Removes payloads, which may hold personal data. A failure's message and details may not, so they are decoded and kept. */
function withoutPayloads(event: unknown): unknown {
  return JSON.parse(
    JSON.stringify(event, (key, value: unknown) => {
      if (key === 'details' || key === 'encodedAttributes') return readable(value)
      return key === 'payloads' || key === 'data' || key === 'userMetadata' ? '(payload)' : value
    }),
  )
}

function isBytes(value: unknown): value is { data: number[] } {
  return typeof value === 'object' && value !== null && 'data' in value && Array.isArray(value.data)
}

function readable(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value ?? null, (key, inner: unknown) => {
      if (key !== 'data') return inner
      if (typeof inner !== 'string' && !isBytes(inner)) return readable(inner)
      return (typeof inner === 'string' ? Buffer.from(inner, 'base64') : Buffer.from(inner.data)).toString('utf8')
    }),
  )
}
