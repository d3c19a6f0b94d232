// Which portal it is, and who may ask.

import { digits, isoTime, like, number, text, type Vector } from '../vector.ts'

const form = { 'content-type': 'application/x-www-form-urlencoded' }
const refresh = 'grant_type=refresh_token&client_id=app&client_secret=secret&refresh_token=vector-{u}'

export const ACCOUNT: Vector[] = [
  {
    it: 'the portal tells its number, as a number',
    mark: 'R',
    ask: {
      call: 'GET {accountInfo}/details',
      status: 200,
      answer: {
        portalId: number,
        accountType: text,
        timeZone: text,
        companyCurrency: text,
        utcOffset: like(String.raw`^[+-]\d\d:\d\d$`),
        utcOffsetMilliseconds: number,
        uiDomain: like('hubspot.com$'),
        dataHostingLocation: text,
      },
    },
  },
  {
    it: 'a token tells its portal without any scope',
    mark: 'R',
    settings: { grantedScopes: [] },
    ask: { call: 'GET /integrations/v1/me', status: 200, answer: { portalId: number } },
  },
  {
    it: 'a token that ended answers 401 with its end',
    mark: 'R',
    settings: { auth: 'expired' },
    ask: {
      call: 'GET {objects}/contacts',
      status: 401,
      answer: {
        category: 'EXPIRED_AUTHENTICATION',
        message: like(String.raw`^The OAuth token used to make this call expired \d+ second\(s\) ago\.$`),
        context: { 'expire time': [isoTime] },
      },
    },
  },
  {
    it: 'a token that HubSpot never gave out reads as one that ended long ago',
    mark: 'R',
    settings: { acceptedTokens: [] },
    ask: {
      call: 'GET {objects}/contacts',
      status: 401,
      answer: { category: 'EXPIRED_AUTHENTICATION', message: like(String.raw`expired \d+ day\(s\) ago`) },
    },
  },
  {
    it: 'a token that was taken back answers 401',
    mark: 'I',
    settings: { auth: 'invalid' },
    ask: { call: 'GET {objects}/contacts', status: 401, answer: { category: 'INVALID_AUTHENTICATION' } },
  },
  {
    it: 'a scope that is lacking answers 403 with its name',
    mark: 'D',
    settings: { grantedScopes: ['crm.objects.contacts.read'] },
    ask: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ada-{u}@example.com' } },
      status: 403,
      answer: {
        category: 'MISSING_SCOPES',
        message: like("^This app hasn't been granted all required scopes to make this call"),
        errors: [
          {
            message: 'One or more of the following scopes are required.',
            context: { requiredGranularScopes: ['crm.objects.contacts.write'] },
          },
        ],
        links: { scopes: like('^https://developers.hubspot.com/scopes') },
      },
    },
  },
  {
    it: 'a scope that is granted is enough for its call',
    mark: 'D',
    settings: { grantedScopes: ['crm.objects.contacts.read'] },
    ask: { call: 'GET {objects}/contacts', status: 200 },
  },
  {
    it: 'making a property needs a scope of its own',
    mark: 'D',
    settings: { grantedScopes: ['crm.objects.companies.write'] },
    ask: {
      call: 'POST {properties}/companies',
      body: { name: 'vector_scope', label: 'x', type: 'string', fieldType: 'text', groupName: 'companyinformation' },
      status: 403,
      answer: {
        category: 'MISSING_SCOPES',
        errors: [{ context: { requiredGranularScopes: ['crm.schemas.companies.write'] } }],
      },
    },
  },
  {
    it: 'a refresh token buys an access token for half an hour',
    mark: 'D',
    settings: {},
    ask: {
      call: 'POST {oauth}/token',
      rawBody: refresh,
      headers: form,
      status: 200,
      answer: { access_token: text, refresh_token: text, expires_in: 1800, token_type: 'bearer' },
    },
  },
  {
    it: 'without a refresh token there is none',
    mark: 'R',
    settings: {},
    ask: {
      call: 'POST {oauth}/token',
      rawBody: 'grant_type=refresh_token&client_id=app&client_secret=secret',
      headers: form,
      status: 400,
      answer: { status: 'BAD_REFRESH_TOKEN', message: 'missing or unknown refresh token' },
    },
  },
  {
    it: 'a token endpoint that is asked for something else refuses',
    mark: 'C',
    settings: {},
    ask: {
      call: 'POST {oauth}/token',
      rawBody: 'grant_type=password&client_id=app&client_secret=secret',
      headers: form,
      status: 400,
      answer: { status: 'BAD_GRANT_TYPE' },
    },
  },
  {
    it: 'a refresh token that was taken back buys nothing any more',
    mark: 'D',
    versions: ['2026-03', '2026-09'],
    settings: {},
    given: [{ call: 'POST {oauth}/revoke', rawBody: 'token=old-{u}', headers: form, status: 204 }],
    ask: {
      call: 'POST {oauth}/token',
      rawBody: 'grant_type=refresh_token&client_id=app&client_secret=secret&refresh_token=old-{u}',
      headers: form,
      status: 400,
      answer: { status: 'BAD_REFRESH_TOKEN' },
    },
  },
  {
    it: 'an access token can be asked about',
    mark: 'I',
    versions: ['2026-03', '2026-09'],
    settings: {},
    given: [
      {
        call: 'POST {oauth}/token',
        rawBody: refresh,
        headers: form,
        status: 200,
        keep: { token: 'access_token' },
      },
    ],
    ask: {
      call: 'POST {oauth}/introspect',
      rawBody: 'token={token}',
      headers: form,
      status: 200,
      answer: { active: true, hub_id: number },
    },
  },
  {
    it: 'a property may be required by the value of another',
    mark: 'D',
    versions: ['2026-09'],
    settings: {
      conditionallyRequired: [{ type: 'contacts', when: 'lifecyclestage', is: 'customer', requires: ['phone'] }],
    },
    ask: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ada-{u}@example.com', lifecyclestage: 'customer' } },
      status: 400,
      answer: {
        message: 'The property values provided are invalid',
        errors: [{ code: 'MISSING_CONDITIONAL_REQUIRED_PROPERTY', context: { propertyName: ['phone'] } }],
      },
    },
  },
  {
    it: 'and is not required by any other value',
    mark: 'D',
    versions: ['2026-09'],
    settings: {
      conditionallyRequired: [{ type: 'contacts', when: 'lifecyclestage', is: 'customer', requires: ['phone'] }],
    },
    ask: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ada-{u}@example.com', lifecyclestage: 'lead' } },
      status: 201,
    },
  },
  {
    it: 'required properties are enforced on the paths of 2026-09',
    mark: 'D',
    versions: ['2026-09'],
    settings: { requiredContactProperties: ['firstname', 'phone'] },
    ask: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ada-{u}@example.com', phone: '1' } },
      status: 400,
      answer: {
        message: 'The property values provided are invalid',
        category: 'VALIDATION_ERROR',
        errors: [
          {
            message: 'A value for firstname must be provided',
            code: 'MISSING_REQUIRED_PROPERTY',
            context: { propertyName: ['firstname'] },
          },
        ],
      },
    },
  },
  {
    it: 'required properties do not matter on the older paths',
    mark: 'D',
    versions: ['v3', '2026-03'],
    settings: { requiredContactProperties: ['firstname'] },
    ask: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ada-{u}@example.com' } },
      status: 201,
      answer: { id: digits },
    },
  },
  {
    it: 'a required property cannot be cleared on the paths of 2026-09',
    mark: 'D',
    versions: ['2026-09'],
    settings: { requiredContactProperties: ['firstname'] },
    given: [
      {
        call: 'POST {objects}/contacts',
        body: { properties: { email: 'ada-{u}@example.com', firstname: 'Ada' } },
        status: 201,
        keep: { ada: 'id' },
      },
    ],
    ask: {
      call: 'PATCH {objects}/contacts/{ada}',
      body: { properties: { firstname: '' } },
      status: 400,
      answer: { errors: [{ code: 'MISSING_REQUIRED_PROPERTY' }] },
    },
  },
  {
    it: 'calls past the ten seconds answer 429 with their policy',
    mark: 'R',
    settings: { enforceLimits: true, callsPer10s: 0 },
    ask: {
      call: 'GET {objects}/contacts',
      status: 429,
      answer: {
        status: 'error',
        message: 'You have reached your ten_secondly_rolling limit.',
        errorType: 'RATE_LIMIT',
        policyName: 'TEN_SECONDLY_ROLLING',
        groupName: like('^publicapi:'),
      },
    },
  },
  {
    it: 'searches past the second answer 429 with another policy',
    mark: 'R',
    settings: { enforceLimits: true, searchesPerSecond: 0 },
    ask: {
      call: 'POST {objects}/contacts/search',
      body: {},
      status: 429,
      answer: { message: 'You have reached your secondly limit.', errorType: 'RATE_LIMIT', policyName: 'SECONDLY' },
    },
  },
  {
    it: 'calls past the day answer 429 with a third',
    mark: 'D',
    settings: { enforceLimits: true, callsPerDay: 0 },
    ask: {
      call: 'GET {objects}/contacts',
      status: 429,
      answer: { message: 'You have reached your daily limit.', errorType: 'RATE_LIMIT', policyName: 'DAILY' },
    },
  },
]
