// Vectors about search. Each filters by a value that only its own records have.

import { absent, exactly, isoTime, text, type Vector } from '../vector.ts'
import { aContact, aCompany, archived } from './given.ts'

const ownRecords = { propertyName: 'company', operator: 'EQ', value: 'org-{u}' }
const threeContacts = [
  aContact('ada', { company: 'org-{u}', city: 'London', numemployees: '5', closedate: '2026-01-01T00:00:00Z' }),
  aContact('grace', { company: 'org-{u}', city: 'New York', firstname: 'Grace' }),
  aContact('mary', { company: 'org-{u}', firstname: 'Mary' }),
]
const found = (filters: unknown[], ...names: string[]) => ({
  given: threeContacts,
  request: {
    call: 'POST {objects}/contacts/search',
    body: {
      filterGroups: [{ filters: [ownRecords, ...filters] }],
      sorts: [{ propertyName: 'hs_object_id', direction: 'ASCENDING' }],
    },
    status: 200,
    response: { total: names.length, results: names.map((name) => ({ id: `{${name}}` })) },
  },
})
const rejected = (body: Record<string, unknown>) => ({
  request: { call: 'POST {objects}/contacts/search', body, status: 400, response: { status: 'error', message: text } },
})
const filter = { propertyName: 'email', operator: 'HAS_PROPERTY' }

