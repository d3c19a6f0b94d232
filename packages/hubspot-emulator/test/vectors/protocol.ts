// Requests that are no good before anybody looks at what they want.

import { absent, digits, like, text, uuid, type Vector } from '../vector.ts'

export const PROTOCOL: Vector[] = [
  {
    it: 'a body that is missing is asked for',
    mark: 'R',
    ask: {
      call: 'POST {objects}/contacts',
      status: 400,
      answer: {
        category: 'VALIDATION_ERROR',
        message: 'Invalid JSON input: a request body was expected, but none found',
      },
    },
  },
  {
    it: 'a body that is no JSON is refused with a line and a column',
    mark: 'I',
    ask: {
      call: 'POST {objects}/contacts',
      rawBody: '{"properties":\n  {',
      status: 400,
      answer: { message: like(String.raw`^Invalid input JSON on line \d+, column \d+: `) },
    },
  },
  {
    it: 'a body that is a list is refused',
    mark: 'R',
    ask: {
      call: 'POST {objects}/contacts',
      body: [],
      status: 400,
      answer: {
        message: like('^Invalid input JSON on line 1, column 1: Cannot deserialize value of type .* from Array value'),
      },
    },
  },
  {
    it: 'a body that is a text is refused',
    mark: 'R',
    ask: {
      call: 'POST {objects}/contacts',
      rawBody: '"hello"',
      status: 400,
      answer: { message: like('Cannot deserialize') },
    },
  },
  {
    it: 'a body without properties names them',
    mark: 'R',
    ask: {
      call: 'POST {objects}/contacts',
      body: {},
      status: 400,
      answer: {
        message: like(String.raw`Some required fields were not set: \[properties\]`),
        category: 'VALIDATION_ERROR',
      },
    },
  },
  {
    it: 'properties that are a list are refused',
    mark: 'R',
    ask: {
      call: 'POST {objects}/contacts',
      body: { properties: ['email'] },
      status: 400,
      answer: { message: like('Cannot deserialize') },
    },
  },
  {
    it: 'a batch without inputs names them',
    mark: 'R',
    ask: {
      call: 'POST {objects}/contacts/batch/read',
      body: {},
      status: 400,
      answer: { message: like(String.raw`Some required fields were not set: \[inputs\]`) },
    },
  },
  {
    it: 'inputs that are no list are refused',
    mark: 'R',
    ask: {
      call: 'POST {objects}/contacts/batch/read',
      body: { inputs: 'all' },
      status: 400,
      answer: { message: like('Cannot deserialize') },
    },
  },
  {
    it: 'an unknown path answers 404',
    mark: 'I',
    ask: { call: 'GET /crm/v3/no-such-thing', status: 404, answer: { status: 'error', message: text } },
  },
  {
    it: 'a method that a path does not have answers 405',
    mark: 'I',
    ask: { call: 'PUT {objects}/contacts', body: {}, status: 405 },
  },
  {
    it: 'an address that is too long answers 414',
    mark: 'D',
    ask: {
      call: `GET {objects}/contacts?properties=${'x'.repeat(10_000)}`,
      status: 414,
    },
  },
  {
    it: 'a call without a token answers 401',
    mark: 'R',
    ask: {
      call: 'GET {objects}/contacts',
      headers: { authorization: '' },
      status: 401,
      answer: {
        status: 'error',
        category: 'INVALID_AUTHENTICATION',
        message:
          'Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview',
        correlationId: uuid,
      },
    },
  },
  {
    it: 'another way of authorization is none',
    mark: 'I',
    ask: { call: 'GET {objects}/contacts', headers: { authorization: 'Basic YWRhOmFkYQ==' }, status: 401 },
  },
  {
    it: 'every answer has a correlation id, JSON and what is left of the limits',
    mark: 'R',
    ask: {
      call: 'GET {objects}/contacts?limit=1',
      status: 200,
      sends: {
        'content-type': 'application/json;charset=utf-8',
        'x-hubspot-correlation-id': uuid,
        'x-hubspot-ratelimit-daily': digits,
        'x-hubspot-ratelimit-daily-remaining': digits,
        'x-hubspot-ratelimit-interval-milliseconds': '10000',
        'x-hubspot-ratelimit-max': digits,
        'x-hubspot-ratelimit-remaining': like(String.raw`^\d+$`),
        'x-hubspot-ratelimit-secondly': like(String.raw`^\d+$`),
        'x-hubspot-ratelimit-secondly-remaining': like(String.raw`^\d+$`),
      },
    },
  },
  {
    it: 'a refusal has them too',
    mark: 'R',
    ask: {
      call: 'GET {objects}/contacts/999999999999',
      status: 404,
      sends: { 'x-hubspot-correlation-id': uuid, 'x-hubspot-ratelimit-max': digits },
    },
  },
  {
    it: 'a search has the daily ones only',
    mark: 'R',
    ask: {
      call: 'POST {objects}/contacts/search',
      body: {},
      status: 200,
      sends: {
        'x-hubspot-ratelimit-daily': digits,
        'x-hubspot-ratelimit-max': absent,
        'x-hubspot-ratelimit-remaining': absent,
      },
    },
  },
]
