// Vectors about HTTP and JSON: bad bodies, unknown paths, missing tokens, response headers.

import { absent, digits, like, text, uuid, type Vector } from '../vector.ts'

export const PROTOCOL: Vector[] = [
  {
    it: 'a missing body answers 400',
    source: 'R',
    request: {
      call: 'POST {objects}/contacts',
      status: 400,
      response: {
        category: 'VALIDATION_ERROR',
        message: 'Invalid JSON input: a request body was expected, but none found',
      },
    },
  },
  {
    it: 'a body that is not JSON answers 400 with a line and a column',
    source: 'I',
    request: {
      call: 'POST {objects}/contacts',
      rawBody: '{"properties":\n  {',
      status: 400,
      response: { message: like(String.raw`^Invalid input JSON on line \d+, column \d+: `) },
    },
  },
  {
    it: 'a list as body answers 400',
    source: 'R',
    request: {
      call: 'POST {objects}/contacts',
      body: [],
      status: 400,
      response: {
        message: like('^Invalid input JSON on line 1, column 1: Cannot deserialize value of type .* from Array value'),
      },
    },
  },
  {
    it: 'a string as body answers 400',
    source: 'R',
    request: {
      call: 'POST {objects}/contacts',
      rawBody: '"hello"',
      status: 400,
      response: { message: like('Cannot deserialize') },
    },
  },
  {
    it: 'a body without properties answers 400 and names them',
    source: 'R',
    request: {
      call: 'POST {objects}/contacts',
      body: {},
      status: 400,
      response: {
        message: like(String.raw`Some required fields were not set: \[properties\]`),
        category: 'VALIDATION_ERROR',
      },
    },
  },
  {
    it: 'properties as a list answer 400',
    source: 'R',
    request: {
      call: 'POST {objects}/contacts',
      body: { properties: ['email'] },
      status: 400,
      response: { message: like('Cannot deserialize') },
    },
  },
  {
    it: 'a batch without inputs answers 400 and names them',
    source: 'R',
    request: {
      call: 'POST {objects}/contacts/batch/read',
      body: {},
      status: 400,
      response: { message: like(String.raw`Some required fields were not set: \[inputs\]`) },
    },
  },
  {
    it: 'inputs that are not a list answer 400',
    source: 'R',
    request: {
      call: 'POST {objects}/contacts/batch/read',
      body: { inputs: 'all' },
      status: 400,
      response: { message: like('Cannot deserialize') },
    },
  },
  {
    it: 'an unknown path answers 404',
    source: 'I',
    request: { call: 'GET /crm/v3/no-such-thing', status: 404, response: { status: 'error', message: text } },
  },
  {
    it: 'an unsupported method answers 405',
    source: 'I',
    request: { call: 'PUT {objects}/contacts', body: {}, status: 405 },
  },
  {
    it: 'a URI that is too long answers 414',
    source: 'D',
    request: {
      call: `GET {objects}/contacts?properties=${'x'.repeat(10_000)}`,
      status: 414,
    },
  },
  {
    it: 'a call without a token answers 401',
    source: 'R',
    request: {
      call: 'GET {objects}/contacts',
      headers: { authorization: '' },
      status: 401,
      response: {
        status: 'error',
        category: 'INVALID_AUTHENTICATION',
        message:
          'Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview',
        correlationId: uuid,
      },
    },
  },
  {
    it: 'another authorization scheme answers 401',
    source: 'I',
    request: { call: 'GET {objects}/contacts', headers: { authorization: 'Basic YWRhOmFkYQ==' }, status: 401 },
  },
  {
    it: 'every response has a correlation id, JSON and the remaining limits',
    source: 'R',
    request: {
      call: 'GET {objects}/contacts?limit=1',
      status: 200,
      responseHeaders: {
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
    it: 'an error response has them too',
    source: 'R',
    request: {
      call: 'GET {objects}/contacts/999999999999',
      status: 404,
      responseHeaders: { 'x-hubspot-correlation-id': uuid, 'x-hubspot-ratelimit-max': digits },
    },
  },
  {
    it: 'a search response has the daily limits only',
    source: 'R',
    request: {
      call: 'POST {objects}/contacts/search',
      body: {},
      status: 200,
      responseHeaders: {
        'x-hubspot-ratelimit-daily': digits,
        'x-hubspot-ratelimit-max': absent,
        'x-hubspot-ratelimit-remaining': absent,
      },
    },
  },
]
