// Vectors about single contacts.

import { absent, digits, exactly, isoTime, like, text, uuid, type Vector } from '../vector.ts'
import { aContact, archived } from './given.ts'

const defaultProperties = {
  createdate: isoTime,
  email: 'ada-{u}@example.com',
  hs_object_id: '{ada}',
  lastmodifieddate: isoTime,
}

export const CONTACTS: Vector[] = [
  {
    it: 'creating a contact answers 201 with the sent values and those that HubSpot adds',
    source: 'R',
    request: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ada-{u}@example.com', firstname: 'Ada', lastname: 'Lovelace' } },
      status: 201,
      save: { ada: 'id' },
      response: {
        id: digits,
        archived: false,
        createdAt: isoTime,
        updatedAt: isoTime,
        properties: {
          createdate: isoTime,
          email: 'ada-{u}@example.com',
          firstname: 'Ada',
          hs_all_contact_vids: digits,
          hs_associated_target_accounts: '0',
          hs_currently_enrolled_in_prospecting_agent: 'false',
          hs_email_domain: 'example.com',
          hs_full_name_or_email: 'Ada Lovelace',
          hs_is_contact: 'true',
          hs_is_unworked: 'true',
          hs_lifecyclestage_lead_date: like(String.raw`^\d{13}$`),
          hs_membership_has_accessed_private_content: '0',
          hs_object_id: digits,
          hs_object_source: 'INTEGRATION',
          hs_object_source_id: digits,
          hs_object_source_label: 'INTEGRATION',
          hs_pipeline: 'contacts-lifecycle-pipeline',
          hs_prospecting_agent_actively_enrolled_count: '0',
          hs_registered_member: '0',
          hs_sequences_actively_enrolled_count: '0',
          lastmodifieddate: isoTime,
          lastname: 'Lovelace',
          lifecyclestage: 'lead',
          num_notes: '0',
        },
      },
    },
  },
  {
    it: 'the response to a create has the location of the record',
    source: 'R',
    versions: ['v3'],
    request: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ada-{u}@example.com' } },
      status: 201,
      responseHeaders: { location: like(String.raw`^https://api\.hubapi\.com/crm/v3/objects/contacts/\d+$`) },
    },
  },
  {
    it: 'a record has the URL of its page',
    source: 'R',
    request: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ada-{u}@example.com' } },
      status: 201,
      response: { url: like(String.raw`^https?://[^/]+/contacts/\d+/record/0-1/\d+$`) },
    },
  },
  {
    it: 'numbers and booleans are stored as strings',
    source: 'D',
    request: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ada-{u}@example.com', zip: 4711, city: true } },
      status: 201,
      response: { properties: { zip: '4711', city: 'true' } },
    },
  },
  {
    it: 'an address is stored in lower case',
    source: 'R',
    request: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'Ada-{u}@Example.COM' } },
      status: 201,
      response: { properties: { email: 'ada-{u}@example.com', hs_email_domain: 'example.com' } },
    },
  },
  {
    it: 'spaces around an address are removed',
    source: 'I',
    request: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: '  ada-{u}@example.com ' } },
      status: 201,
      response: { properties: { email: 'ada-{u}@example.com' } },
    },
  },
  {
    it: 'an address with a plus is another contact',
    source: 'R',
    given: [aContact('ada')],
    request: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ada-{u}+news@example.com' } },
      status: 201,
    },
  },
  {
    it: 'a contact without a name has its address as full name',
    source: 'R',
    request: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ada-{u}@example.com' } },
      status: 201,
      response: { properties: { hs_full_name_or_email: 'ada-{u}@example.com' } },
    },
  },
  {
    it: 'a contact needs no address',
    source: 'D',
    request: {
      call: 'POST {objects}/contacts',
      body: { properties: { firstname: 'Ada {u}' } },
      status: 201,
      response: { properties: { firstname: 'Ada {u}', email: absent } },
    },
  },
  {
    it: 'the response to a create repeats the trace id',
    source: 'D',
    request: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ada-{u}@example.com' }, objectWriteTraceId: 'trace-1' },
      status: 201,
      response: { objectWriteTraceId: 'trace-1' },
    },
  },
  {
    it: 'an empty value is not stored',
    source: 'R',
    request: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ada-{u}@example.com', city: '' } },
      status: 201,
      response: { properties: { city: absent } },
    },
  },
  {
    it: 'a read has the default properties in alphabetical order',
    source: 'R',
    given: [aContact('ada', { firstname: 'Ada', lastname: 'Lovelace', city: 'London' })],
    request: {
      call: 'GET {objects}/contacts/{ada}',
      status: 200,
      response: {
        id: '{ada}',
        archived: false,
        properties: exactly({ ...defaultProperties, firstname: 'Ada', lastname: 'Lovelace' }),
      },
    },
  },
  {
    it: 'a read has the requested properties and three more',
    source: 'R',
    given: [aContact('ada', { city: 'London' })],
    request: {
      call: 'GET {objects}/contacts/{ada}?properties=city&properties=zip',
      status: 200,
      response: {
        properties: exactly({
          createdate: isoTime,
          hs_object_id: '{ada}',
          lastmodifieddate: isoTime,
          city: 'London',
          zip: null,
        }),
      },
    },
  },
  {
    it: 'properties may be requested as a list with commas',
    source: 'D',
    given: [aContact('ada', { city: 'London' })],
    request: {
      call: 'GET {objects}/contacts/{ada}?properties=city,email',
      status: 200,
      response: { properties: { city: 'London', email: 'ada-{u}@example.com' } },
    },
  },
  {
    it: 'a read silently omits an unknown property',
    source: 'R',
    given: [aContact('ada')],
    request: {
      call: 'GET {objects}/contacts/{ada}?properties=no_such_property',
      status: 200,
      response: { properties: { no_such_property: absent, hs_object_id: '{ada}' } },
    },
  },
  {
    it: 'a contact is found by its address',
    source: 'C',
    given: [aContact('ada')],
    request: {
      call: 'GET {objects}/contacts/ada-{u}@example.com?idProperty=email',
      status: 200,
      response: { id: '{ada}' },
    },
  },
  {
    it: 'a contact is found by its address in any case',
    source: 'C',
    given: [aContact('ada')],
    request: {
      call: 'GET {objects}/contacts/ADA-{u}@Example.com?idProperty=email',
      status: 200,
      response: { id: '{ada}' },
    },
  },
  {
    it: 'a plus in an address is sent as %2B',
    source: 'X',
    given: [
      {
        call: 'POST {objects}/contacts',
        body: { properties: { email: 'ada-{u}+news@example.com' } },
        status: 201,
        save: { ada: 'id' },
      },
    ],
    request: {
      call: 'GET {objects}/contacts/ada-{u}%2Bnews%40example.com?idProperty=email',
      status: 200,
      response: { id: '{ada}' },
    },
  },
  {
    it: 'a contact is found by an additional address',
    source: 'C',
    given: [aContact('ada', { hs_additional_emails: 'countess-{u}@example.com' })],
    request: {
      call: 'GET {objects}/contacts/countess-{u}@example.com?idProperty=email',
      status: 200,
      response: { id: '{ada}', properties: { email: 'ada-{u}@example.com' } },
    },
  },
  {
    it: 'a contact is found by a custom unique property',
    source: 'D',
    given: [aContact('ada', { vector_key: 'ada-{u}' })],
    request: { call: 'GET {objects}/contacts/ada-{u}?idProperty=vector_key', status: 200, response: { id: '{ada}' } },
  },
  {
    it: 'a read may include the history of a value, newest first',
    source: 'D',
    given: [
      aContact('ada', { city: 'London' }),
      { call: 'PATCH {objects}/contacts/{ada}', body: { properties: { city: 'Paris' } }, status: 200 },
    ],
    request: {
      call: 'GET {objects}/contacts/{ada}?propertiesWithHistory=city',
      status: 200,
      response: {
        properties: { city: 'Paris' },
        propertiesWithHistory: {
          city: [
            { value: 'Paris', timestamp: isoTime, sourceType: 'INTEGRATION' },
            { value: 'London', timestamp: isoTime },
          ],
        },
      },
    },
  },
  {
    it: 'an unknown id answers 404 with only a message',
    source: 'R',
    request: {
      call: 'GET {objects}/contacts/999999999999',
      status: 404,
      response: exactly({ status: 'error', message: 'resource not found', correlationId: uuid }),
    },
  },
  {
    it: 'an unknown address answers 404 with only a message',
    source: 'R',
    request: {
      call: 'GET {objects}/contacts/nobody-{u}@example.com?idProperty=email',
      status: 404,
      response: exactly({ status: 'error', message: 'resource not found', correlationId: uuid }),
    },
  },
  {
    it: 'a client that accepts any type gets an HTML page for an unknown record',
    source: 'R',
    request: {
      call: 'GET {objects}/contacts/999999999999',
      headers: { accept: '*/*' },
      status: 404,
      response: like('<title>Error 404 Not Found</title>'),
      responseHeaders: { 'content-type': 'text/html;charset=iso-8859-1' },
    },
  },
  {
    it: 'an id that is not a number answers 404 with another message',
    source: 'R',
    request: {
      call: 'GET {objects}/contacts/not-a-number',
      status: 404,
      response: {
        message: 'Object not found.  objectId are usually numeric.',
        category: 'OBJECT_NOT_FOUND',
        context: { id: ['not-a-number'] },
      },
    },
  },
  {
    it: 'the response to an update has the sent properties and a few more',
    source: 'R',
    given: [aContact('ada', { firstname: 'Ada', zip: '1' })],
    request: {
      call: 'PATCH {objects}/contacts/{ada}',
      body: { properties: { city: 'London' } },
      status: 200,
      response: {
        id: '{ada}',
        archived: false,
        properties: exactly({
          city: 'London',
          createdate: isoTime,
          hs_is_unworked: 'true',
          hs_object_id: '{ada}',
          hs_object_source: 'INTEGRATION',
          hs_object_source_id: digits,
          hs_object_source_label: 'INTEGRATION',
          hs_pipeline: 'contacts-lifecycle-pipeline',
          lastmodifieddate: isoTime,
          lifecyclestage: 'lead',
        }),
      },
    },
  },
  {
    it: 'a contact is updated by its address',
    source: 'C',
    given: [aContact('ada')],
    request: {
      call: 'PATCH {objects}/contacts/ada-{u}@example.com?idProperty=email',
      body: { properties: { city: 'London' } },
      status: 200,
      response: { id: '{ada}', properties: { city: 'London' } },
    },
  },
  {
    it: 'a contact is updated by a custom unique property',
    source: 'D',
    given: [aContact('ada', { vector_key: 'ada-{u}' })],
    request: {
      call: 'PATCH {objects}/contacts/ada-{u}?idProperty=vector_key',
      body: { properties: { city: 'London' } },
      status: 200,
      response: { id: '{ada}', properties: { city: 'London' } },
    },
  },
  {
    it: 'an empty string clears a value',
    source: 'R',
    given: [
      aContact('ada', { city: 'London' }),
      { call: 'PATCH {objects}/contacts/{ada}', body: { properties: { city: '' } }, status: 200 },
    ],
    request: {
      call: 'GET {objects}/contacts/{ada}?properties=city',
      status: 200,
      response: { properties: { city: null } },
    },
  },
  {
    it: 'an update of the address frees the old one',
    source: 'I',
    given: [
      aContact('ada'),
      { call: 'PATCH {objects}/contacts/{ada}', body: { properties: { email: 'new-{u}@example.com' } }, status: 200 },
    ],
    request: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ada-{u}@example.com' } },
      status: 201,
    },
  },
  {
    it: 'an update without properties answers 400',
    source: 'R',
    given: [aContact('ada')],
    request: {
      call: 'PATCH {objects}/contacts/{ada}',
      body: { properties: {} },
      status: 400,
      response: {
        message: 'No properties found to update, please provide at least one.',
        context: { properties: ['{}'] },
        category: 'VALIDATION_ERROR',
      },
    },
  },
  {
    it: 'an update of an unknown contact answers 404',
    source: 'R',
    request: {
      call: 'PATCH {objects}/contacts/999999999999',
      body: { properties: { city: 'London' } },
      status: 404,
      response: exactly({ status: 'error', message: 'resource not found', correlationId: uuid }),
    },
  },
  {
    it: 'an update by an unknown address answers 404',
    source: 'R',
    request: {
      call: 'PATCH {objects}/contacts/nobody-{u}@example.com?idProperty=email',
      body: { properties: { city: 'London' } },
      status: 404,
      response: { message: 'resource not found' },
    },
  },
  {
    it: 'an update by an unknown unique value answers 404',
    source: 'D',
    request: {
      call: 'PATCH {objects}/contacts/nobody-{u}?idProperty=vector_key',
      body: { properties: { city: 'London' } },
      status: 404,
      response: { message: 'resource not found' },
    },
  },
  {
    it: 'an update that moves the lifecycle stage back is silently ignored',
    source: 'C',
    given: [aContact('ada', { lifecyclestage: 'customer' })],
    request: {
      call: 'PATCH {objects}/contacts/{ada}',
      body: { properties: { lifecyclestage: 'lead' } },
      status: 200,
      response: { properties: { lifecyclestage: 'customer' } },
    },
  },
  {
    it: 'the lifecycle stage moves forward',
    source: 'C',
    given: [aContact('ada')],
    request: {
      call: 'PATCH {objects}/contacts/{ada}',
      body: { properties: { lifecyclestage: 'opportunity' } },
      status: 200,
      response: { properties: { lifecyclestage: 'opportunity' } },
    },
  },
  {
    it: 'a cleared lifecycle stage can be set to any stage',
    source: 'C',
    given: [
      aContact('ada', { lifecyclestage: 'customer' }),
      { call: 'PATCH {objects}/contacts/{ada}', body: { properties: { lifecyclestage: '' } }, status: 200 },
    ],
    request: {
      call: 'PATCH {objects}/contacts/{ada}',
      body: { properties: { lifecyclestage: 'lead' } },
      status: 200,
      response: { properties: { lifecyclestage: 'lead' } },
    },
  },
  {
    it: 'archiving answers 204',
    source: 'D',
    given: [aContact('ada')],
    request: { call: 'DELETE {objects}/contacts/{ada}', status: 204, response: absent },
  },
  {
    it: 'archiving an archived contact answers 204',
    source: 'I',
    given: [aContact('ada'), archived('contacts', 'ada')],
    request: { call: 'DELETE {objects}/contacts/{ada}', status: 204 },
  },
  {
    it: 'an archived contact is not found',
    source: 'R',
    given: [aContact('ada'), archived('contacts', 'ada')],
    request: { call: 'GET {objects}/contacts/{ada}', status: 404, response: { message: 'resource not found' } },
  },
  {
    it: 'an archived contact is found with archived=true',
    source: 'R',
    given: [aContact('ada'), archived('contacts', 'ada')],
    request: {
      call: 'GET {objects}/contacts/{ada}?archived=true',
      status: 200,
      response: { id: '{ada}', archived: true, archivedAt: isoTime },
    },
  },
  {
    it: 'an archived contact cannot be updated',
    source: 'I',
    given: [aContact('ada'), archived('contacts', 'ada')],
    request: { call: 'PATCH {objects}/contacts/{ada}', body: { properties: { city: 'London' } }, status: 404 },
  },
  {
    it: 'the address of an archived contact is free',
    source: 'I',
    given: [aContact('ada'), archived('contacts', 'ada')],
    request: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ada-{u}@example.com' } },
      status: 201,
    },
  },
  {
    it: 'a list has a cursor, the number after its last id',
    source: 'R',
    given: [aContact('ada'), aContact('grace')],
    request: {
      call: 'GET {objects}/contacts?limit=1',
      status: 200,
      response: {
        results: [{ id: digits, properties: { createdate: isoTime } }],
        paging: { next: { after: digits, link: like('^https://api.hubapi.com/.*after=') } },
      },
    },
  },
  {
    it: 'the last page of a list has no cursor',
    source: 'R',
    request: {
      call: 'GET {objects}/contacts?limit=10&after=99999999999999',
      status: 200,
      response: exactly({ results: [] }),
    },
  },
  {
    it: 'a page size over 100 answers 400',
    source: 'D',
    request: {
      call: 'GET {objects}/contacts?limit=101',
      status: 400,
      response: { category: 'VALIDATION_ERROR', message: text },
    },
  },
  {
    it: 'erasing a contact answers 204, and archived=true does not find it',
    source: 'D',
    given: [
      aContact('ada'),
      { call: 'POST {objects}/contacts/gdpr-delete', body: { objectId: '{ada}' }, status: 204, response: absent },
    ],
    request: { call: 'GET {objects}/contacts/{ada}?archived=true', status: 404 },
  },
  {
    it: 'a contact is erased by its address',
    source: 'D',
    given: [
      aContact('ada'),
      {
        call: 'POST {objects}/contacts/gdpr-delete',
        body: { objectId: 'ada-{u}@example.com', idProperty: 'email' },
        status: 204,
      },
    ],
    request: { call: 'GET {objects}/contacts/{ada}', status: 404 },
  },
  {
    it: 'an address that was erased before any contact had it is rejected from then on',
    source: 'D',
    given: [
      {
        call: 'POST {objects}/contacts/gdpr-delete',
        body: { objectId: 'ada-{u}@example.com', idProperty: 'email' },
        status: 204,
      },
    ],
    request: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ada-{u}@example.com' } },
      status: 400,
      response: { category: 'VALIDATION_ERROR' },
    },
  },
  {
    it: '2026-09 warns when it stores another text than was sent',
    source: 'D',
    versions: ['2026-09'],
    request: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'Ada-{u}@example.com' } },
      status: 201,
      response: { warnings: [{ category: 'PROPERTY_VALUE_NORMALIZED', message: text, context: {} }] },
    },
  },
  {
    it: 'v3 silently stores another text than was sent',
    source: 'D',
    versions: ['v3'],
    request: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'Ada-{u}@example.com' } },
      status: 201,
      response: { warnings: absent },
    },
  },
]
