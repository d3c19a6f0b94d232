// One company at a time.

import { absent, digits, exactly, isoTime, like, uuid, type Vector } from '../vector.ts'
import { aCompany, aContact, archived, associated } from './given.ts'

export const COMPANIES: Vector[] = [
  {
    it: 'creating a company answers 201 with what was sent and what HubSpot adds',
    mark: 'R',
    ask: {
      call: 'POST {objects}/companies',
      body: { properties: { name: 'Analytical Engines {u}', domain: '{u}.example', phone: '+44 20 7946 0001' } },
      status: 201,
      answer: {
        id: digits,
        archived: false,
        createdAt: isoTime,
        updatedAt: isoTime,
        properties: {
          name: 'Analytical Engines {u}',
          domain: '{u}.example',
          phone: '+44 20 7946 0001',
          createdate: isoTime,
          hs_lastmodifieddate: isoTime,
          hs_object_id: digits,
          hs_pipeline: 'companies-lifecycle-pipeline',
          lifecyclestage: 'lead',
        },
      },
    },
  },
  {
    it: "a company's web site is its domain when none is sent",
    mark: 'R',
    ask: {
      call: 'POST {objects}/companies',
      body: { properties: { domain: '{u}.example' } },
      status: 201,
      answer: { properties: { website: '{u}.example' } },
    },
  },
  {
    it: 'a web site that is sent stays as it is',
    mark: 'R',
    ask: {
      call: 'POST {objects}/companies',
      body: { properties: { domain: '{u}.example', website: 'https://shop.{u}.example/uk' } },
      status: 201,
      answer: { properties: { website: 'https://shop.{u}.example/uk' } },
    },
  },
  {
    it: 'two companies may have one domain',
    mark: 'D',
    given: [aCompany('first', { domain: '{u}.example' })],
    ask: {
      call: 'POST {objects}/companies',
      body: { properties: { name: 'second {u}', domain: '{u}.example' } },
      status: 201,
      answer: { properties: { domain: '{u}.example' } },
    },
  },
  {
    it: 'a company needs a name or a domain',
    mark: 'D',
    ask: {
      call: 'POST {objects}/companies',
      body: { properties: { city: 'London' } },
      status: 400,
      answer: { category: 'VALIDATION_ERROR', message: like('COMPANY') },
    },
  },
  {
    it: 'a domain is enough for a company',
    mark: 'D',
    ask: { call: 'POST {objects}/companies', body: { properties: { domain: '{u}.example' } }, status: 201 },
  },
  {
    it: 'a domain is kept bare and in lower case',
    mark: 'I',
    ask: {
      call: 'POST {objects}/companies',
      body: { properties: { domain: 'https://WWW.{u}.Example/about?x=1' } },
      status: 201,
      answer: { properties: { domain: '{u}.example' } },
    },
  },
  {
    it: 'a company carries the address of its page',
    mark: 'R',
    ask: {
      call: 'POST {objects}/companies',
      body: { properties: { name: 'A {u}' } },
      status: 201,
      answer: { url: like(String.raw`/contacts/\d+/record/0-2/\d+$`) },
    },
  },
  {
    it: 'a read of a company shows the usual properties',
    mark: 'R',
    given: [aCompany('engines', { domain: '{u}.example', city: 'London' })],
    ask: {
      call: 'GET {objects}/companies/{engines}',
      status: 200,
      answer: {
        id: '{engines}',
        properties: exactly({
          createdate: isoTime,
          domain: '{u}.example',
          hs_lastmodifieddate: isoTime,
          hs_object_id: '{engines}',
          name: 'engines {u}',
        }),
      },
    },
  },
  {
    it: 'a company cannot be found by its domain',
    mark: 'C',
    given: [aCompany('engines', { domain: '{u}.example' })],
    ask: {
      call: 'GET {objects}/companies/{u}.example?idProperty=domain',
      status: 404,
      answer: exactly({ status: 'error', message: 'resource not found', correlationId: uuid }),
    },
  },
  {
    it: 'a company cannot be changed by its domain',
    mark: 'C',
    given: [aCompany('engines', { domain: '{u}.example' })],
    ask: {
      call: 'PATCH {objects}/companies/{u}.example?idProperty=domain',
      body: { properties: { city: 'London' } },
      status: 404,
    },
  },
  {
    it: 'a company is found by an own unique property',
    mark: 'D',
    given: [aCompany('engines', { vector_key: 'engines-{u}' })],
    ask: {
      call: 'GET {objects}/companies/engines-{u}?idProperty=vector_key',
      status: 200,
      answer: { id: '{engines}' },
    },
  },
  {
    it: 'a company is changed by an own unique property',
    mark: 'D',
    given: [aCompany('engines', { vector_key: 'engines-{u}' })],
    ask: {
      call: 'PATCH {objects}/companies/engines-{u}?idProperty=vector_key',
      body: { properties: { city: 'London' } },
      status: 200,
      answer: { id: '{engines}', properties: { city: 'London' } },
    },
  },
  {
    it: 'the kind of object may be written in three ways',
    mark: 'D',
    given: [aCompany('engines')],
    ask: { call: 'GET {objects}/0-2/{engines}', status: 200, answer: { id: '{engines}' } },
  },
  {
    it: 'the kind of object may be written in the singular',
    mark: 'D',
    given: [aCompany('engines')],
    ask: { call: 'GET {objects}/company/{engines}', status: 200, answer: { id: '{engines}' } },
  },
  {
    it: 'an unknown kind of object is refused without a category',
    mark: 'R',
    ask: {
      call: 'GET {objects}/butterflies/1',
      status: 400,
      answer: exactly({
        status: 'error',
        message: 'Unable to infer object type from: butterflies',
        correlationId: uuid,
      }),
    },
  },
  {
    it: 'an archived company is found among the archived, without its associations',
    mark: 'R',
    given: [
      aCompany('engines'),
      aContact('ada'),
      associated('ada', 'engines'),
      archived('companies', 'engines'),
      { call: 'GET {objects}/companies/{engines}?archived=true', status: 200, answer: { archived: true } },
    ],
    ask: {
      call: 'GET {associations}/contacts/{ada}/associations/companies',
      status: 200,
      answer: { results: [] },
    },
  },
  {
    it: 'a company knows how many contacts it has',
    mark: 'C',
    given: [
      aCompany('engines'),
      aContact('ada'),
      aContact('grace'),
      associated('ada', 'engines'),
      associated('grace', 'engines'),
    ],
    ask: {
      call: 'GET {objects}/companies/{engines}?properties=num_associated_contacts',
      status: 200,
      answer: { properties: { num_associated_contacts: '2' } },
    },
  },
  {
    it: 'a company is not erased as a contact is',
    mark: 'D',
    given: [aCompany('engines')],
    ask: { call: 'GET {objects}/companies/{engines}', status: 200, answer: { archived: false, archivedAt: absent } },
  },
]
