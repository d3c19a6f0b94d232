// Vectors about merging two records.

import { asNumber, digits, containing, isoTime, like, type Step, type Vector } from '../vector.ts'
import { aCompany, aContact, associated } from './given.ts'

const merged: Step = {
  call: 'POST {objects}/contacts/merge',
  body: { primaryObjectId: '{ada}', objectIdToMerge: '{countess}' },
  status: 200,
  save: { one: 'id' },
}
const two = [aContact('ada', { city: 'London' }), aContact('countess', { city: 'Paris', zip: 'SW1' })]

export const MERGES: Vector[] = [
  {
    it: 'merging answers 200 with the merged record',
    source: 'D',
    given: two,
    request: { ...merged, response: { id: digits, archived: false, createdAt: isoTime } },
  },
  {
    it: 'the values of the primary record win, those of the other fill the gaps',
    source: 'D',
    given: [...two, merged],
    request: {
      call: 'GET {objects}/contacts/{one}?properties=city,zip,email',
      status: 200,
      response: { properties: { city: 'London', zip: 'SW1', email: 'ada-{u}@example.com' } },
    },
  },
  {
    it: 'the other address becomes an additional one',
    source: 'D',
    given: [...two, merged],
    request: {
      call: 'GET {objects}/contacts/{one}?properties=hs_additional_emails',
      status: 200,
      response: { properties: { hs_additional_emails: like('countess-{u}@example.com') } },
    },
  },
  {
    it: 'the id of the primary record finds the merged one',
    source: 'I',
    given: [...two, merged],
    request: { call: 'GET {objects}/contacts/{ada}', status: 200, response: { id: '{one}' } },
  },
  {
    it: 'the id of the other record finds the merged one',
    source: 'I',
    given: [...two, merged],
    request: { call: 'GET {objects}/contacts/{countess}', status: 200, response: { id: '{one}' } },
  },
  {
    it: "a new contact with the other record's address answers 409 with the merged id",
    source: 'C',
    given: [...two, merged],
    request: {
      call: 'POST {objects}/contacts',
      body: { properties: { email: 'countess-{u}@example.com' } },
      status: 409,
      response: { message: 'Contact already exists. Existing ID: {one}' },
    },
  },
  {
    it: 'the merged record has the associations of both',
    source: 'D',
    given: [...two, aCompany('engines'), associated('countess', 'engines'), merged],
    request: {
      call: 'GET {associations}/contacts/{one}/associations/companies',
      status: 200,
      response: { results: containing({ toObjectId: asNumber('{engines}') }) },
    },
  },
  {
    it: 'merging an unknown record answers 404',
    source: 'I',
    given: [aContact('ada')],
    request: { ...merged, body: { primaryObjectId: '{ada}', objectIdToMerge: '999999999999' }, status: 404, save: {} },
  },
  {
    it: 'a record cannot be merged with itself',
    source: 'I',
    given: [aContact('ada')],
    request: { ...merged, body: { primaryObjectId: '{ada}', objectIdToMerge: '{ada}' }, status: 400, save: {} },
  },
  {
    it: 'a merge without the other id names what is missing',
    source: 'I',
    given: [aContact('ada')],
    request: {
      ...merged,
      body: { primaryObjectId: '{ada}' },
      status: 400,
      save: {},
      response: { message: like('Some required fields were not set: .*objectIdToMerge') },
    },
  },
]
