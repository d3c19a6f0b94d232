// One contact at a time.

import { absent, digits, exactly, isoTime, like, text, uuid, type Vector } from '../vector.ts'
import { aContact, archived } from './given.ts'

const shownByDefault = {
  createdate: isoTime,
  email: 'ada-{u}@example.com',
  hs_object_id: '{ada}',
  lastmodifieddate: isoTime,
}

export const CONTACTS: Vector[] = [
  {
    it: 'creating a contact answers 201 with what was sent and what HubSpot adds',
    mark: 'R',
    ask: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ada-{u}@example.com', firstname: 'Ada', lastname: 'Lovelace' } },
      status: 201,
      keep: { ada: 'id' },
      answer: {
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
    it: 'the answer to a create names the way to the new record',
    mark: 'R',
    versions: ['v3'],
    ask: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ada-{u}@example.com' } },
      status: 201,
      sends: { location: like(String.raw`^https://api\.hubapi\.com/crm/v3/objects/contacts/\d+$`) },
    },
  },
  {
    it: 'a record carries the address of its page',
    mark: 'R',
    ask: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ada-{u}@example.com' } },
      status: 201,
      answer: { url: like(String.raw`^https?://[^/]+/contacts/\d+/record/0-1/\d+$`) },
    },
  },
  {
    it: 'numbers and booleans are kept as texts',
    mark: 'D',
    ask: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ada-{u}@example.com', zip: 4711, city: true } },
      status: 201,
      answer: { properties: { zip: '4711', city: 'true' } },
    },
  },
  {
    it: 'an address is kept in lower case',
    mark: 'R',
    ask: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'Ada-{u}@Example.COM' } },
      status: 201,
      answer: { properties: { email: 'ada-{u}@example.com', hs_email_domain: 'example.com' } },
    },
  },
  {
    it: 'an address loses the spaces around it',
    mark: 'I',
    ask: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: '  ada-{u}@example.com ' } },
      status: 201,
      answer: { properties: { email: 'ada-{u}@example.com' } },
    },
  },
  {
    it: 'a plus in an address makes another contact',
    mark: 'R',
    given: [aContact('ada')],
    ask: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ada-{u}+news@example.com' } },
      status: 201,
    },
  },
  {
    it: 'a contact without a name is called by its address',
    mark: 'R',
    ask: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ada-{u}@example.com' } },
      status: 201,
      answer: { properties: { hs_full_name_or_email: 'ada-{u}@example.com' } },
    },
  },
  {
    it: 'a contact needs no address',
    mark: 'D',
    ask: {
      call: 'POST {objects}/contacts',
      body: { properties: { firstname: 'Ada {u}' } },
      status: 201,
      answer: { properties: { firstname: 'Ada {u}', email: absent } },
    },
  },
  {
    it: 'an own trace id comes back with a created contact',
    mark: 'D',
    ask: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ada-{u}@example.com' }, objectWriteTraceId: 'trace-1' },
      status: 201,
      answer: { objectWriteTraceId: 'trace-1' },
    },
  },
  {
    it: 'an empty value is the same as none',
    mark: 'R',
    ask: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ada-{u}@example.com', city: '' } },
      status: 201,
      answer: { properties: { city: absent } },
    },
  },
  {
    it: 'a read shows the usual properties in alphabetical order',
    mark: 'R',
    given: [aContact('ada', { firstname: 'Ada', lastname: 'Lovelace', city: 'London' })],
    ask: {
      call: 'GET {objects}/contacts/{ada}',
      status: 200,
      answer: {
        id: '{ada}',
        archived: false,
        properties: exactly({ ...shownByDefault, firstname: 'Ada', lastname: 'Lovelace' }),
      },
    },
  },
  {
    it: 'a read shows the properties that are asked for, and three more',
    mark: 'R',
    given: [aContact('ada', { city: 'London' })],
    ask: {
      call: 'GET {objects}/contacts/{ada}?properties=city&properties=zip',
      status: 200,
      answer: {
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
    it: 'properties may be asked for in one list with commas',
    mark: 'D',
    given: [aContact('ada', { city: 'London' })],
    ask: {
      call: 'GET {objects}/contacts/{ada}?properties=city,email',
      status: 200,
      answer: { properties: { city: 'London', email: 'ada-{u}@example.com' } },
    },
  },
  {
    it: 'a property that does not exist is left out of a read without a word',
    mark: 'R',
    given: [aContact('ada')],
    ask: {
      call: 'GET {objects}/contacts/{ada}?properties=no_such_property',
      status: 200,
      answer: { properties: { no_such_property: absent, hs_object_id: '{ada}' } },
    },
  },
  {
    it: 'a contact is found by its address',
    mark: 'C',
    given: [aContact('ada')],
    ask: {
      call: 'GET {objects}/contacts/ada-{u}@example.com?idProperty=email',
      status: 200,
      answer: { id: '{ada}' },
    },
  },
  {
    it: 'a contact is found by its address in any case',
    mark: 'C',
    given: [aContact('ada')],
    ask: { call: 'GET {objects}/contacts/ADA-{u}@Example.com?idProperty=email', status: 200, answer: { id: '{ada}' } },
  },
  {
    it: 'a plus in an address is sent as %2B',
    mark: 'X',
    given: [
      {
        call: 'POST {objects}/contacts',
        body: { properties: { email: 'ada-{u}+news@example.com' } },
        status: 201,
        keep: { ada: 'id' },
      },
    ],
    ask: {
      call: 'GET {objects}/contacts/ada-{u}%2Bnews%40example.com?idProperty=email',
      status: 200,
      answer: { id: '{ada}' },
    },
  },
  {
    it: 'a contact is found by an additional address',
    mark: 'C',
    given: [aContact('ada', { hs_additional_emails: 'countess-{u}@example.com' })],
    ask: {
      call: 'GET {objects}/contacts/countess-{u}@example.com?idProperty=email',
      status: 200,
      answer: { id: '{ada}', properties: { email: 'ada-{u}@example.com' } },
    },
  },
  {
    it: 'a contact is found by an own unique property',
    mark: 'D',
    given: [aContact('ada', { vector_key: 'ada-{u}' })],
    ask: { call: 'GET {objects}/contacts/ada-{u}?idProperty=vector_key', status: 200, answer: { id: '{ada}' } },
  },
  {
    it: 'the history of a value is shown, newest first',
    mark: 'D',
    given: [
      aContact('ada', { city: 'London' }),
      { call: 'PATCH {objects}/contacts/{ada}', body: { properties: { city: 'Paris' } }, status: 200 },
    ],
    ask: {
      call: 'GET {objects}/contacts/{ada}?propertiesWithHistory=city',
      status: 200,
      answer: {
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
    it: 'an id that nobody has answers 404 with nothing but a message',
    mark: 'R',
    ask: {
      call: 'GET {objects}/contacts/999999999999',
      status: 404,
      answer: exactly({ status: 'error', message: 'resource not found', correlationId: uuid }),
    },
  },
  {
    it: 'an address that nobody has answers 404 with nothing but a message',
    mark: 'R',
    ask: {
      call: 'GET {objects}/contacts/nobody-{u}@example.com?idProperty=email',
      status: 404,
      answer: exactly({ status: 'error', message: 'resource not found', correlationId: uuid }),
    },
  },
  {
    it: 'a caller that does not ask for JSON gets a page for a missing record',
    mark: 'R',
    ask: {
      call: 'GET {objects}/contacts/999999999999',
      headers: { accept: '*/*' },
      status: 404,
      answer: like('<title>Error 404 Not Found</title>'),
      sends: { 'content-type': 'text/html;charset=iso-8859-1' },
    },
  },
  {
    it: 'an id that is no number answers 404 in other words',
    mark: 'R',
    ask: {
      call: 'GET {objects}/contacts/not-a-number',
      status: 404,
      answer: {
        message: 'Object not found.  objectId are usually numeric.',
        category: 'OBJECT_NOT_FOUND',
        context: { id: ['not-a-number'] },
      },
    },
  },
  {
    it: 'a change answers with what was sent and a few more, not with all',
    mark: 'R',
    given: [aContact('ada', { firstname: 'Ada', zip: '1' })],
    ask: {
      call: 'PATCH {objects}/contacts/{ada}',
      body: { properties: { city: 'London' } },
      status: 200,
      answer: {
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
    it: 'a contact is changed by its address',
    mark: 'C',
    given: [aContact('ada')],
    ask: {
      call: 'PATCH {objects}/contacts/ada-{u}@example.com?idProperty=email',
      body: { properties: { city: 'London' } },
      status: 200,
      answer: { id: '{ada}', properties: { city: 'London' } },
    },
  },
  {
    it: 'an empty text clears a value',
    mark: 'R',
    given: [
      aContact('ada', { city: 'London' }),
      { call: 'PATCH {objects}/contacts/{ada}', body: { properties: { city: '' } }, status: 200 },
    ],
    ask: {
      call: 'GET {objects}/contacts/{ada}?properties=city',
      status: 200,
      answer: { properties: { city: null } },
    },
  },
  {
    it: 'a change of the address frees the old one',
    mark: 'I',
    given: [
      aContact('ada'),
      { call: 'PATCH {objects}/contacts/{ada}', body: { properties: { email: 'new-{u}@example.com' } }, status: 200 },
    ],
    ask: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ada-{u}@example.com' } },
      status: 201,
    },
  },
  {
    it: 'a change of nothing is refused',
    mark: 'R',
    given: [aContact('ada')],
    ask: {
      call: 'PATCH {objects}/contacts/{ada}',
      body: { properties: {} },
      status: 400,
      answer: {
        message: 'No properties found to update, please provide at least one.',
        context: { properties: ['{}'] },
        category: 'VALIDATION_ERROR',
      },
    },
  },
  {
    it: 'a change of a contact that nobody has answers 404',
    mark: 'R',
    ask: {
      call: 'PATCH {objects}/contacts/999999999999',
      body: { properties: { city: 'London' } },
      status: 404,
      answer: exactly({ status: 'error', message: 'resource not found', correlationId: uuid }),
    },
  },
  {
    it: 'a change by an address that nobody has answers 404',
    mark: 'R',
    ask: {
      call: 'PATCH {objects}/contacts/nobody-{u}@example.com?idProperty=email',
      body: { properties: { city: 'London' } },
      status: 404,
      answer: { message: 'resource not found' },
    },
  },
  {
    it: 'the lifecycle stage does not go back, and nothing is said about it',
    mark: 'C',
    given: [aContact('ada', { lifecyclestage: 'customer' })],
    ask: {
      call: 'PATCH {objects}/contacts/{ada}',
      body: { properties: { lifecyclestage: 'lead' } },
      status: 200,
      answer: { properties: { lifecyclestage: 'customer' } },
    },
  },
  {
    it: 'the lifecycle stage goes forward',
    mark: 'C',
    given: [aContact('ada')],
    ask: {
      call: 'PATCH {objects}/contacts/{ada}',
      body: { properties: { lifecyclestage: 'opportunity' } },
      status: 200,
      answer: { properties: { lifecyclestage: 'opportunity' } },
    },
  },
  {
    it: 'a lifecycle stage that was cleared first can be set to any',
    mark: 'C',
    given: [
      aContact('ada', { lifecyclestage: 'customer' }),
      { call: 'PATCH {objects}/contacts/{ada}', body: { properties: { lifecyclestage: '' } }, status: 200 },
    ],
    ask: {
      call: 'PATCH {objects}/contacts/{ada}',
      body: { properties: { lifecyclestage: 'lead' } },
      status: 200,
      answer: { properties: { lifecyclestage: 'lead' } },
    },
  },
  {
    it: 'archiving answers 204',
    mark: 'D',
    given: [aContact('ada')],
    ask: { call: 'DELETE {objects}/contacts/{ada}', status: 204, answer: absent },
  },
  {
    it: 'archiving what is archived already answers 204 too',
    mark: 'I',
    given: [aContact('ada'), archived('contacts', 'ada')],
    ask: { call: 'DELETE {objects}/contacts/{ada}', status: 204 },
  },
  {
    it: 'an archived contact is not found',
    mark: 'R',
    given: [aContact('ada'), archived('contacts', 'ada')],
    ask: { call: 'GET {objects}/contacts/{ada}', status: 404, answer: { message: 'resource not found' } },
  },
  {
    it: 'an archived contact is found among the archived',
    mark: 'R',
    given: [aContact('ada'), archived('contacts', 'ada')],
    ask: {
      call: 'GET {objects}/contacts/{ada}?archived=true',
      status: 200,
      answer: { id: '{ada}', archived: true, archivedAt: isoTime },
    },
  },
  {
    it: 'an archived contact cannot be changed',
    mark: 'I',
    given: [aContact('ada'), archived('contacts', 'ada')],
    ask: { call: 'PATCH {objects}/contacts/{ada}', body: { properties: { city: 'London' } }, status: 404 },
  },
  {
    it: 'the address of an archived contact is free',
    mark: 'I',
    given: [aContact('ada'), archived('contacts', 'ada')],
    ask: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ada-{u}@example.com' } },
      status: 201,
    },
  },
  {
    it: 'a list has a cursor, the number after its last id',
    mark: 'R',
    given: [aContact('ada'), aContact('grace')],
    ask: {
      call: 'GET {objects}/contacts?limit=1',
      status: 200,
      answer: {
        results: [{ id: digits, properties: { createdate: isoTime } }],
        paging: { next: { after: digits, link: like('^https://api.hubapi.com/.*after=') } },
      },
    },
  },
  {
    it: 'the last page of a list has no cursor',
    mark: 'R',
    ask: {
      call: 'GET {objects}/contacts?limit=10&after=99999999999999',
      status: 200,
      answer: exactly({ results: [] }),
    },
  },
  {
    it: 'a list of more than 100 is refused',
    mark: 'D',
    ask: {
      call: 'GET {objects}/contacts?limit=101',
      status: 400,
      answer: { category: 'VALIDATION_ERROR', message: text },
    },
  },
  {
    it: 'erasing a contact answers 204 and leaves nothing among the archived',
    mark: 'D',
    given: [
      aContact('ada'),
      { call: 'POST {objects}/contacts/gdpr-delete', body: { objectId: '{ada}' }, status: 204, answer: absent },
    ],
    ask: { call: 'GET {objects}/contacts/{ada}?archived=true', status: 404 },
  },
  {
    it: 'a contact is erased by its address',
    mark: 'D',
    given: [
      aContact('ada'),
      {
        call: 'POST {objects}/contacts/gdpr-delete',
        body: { objectId: 'ada-{u}@example.com', idProperty: 'email' },
        status: 204,
      },
    ],
    ask: { call: 'GET {objects}/contacts/{ada}', status: 404 },
  },
  {
    it: 'an address that was erased before anybody had it is refused from then on',
    mark: 'D',
    given: [
      {
        call: 'POST {objects}/contacts/gdpr-delete',
        body: { objectId: 'ada-{u}@example.com', idProperty: 'email' },
        status: 204,
      },
    ],
    ask: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'ada-{u}@example.com' } },
      status: 400,
      answer: { category: 'VALIDATION_ERROR' },
    },
  },
  {
    it: '2026-09 says when it stores another text than it was sent',
    mark: 'D',
    versions: ['2026-09'],
    ask: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'Ada-{u}@example.com' } },
      status: 201,
      answer: { warnings: [{ category: 'PROPERTY_VALUE_NORMALIZED', message: text, context: {} }] },
    },
  },
  {
    it: 'v3 stores another text than it was sent without a word',
    mark: 'D',
    versions: ['v3'],
    ask: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'Ada-{u}@example.com' } },
      status: 201,
      answer: { warnings: absent },
    },
  },
]
