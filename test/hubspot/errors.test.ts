// G9 · The table of HubSpot's errors: how onramp handles each known response.

import { describe, expect, it } from 'vitest'
import type { CrmFailure } from '../../domain/failures.ts'
import { failureOf } from '../../hubspot/client/errors.ts'
import { HubSpotError } from '../../hubspot/client/hubspot-error.ts'
import { CrmRejection } from '../../domain/failures.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const correlationId = '0193b0a0-0000-7000-8000-000000000000'

function errorResponse(
  status: number | null,
  body: object | string = {},
  headers: Record<string, string> = {},
): HubSpotError {
  const text = typeof body === 'string' ? body : JSON.stringify({ status: 'error', correlationId, ...body })
  return new HubSpotError({ status, headers, text })
}
const failure = (error: HubSpotError) => failureOf(error, (property) => `our ${property}`)
const retriedFailure = (error: HubSpotError) => failure(error) as CrmFailure
const rateLimit = (policyName: string) => ({
  message: 'You have reached your limit.',
  errorType: 'RATE_LIMIT',
  policyName,
})
const invalid = (name: string, code: string) => ({
  category: 'VALIDATION_ERROR',
  message: `Property values were not valid: [{"isValid":false,"message":"${name} is no good","error":"${code}","name":"${name}"}]`,
  errors: [{ message: `${name} is no good`, code, context: { propertyName: [name] } }],
})

describe('G9 · onramp retries without limit, at HubSpot’s own pace', () => {
  it.each([
    ['no response', HubSpotError.unusableResponse('ECONNRESET'), 'HubSpotUnreachable', null],
    ['408', errorResponse(408), 'HubSpotUnavailable', null],
    ['423, locked', errorResponse(423), 'HubSpotUnavailable', 2000],
    ['429, the limit of a second', errorResponse(429, rateLimit('SECONDLY')), 'HubSpotRateLimited', 1000],
    [
      '429, the limit of ten seconds',
      errorResponse(429, rateLimit('TEN_SECONDLY_ROLLING')),
      'HubSpotRateLimited',
      10_000,
    ],
    ['429, the limit of the day', errorResponse(429, rateLimit('DAILY')), 'HubSpotDailyLimit', 3_600_000],
    ['429 with an empty body', errorResponse(429, ''), 'HubSpotRateLimited', 1000],
    [
      '429 with Retry-After',
      errorResponse(429, rateLimit('DAILY'), { 'retry-after': '7' }),
      'HubSpotRateLimited|HubSpotDailyLimit',
      7000,
    ],
    [
      '477, HubSpot moves the portal',
      errorResponse(477, '', { 'retry-after': '3600' }),
      'HubSpotUnavailable',
      3_600_000,
    ],
    [
      '477 with a Retry-After of a month',
      errorResponse(477, '', { 'retry-after': '2592000' }),
      'HubSpotUnavailable',
      DAY_MS,
    ],
    ['500', errorResponse(500), 'HubSpotUnavailable', null],
    ['502 as an HTML page', errorResponse(502, '<html>Bad gateway ada@example.com</html>'), 'HubSpotUnavailable', null],
    ['503', errorResponse(503), 'HubSpotUnavailable', null],
    ['504', errorResponse(504), 'HubSpotUnavailable', null],
    ['524, a time-out at HubSpot’s edge', errorResponse(524), 'HubSpotUnavailable', null],
    ['401', errorResponse(401, { category: 'INVALID_AUTHENTICATION' }), 'HubSpotAuth', 30_000],
    ['401, the token has expired', errorResponse(401, { category: 'EXPIRED_AUTHENTICATION' }), 'HubSpotAuth', 30_000],
    ['403, a scope is missing', errorResponse(403, { category: 'MISSING_SCOPES' }), 'HubSpotAuth', 30_000],
    [
      '400 from a portal that is not set up',
      errorResponse(400, invalid('onramp_customer_id', 'PROPERTY_DOESNT_EXIST')),
      'HubSpotNotSetUp',
      30_000,
    ],
  ])('%s', (_, error, type, pauseMs) => {
    const failed = retriedFailure(error)
    expect(failed.type).toMatch(new RegExp(`^(${type})$`))
    expect(failed).toMatchObject({ retryLimit: null, retryAfterMs: pauseMs })
  })
})

describe('G9 · onramp parks the customer at once', () => {
  it('for a value that HubSpot rejects, and names the field in the product’s words', () => {
    const failed = failure(errorResponse(400, invalid('email', 'INVALID_EMAIL')))
    expect(failed).toBeInstanceOf(CrmRejection)
    expect(failed).toMatchObject({ rejection: { reason: 'refused-by-hubspot', fields: ['our email'], correlationId } })
  })

  it('for a property that the portal requires, and names it', () => {
    const body = {
      category: 'VALIDATION_ERROR',
      message: 'The property values provided are invalid',
      errors: [
        {
          code: 'MISSING_REQUIRED_PROPERTY',
          message: 'A value for lead_source must be provided',
          context: { propertyName: ['lead_source'] },
        },
      ],
    }
    expect(failure(errorResponse(400, body))).toMatchObject({ rejection: { fields: ['our lead_source'] } })
  })
})

describe('G9 · onramp parks the customer after some failures of the same type in a row', () => {
  it.each([
    [
      '404 for a known record',
      errorResponse(404, { message: 'resource not found' }),
      'HubSpotNotFound',
      5,
      'missing-in-hubspot',
    ],
    [
      '409 without a contact that can be read',
      errorResponse(409, { category: 'CONFLICT' }),
      'HubSpotConflict',
      8,
      'hubspot-unexplained',
    ],
  ])('%s', (_, error, type, afterAttempts, reason) => {
    expect(retriedFailure(error)).toMatchObject({ type, retryLimit: { afterAttempts, rejection: { reason } } })
  })
})

describe('G9 · onramp parks the customer after a day', () => {
  it.each([
    ['400 without a known category', errorResponse(400, { message: 'Invalid input JSON on line 3' })],
    ['405', errorResponse(405, '')],
    ['414', errorResponse(414, '')],
    ['418', errorResponse(418, '')],
    ['a redirect', errorResponse(302, '')],
  ])('of an unknown response: %s', (_, error) => {
    const retryLimit = { afterMs: DAY_MS, rejection: { reason: 'hubspot-unexplained' } }
    expect(retriedFailure(error)).toMatchObject({ type: 'HubSpotUnexplained', retryLimit })
  })
})

describe('G11 · a failure', () => {
  it.each([
    errorResponse(400, { ...invalid('email', 'INVALID_EMAIL'), message: 'Email address ada@example.com is invalid' }),
    errorResponse(409, { category: 'CONFLICT', message: 'Contact already exists: ada@example.com' }),
    errorResponse(502, '<html>ada@example.com</html>', { authorization: 'Bearer ada@example.com' }),
    errorResponse(400, {
      category: 'ada@example.com',
      correlationId: 'ada@example.com',
      policyName: 'ada@example.com',
    }),
    errorResponse(400, { errors: [{ code: 'ada@example.com', context: { propertyName: ['email'] } }] }),
  ])('names no value of HubSpot’s response (%#)', (error) => {
    const failed = failure(error)
    const shown = [failed.message, Object.entries(failed), failed.stack, error, Object.entries(error)]
    expect(JSON.stringify(shown)).not.toContain('ada@example.com')
  })
})
