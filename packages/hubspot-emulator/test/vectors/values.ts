// Vectors about values that HubSpot rejects, and values that it normalizes.

import { digits, containing, inAnyOrder, isoTime, like, uuid, exactly, type Vector } from '../vector.ts'
import { aContact } from './given.ts'

const problem = (code: string, name: string, message: string) => ({
  category: 'VALIDATION_ERROR',
  message: like(
    String.raw`^Property values were not valid: \[\{"isValid":false,"message":".*","error":"${code}","name":"${name}".*\}\]$`,
  ),
  errors: [{ message: like(message), code, context: { propertyName: [name] } }],
})

const contactWith = (properties: Record<string, unknown>) => ({
  call: 'POST {objects}/contacts',
  body: { properties: { email: 'ada-{u}@example.com', ...properties } },
})

const companyWith = (properties: Record<string, unknown>) => ({
  call: 'POST {objects}/companies',
  body: { properties: { name: 'engines {u}', ...properties } },
})

export const VALUES: Vector[] = [
  {
    it: 'an unknown property is rejected by name',
    source: 'R',
    request: {
      ...contactWith({ first000name: 'Ada' }),
      status: 400,
      response: exactly({
        status: 'error',
        message: String.raw`Property values were not valid: [{"isValid":false,"message":"Property \"first000name\" does not exist","error":"PROPERTY_DOESNT_EXIST","name":"first000name"}]`,
        correlationId: uuid,
        errors: [
          {
            message: 'Property "first000name" does not exist',
            code: 'PROPERTY_DOESNT_EXIST',
            context: { propertyName: ['first000name'] },
          },
        ],
        category: 'VALIDATION_ERROR',
      }),
    },
  },
  {
    it: 'one response lists several invalid values',
    source: 'R',
    request: {
      ...contactWith({ first000name: 'Ada', last000name: 'Lovelace' }),
      status: 400,
      response: {
        message: like('first000name.*last000name'),
        errors: inAnyOrder(
          { context: { propertyName: ['first000name'] } },
          { context: { propertyName: ['last000name'] } },
        ),
      },
    },
  },
  {
    it: 'one invalid value keeps the others from being written',
    source: 'I',
    given: [
      aContact('ada', { city: 'London' }),
      { call: 'PATCH {objects}/contacts/{ada}', body: { properties: { city: 'Paris', nonsense: '1' } }, status: 400 },
    ],
    request: {
      call: 'GET {objects}/contacts/{ada}?properties=city',
      status: 200,
      response: { properties: { city: 'London' } },
    },
  },
  {
    it: 'an address without an @ is rejected',
    source: 'R',
    request: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'an_invalid_email' } },
      status: 400,
      response: problem('INVALID_EMAIL', 'email', '^Email address an_invalid_email is invalid$'),
    },
  },
  {
    it: 'an address with a space in it is rejected',
    source: 'R',
    request: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ada lovelace@example.com' } },
      status: 400,
      response: { errors: [{ code: 'INVALID_EMAIL' }] },
    },
  },
  {
    it: 'an address whose domain has no dot is rejected',
    source: 'C',
    request: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ada@localhost' } },
      status: 400,
      response: { errors: [{ code: 'INVALID_EMAIL' }] },
    },
  },
  {
    it: 'an address with every character that a web form allows is accepted',
    source: 'I',
    request: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: "o'b&m/a=b#c%{u}@xn--e1afmkfd.xn--p1ai" } },
      status: 201,
      response: { properties: { email: like("^o'b&m/a=b#c%") } },
    },
  },
  {
    it: 'an unknown option is rejected with the list of options',
    source: 'R',
    request: {
      ...contactWith({ lifecyclestage: 'hero' }),
      status: 400,
      response: problem(
        'INVALID_OPTION',
        'lifecyclestage',
        String.raw`^hero was not one of the allowed options: \[label: "`,
      ),
    },
  },
  {
    it: 'the label of an option is rejected',
    source: 'I',
    request: {
      ...companyWith({ industry: 'Computer Software' }),
      status: 400,
      response: problem('INVALID_OPTION', 'industry', '^Computer Software was not one of the allowed options'),
    },
  },
  {
    it: 'an option on the list is accepted',
    source: 'R',
    request: {
      ...companyWith({ industry: 'COMPUTER_SOFTWARE' }),
      status: 201,
      response: { properties: { industry: 'COMPUTER_SOFTWARE' } },
    },
  },
  {
    it: 'a value that HubSpot computes cannot be set',
    source: 'R',
    request: {
      ...contactWith({ hs_object_id: '1' }),
      status: 400,
      response: problem(
        'READ_ONLY_VALUE',
        'hs_object_id',
        '^"hs_object_id" is a calculated property; its value cannot be set.$',
      ),
    },
  },
  {
    it: 'a text is not a valid number',
    source: 'R',
    request: {
      ...companyWith({ numberofemployees: 'many' }),
      status: 400,
      response: problem('INVALID_LONG', 'numberofemployees', '^many was not a valid long.$'),
    },
  },
  {
    it: 'a number is stored as its digits',
    source: 'D',
    request: {
      ...companyWith({ numberofemployees: 12 }),
      status: 201,
      response: { properties: { numberofemployees: '12' } },
    },
  },
  {
    it: 'a time may be sent in milliseconds',
    source: 'C',
    request: {
      ...contactWith({ closedate: 1_780_000_000_000 }),
      status: 201,
      response: { properties: { closedate: '2026-05-28T20:26:40.000Z' } },
    },
  },
  {
    it: 'a time may be sent in ISO 8601',
    source: 'C',
    request: {
      ...contactWith({ closedate: '2026-05-28T20:26:40Z' }),
      status: 201,
      response: { properties: { closedate: '2026-05-28T20:26:40.000Z' } },
    },
  },
  {
    it: 'a text is not a valid time',
    source: 'C',
    request: {
      ...contactWith({ closedate: 'tomorrow' }),
      status: 400,
      response: { category: 'VALIDATION_ERROR', errors: [{ context: { propertyName: ['closedate'] } }] },
    },
  },
  {
    it: 'a boolean property accepts true and false',
    source: 'R',
    request: { ...companyWith({ is_public: true }), status: 201, response: { properties: { is_public: 'true' } } },
  },
  {
    it: 'a boolean property rejects other values',
    source: 'R',
    request: {
      ...companyWith({ is_public: 'maybe' }),
      status: 400,
      response: { errors: [{ code: 'INVALID_OPTION', context: { propertyName: ['is_public'] } }] },
    },
  },
  {
    it: 'an object is not a valid value',
    source: 'R',
    request: {
      ...contactWith({ city: { name: 'London' } }),
      status: 400,
      response: { message: like('Cannot deserialize value of type `java.lang.String` from Object value') },
    },
  },
  {
    it: 'a list is not a valid value',
    source: 'R',
    request: {
      ...contactWith({ city: ['London'] }),
      status: 400,
      response: { message: like('Cannot deserialize value of type `java.lang.String` from Array value') },
    },
  },
  {
    it: 'null clears a value',
    source: 'I',
    given: [
      aContact('ada', { city: 'London' }),
      { call: 'PATCH {objects}/contacts/{ada}', body: { properties: { city: null } }, status: 200 },
    ],
    request: {
      call: 'GET {objects}/contacts/{ada}?properties=city',
      status: 200,
      response: { properties: { city: null } },
    },
  },
  {
    it: 'a text longer than 65,536 characters is rejected',
    source: 'D',
    request: {
      ...contactWith({ message: 'x'.repeat(65_537) }),
      status: 400,
      response: { category: 'VALIDATION_ERROR', errors: containing({ context: { propertyName: ['message'] } }) },
    },
  },
  {
    it: 'characters of all languages are returned unchanged',
    source: 'D',
    request: {
      ...contactWith({ firstname: 'Ådá 愛 🙂', lastname: "O'Neill <b>" }),
      status: 201,
      response: {
        properties: { firstname: 'Ådá 愛 🙂', lastname: "O'Neill <b>", hs_object_id: digits, createdate: isoTime },
      },
    },
  },
]
