// Two records that want the same key.

import { absent, exactly, like, uuid, type Vector } from '../vector.ts'
import { aCompany, aContact, archived } from './given.ts'

const taken = (owner: string) =>
  exactly({
    status: 'error',
    message: `Contact already exists. Existing ID: {${owner}}`,
    correlationId: uuid,
    category: 'CONFLICT',
  })

export const DUPLICATES: Vector[] = [
  {
    it: 'a second contact with an address answers 409 with the id of the first',
    mark: 'R',
    given: [aContact('ada')],
    ask: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ada-{u}@example.com', firstname: 'Imposter' } },
      status: 409,
      answer: taken('ada'),
    },
  },
  {
    it: 'a refused duplicate changes nothing',
    mark: 'R',
    given: [
      aContact('ada', { firstname: 'Ada' }),
      {
        call: 'POST {objects}/contacts',
        body: { properties: { email: 'ada-{u}@example.com', firstname: 'Imposter' } },
        status: 409,
      },
    ],
    ask: { call: 'GET {objects}/contacts/{ada}', status: 200, answer: { properties: { firstname: 'Ada' } } },
  },
  {
    it: 'case makes no other address',
    mark: 'I',
    given: [aContact('ada')],
    ask: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ADA-{u}@EXAMPLE.COM' } },
      status: 409,
      answer: taken('ada'),
    },
  },
  {
    it: 'an additional address of somebody is taken',
    mark: 'I',
    given: [aContact('ada', { hs_additional_emails: 'countess-{u}@example.com' })],
    ask: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'countess-{u}@example.com' } },
      status: 409,
      answer: taken('ada'),
    },
  },
  {
    it: 'an address of somebody cannot become an additional one of another',
    mark: 'D',
    given: [aContact('ada')],
    ask: {
      call: 'POST {objects}/contacts',
      body: {
        properties: { email: 'grace-{u}@example.com', hs_additional_emails: 'x-{u}@example.com;ada-{u}@example.com' },
      },
      status: 409,
      answer: taken('ada'),
    },
  },
  {
    it: 'a change to an address of somebody else answers 409',
    mark: 'I',
    given: [aContact('ada'), aContact('grace')],
    ask: {
      call: 'PATCH {objects}/contacts/{grace}',
      body: { properties: { email: 'ada-{u}@example.com' } },
      status: 409,
      answer: taken('ada'),
    },
  },
  {
    it: 'a change that a conflict refuses changes nothing else either',
    mark: 'I',
    given: [
      aContact('ada'),
      aContact('grace', { city: 'New York' }),
      {
        call: 'PATCH {objects}/contacts/{grace}',
        body: { properties: { city: 'London', email: 'ada-{u}@example.com' } },
        status: 409,
      },
    ],
    ask: {
      call: 'GET {objects}/contacts/{grace}?properties=city,email',
      status: 200,
      answer: { properties: { city: 'New York', email: 'grace-{u}@example.com' } },
    },
  },
  {
    it: 'a contact may be given the address that it has',
    mark: 'I',
    given: [aContact('ada')],
    ask: {
      call: 'PATCH {objects}/contacts/{ada}',
      body: { properties: { email: 'Ada-{u}@example.com' } },
      status: 200,
      answer: { properties: { email: 'ada-{u}@example.com' } },
    },
  },
  {
    it: 'an own unique value that is taken answers 400 with two numbers, of which the second has it',
    mark: 'R',
    given: [aCompany('engines', { vector_key: 'key-{u}' })],
    ask: {
      call: 'POST {objects}/companies',
      body: { properties: { name: 'other {u}', vector_key: 'key-{u}' } },
      status: 400,
      answer: {
        category: 'VALIDATION_ERROR',
        message: like(
          String.raw`^Cannot set PropertyValueCoordinates\{portalId=\d+, objectTypeId=ObjectTypeId\{legacyObjectType=COMPANY\}, propertyName=vector_key, value=key-{u}\} on \d+\. {engines} already has that value\.$`,
        ),
      },
    },
  },
  {
    it: 'the same holds for contacts',
    mark: 'C',
    given: [aContact('ada', { vector_key: 'key-{u}' })],
    ask: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'grace-{u}@example.com', vector_key: 'key-{u}' } },
      status: 400,
      answer: {
        category: 'VALIDATION_ERROR',
        message: like('legacyObjectType=CONTACT.* {ada} already has that value'),
      },
    },
  },
  {
    it: 'a change to an own unique value that is taken answers 400 as well',
    mark: 'C',
    given: [aCompany('engines', { vector_key: 'key-{u}' }), aCompany('other')],
    ask: {
      call: 'PATCH {objects}/companies/{other}',
      body: { properties: { vector_key: 'key-{u}' } },
      status: 400,
      answer: { message: like('on {other}. {engines} already has that value') },
    },
  },
  {
    it: 'a unique value of an archived record is free',
    mark: 'I',
    given: [aCompany('engines', { vector_key: 'key-{u}' }), archived('companies', 'engines')],
    ask: {
      call: 'POST {objects}/companies',
      body: { properties: { name: 'other {u}', vector_key: 'key-{u}' } },
      status: 201,
    },
  },
  {
    it: 'a unique value that was cleared is free',
    mark: 'I',
    given: [
      aCompany('engines', { vector_key: 'key-{u}' }),
      { call: 'PATCH {objects}/companies/{engines}', body: { properties: { vector_key: '' } }, status: 200 },
    ],
    ask: {
      call: 'POST {objects}/companies',
      body: { properties: { name: 'other {u}', vector_key: 'key-{u}' } },
      status: 201,
    },
  },
  {
    it: 'an address conflict carries no further keys',
    mark: 'R',
    given: [aContact('ada')],
    ask: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ada-{u}@example.com' } },
      status: 409,
      answer: { context: absent, errors: absent, existingId: absent },
    },
  },
]
