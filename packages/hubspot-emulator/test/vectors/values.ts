// Values that HubSpot does not take, and those that it changes.

import { digits, having, inAnyOrder, isoTime, like, uuid, exactly, type Vector } from '../vector.ts'
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
    it: 'a property that does not exist is refused by name',
    mark: 'R',
    ask: {
      ...contactWith({ first000name: 'Ada' }),
      status: 400,
      answer: exactly({
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
    it: 'several bad values are told in one answer',
    mark: 'R',
    ask: {
      ...contactWith({ first000name: 'Ada', last000name: 'Lovelace' }),
      status: 400,
      answer: {
        message: like('first000name.*last000name'),
        errors: inAnyOrder(
          { context: { propertyName: ['first000name'] } },
          { context: { propertyName: ['last000name'] } },
        ),
      },
    },
  },
  {
    it: 'one bad value keeps the good ones from being written',
    mark: 'I',
    given: [
      aContact('ada', { city: 'London' }),
      { call: 'PATCH {objects}/contacts/{ada}', body: { properties: { city: 'Paris', nonsense: '1' } }, status: 400 },
    ],
    ask: {
      call: 'GET {objects}/contacts/{ada}?properties=city',
      status: 200,
      answer: { properties: { city: 'London' } },
    },
  },
  {
    it: 'an address without an @ is refused',
    mark: 'R',
    ask: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'an_invalid_email' } },
      status: 400,
      answer: problem('INVALID_EMAIL', 'email', '^Email address an_invalid_email is invalid$'),
    },
  },
  {
    it: 'an address with a space in it is refused',
    mark: 'R',
    ask: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ada lovelace@example.com' } },
      status: 400,
      answer: { errors: [{ code: 'INVALID_EMAIL' }] },
    },
  },
  {
    it: 'an address whose domain has no dot is refused',
    mark: 'C',
    ask: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ada@localhost' } },
      status: 400,
      answer: { errors: [{ code: 'INVALID_EMAIL' }] },
    },
  },
  {
    it: 'an address of every sort of character that a web form allows is taken',
    mark: 'I',
    ask: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: "o'b&m/a=b#c%{u}@xn--e1afmkfd.xn--p1ai" } },
      status: 201,
      answer: { properties: { email: like("^o'b&m/a=b#c%") } },
    },
  },
  {
    it: 'an option that is not on the list is refused with the list',
    mark: 'R',
    ask: {
      ...contactWith({ lifecyclestage: 'hero' }),
      status: 400,
      answer: problem(
        'INVALID_OPTION',
        'lifecyclestage',
        String.raw`^hero was not one of the allowed options: \[label: "`,
      ),
    },
  },
  {
    it: 'a label is not an option',
    mark: 'I',
    ask: {
      ...companyWith({ industry: 'Computer Software' }),
      status: 400,
      answer: problem('INVALID_OPTION', 'industry', '^Computer Software was not one of the allowed options'),
    },
  },
  {
    it: 'an option on the list is taken',
    mark: 'R',
    ask: {
      ...companyWith({ industry: 'COMPUTER_SOFTWARE' }),
      status: 201,
      answer: { properties: { industry: 'COMPUTER_SOFTWARE' } },
    },
  },
  {
    it: 'a value that HubSpot works out itself cannot be set',
    mark: 'R',
    ask: {
      ...contactWith({ hs_object_id: '1' }),
      status: 400,
      answer: problem(
        'READ_ONLY_VALUE',
        'hs_object_id',
        '^"hs_object_id" is a calculated property; its value cannot be set.$',
      ),
    },
  },
  {
    it: 'a text is no number',
    mark: 'R',
    ask: {
      ...companyWith({ numberofemployees: 'many' }),
      status: 400,
      answer: problem('INVALID_LONG', 'numberofemployees', '^many was not a valid long.$'),
    },
  },
  {
    it: 'a number is kept as its digits',
    mark: 'D',
    ask: {
      ...companyWith({ numberofemployees: 12 }),
      status: 201,
      answer: { properties: { numberofemployees: '12' } },
    },
  },
  {
    it: 'a time may be milliseconds',
    mark: 'C',
    ask: {
      ...contactWith({ closedate: 1_780_000_000_000 }),
      status: 201,
      answer: { properties: { closedate: '2026-05-28T20:26:40.000Z' } },
    },
  },
  {
    it: 'a time may be ISO 8601',
    mark: 'C',
    ask: {
      ...contactWith({ closedate: '2026-05-28T20:26:40Z' }),
      status: 201,
      answer: { properties: { closedate: '2026-05-28T20:26:40.000Z' } },
    },
  },
  {
    it: 'a text is no time',
    mark: 'C',
    ask: {
      ...contactWith({ closedate: 'tomorrow' }),
      status: 400,
      answer: { category: 'VALIDATION_ERROR', errors: [{ context: { propertyName: ['closedate'] } }] },
    },
  },
  {
    it: 'a yes-or-no takes true and false',
    mark: 'R',
    ask: { ...companyWith({ is_public: true }), status: 201, answer: { properties: { is_public: 'true' } } },
  },
  {
    it: 'a yes-or-no takes nothing else',
    mark: 'R',
    ask: {
      ...companyWith({ is_public: 'maybe' }),
      status: 400,
      answer: { errors: [{ code: 'INVALID_OPTION', context: { propertyName: ['is_public'] } }] },
    },
  },
  {
    it: 'a value that is an object is no value',
    mark: 'R',
    ask: {
      ...contactWith({ city: { name: 'London' } }),
      status: 400,
      answer: { message: like('Cannot deserialize value of type `java.lang.String` from Object value') },
    },
  },
  {
    it: 'a value that is a list is no value',
    mark: 'R',
    ask: {
      ...contactWith({ city: ['London'] }),
      status: 400,
      answer: { message: like('Cannot deserialize value of type `java.lang.String` from Array value') },
    },
  },
  {
    it: 'null clears a value',
    mark: 'I',
    given: [
      aContact('ada', { city: 'London' }),
      { call: 'PATCH {objects}/contacts/{ada}', body: { properties: { city: null } }, status: 200 },
    ],
    ask: {
      call: 'GET {objects}/contacts/{ada}?properties=city',
      status: 200,
      answer: { properties: { city: null } },
    },
  },
  {
    it: 'a text longer than 65,536 characters is refused',
    mark: 'D',
    ask: {
      ...contactWith({ message: 'x'.repeat(65_537) }),
      status: 400,
      answer: { category: 'VALIDATION_ERROR', errors: having({ context: { propertyName: ['message'] } }) },
    },
  },
  {
    it: 'characters of all languages come back as they were sent',
    mark: 'D',
    ask: {
      ...contactWith({ firstname: 'Ådá 愛 🙂', lastname: "O'Neill <b>" }),
      status: 201,
      answer: {
        properties: { firstname: 'Ådá 愛 🙂', lastname: "O'Neill <b>", hs_object_id: digits, createdate: isoTime },
      },
    },
  },
]
