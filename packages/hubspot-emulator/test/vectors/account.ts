// Vectors about the portal's account, tokens, scopes, required properties and limits.

import { digits, isoTime, like, number, text, type Vector } from '../vector.ts'

const form = { 'content-type': 'application/x-www-form-urlencoded' }
const refresh = 'grant_type=refresh_token&client_id=app&client_secret=secret&refresh_token=vector-{u}'

export const ACCOUNT: Vector[] = [
  {
    it: 'the account details have the portal id as a number',
    source: 'R',
    request: {
      call: 'GET {accountInfo}/details',
      status: 200,
      response: {
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
    it: 'integrations/v1/me needs no scope',
    source: 'R',
    settings: { grantedScopes: [] },
    request: { call: 'GET /integrations/v1/me', status: 200, response: { portalId: number } },
  },
  {
    it: 'an expired token answers 401 with its expiry time',
    source: 'R',
    settings: { auth: 'expired' },
    request: {
      call: 'GET {objects}/contacts',
      status: 401,
      response: {
        category: 'EXPIRED_AUTHENTICATION',
        message: like(String.raw`^The OAuth token used to make this call expired \d+ second\(s\) ago\.$`),
        context: { 'expire time': [isoTime] },
      },
    },
  },
  {
    it: 'a token that HubSpot never issued answers 401 as one that expired in 1970',
    source: 'R',
    settings: { acceptedTokens: [] },
    request: {
      call: 'GET {objects}/contacts',
      status: 401,
      response: { category: 'EXPIRED_AUTHENTICATION', message: like(String.raw`expired \d+ day\(s\) ago`) },
    },
  },
  {
    it: 'a revoked token answers 401',
    source: 'I',
    settings: { auth: 'invalid' },
    request: { call: 'GET {objects}/contacts', status: 401, response: { category: 'INVALID_AUTHENTICATION' } },
  },
  {
    it: 'a missing scope answers 403 with its name',
    source: 'D',
    settings: { grantedScopes: ['crm.objects.contacts.read'] },
    request: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ada-{u}@example.com' } },
      status: 403,
      response: {
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
    it: 'a granted scope allows its call',
    source: 'D',
    settings: { grantedScopes: ['crm.objects.contacts.read'] },
    request: { call: 'GET {objects}/contacts', status: 200 },
  },
  {
    it: 'creating a property needs a scope of its own',
    source: 'D',
    settings: { grantedScopes: ['crm.objects.companies.write'] },
    request: {
      call: 'POST {properties}/companies',
      body: { name: 'vector_scope', label: 'x', type: 'string', fieldType: 'text', groupName: 'companyinformation' },
      status: 403,
      response: {
        category: 'MISSING_SCOPES',
        errors: [{ context: { requiredGranularScopes: ['crm.schemas.companies.write'] } }],
      },
    },
  },
  {
    it: 'a refresh token is exchanged for an access token of 30 minutes',
    source: 'D',
    settings: {},
    request: {
      call: 'POST {oauth}/token',
      rawBody: refresh,
      headers: form,
      status: 200,
      response: { access_token: text, refresh_token: text, expires_in: 1800, token_type: 'bearer' },
    },
  },
  {
    it: 'the token endpoint answers 400 without a refresh token',
    source: 'R',
    settings: {},
    request: {
      call: 'POST {oauth}/token',
      rawBody: 'grant_type=refresh_token&client_id=app&client_secret=secret',
      headers: form,
      status: 400,
      response: { status: 'BAD_REFRESH_TOKEN', message: 'missing or unknown refresh token' },
    },
  },
  {
    it: 'the token endpoint answers 400 to an unknown grant type',
    source: 'C',
    settings: {},
    request: {
      call: 'POST {oauth}/token',
      rawBody: 'grant_type=password&client_id=app&client_secret=secret',
      headers: form,
      status: 400,
      response: { status: 'BAD_GRANT_TYPE' },
    },
  },
  {
    it: 'the token endpoint answers 400 to a revoked refresh token',
    source: 'D',
    versions: ['2026-03', '2026-09'],
    settings: {},
    given: [{ call: 'POST {oauth}/revoke', rawBody: 'token=old-{u}', headers: form, status: 204 }],
    request: {
      call: 'POST {oauth}/token',
      rawBody: 'grant_type=refresh_token&client_id=app&client_secret=secret&refresh_token=old-{u}',
      headers: form,
      status: 400,
      response: { status: 'BAD_REFRESH_TOKEN' },
    },
  },
  {
    it: 'the introspection endpoint describes an access token',
    source: 'I',
    versions: ['2026-03', '2026-09'],
    settings: {},
    given: [
      {
        call: 'POST {oauth}/token',
        rawBody: refresh,
        headers: form,
        status: 200,
        save: { token: 'access_token' },
      },
    ],
    request: {
      call: 'POST {oauth}/introspect',
      rawBody: 'token={token}',
      headers: form,
      status: 200,
      response: { active: true, hub_id: number },
    },
  },
  {
    it: 'a property may be required when another one has a certain value',
    source: 'D',
    versions: ['2026-09'],
    settings: {
      conditionallyRequired: [{ type: 'contacts', when: 'lifecyclestage', is: 'customer', requires: ['phone'] }],
    },
    request: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ada-{u}@example.com', lifecyclestage: 'customer' } },
      status: 400,
      response: {
        message: 'The property values provided are invalid',
        errors: [{ code: 'MISSING_CONDITIONAL_REQUIRED_PROPERTY', context: { propertyName: ['phone'] } }],
      },
    },
  },
  {
    it: 'a conditionally required property is optional for all other values',
    source: 'D',
    versions: ['2026-09'],
    settings: {
      conditionallyRequired: [{ type: 'contacts', when: 'lifecyclestage', is: 'customer', requires: ['phone'] }],
    },
    request: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ada-{u}@example.com', lifecyclestage: 'lead' } },
      status: 201,
    },
  },
  {
    it: 'required properties are enforced on the paths of 2026-09',
    source: 'D',
    versions: ['2026-09'],
    settings: { requiredContactProperties: ['firstname', 'phone'] },
    request: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ada-{u}@example.com', phone: '1' } },
      status: 400,
      response: {
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
    it: 'the older paths ignore required properties',
    source: 'D',
    versions: ['v3', '2026-03'],
    settings: { requiredContactProperties: ['firstname'] },
    request: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ada-{u}@example.com' } },
      status: 201,
      response: { id: digits },
    },
  },
  {
    it: 'a required property cannot be cleared on the paths of 2026-09',
    source: 'D',
    versions: ['2026-09'],
    settings: { requiredContactProperties: ['firstname'] },
    given: [
      {
        call: 'POST {objects}/contacts',
        body: { properties: { email: 'ada-{u}@example.com', firstname: 'Ada' } },
        status: 201,
        save: { ada: 'id' },
      },
    ],
    request: {
      call: 'PATCH {objects}/contacts/{ada}',
      body: { properties: { firstname: '' } },
      status: 400,
      response: { errors: [{ code: 'MISSING_REQUIRED_PROPERTY' }] },
    },
  },
  {
    it: 'calls over the ten-second limit answer 429 with its policy',
    source: 'R',
    settings: { enforceLimits: true, callsPer10s: 0 },
    request: {
      call: 'GET {objects}/contacts',
      status: 429,
      response: {
        status: 'error',
        message: 'You have reached your ten_secondly_rolling limit.',
        errorType: 'RATE_LIMIT',
        policyName: 'TEN_SECONDLY_ROLLING',
        groupName: like('^publicapi:'),
      },
    },
  },
  {
    it: 'searches over the limit per second answer 429 with its policy',
    source: 'R',
    settings: { enforceLimits: true, searchesPerSecond: 0 },
    request: {
      call: 'POST {objects}/contacts/search',
      body: {},
      status: 429,
      response: { message: 'You have reached your secondly limit.', errorType: 'RATE_LIMIT', policyName: 'SECONDLY' },
    },
  },
  {
    it: 'calls over the daily limit answer 429 with its policy',
    source: 'D',
    settings: { enforceLimits: true, callsPerDay: 0 },
    request: {
      call: 'GET {objects}/contacts',
      status: 429,
      response: { message: 'You have reached your daily limit.', errorType: 'RATE_LIMIT', policyName: 'DAILY' },
    },
  },
]
