// Vectors about addresses and unique values that another record has.

import { absent, exactly, like, uuid, type Vector } from '../vector.ts'
import { aCompany, aContact, archived } from './given.ts'

const conflictWith = (owner: string) =>
  exactly({
    status: 'error',
    message: `Contact already exists. Existing ID: {${owner}}`,
    correlationId: uuid,
    category: 'CONFLICT',
  })

export const DUPLICATES: Vector[] = [
  {
    it: 'a second contact with an address answers 409 with the id of the first',
    source: 'R',
    given: [aContact('ada')],
    request: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ada-{u}@example.com', firstname: 'Imposter' } },
      status: 409,
      response: conflictWith('ada'),
    },
  },
  {
    it: 'a rejected duplicate changes nothing',
    source: 'R',
    given: [
      aContact('ada', { firstname: 'Ada' }),
      {
        call: 'POST {objects}/contacts',
        body: { properties: { email: 'ada-{u}@example.com', firstname: 'Imposter' } },
        status: 409,
      },
    ],
    request: { call: 'GET {objects}/contacts/{ada}', status: 200, response: { properties: { firstname: 'Ada' } } },
  },
  {
    it: 'the same address in another case is a duplicate',
    source: 'I',
    given: [aContact('ada')],
    request: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ADA-{u}@EXAMPLE.COM' } },
      status: 409,
      response: conflictWith('ada'),
    },
  },
  {
    it: 'an additional address of another contact is a duplicate',
    source: 'I',
    given: [aContact('ada', { hs_additional_emails: 'countess-{u}@example.com' })],
    request: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'countess-{u}@example.com' } },
      status: 409,
      response: conflictWith('ada'),
    },
  },
  {
    it: "another contact's address cannot become an additional one",
    source: 'D',
    given: [aContact('ada')],
    request: {
      call: 'POST {objects}/contacts',
      body: {
        properties: { email: 'grace-{u}@example.com', hs_additional_emails: 'x-{u}@example.com;ada-{u}@example.com' },
      },
      status: 409,
      response: conflictWith('ada'),
    },
  },
  {
    it: "an update to another contact's address answers 409",
    source: 'I',
    given: [aContact('ada'), aContact('grace')],
    request: {
      call: 'PATCH {objects}/contacts/{grace}',
      body: { properties: { email: 'ada-{u}@example.com' } },
      status: 409,
      response: conflictWith('ada'),
    },
  },
  {
    it: 'an update with a conflict writes none of its values',
    source: 'I',
    given: [
      aContact('ada'),
      aContact('grace', { city: 'New York' }),
      {
        call: 'PATCH {objects}/contacts/{grace}',
        body: { properties: { city: 'London', email: 'ada-{u}@example.com' } },
        status: 409,
      },
    ],
    request: {
      call: 'GET {objects}/contacts/{grace}?properties=city,email',
      status: 200,
      response: { properties: { city: 'New York', email: 'grace-{u}@example.com' } },
    },
  },
  {
    it: "an update with the contact's own address succeeds",
    source: 'I',
    given: [aContact('ada')],
    request: {
      call: 'PATCH {objects}/contacts/{ada}',
      body: { properties: { email: 'Ada-{u}@example.com' } },
      status: 200,
      response: { properties: { email: 'ada-{u}@example.com' } },
    },
  },
  {
    it: 'a unique value in use answers 400 with two ids, of which the second has the value',
    source: 'R',
    given: [aCompany('engines', { vector_key: 'key-{u}' })],
    request: {
      call: 'POST {objects}/companies',
      body: { properties: { name: 'other {u}', vector_key: 'key-{u}' } },
      status: 400,
      response: {
        category: 'VALIDATION_ERROR',
        message: like(
          String.raw`^Cannot set PropertyValueCoordinates\{portalId=\d+, objectTypeId=ObjectTypeId\{legacyObjectType=COMPANY\}, propertyName=vector_key, value=key-{u}\} on \d+\. {engines} already has that value\.$`,
        ),
      },
    },
  },
  {
    it: 'a unique value in use answers 400 for contacts too',
    source: 'C',
    given: [aContact('ada', { vector_key: 'key-{u}' })],
    request: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'grace-{u}@example.com', vector_key: 'key-{u}' } },
      status: 400,
      response: {
        category: 'VALIDATION_ERROR',
        message: like('legacyObjectType=CONTACT.* {ada} already has that value'),
      },
    },
  },
  {
    it: 'a create with a unique value in use writes no contact',
    source: 'C',
    given: [
      aContact('ada', { vector_key: 'key-{u}' }),
      {
        call: 'POST {objects}/contacts',
        body: { properties: { email: 'grace-{u}@example.com', vector_key: 'key-{u}' } },
        status: 400,
      },
    ],
    request: { call: 'GET {objects}/contacts/grace-{u}@example.com?idProperty=email', status: 404 },
  },
  {
    it: 'a create with a unique value in use leaves its owner unchanged',
    source: 'C',
    given: [
      aCompany('engines', { vector_key: 'key-{u}' }),
      {
        call: 'POST {objects}/companies',
        body: { properties: { name: 'other {u}', city: 'London', vector_key: 'key-{u}' } },
        status: 400,
      },
    ],
    request: {
      call: 'GET {objects}/companies/key-{u}?idProperty=vector_key&properties=name,city',
      status: 200,
      response: { id: '{engines}', properties: { name: 'engines {u}', city: null } },
    },
  },
  {
    it: 'a unique value in another case is another value',
    source: 'I',
    given: [aCompany('engines', { vector_key: 'key-{u}' })],
    request: {
      call: 'POST {objects}/companies',
      body: { properties: { name: 'other {u}', vector_key: 'KEY-{u}' } },
      status: 201,
    },
  },
  {
    it: 'an update to a unique value in use answers 400',
    source: 'C',
    given: [aCompany('engines', { vector_key: 'key-{u}' }), aCompany('other')],
    request: {
      call: 'PATCH {objects}/companies/{other}',
      body: { properties: { vector_key: 'key-{u}' } },
      status: 400,
      response: { message: like('on {other}. {engines} already has that value') },
    },
  },
  {
    it: 'an archived record frees its unique value',
    source: 'I',
    given: [aCompany('engines', { vector_key: 'key-{u}' }), archived('companies', 'engines')],
    request: {
      call: 'POST {objects}/companies',
      body: { properties: { name: 'other {u}', vector_key: 'key-{u}' } },
      status: 201,
    },
  },
  {
    it: 'a cleared unique value is free',
    source: 'I',
    given: [
      aCompany('engines', { vector_key: 'key-{u}' }),
      { call: 'PATCH {objects}/companies/{engines}', body: { properties: { vector_key: '' } }, status: 200 },
    ],
    request: {
      call: 'POST {objects}/companies',
      body: { properties: { name: 'other {u}', vector_key: 'key-{u}' } },
      status: 201,
    },
  },
  {
    it: 'the body of an address conflict has no further keys',
    source: 'R',
    given: [aContact('ada')],
    request: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ada-{u}@example.com' } },
      status: 409,
      response: { context: absent, errors: absent, existingId: absent },
    },
  },
]
