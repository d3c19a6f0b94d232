// Finding records by their values. Each vector finds its own by a word that nobody else has.

import { absent, exactly, isoTime, text, type Vector } from '../vector.ts'
import { aContact, aCompany, archived } from './given.ts'

const own = { propertyName: 'company', operator: 'EQ', value: 'firm-{u}' }
const three = [
  aContact('ada', { company: 'firm-{u}', city: 'London', numemployees: '5', closedate: '2026-01-01T00:00:00Z' }),
  aContact('grace', { company: 'firm-{u}', city: 'New York', firstname: 'Grace' }),
  aContact('mary', { company: 'firm-{u}', firstname: 'Mary' }),
]
const found = (filters: unknown[], ...names: string[]) => ({
  given: three,
  ask: {
    call: 'POST {objects}/contacts/search',
    body: {
      filterGroups: [{ filters: [own, ...filters] }],
      sorts: [{ propertyName: 'hs_object_id', direction: 'ASCENDING' }],
    },
    status: 200,
    answer: { total: names.length, results: names.map((name) => ({ id: `{${name}}` })) },
  },
})
const refused = (body: Record<string, unknown>) => ({
  ask: { call: 'POST {objects}/contacts/search', body, status: 400, answer: { status: 'error', message: text } },
})
const filter = { propertyName: 'email', operator: 'HAS_PROPERTY' }