export const SEARCHES: Vector[] = [
  {
    it: 'EQ finds equal values',
    source: 'D',
    ...found([{ propertyName: 'city', operator: 'EQ', value: 'London' }], 'ada'),
  },
  {
    it: 'EQ ignores case',
    source: 'D',
    ...found([{ propertyName: 'city', operator: 'EQ', value: 'lONDON' }], 'ada'),
  },
  {
    it: 'NEQ finds other values',
    source: 'D',
    ...found([{ propertyName: 'city', operator: 'NEQ', value: 'London' }], 'grace', 'mary'),
  },
  {
    it: 'IN finds the values of a list in lower case',
    source: 'D',
    ...found([{ propertyName: 'city', operator: 'IN', values: ['london', 'new york'] }], 'ada', 'grace'),
  },
  {
    it: 'IN does not find values of a list that is not in lower case',
    source: 'D',
    ...found([{ propertyName: 'city', operator: 'IN', values: ['London'] }]),
  },
  {
    it: 'NOT_IN finds all others',
    source: 'D',
    ...found([{ propertyName: 'city', operator: 'NOT_IN', values: ['london'] }], 'grace', 'mary'),
  },
  {
    it: 'HAS_PROPERTY finds records with a value',
    source: 'D',
    ...found([{ propertyName: 'city', operator: 'HAS_PROPERTY' }], 'ada', 'grace'),
  },
  {
    it: 'NOT_HAS_PROPERTY finds records without a value',
    source: 'D',
    ...found([{ propertyName: 'city', operator: 'NOT_HAS_PROPERTY' }], 'mary'),
  },
  {
    it: 'GT and LT compare times',
    source: 'D',
    ...found(
      [
        { propertyName: 'closedate', operator: 'GT', value: '1700000000000' },
        { propertyName: 'closedate', operator: 'LT', value: '1800000000000' },
      ],
      'ada',
    ),
  },
  {
    it: 'GTE and LTE include the limit',
    source: 'D',
    ...found(
      [
        { propertyName: 'closedate', operator: 'GTE', value: '1767225600000' },
        { propertyName: 'closedate', operator: 'LTE', value: '1767225600000' },
      ],
      'ada',
    ),
  },
  {
    it: 'BETWEEN compares with two limits',
    source: 'D',
    ...found(
      [{ propertyName: 'closedate', operator: 'BETWEEN', value: '1767225600000', highValue: '1767225600001' }],
      'ada',
    ),
  },
  {
    it: 'CONTAINS_TOKEN finds a word',
    source: 'D',
    ...found([{ propertyName: 'city', operator: 'CONTAINS_TOKEN', value: 'york' }], 'grace'),
  },
  {
    it: 'CONTAINS_TOKEN does not find a part of a word',
    source: 'D',
    ...found([{ propertyName: 'city', operator: 'CONTAINS_TOKEN', value: 'yor' }]),
  },
  {
    it: 'CONTAINS_TOKEN finds a part of a word with a star',
    source: 'D',
    ...found([{ propertyName: 'city', operator: 'CONTAINS_TOKEN', value: 'yor*' }], 'grace'),
  },
  {
    it: 'NOT_CONTAINS_TOKEN finds all others',
    source: 'D',
    ...found([{ propertyName: 'city', operator: 'NOT_CONTAINS_TOKEN', value: 'york' }], 'ada', 'mary'),
  },
  {
    it: 'a record must match only one of several groups',
    source: 'D',
    given: threeContacts,
    request: {
      call: 'POST {objects}/contacts/search',
      body: {
        filterGroups: [
          { filters: [ownRecords, { propertyName: 'city', operator: 'EQ', value: 'London' }] },
          { filters: [ownRecords, { propertyName: 'firstname', operator: 'EQ', value: 'Mary' }] },
        ],
        sorts: ['hs_object_id'],
      },
      status: 200,
      response: { total: 2, results: [{ id: '{ada}' }, { id: '{mary}' }] },
    },
  },
  {
    it: 'EQ finds a contact by its address in any case',
    source: 'R',
    given: [aContact('ada')],
    request: {
      call: 'POST {objects}/contacts/search',
      body: { filterGroups: [{ filters: [{ propertyName: 'email', operator: 'EQ', value: 'Ada-{u}@example.com' }] }] },
      status: 200,
      response: exactly({
        total: 1,
        results: [
          {
            id: '{ada}',
            archived: false,
            createdAt: isoTime,
            properties: { email: 'ada-{u}@example.com', firstname: null, hs_object_id: '{ada}' },
          },
        ],
      }),
    },
  },
  {
    it: 'companies are found by domain',
    source: 'C',
    given: [aCompany('engines', { domain: '{u}.example' })],
    request: {
      call: 'POST {objects}/companies/search',
      body: {
        filterGroups: [{ filters: [{ propertyName: 'domain', operator: 'EQ', value: '{u}.example' }] }],
        properties: ['name'],
      },
      status: 200,
      response: { total: 1, results: [{ id: '{engines}', properties: { name: 'engines {u}', domain: absent } }] },
    },
  },
  {
    it: 'archived records are not found',
    source: 'D',
    given: [aContact('ada'), archived('contacts', 'ada')],
    request: {
      call: 'POST {objects}/contacts/search',
      body: { filterGroups: [{ filters: [{ propertyName: 'email', operator: 'EQ', value: 'ada-{u}@example.com' }] }] },
      status: 200,
      response: { total: 0, results: [], paging: absent },
    },
  },
  {
    it: 'results are sorted, in descending order on request',
    source: 'D',
    given: threeContacts,
    request: {
      call: 'POST {objects}/contacts/search',
      body: {
        filterGroups: [{ filters: [ownRecords, { propertyName: 'firstname', operator: 'HAS_PROPERTY' }] }],
        sorts: [{ propertyName: 'firstname', direction: 'DESCENDING' }],
      },
      status: 200,
      response: { results: [{ id: '{mary}' }, { id: '{grace}' }] },
    },
  },
  {
    it: 'a page has a cursor for the next one',
    source: 'D',
    given: threeContacts,
    request: {
      call: 'POST {objects}/contacts/search',
      body: { filterGroups: [{ filters: [ownRecords] }], sorts: ['hs_object_id'], limit: 2 },
      status: 200,
      response: { total: 3, results: [{ id: '{ada}' }, { id: '{grace}' }], paging: { next: { after: '2' } } },
    },
  },
  {
    it: 'the cursor returns the rest',
    source: 'D',
    given: threeContacts,
    request: {
      call: 'POST {objects}/contacts/search',
      body: { filterGroups: [{ filters: [ownRecords] }], sorts: ['hs_object_id'], limit: 2, after: '2' },
      status: 200,
      response: { total: 3, results: [{ id: '{mary}' }], paging: absent },
    },
  },
  {
    it: 'a free-text query searches names and addresses',
    source: 'D',
    given: [aContact('ada', { lastname: 'Lovelace-{u}' })],
    request: {
      call: 'POST {objects}/contacts/search',
      body: { query: 'lovelace-{u}' },
      status: 200,
      response: { total: 1, results: [{ id: '{ada}' }] },
    },
  },
  {
    it: 'a search without a filter answers 200',
    source: 'D',
    given: [aContact('ada')],
    request: { call: 'POST {objects}/contacts/search', body: {}, status: 200 },
  },
  { it: 'a page size over 200 answers 400', source: 'D', ...rejected({ limit: 201 }) },
  { it: 'paging past 10,000 answers 400', source: 'D', ...rejected({ limit: 100, after: '9950' }) },
  {
    it: 'more than five filter groups answer 400',
    source: 'D',
    ...rejected({ filterGroups: Array.from({ length: 6 }, () => ({ filters: [filter] })) }),
  },
  {
    it: 'more than six filters in a group answer 400',
    source: 'D',
    ...rejected({ filterGroups: [{ filters: Array.from({ length: 7 }, () => filter) }] }),
  },
  {
    it: 'more than eighteen filters answer 400',
    source: 'D',
    ...rejected({
      filterGroups: Array.from({ length: 4 }, () => ({ filters: Array.from({ length: 5 }, () => filter) })),
    }),
  },
  { it: 'a body of more than 3,000 characters answers 400', source: 'D', ...rejected({ query: 'x'.repeat(3000) }) },
  {
    it: 'an unknown operator answers 400',
    source: 'D',
    ...rejected({ filterGroups: [{ filters: [{ propertyName: 'email', operator: 'LIKE', value: 'x' }] }] }),
  },
  {
    it: 'a filter on an unknown property answers 400',
    source: 'C',
    ...rejected({ filterGroups: [{ filters: [{ propertyName: 'nonsense', operator: 'EQ', value: 'x' }] }] }),
  },
  { it: 'two sorts answer 400', source: 'D', ...rejected({ sorts: ['email', 'city'] }) },
]
