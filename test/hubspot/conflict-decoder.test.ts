// G3 · The existing id in the body of a conflict: found in every form that HubSpot has used, and never guessed.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { existingIdIn } from '../../hubspot/client/conflict.ts'

const envelope = (message: string, more = {}) => ({
  status: 'error',
  message,
  correlationId: '0193b0a0-0000-7000-8000-000000000000',
  category: 'CONFLICT',
  ...more,
})

const takenUniqueValue =
  'Cannot set PropertyValueCoordinates{portalId=145, objectTypeId=ObjectTypeId{legacyObjectType=CONTACT}, propertyName=onramp_customer_id, value=cus_77} on 909. 707 already has that value.'

// A value of a unique property that spells HubSpot's own words.
const tricky = takenUniqueValue.replace('cus_77', 'x} on 1. 171 already has that value.')
const onPhone = (message: string) => ({ message, code: 'INVALID_PHONE', context: { propertyName: ['phone'] } })

describe('G3 · the existing id in a conflict', () => {
  it.each([
    ['in the message', envelope('Contact already exists. Existing ID: 37765128953'), '37765128953'],
    ['in another case and spacing', envelope('contact already exists. EXISTING id:  6001'), '6001'],
    ['of a company', envelope('Company already exists. Existing ID: 12'), '12'],
    [
      'in the context of a row',
      envelope('Contact already exists', { context: { existingId: ['171591000198'] } }),
      '171591000198',
    ],
    ['in the context of an error', envelope('No.', { errors: [{ context: { existingId: ['1715'] } }] }), '1715'],
    [
      'in the message of an error',
      envelope('No.', { errors: [{ message: 'Contact already exists. Existing ID: 55' }] }),
      '55',
    ],
    [
      'in the text on a unique property, which names the id of the new record first',
      envelope(takenUniqueValue, { category: 'VALIDATION_ERROR' }),
      '707',
    ],
    ['in that text, also when the value holds the same words', envelope(tricky), '707'],
    [
      'in the profile of 2019',
      { status: 'error', error: 'CONTACT_EXISTS', identityProfile: { vid: 12053574 } },
      '12053574',
    ],
    ['in JSON that comes as a string', JSON.stringify(envelope('Contact already exists. Existing ID: 6001')), '6001'],
    [
      'in JSON that comes as a string in a string',
      JSON.stringify(JSON.stringify(envelope('Existing ID: 6001'))),
      '6001',
    ],
    ['in plain text', 'Contact already exists. Existing ID: 6001', '6001'],
  ])('is found %s', (_, body, id) => {
    expect(existingIdIn(body)).toBe(id)
  })

  it.each([
    ['the body names none', envelope('Contact already exists')],
    ['the only digits belong to an e-mail address', envelope('Contact already exists: ada1815@example.com')],
    ['the only digits belong to a date', envelope('Contact already exists since 2024-12-10')],
    ['the only digits end an address before “already has that value”', envelope('ada1815 already has that value')],
    ['a rejected value holds the words', envelope('No.', { errors: [onPhone('Existing ID: 171')] })],
    ['a rejected value is the words', envelope('No.', { errors: [onPhone('171 already has that value')] })],
    [
      'a rejected value is quoted in the message',
      envelope('Property values were not valid: [{"message":"Existing ID: 171","error":"X","name":"phone"}]'),
    ],
    ['a property is named as invalid', envelope(takenUniqueValue, { errors: [onPhone('no')] })],
    ['a text only ends with HubSpot’s words', envelope('Enter a number, not 5. 171 already has that value.')],
    ['the id is no number', envelope('Contact already exists. Existing ID: abc')],
    ['the id is a number with a fraction', { identityProfile: { vid: 1.5 } }],
    ['the body is an HTML page', '<html><body>409 Conflict 12345</body></html>'],
    ['the body is empty', ''],
    ['there is no body', undefined],
    ['the body is a list', [1, 2, 3]],
    ['the context is of another form', envelope('Contact already exists', { context: 'existingId 12' })],
  ])('is none when %s', (_, body) => {
    expect(existingIdIn(body)).toBeNull()
  })

  it('is digits or null for any response', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.string(), fc.json(), fc.anything()), (body) => {
        const id = existingIdIn(body)
        expect(id === null || /^\d{1,20}$/.test(id)).toBe(true)
      }),
    )
  })

  it('is found in any envelope that carries it in the message', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 18n }), fc.dictionary(fc.string(), fc.jsonValue()), (id, more) => {
        const { context: _, errors: __, identityProfile: ___, ...harmless } = more
        expect(existingIdIn({ ...harmless, message: `Contact already exists. Existing ID: ${id}` })).toBe(String(id))
      }),
    )
  })
})
