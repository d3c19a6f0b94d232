// Who belongs to which company.

import {
  absent,
  asNumber,
  exactly,
  having,
  inAnyOrder,
  isoTime,
  like,
  number,
  type Step,
  type Vector,
} from '../vector.ts'
import { aCompany, aContact, archived, associated } from './given.ts'

const DEFINED = 'HUBSPOT_DEFINED'
const plain = { associationCategory: DEFINED, associationTypeId: 279 }
const primary = { associationCategory: DEFINED, associationTypeId: 1 }
const spec = (typeId: number) => ({ associationCategory: DEFINED, associationTypeId: typeId })
const type = (typeId: number) => ({ category: DEFINED, typeId })

const pair = [aContact('ada'), aCompany('engines')]
const read: Step = { call: 'GET {associations}/contacts/{ada}/associations/companies', status: 200 }
const labelled = (company: string, types: unknown[]): Step => ({
  call: `PUT {associations}/contacts/{ada}/associations/companies/{${company}}`,
  body: types,
  status: 201,
})
const inBatch = (name: string, inputs: unknown, status: number): Step => ({
  call: `POST {associationBatches}/contacts/companies/batch/${name}`,
  body: { inputs },
  status,
})
const ends = { from: { id: '{ada}' }, to: { id: '{engines}' } }

