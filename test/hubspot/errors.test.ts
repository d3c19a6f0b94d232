// G9 · The table of HubSpot's errors: how onramp handles each known response.

import { describe, expect, it } from 'vitest'
import type { CrmFailure } from '../../domain/failures.ts'
import { failureOf } from '../../hubspot/client/error-table.ts'
import { isConflict, isInvalid, isMissing } from '../../hubspot/client/errors.ts'
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
const fieldOf = (property: string) => (property === 'lead_source' ? undefined : `our ${property}`)
const failure = (error: HubSpotError, random = 0) => failureOf(error, { fieldOf, random: () => random })
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
    ['429, the limit of a second', errorResponse(429, rateLimit('SECONDLY')), 'HubSpotRateLimited', 1000],
    [
      '429, the limit of ten seconds',
      errorResponse(429, rateLimit('TEN_SECONDLY_ROLLING')),
      'HubSpotRateLimited',
      10_000,
    ],
    ['429, the limit of the day', errorResponse(429, rateLimit('DAILY')), 'HubSpotDailyLimit', 3_600_000],
    [
      'a call that waited for quota as long as its caller allows',
      HubSpotError.notSent(null, 'Quota', { finding: 'quota-short', pauseSeconds: null }),
      'HubSpotQuota',
      null,
    ],
    [
      'a call that was not sent, since the day’s quota is used up',
      HubSpotError.notSent(null, 'Day', { finding: 'daily-limit', pauseSeconds: 1800 }),
      'HubSpotDailyLimit',
      1_800_000,
    ],
    [
      'a call that was cancelled before it was sent',
      HubSpotError.notSent(null, 'Cancelled', { finding: 'not-sent', pauseSeconds: null }),
      'HubSpotNotSent',
      null,
    ],
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
    ['401', errorResponse(401, { category: 'INVALID_AUTHENTICATION' }), 'HubSpotAuth', 30_000],
    ['401, the token has expired', errorResponse(401, { category: 'EXPIRED_AUTHENTICATION' }), 'HubSpotAuth', 30_000],
    [
      '403 while HubSpot rejects the neutral call as well',
      errorResponse(403, { category: 'MISSING_SCOPES' }).found('token-rejected', 5),
      'HubSpotAuth',
      5000,
    ],
    [
      '403 for several customers',
      errorResponse(403, { category: 'MISSING_SCOPES' }).found('calls-forbidden', 5),
      'HubSpotForbidden',
      5000,
    ],
    [
      '404 that is to be asked again',
      errorResponse(404, { message: 'resource not found' }).found('missing-for-several', 60),
      'HubSpotMissing',
      60_000,
    ],
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

describe('G9 · onramp retries as long as the same step succeeds for nobody, and parks a customer who fails alone for a day', () => {
  it.each([
    ['no response', HubSpotError.unusableResponse('ECONNRESET'), 'HubSpotUnreachable', null],
    ['408', errorResponse(408), 'HubSpotUnavailable', null],
    ['423, locked', errorResponse(423), 'HubSpotUnavailable', 2000],
    ['500', errorResponse(500), 'HubSpotUnavailable', null],
    ['502 as an HTML page', errorResponse(502, '<html>Bad gateway ada@example.com</html>'), 'HubSpotUnavailable', null],
    ['503', errorResponse(503), 'HubSpotUnavailable', null],
    ['504', errorResponse(504), 'HubSpotUnavailable', null],
    ['524, a time-out at HubSpot’s edge', errorResponse(524), 'HubSpotUnavailable', null],
    ['403 while the neutral call fails', errorResponse(403).found('unconfirmed'), 'HubSpotUnavailable', null],
    ['404 while the neutral call fails', errorResponse(404).found('unconfirmed'), 'HubSpotUnavailable', null],
    ['409 of a gateway', errorResponse(409, '<html>Conflict</html>'), 'HubSpotUnavailable', null],
    ['404 of a gateway', errorResponse(404, '{"message":"no Route matched"}'), 'HubSpotUnavailable', null],
    ['404 as an HTML page', errorResponse(404, '<html></html>'), 'HubSpotUnavailable', null],
    ['404 with an empty body', errorResponse(404, ''), 'HubSpotUnavailable', null],
  ])('%s', (_, error, type, pauseMs) => {
    const failed = retriedFailure(error)
    const retryLimit = { aloneMs: DAY_MS, rejection: { reason: 'hubspot-unexplained' } }
    expect(failed).toMatchObject({ type, retryLimit, retryAfterMs: pauseMs })
    expect(failed.retryLimit).not.toHaveProperty('afterMs')
  })

  it('names HubSpot’s status', () => {
    expect(retriedFailure(errorResponse(500)).retryLimit?.rejection.message).toContain('has answered 500 to this step')
    expect(
      retriedFailure(HubSpotError.unusableResponse('a response that is not JSON')).retryLimit?.rejection.message,
    ).toContain('no readable response')
  })
})

describe('the pauses that onramp names', () => {
  it('are never shorter than HubSpot asks for, and up to a fifth longer', () => {
    const limited = errorResponse(429, rateLimit('SECONDLY'), { 'retry-after': '10' })
    const pauses = [0, 0.5, 1].map((random) => failure(limited, random))
    expect(pauses).toMatchObject([{ retryAfterMs: 10_000 }, { retryAfterMs: 11_000 }, { retryAfterMs: 12_000 }])
  })
})

