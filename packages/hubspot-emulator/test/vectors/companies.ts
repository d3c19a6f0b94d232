// Vectors about single companies.

import { absent, digits, exactly, isoTime, like, uuid, type Vector } from '../vector.ts'
import { aCompany, aContact, archived, associated } from './given.ts'

export const COMPANIES: Vector[] = [
  {
    it: 'creating a company answers 201 with the sent values and those that HubSpot adds',
    source: 'R',
    request: {
      call: 'POST {objects}/companies',
      body: { properties: { name: 'Analytical Engines {u}', domain: '{u}.example', phone: '+44 20 7946 0001' } },
      status: 201,
      response: {
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
    it: "a company's web site defaults to its domain",
    source: 'R',
    request: {
      call: 'POST {objects}/companies',
      body: { properties: { domain: '{u}.example' } },
      status: 201,
      response: { properties: { website: '{u}.example' } },
    },
  },
  {
    it: 'a web site that is sent is stored unchanged',
    source: 'R',
    request: {
      call: 'POST {objects}/companies',
      body: { properties: { domain: '{u}.example', website: 'https://shop.{u}.example/uk' } },
      status: 201,
      response: { properties: { website: 'https://shop.{u}.example/uk' } },
    },
  },
  {
    it: 'two companies may have the same domain',
    source: 'D',
    given: [aCompany('first', { domain: '{u}.example' })],
    request: {
      call: 'POST {objects}/companies',
      body: { properties: { name: 'second {u}', domain: '{u}.example' } },
      status: 201,
      response: { properties: { domain: '{u}.example' } },
    },
  },
  {
    it: 'a company needs a name or a domain',
    source: 'D',
    request: {
      call: 'POST {objects}/companies',
      body: { properties: { city: 'London' } },
      status: 400,
      response: { category: 'VALIDATION_ERROR', message: like('COMPANY') },
    },
  },
  {
    it: 'a company with only a domain is created',
    source: 'D',
    request: { call: 'POST {objects}/companies', body: { properties: { domain: '{u}.example' } }, status: 201 },
  },
  {
    it: 'a domain is stored without scheme and path, in lower case',
    source: 'I',
    request: {
      call: 'POST {objects}/companies',
      body: { properties: { domain: 'https://WWW.{u}.Example/about?x=1' } },
      status: 201,
      response: { properties: { domain: '{u}.example' } },
    },
  },
  {
    it: 'a company has the URL of its page',
    source: 'R',
    request: {
      call: 'POST {objects}/companies',
      body: { properties: { name: 'A {u}' } },
      status: 201,
      response: { url: like(String.raw`/contacts/\d+/record/0-2/\d+$`) },
    },
  },
  {
    it: 'a read of a company has the default properties',
    source: 'R',
    given: [aCompany('engines', { domain: '{u}.example', city: 'London' })],
    request: {
      call: 'GET {objects}/companies/{engines}',
      status: 200,
      response: {
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
    source: 'C',
    given: [aCompany('engines', { domain: '{u}.example' })],
    request: {
      call: 'GET {objects}/companies/{u}.example?idProperty=domain',
      status: 404,
      response: exactly({ status: 'error', message: 'resource not found', correlationId: uuid }),
    },
  },
  {
    it: 'a company cannot be updated by its domain',
    source: 'C',
    given: [aCompany('engines', { domain: '{u}.example' })],
    request: {
      call: 'PATCH {objects}/companies/{u}.example?idProperty=domain',
      body: { properties: { city: 'London' } },
      status: 404,
    },
  },
  {
    it: 'a company is found by a custom unique property',
    source: 'D',
    given: [aCompany('engines', { vector_key: 'engines-{u}' })],
    request: {
      call: 'GET {objects}/companies/engines-{u}?idProperty=vector_key',
      status: 200,
      response: { id: '{engines}' },
    },
  },
  {
    it: 'a company is updated by a custom unique property',
    source: 'D',
    given: [aCompany('engines', { vector_key: 'engines-{u}' })],
    request: {
      call: 'PATCH {objects}/companies/engines-{u}?idProperty=vector_key',
      body: { properties: { city: 'London' } },
      status: 200,
      response: { id: '{engines}', properties: { city: 'London' } },
    },
  },
  {
    it: 'the object type may be written as its id',
    source: 'D',
    given: [aCompany('engines')],
    request: { call: 'GET {objects}/0-2/{engines}', status: 200, response: { id: '{engines}' } },
  },
  {
    it: 'the object type may be written in the singular',
    source: 'D',
    given: [aCompany('engines')],
    request: { call: 'GET {objects}/company/{engines}', status: 200, response: { id: '{engines}' } },
  },
  {
    it: 'an unknown object type answers 400 without a category',
    source: 'R',
    request: {
      call: 'GET {objects}/butterflies/1',
      status: 400,
      response: exactly({
        status: 'error',
        message: 'Unable to infer object type from: butterflies',
        correlationId: uuid,
      }),
    },
  },
  {
    it: 'an archived company is found with archived=true, without its associations',
    source: 'R',
    given: [
      aCompany('engines'),
      aContact('ada'),
      associated('ada', 'engines'),
      archived('companies', 'engines'),
      { call: 'GET {objects}/companies/{engines}?archived=true', status: 200, response: { archived: true } },
    ],
    request: {
      call: 'GET {associations}/contacts/{ada}/associations/companies',
      status: 200,
      response: { results: [] },
    },
  },
  {
    it: 'a company counts its contacts',
    source: 'C',
    given: [
      aCompany('engines'),
      aContact('ada'),
      aContact('grace'),
      associated('ada', 'engines'),
      associated('grace', 'engines'),
    ],
    request: {
      call: 'GET {objects}/companies/{engines}?properties=num_associated_contacts',
      status: 200,
      response: { properties: { num_associated_contacts: '2' } },
    },
  },
  {
    it: 'a company cannot be erased',
    source: 'D',
    given: [aCompany('engines')],
    request: {
      call: 'GET {objects}/companies/{engines}',
      status: 200,
      response: { archived: false, archivedAt: absent },
    },
  },
]
