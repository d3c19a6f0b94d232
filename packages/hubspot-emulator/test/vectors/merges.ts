// Two records that become one.

import { asNumber, digits, having, isoTime, like, type Step, type Vector } from '../vector.ts'
import { aCompany, aContact, associated } from './given.ts'

const merged: Step = {
  call: 'POST {objects}/contacts/merge',
  body: { primaryObjectId: '{ada}', objectIdToMerge: '{countess}' },
  status: 200,
  keep: { one: 'id' },
}
const two = [aContact('ada', { city: 'London' }), aContact('countess', { city: 'Paris', zip: 'SW1' })]

export const MERGES: Vector[] = [
  {
    it: 'merging answers 200 with the merged record',
    mark: 'D',
    given: two,
    ask: { ...merged, answer: { id: digits, archived: false, createdAt: isoTime } },
  },
  {
    it: 'the values of the primary record win, the others fill the gaps',
    mark: 'D',
    given: [...two, merged],
    ask: {
      call: 'GET {objects}/contacts/{one}?properties=city,zip,email',
      status: 200,
      answer: { properties: { city: 'London', zip: 'SW1', email: 'ada-{u}@example.com' } },
    },
  },
  {
    it: 'the other address becomes an additional one',
    mark: 'D',
    given: [...two, merged],
    ask: {
      call: 'GET {objects}/contacts/{one}?properties=hs_additional_emails',
      status: 200,
      answer: { properties: { hs_additional_emails: like('countess-{u}@example.com') } },
    },
  },
  {
    it: 'the id of the primary record finds the merged one',
    mark: 'I',
    given: [...two, merged],
    ask: { call: 'GET {objects}/contacts/{ada}', status: 200, answer: { id: '{one}' } },
  },
  {
    it: 'the id of the other record finds it too',
    mark: 'I',
    given: [...two, merged],
    ask: { call: 'GET {objects}/contacts/{countess}', status: 200, answer: { id: '{one}' } },
  },
  {
    it: 'a new contact with an address of the other record answers 409 with the merged one',
    mark: 'C',
    given: [...two, merged],
    ask: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'countess-{u}@example.com' } },
      status: 409,
      answer: { message: 'Contact already exists. Existing ID: {one}' },
    },
  },
  {
    it: 'the associations of both go to the merged record',
    mark: 'D',
    given: [...two, aCompany('engines'), associated('countess', 'engines'), merged],
    ask: {
      call: 'GET {associations}/contacts/{one}/associations/companies',
      status: 200,
      answer: { results: having({ toObjectId: asNumber('{engines}') }) },
    },
  },
  {
    it: 'a record that nobody has cannot be merged',
    mark: 'I',
    given: [aContact('ada')],
    ask: { ...merged, body: { primaryObjectId: '{ada}', objectIdToMerge: '999999999999' }, status: 404, keep: {} },
  },
  {
    it: 'a record cannot be merged with itself',
    mark: 'I',
    given: [aContact('ada')],
    ask: { ...merged, body: { primaryObjectId: '{ada}', objectIdToMerge: '{ada}' }, status: 400, keep: {} },
  },
  {
    it: 'a merge without the other id names what is missing',
    mark: 'I',
    given: [aContact('ada')],
    ask: {
      ...merged,
      body: { primaryObjectId: '{ada}' },
      status: 400,
      keep: {},
      answer: { message: like('Some required fields were not set: .*objectIdToMerge') },
    },
  },
]