export const ASSOCIATIONS: Vector[] = [
  {
    it: 'the default PUT answers 200 with both directions and ids as texts',
    mark: 'R',
    given: pair,
    ask: {
      ...associated('ada', 'engines'),
      answer: exactly({
        status: 'COMPLETE',
        results: inAnyOrder(
          { from: { id: '{ada}' }, to: { id: '{engines}' }, associationSpec: spec(279) },
          { from: { id: '{engines}' }, to: { id: '{ada}' }, associationSpec: spec(280) },
        ),
        startedAt: isoTime,
        completedAt: isoTime,
      }),
    },
  },
  {
    it: 'the default PUT takes the singular too',
    mark: 'D',
    given: pair,
    ask: { call: 'PUT {associations}/contact/{ada}/associations/default/company/{engines}', status: 200 },
  },
  {
    it: 'the default PUT works from the company as well',
    mark: 'D',
    given: [
      ...pair,
      { call: 'PUT {associations}/companies/{engines}/associations/default/contacts/{ada}', status: 200 },
    ],
    ask: { ...read, answer: { results: [{ toObjectId: asNumber('{engines}') }] } },
  },
  {
    it: 'the default PUT can be repeated',
    mark: 'R',
    given: [...pair, associated('ada', 'engines'), associated('ada', 'engines')],
    ask: { ...read, answer: { results: [{ toObjectId: asNumber('{engines}') }] } },
  },
  {
    it: "a contact's first company becomes the primary one",
    mark: 'I',
    given: [...pair, associated('ada', 'engines')],
    ask: {
      ...read,
      answer: {
        results: [
          {
            toObjectId: asNumber('{engines}'),
            associationTypes: inAnyOrder({ ...type(1), label: like('Primary') }, { ...type(279), label: null }),
          },
        ],
      },
    },
  },
  {
    it: "a contact's second company does not",
    mark: 'I',
    given: [...pair, aCompany('other'), associated('ada', 'engines'), associated('ada', 'other')],
    ask: {
      ...read,
      answer: {
        results: inAnyOrder(
          { toObjectId: asNumber('{engines}'), associationTypes: inAnyOrder(type(1), type(279)) },
          { toObjectId: asNumber('{other}'), associationTypes: [type(279)] },
        ),
      },
    },
  },
  {
    it: 'the primary company can be read on the contact',
    mark: 'C',
    given: [...pair, associated('ada', 'engines')],
    ask: {
      call: 'GET {objects}/contacts/{ada}?properties=associatedcompanyid',
      status: 200,
      answer: { properties: { associatedcompanyid: '{engines}' } },
    },
  },
  {
    it: 'a default PUT to somebody unknown answers 404',
    mark: 'I',
    given: [aContact('ada')],
    ask: {
      call: 'PUT {associations}/contacts/{ada}/associations/default/companies/999999999999',
      status: 404,
      answer: { category: 'OBJECT_NOT_FOUND', context: { id: ['999999999999'] } },
    },
  },
  {
    it: 'a default PUT from an archived contact answers 404',
    mark: 'I',
    given: [...pair, archived('contacts', 'ada')],
    ask: { ...associated('ada', 'engines'), status: 404 },
  },
  {
    it: 'the labelled PUT answers 201 with ids as numbers',
    mark: 'R',
    given: pair,
    ask: {
      ...labelled('engines', [primary]),
      answer: {
        fromObjectTypeId: '0-1',
        fromObjectId: asNumber('{ada}'),
        toObjectTypeId: '0-2',
        toObjectId: asNumber('{engines}'),
        labels: [like('Primary')],
      },
    },
  },
  {
    it: 'the label comes with the unlabelled type',
    mark: 'R',
    given: [...pair, labelled('engines', [primary])],
    ask: { ...read, answer: { results: [{ associationTypes: inAnyOrder(type(1), type(279)) }] } },
  },
  {
    it: 'another primary company takes the label from the first, which stays associated',
    mark: 'I',
    given: [...pair, aCompany('other'), associated('ada', 'engines'), labelled('other', [primary])],
    ask: {
      ...read,
      answer: {
        results: inAnyOrder(
          { toObjectId: asNumber('{other}'), associationTypes: inAnyOrder(type(1), type(279)) },
          { toObjectId: asNumber('{engines}'), associationTypes: [type(279)] },
        ),
      },
    },
  },
  {
    it: 'the labelled PUT replaces the labels that were there',
    mark: 'D',
    given: [...pair, labelled('engines', [primary]), labelled('engines', [plain])],
    ask: { ...read, answer: { results: [{ associationTypes: [type(279)] }] } },
  },
  {
    it: 'from the company the types are the other ones of their pairs',
    mark: 'D',
    given: [...pair, associated('ada', 'engines')],
    ask: {
      call: 'GET {associations}/companies/{engines}/associations/contacts',
      status: 200,
      answer: { results: [{ toObjectId: asNumber('{ada}'), associationTypes: inAnyOrder(type(2), type(280)) }] },
    },
  },
  {
    it: 'the labelled PUT without a body is refused',
    mark: 'R',
    given: pair,
    ask: {
      call: 'PUT {associations}/contacts/{ada}/associations/companies/{engines}',
      status: 400,
      answer: {
        category: 'VALIDATION_ERROR',
        message: 'Invalid JSON input: a request body was expected, but none found',
      },
    },
  },
  {
    it: 'the labelled PUT with an object is refused',
    mark: 'R',
    given: pair,
    ask: {
      ...labelled('engines', [primary]),
      body: primary,
      status: 400,
      answer: { message: like('^Invalid input JSON on line 1, column 1: Cannot deserialize value of type ') },
    },
  },
  {
    it: 'a type of another direction is refused',
    mark: 'R',
    given: pair,
    ask: {
      ...labelled('engines', [spec(280)]),
      status: 400,
      answer: { message: like('invalid from object type 0-1 for associations to be created. expected: 0-2') },
    },
  },
  {
    it: 'a type that does not exist is refused',
    mark: 'C',
    given: pair,
    ask: { ...labelled('engines', [spec(987_654)]), status: 400, answer: { category: 'VALIDATION_ERROR' } },
  },
  {
    it: 'a contact without a company has none to read',
    mark: 'D',
    given: [aContact('ada')],
    ask: { ...read, answer: { results: [], paging: absent } },
  },
  {
    it: 'a list of associations has pages',
    mark: 'D',
    given: [...pair, aCompany('other'), associated('ada', 'engines'), associated('ada', 'other')],
    ask: {
      call: 'GET {associations}/contacts/{ada}/associations/companies?limit=1',
      status: 200,
      answer: { results: [{ toObjectId: number }], paging: { next: { after: like('.') } } },
    },
  },
  {
    it: 'removing answers 204 and takes all types away',
    mark: 'R',
    given: [
      ...pair,
      associated('ada', 'engines'),
      { call: 'DELETE {associations}/contacts/{ada}/associations/companies/{engines}', status: 204, answer: absent },
    ],
    ask: { ...read, answer: { results: [] } },
  },
  {
    it: 'removing what is not there answers 204',
    mark: 'R',
    given: pair,
    ask: { call: 'DELETE {associations}/contacts/{ada}/associations/companies/{engines}', status: 204 },
  },
  {
    it: 'a contact can be made with its company',
    mark: 'D',
    given: [
      aCompany('engines'),
      {
        call: 'POST {objects}/contacts',
        body: {
          properties: { email: 'ada-{u}@example.com' },
          associations: [{ to: { id: '{engines}' }, types: [plain] }],
        },
        status: 201,
        keep: { ada: 'id' },
      },
    ],
    ask: {
      ...read,
      answer: { results: [{ toObjectId: asNumber('{engines}'), associationTypes: having(type(279)) }] },
    },
  },
  {
    it: 'a contact is not made when its company does not exist',
    mark: 'C',
    ask: {
      call: 'POST {objects}/contacts',
      body: {
        properties: { email: 'ada-{u}@example.com' },
        associations: [{ to: { id: '999999999999' }, types: [plain] }],
      },
      status: 400,
      answer: {
        message: 'One or more associations are invalid',
        context: { INVALID_OBJECT_IDS: ['COMPANY=999999999999 is not valid'] },
      },
    },
  },
  {
    it: 'a read of a contact can tell its companies',
    mark: 'D',
    given: [...pair, associated('ada', 'engines')],
    ask: {
      call: 'GET {objects}/contacts/{ada}?associations=companies',
      status: 200,
      answer: { associations: { companies: { results: having({ id: '{engines}' }) } } },
    },
  },
  {
    it: 'a record cannot be associated with itself',
    mark: 'R',
    given: [aContact('ada')],
    ask: {
      call: 'PUT {associations}/contacts/{ada}/associations/default/contacts/{ada}',
      status: 400,
      answer: { message: 'Object {ada} cannot be associated to itself ({ada})' },
    },
  },
  {
    it: 'a batch of default associations answers 200 with both directions',
    mark: 'D',
    given: pair,
    ask: {
      ...inBatch('associate/default', [ends], 200),
      answer: {
        status: 'COMPLETE',
        results: having({ from: { id: '{ada}' }, to: { id: '{engines}' }, associationSpec: spec(279) }),
      },
    },
  },
  {
    it: 'a batch of labelled associations answers 201 with ids as numbers',
    mark: 'D',
    given: pair,
    ask: {
      ...inBatch('create', [{ ...ends, types: [primary] }], 201),
      answer: {
        status: 'COMPLETE',
        results: [
          {
            fromObjectTypeId: '0-1',
            fromObjectId: asNumber('{ada}'),
            toObjectTypeId: '0-2',
            toObjectId: asNumber('{engines}'),
            labels: [like('Primary')],
          },
        ],
        startedAt: isoTime,
        completedAt: isoTime,
      },
    },
  },
  {
    it: 'an unlabelled association of a batch has no labels',
    mark: 'D',
    given: [...pair, aCompany('other'), associated('ada', 'engines')],
    ask: {
      ...inBatch('create', [{ from: { id: '{ada}' }, to: { id: '{other}' }, types: [plain] }], 201),
      answer: { results: [{ toObjectId: asNumber('{other}'), labels: [] }] },
    },
  },
  {
    it: 'an unknown company in a batch is a row of a 207',
    mark: 'R',
    given: [aContact('ada')],
    ask: {
      ...inBatch('create', [{ from: { id: '{ada}' }, to: { id: '999999999999' }, types: [plain] }], 207),
      answer: {
        status: 'COMPLETE',
        results: [],
        numErrors: 1,
        errors: [{ status: 'error', category: 'VALIDATION_ERROR' }],
      },
    },
  },
  {
    it: 'the good rows beside it are written',
    mark: 'R',
    given: [
      ...pair,
      inBatch(
        'create',
        [
          { ...ends, types: [plain] },
          { from: { id: '{ada}' }, to: { id: '999999999999' }, types: [plain] },
        ],
        207,
      ),
    ],
    ask: { ...read, answer: { results: [{ toObjectId: asNumber('{engines}') }] } },
  },
  {
    it: 'a batch read tells the companies of each contact',
    mark: 'D',
    given: [...pair, associated('ada', 'engines')],
    ask: {
      ...inBatch('read', [{ id: '{ada}' }], 200),
      answer: {
        status: 'COMPLETE',
        results: [
          {
            from: { id: '{ada}' },
            to: [{ toObjectId: asNumber('{engines}'), associationTypes: inAnyOrder(type(1), type(279)) }],
          },
        ],
      },
    },
  },
  {
    it: 'a batch removal answers 204',
    mark: 'D',
    given: [
      ...pair,
      associated('ada', 'engines'),
      { ...inBatch('archive', [{ from: { id: '{ada}' }, to: [{ id: '{engines}' }] }], 204), answer: absent },
    ],
    ask: { ...read, answer: { results: [] } },
  },
  {
    it: 'a batch removal does not mind ids that do not exist, and removes the others',
    mark: 'I',
    given: [
      ...pair,
      associated('ada', 'engines'),
      inBatch('archive', [{ from: { id: '{ada}' }, to: [{ id: '1234' }, { id: '{engines}' }] }], 204),
    ],
    ask: { ...read, answer: { results: [] } },
  },
  {
    it: 'a batch can take away the label alone',
    mark: 'D',
    given: [...pair, associated('ada', 'engines'), inBatch('labels/archive', [{ ...ends, types: [primary] }], 204)],
    ask: { ...read, answer: { results: [{ toObjectId: asNumber('{engines}'), associationTypes: [type(279)] }] } },
  },
  {
    it: 'taking away the unlabelled type takes all',
    mark: 'D',
    given: [...pair, associated('ada', 'engines'), inBatch('labels/archive', [{ ...ends, types: [plain] }], 204)],
    ask: { ...read, answer: { results: [] } },
  },
  {
    it: 'the types between two kinds of record can be asked for',
    mark: 'D',
    ask: {
      call: 'GET {associationBatches}/contacts/companies/labels',
      status: 200,
      answer: { results: having({ category: 'HUBSPOT_DEFINED', typeId: 1 }) },
    },
  },
  {
    it: 'a contact without a company is a row of a 207 when a batch reads it',
    mark: 'R',
    given: [aContact('ada')],
    ask: {
      call: 'POST {associationBatches}/contacts/companies/batch/read',
      body: { inputs: [{ id: '{ada}' }] },
      status: 207,
      answer: {
        results: [],
        numErrors: 1,
        errors: [
          {
            category: 'OBJECT_NOT_FOUND',
            subCategory: 'crm.associations.NO_ASSOCIATIONS_FOUND',
            message: 'No company is associated with contact {ada}.',
            context: { fromObjectId: ['{ada}'], fromObjectType: ['contact'], toObjectType: ['company'] },
          },
        ],
      },
    },
  },
  {
    it: 'the old PUT names the type and answers with the record',
    mark: 'R',
    versions: ['v3'],
    given: pair,
    ask: {
      call: 'PUT /crm/v3/objects/contacts/{ada}/associations/companies/{engines}/contact_to_company',
      status: 200,
      answer: { id: '{ada}' },
    },
  },
  {
    it: 'the old PUT to somebody unknown answers 404 with who is missing',
    mark: 'R',
    versions: ['v3'],
    given: [aCompany('engines')],
    ask: {
      call: 'PUT /crm/v3/objects/companies/{engines}/associations/contacts/123456789/company_to_contact',
      status: 404,
      answer: {
        message: 'No contact with ID 123456789 exists',
        category: 'OBJECT_NOT_FOUND',
        subCategory: 'crm.associations.TO_OBJECT_NOT_FOUND',
        context: { objectType: ['contact'], id: ['123456789'] },
      },
    },
  },
]