export const SEARCHES: Vector[] = [
  {
    it: 'EQ finds equal values',
    mark: 'D',
    ...found([{ propertyName: 'city', operator: 'EQ', value: 'London' }], 'ada'),
  },
  {
    it: 'EQ does not look at the case',
    mark: 'D',
    ...found([{ propertyName: 'city', operator: 'EQ', value: 'lONDON' }], 'ada'),
  },
  {
    it: 'NEQ finds other values',
    mark: 'D',
    ...found([{ propertyName: 'city', operator: 'NEQ', value: 'London' }], 'grace', 'mary'),
  },
  {
    it: 'IN finds any of a list in lower case',
    mark: 'D',
    ...found([{ propertyName: 'city', operator: 'IN', values: ['london', 'new york'] }], 'ada', 'grace'),
  },
  {
    it: 'IN does not find what is not in lower case',
    mark: 'D',
    ...found([{ propertyName: 'city', operator: 'IN', values: ['London'] }]),
  },
  {
    it: 'NOT_IN finds all others',
    mark: 'D',
    ...found([{ propertyName: 'city', operator: 'NOT_IN', values: ['london'] }], 'grace', 'mary'),
  },
  {
    it: 'HAS_PROPERTY finds who has a value',
    mark: 'D',
    ...found([{ propertyName: 'city', operator: 'HAS_PROPERTY' }], 'ada', 'grace'),
  },
  {
    it: 'NOT_HAS_PROPERTY finds who has none',
    mark: 'D',
    ...found([{ propertyName: 'city', operator: 'NOT_HAS_PROPERTY' }], 'mary'),
  },
  {
    it: 'GT and LT compare times',
    mark: 'D',
    ...found(
      [
        { propertyName: 'closedate', operator: 'GT', value: '1700000000000' },
        { propertyName: 'closedate', operator: 'LT', value: '1800000000000' },
      ],
      'ada',
    ),
  },
  {
    it: 'GTE and LTE count the borders in',
    mark: 'D',
    ...found(
      [
        { propertyName: 'closedate', operator: 'GTE', value: '1767225600000' },
        { propertyName: 'closedate', operator: 'LTE', value: '1767225600000' },
      ],
      'ada',
    ),
  },
  {
    it: 'BETWEEN has two borders',
    mark: 'D',
    ...found(
      [{ propertyName: 'closedate', operator: 'BETWEEN', value: '1767225600000', highValue: '1767225600001' }],
      'ada',
    ),
  },
  {
    it: 'CONTAINS_TOKEN finds a word',
    mark: 'D',
    ...found([{ propertyName: 'city', operator: 'CONTAINS_TOKEN', value: 'york' }], 'grace'),
  },
  {
    it: 'CONTAINS_TOKEN does not find a part of a word',
    mark: 'D',
    ...found([{ propertyName: 'city', operator: 'CONTAINS_TOKEN', value: 'yor' }]),
  },
  {
    it: 'CONTAINS_TOKEN finds a part with a star',
    mark: 'D',
    ...found([{ propertyName: 'city', operator: 'CONTAINS_TOKEN', value: 'yor*' }], 'grace'),
  },
  {
    it: 'NOT_CONTAINS_TOKEN finds all others',
    mark: 'D',
    ...found([{ propertyName: 'city', operator: 'NOT_CONTAINS_TOKEN', value: 'york' }], 'ada', 'mary'),
  },
  {
    it: 'of several groups one is enough',
    mark: 'D',
    given: three,
    ask: {
      call: 'POST {objects}/contacts/search',
      body: {
        filterGroups: [
          { filters: [own, { propertyName: 'city', operator: 'EQ', value: 'London' }] },
          { filters: [own, { propertyName: 'firstname', operator: 'EQ', value: 'Mary' }] },
        ],
        sorts: ['hs_object_id'],
      },
      status: 200,
      answer: { total: 2, results: [{ id: '{ada}' }, { id: '{mary}' }] },
    },
  },
  {
    it: 'an address is found',
    mark: 'R',
    given: [aContact('ada')],
    ask: {
      call: 'POST {objects}/contacts/search',
      body: { filterGroups: [{ filters: [{ propertyName: 'email', operator: 'EQ', value: 'Ada-{u}@example.com' }] }] },
      status: 200,
      answer: exactly({
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
    mark: 'C',
    given: [aCompany('engines', { domain: '{u}.example' })],
    ask: {
      call: 'POST {objects}/companies/search',
      body: {
        filterGroups: [{ filters: [{ propertyName: 'domain', operator: 'EQ', value: '{u}.example' }] }],
        properties: ['name'],
      },
      status: 200,
      answer: { total: 1, results: [{ id: '{engines}', properties: { name: 'engines {u}', domain: absent } }] },
    },
  },
  {
    it: 'archived records are not found',
    mark: 'D',
    given: [aContact('ada'), archived('contacts', 'ada')],
    ask: {
      call: 'POST {objects}/contacts/search',
      body: { filterGroups: [{ filters: [{ propertyName: 'email', operator: 'EQ', value: 'ada-{u}@example.com' }] }] },
      status: 200,
      answer: { total: 0, results: [], paging: absent },
    },
  },
  {
    it: 'results come sorted, downwards when asked',
    mark: 'D',
    given: three,
    ask: {
      call: 'POST {objects}/contacts/search',
      body: {
        filterGroups: [{ filters: [own, { propertyName: 'firstname', operator: 'HAS_PROPERTY' }] }],
        sorts: [{ propertyName: 'firstname', direction: 'DESCENDING' }],
      },
      status: 200,
      answer: { results: [{ id: '{mary}' }, { id: '{grace}' }] },
    },
  },
  {
    it: 'a page has a cursor for the next one',
    mark: 'D',
    given: three,
    ask: {
      call: 'POST {objects}/contacts/search',
      body: { filterGroups: [{ filters: [own] }], sorts: ['hs_object_id'], limit: 2 },
      status: 200,
      answer: { total: 3, results: [{ id: '{ada}' }, { id: '{grace}' }], paging: { next: { after: '2' } } },
    },
  },
  {
    it: 'the cursor leads to the rest',
    mark: 'D',
    given: three,
    ask: {
      call: 'POST {objects}/contacts/search',
      body: { filterGroups: [{ filters: [own] }], sorts: ['hs_object_id'], limit: 2, after: '2' },
      status: 200,
      answer: { total: 3, results: [{ id: '{mary}' }], paging: absent },
    },
  },
  {
    it: 'a text is looked for in names and addresses',
    mark: 'D',
    given: [aContact('ada', { lastname: 'Lovelace-{u}' })],
    ask: {
      call: 'POST {objects}/contacts/search',
      body: { query: 'lovelace-{u}' },
      status: 200,
      answer: { total: 1, results: [{ id: '{ada}' }] },
    },
  },
  {
    it: 'without a filter everything is found, ten at a time',
    mark: 'D',
    given: [aContact('ada')],
    ask: { call: 'POST {objects}/contacts/search', body: {}, status: 200 },
  },
  { it: 'more than 200 rows at a time are refused', mark: 'D', ...refused({ limit: 201 }) },
  { it: 'paging ends at 10,000', mark: 'D', ...refused({ limit: 100, after: '9950' }) },
  {
    it: 'more than five groups are refused',
    mark: 'D',
    ...refused({ filterGroups: Array.from({ length: 6 }, () => ({ filters: [filter] })) }),
  },
  {
    it: 'more than six filters in a group are refused',
    mark: 'D',
    ...refused({ filterGroups: [{ filters: Array.from({ length: 7 }, () => filter) }] }),
  },
  {
    it: 'more than eighteen filters are refused',
    mark: 'D',
    ...refused({
      filterGroups: Array.from({ length: 4 }, () => ({ filters: Array.from({ length: 5 }, () => filter) })),
    }),
  },
  { it: 'a request of more than 3,000 characters is refused', mark: 'D', ...refused({ query: 'x'.repeat(3000) }) },
  {
    it: 'an operator that does not exist is refused',
    mark: 'D',
    ...refused({ filterGroups: [{ filters: [{ propertyName: 'email', operator: 'LIKE', value: 'x' }] }] }),
  },
  {
    it: 'a property that does not exist is refused',
    mark: 'C',
    ...refused({ filterGroups: [{ filters: [{ propertyName: 'nonsense', operator: 'EQ', value: 'x' }] }] }),
  },
  { it: 'two sorts are refused', mark: 'D', ...refused({ sorts: ['email', 'city'] }) },
]