describe('G9 · onramp parks the customer at once', () => {
  it.each([
    [
      'FORBIDDEN',
      { category: 'FORBIDDEN' },
      'HubSpot forbids this call (403, FORBIDDEN), though it accepts the token. Give the app the permission in HubSpot',
    ],
    [
      'MISSING_SCOPES',
      {
        category: 'MISSING_SCOPES',
        errors: [{ message: 'No.', context: { requiredGranularScopes: ['crm.objects.companies.write'] } }],
      },
      'Add the missing scope (crm.objects.companies.write) to the app in HubSpot, then resume.',
    ],
    ['a firewall’s page', '<html>ada@example.com</html>', '(403, without a category)'],
  ])('for a 403 of this call alone, and says what to do: %s', (_, body, message) => {
    const failed = failure(errorResponse(403, body))
    expect(failed).toBeInstanceOf(CrmRejection)
    expect(failed).toMatchObject({ rejection: { reason: 'refused-by-hubspot' } })
    expect((failed as CrmRejection).rejection.message).toContain(message)
  })

  it('for a property of onramp that breaks a rule of the portal, and names property and code', () => {
    const failed = failure(errorResponse(400, invalid('onramp_customer_id', 'INVALID_ALPHA'))) as CrmRejection
    expect(failed).toBeInstanceOf(CrmRejection)
    expect(failed.rejection.message).toContain('onramp_customer_id (INVALID_ALPHA)')
  })

  it('for a value that HubSpot rejects, and names the field in the product’s words and HubSpot’s code', () => {
    const failed = failure(errorResponse(400, invalid('email', 'INVALID_EMAIL')))
    expect(failed).toBeInstanceOf(CrmRejection)
    expect(failed).toMatchObject({
      rejection: { reason: 'refused-by-hubspot', fields: ['our email'], codes: ['INVALID_EMAIL'], correlationId },
    })
  })

  it('for a response that names no property, with HubSpot’s category as the only code', () => {
    const failed = failure(errorResponse(403, { category: 'MISSING_SCOPES' }))
    expect(failed).toMatchObject({ rejection: { fields: [], codes: ['MISSING_SCOPES'] } })
    expect(failure(errorResponse(403, '<html>ada@example.com</html>'))).toMatchObject({ rejection: { codes: [] } })
  })

  it.each([
    ['lead_source', 'MISSING_REQUIRED_PROPERTY', 'Change the rules of lead_source in HubSpot'],
    ['phone', 'MISSING_CONDITIONAL_REQUIRED_PROPERTY', 'Send the value or change the property'],
  ])('for a property that the portal requires: it names %s and %s, and says what to do', (name, code, whatToDo) => {
    const body = {
      category: 'VALIDATION_ERROR',
      message: 'The property values provided are invalid',
      errors: [{ code, message: `A value for ${name} must be provided`, context: { propertyName: [name] } }],
    }
    const { rejection } = failure(errorResponse(400, body)) as CrmRejection
    const shown = fieldOf(name) ?? name
    expect(rejection).toMatchObject({ reason: 'refused-by-hubspot', fields: [shown] })
    expect(rejection.message).toContain(`HubSpot requires a value of ${shown} (${code}).`)
    expect(rejection.message).toContain(whatToDo)
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

describe('G3 · a 400', () => {
  const taken =
    'Cannot set PropertyValueCoordinates{portalId=145, objectTypeId=ObjectTypeId{legacyObjectType=CONTACT}, propertyName=onramp_customer_id, value=cus_77} on 909. 707 already has that value.'
  const echoed = '171591000198 already has that value'

  it('is a conflict when HubSpot says that another record has the value', () => {
    expect(isConflict(errorResponse(400, { category: 'VALIDATION_ERROR', message: taken }))).toBe(true)
  })

  it.each([
    [
      'an invalid phone number',
      {
        ...invalid('phone', 'INVALID_PHONE'),
        errors: [{ message: echoed, code: 'X', context: { propertyName: ['phone'] } }],
      },
    ],
    [
      'an invalid value in the message alone',
      { message: `Property values were not valid: [{"message":"${echoed}","error":"X","name":"phone"}]` },
    ],
    ['a message that names no property', { message: `Enter a phone number, not ${echoed}.` }],
    [
      'HubSpot’s very words, with a property named',
      { message: taken, errors: [{ context: { propertyName: ['phone'] } }] },
    ],
  ])('is none when a customer’s text holds those words: %s', (_, body) => {
    const error = errorResponse(400, { category: 'VALIDATION_ERROR', ...body })
    expect(isConflict(error)).toBe(false)
    expect(isInvalid(error)).toBe(true)
  })
})

describe('G9 · a 404 is a missing record', () => {
  it.each([
    ['with HubSpot’s own body', errorResponse(404, { message: 'resource not found' }), true],
    ['not with a gateway’s JSON', errorResponse(404, '{"message":"no Route matched with those values"}'), false],
    ['not without a correlation id', errorResponse(404, '{"status":"error","message":"no such host"}'), false],
    ['not as an HTML page', errorResponse(404, '<html></html>'), false],
    ['not with an empty body', errorResponse(404, ''), false],
    ['not while the neutral call fails', errorResponse(404).found('unconfirmed'), false],
  ])('%s', (_, error, expected) => {
    expect(isMissing(error)).toBe(expected)
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
