// G9 · The one table: from HubSpot's response to what onramp does about it. A row for each response that is known.

import { describe, expect, it } from 'vitest'
import type { CrmFailure } from '../../domain/failures.ts'
import { failureOf } from '../../hubspot/client/errors.ts'
import { HubSpotError } from '../../hubspot/client/hubspot-error.ts'
import { CrmRejection } from '../../domain/failures.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const correlationId = '0193b0a0-0000-7000-8000-000000000000'

function answer(status: number | null, body: object | string = {}, headers: Record<string, string> = {}): HubSpotError {
  const text = typeof body === 'string' ? body : JSON.stringify({ status: 'error', correlationId, ...body })
  return new HubSpotError({ status, headers, text })
}
const failure = (error: HubSpotError) => failureOf(error, (property) => `our ${property}`)
const retried = (error: HubSpotError) => failure(error) as CrmFailure
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

describe('G9 · retried without limit, at HubSpot’s own pace', () => {
  it.each([
    ['no response', HubSpotError.withoutResponse('ECONNRESET'), 'HubSpotUnreachable', null],
    ['408', answer(408), 'HubSpotUnavailable', null],
    ['423, locked', answer(423), 'HubSpotUnavailable', 2000],
    ['429 of a second', answer(429, rateLimit('SECONDLY')), 'HubSpotRateLimited', 1000],
    ['429 of ten seconds', answer(429, rateLimit('TEN_SECONDLY_ROLLING')), 'HubSpotRateLimited', 10_000],
    ['429 of the day', answer(429, rateLimit('DAILY')), 'HubSpotDailyLimit', 3_600_000],
    ['429 without a word', answer(429, ''), 'HubSpotRateLimited', 1000],
    [
      '429 with Retry-After',
      answer(429, rateLimit('DAILY'), { 'retry-after': '7' }),
      'HubSpotRateLimited|HubSpotDailyLimit',
      7000,
    ],
    ['477, the portal is moved', answer(477, '', { 'retry-after': '3600' }), 'HubSpotUnavailable', 3_600_000],
    ['a Retry-After of a month', answer(477, '', { 'retry-after': '2592000' }), 'HubSpotUnavailable', DAY_MS],
    ['500', answer(500), 'HubSpotUnavailable', null],
    ['502 as an HTML page', answer(502, '<html>Bad gateway ada@example.com</html>'), 'HubSpotUnavailable', null],
    ['503', answer(503), 'HubSpotUnavailable', null],
    ['504', answer(504), 'HubSpotUnavailable', null],
    ['524, the edge gave up', answer(524), 'HubSpotUnavailable', null],
    ['401', answer(401, { category: 'INVALID_AUTHENTICATION' }), 'HubSpotAuth', 30_000],
    ['401, expired', answer(401, { category: 'EXPIRED_AUTHENTICATION' }), 'HubSpotAuth', 30_000],
    ['403, a scope is missing', answer(403, { category: 'MISSING_SCOPES' }), 'HubSpotAuth', 30_000],
    [
      'a portal that is not set up',
      answer(400, invalid('onramp_customer_id', 'PROPERTY_DOESNT_EXIST')),
      'HubSpotNotSetUp',
      30_000,
    ],
  ])('%s', (_, error, type, pauseMs) => {
    const failed = retried(error)
    expect(failed.type).toMatch(new RegExp(`^(${type})$`))
    expect(failed).toMatchObject({ retryLimit: null, retryAfterMs: pauseMs })
  })
})

describe('G9 · parks the customer at once', () => {
  it('a value that HubSpot rejects, and names its field in the product’s words', () => {
    const failed = failure(answer(400, invalid('email', 'INVALID_EMAIL')))
    expect(failed).toBeInstanceOf(CrmRejection)
    expect(failed).toMatchObject({ rejection: { reason: 'refused-by-hubspot', fields: ['our email'], correlationId } })
  })

  it('a property that the portal requires', () => {
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
    expect(failure(answer(400, body))).toMatchObject({ rejection: { fields: ['our lead_source'] } })
  })
})

describe('G9 · parks the customer after a few failures in a row', () => {
  it.each([
    [
      '404 on a record that we know',
      answer(404, { message: 'resource not found' }),
      'HubSpotNotFound',
      5,
      'missing-in-hubspot',
    ],
    [
      '409 without a contact that can be read',
      answer(409, { category: 'CONFLICT' }),
      'HubSpotConflict',
      8,
      'hubspot-unexplained',
    ],
  ])('%s', (_, error, type, afterAttempts, reason) => {
    expect(retried(error)).toMatchObject({ type, retryLimit: { afterAttempts, rejection: { reason } } })
  })
})

describe('G9 · parks the customer after a day', () => {
  it.each([
    ['400 of no known category', answer(400, { message: 'Invalid input JSON on line 3' })],
    ['405', answer(405, '')],
    ['414', answer(414, '')],
    ['418', answer(418, '')],
    ['a redirection', answer(302, '')],
  ])('%s, which nobody can explain', (_, error) => {
    const retryLimit = { afterMs: DAY_MS, rejection: { reason: 'hubspot-unexplained' } }
    expect(retried(error)).toMatchObject({ type: 'HubSpotUnexplained', retryLimit })
  })
})

describe('G11 · a failure', () => {
  it.each([
    answer(400, { ...invalid('email', 'INVALID_EMAIL'), message: 'Email address ada@example.com is invalid' }),
    answer(409, { category: 'CONFLICT', message: 'Contact already exists: ada@example.com' }),
    answer(502, '<html>ada@example.com</html>', { authorization: 'Bearer ada@example.com' }),
    answer(400, { category: 'ada@example.com', correlationId: 'ada@example.com', policyName: 'ada@example.com' }),
    answer(400, { errors: [{ code: 'ada@example.com', context: { propertyName: ['email'] } }] }),
  ])('names no value of HubSpot’s response (%#)', (error) => {
    const failed = failure(error)
    const shown = [failed.message, Object.entries(failed), failed.stack, error, Object.entries(error)]
    expect(JSON.stringify(shown)).not.toContain('ada@example.com')
  })
})
