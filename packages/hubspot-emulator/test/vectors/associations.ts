// Vectors about associations of contacts with companies.

import {
  absent,
  asNumber,
  exactly,
  containing,
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
    it: 'the default PUT answers 200 with both directions and ids as strings',
    source: 'R',
    given: pair,
    request: {
      ...associated('ada', 'engines'),
      response: exactly({
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
    it: 'the default PUT accepts object types in the singular',
    source: 'D',
    given: pair,
    request: { call: 'PUT {associations}/contact/{ada}/associations/default/company/{engines}', status: 200 },
  },
  {
    it: 'the default PUT accepts the company as the first record',
    source: 'D',
    given: [
      ...pair,
      { call: 'PUT {associations}/companies/{engines}/associations/default/contacts/{ada}', status: 200 },
    ],
    request: { ...read, response: { results: [{ toObjectId: asNumber('{engines}') }] } },
  },
  {
    it: 'the default PUT can be repeated',
    source: 'R',
    given: [...pair, associated('ada', 'engines'), associated('ada', 'engines')],
    request: { ...read, response: { results: [{ toObjectId: asNumber('{engines}') }] } },
  },
  {
    it: "a contact's first company becomes its primary company",
    source: 'I',
    given: [...pair, associated('ada', 'engines')],
    request: {
      ...read,
      response: {
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
    it: "a contact's second company does not become its primary company",
    source: 'I',
    given: [...pair, aCompany('other'), associated('ada', 'engines'), associated('ada', 'other')],
    request: {
      ...read,
      response: {
        results: inAnyOrder(
          { toObjectId: asNumber('{engines}'), associationTypes: inAnyOrder(type(1), type(279)) },
          { toObjectId: asNumber('{other}'), associationTypes: [type(279)] },
        ),
      },
    },
  },
  {
    it: 'the primary company can be read on the contact',
    source: 'C',
    given: [...pair, associated('ada', 'engines')],
    request: {
      call: 'GET {objects}/contacts/{ada}?properties=associatedcompanyid',
      status: 200,
      response: { properties: { associatedcompanyid: '{engines}' } },
    },
  },
  {
    it: 'a default PUT to an unknown company answers 404',
    source: 'I',
    given: [aContact('ada')],
    request: {
      call: 'PUT {associations}/contacts/{ada}/associations/default/companies/999999999999',
      status: 404,
      response: { category: 'OBJECT_NOT_FOUND', context: { id: ['999999999999'] } },
    },
  },
  {
    it: 'a default PUT from an archived contact answers 404',
    source: 'I',
    given: [...pair, archived('contacts', 'ada')],
    request: { ...associated('ada', 'engines'), status: 404 },
  },
  {
    it: 'the labelled PUT answers 201 with ids as numbers',
    source: 'R',
    given: pair,
    request: {
      ...labelled('engines', [primary]),
      response: {
        fromObjectTypeId: '0-1',
        fromObjectId: asNumber('{ada}'),
        toObjectTypeId: '0-2',
        toObjectId: asNumber('{engines}'),
        labels: [like('Primary')],
      },
    },
  },
  {
    it: 'a labelled association has the unlabelled type too',
    source: 'R',
    given: [...pair, labelled('engines', [primary])],
    request: { ...read, response: { results: [{ associationTypes: inAnyOrder(type(1), type(279)) }] } },
  },
  {
    it: 'a second primary company replaces the first, which stays associated',
    source: 'I',
    given: [...pair, aCompany('other'), associated('ada', 'engines'), labelled('other', [primary])],
    request: {
      ...read,
      response: {
        results: inAnyOrder(
          { toObjectId: asNumber('{other}'), associationTypes: inAnyOrder(type(1), type(279)) },
          { toObjectId: asNumber('{engines}'), associationTypes: [type(279)] },
        ),
      },
    },
  },
  {
    it: 'the labelled PUT replaces existing labels',
    source: 'D',
    given: [...pair, labelled('engines', [primary]), labelled('engines', [plain])],
    request: { ...read, response: { results: [{ associationTypes: [type(279)] }] } },
  },
  {
    it: 'a read from the company shows the inverse types',
    source: 'D',
    given: [...pair, associated('ada', 'engines')],
    request: {
      call: 'GET {associations}/companies/{engines}/associations/contacts',
      status: 200,
      response: { results: [{ toObjectId: asNumber('{ada}'), associationTypes: inAnyOrder(type(2), type(280)) }] },
    },
  },
  {
    it: 'the labelled PUT without a body answers 400',
    source: 'R',
    given: pair,
    request: {
      call: 'PUT {associations}/contacts/{ada}/associations/companies/{engines}',
      status: 400,
      response: {
        category: 'VALIDATION_ERROR',
        message: 'Invalid JSON input: a request body was expected, but none found',
      },
    },
  },
  {
    it: 'the labelled PUT with an object as body answers 400',
    source: 'R',
    given: pair,
    request: {
      ...labelled('engines', [primary]),
      body: primary,
      status: 400,
      response: { message: like('^Invalid input JSON on line 1, column 1: Cannot deserialize value of type ') },
    },
  },
  {
    it: 'a type of the other direction answers 400',
    source: 'R',
    given: pair,
    request: {
      ...labelled('engines', [spec(280)]),
      status: 400,
      response: { message: like('invalid from object type 0-1 for associations to be created. expected: 0-2') },
    },
  },
  {
    it: 'an unknown association type answers 400',
    source: 'C',
    given: pair,
    request: { ...labelled('engines', [spec(987_654)]), status: 400, response: { category: 'VALIDATION_ERROR' } },
  },
  {
    it: 'a contact without a company has an empty list',
    source: 'D',
    given: [aContact('ada')],
    request: { ...read, response: { results: [], paging: absent } },
  },
  {
    it: 'associations are listed in pages',
    source: 'D',
    given: [...pair, aCompany('other'), associated('ada', 'engines'), associated('ada', 'other')],
    request: {
      call: 'GET {associations}/contacts/{ada}/associations/companies?limit=1',
      status: 200,
      response: { results: [{ toObjectId: number }], paging: { next: { after: like('.') } } },
    },
  },
  {
    it: 'removing answers 204 and removes all types',
    source: 'R',
    given: [
      ...pair,
      associated('ada', 'engines'),
      { call: 'DELETE {associations}/contacts/{ada}/associations/companies/{engines}', status: 204, response: absent },
    ],
    request: { ...read, response: { results: [] } },
  },
  {
    it: 'removing a missing association answers 204',
    source: 'R',
    given: pair,
    request: { call: 'DELETE {associations}/contacts/{ada}/associations/companies/{engines}', status: 204 },
  },
  {
    it: 'a create may associate the contact with a company',
    source: 'D',
    given: [
      aCompany('engines'),
      {
        call: 'POST {objects}/contacts',
        body: {
          properties: { email: 'ada-{u}@example.com' },
          associations: [{ to: { id: '{engines}' }, types: [plain] }],
        },
        status: 201,
        save: { ada: 'id' },
      },
    ],
    request: {
      ...read,
      response: { results: [{ toObjectId: asNumber('{engines}'), associationTypes: containing(type(279)) }] },
    },
  },
  {
    it: 'a create with an unknown company answers 400',
    source: 'C',
    request: {
      call: 'POST {objects}/contacts',
      body: {
        properties: { email: 'ada-{u}@example.com' },
        associations: [{ to: { id: '999999999999' }, types: [plain] }],
      },
      status: 400,
      response: {
        message: 'One or more associations are invalid',
        context: { INVALID_OBJECT_IDS: ['COMPANY=999999999999 is not valid'] },
      },
    },
  },
  {
    it: 'a read of a contact may include its companies',
    source: 'D',
    given: [...pair, associated('ada', 'engines')],
    request: {
      call: 'GET {objects}/contacts/{ada}?associations=companies',
      status: 200,
      response: { associations: { companies: { results: containing({ id: '{engines}' }) } } },
    },
  },
  {
    it: 'a record cannot be associated with itself',
    source: 'R',
    given: [aContact('ada')],
    request: {
      call: 'PUT {associations}/contacts/{ada}/associations/default/contacts/{ada}',
      status: 400,
      response: { message: 'Object {ada} cannot be associated to itself ({ada})' },
    },
  },
  {
    it: 'a batch of default associations answers 200 with both directions',
    source: 'D',
    given: pair,
    request: {
      ...inBatch('associate/default', [ends], 200),
      response: {
        status: 'COMPLETE',
        results: containing({ from: { id: '{ada}' }, to: { id: '{engines}' }, associationSpec: spec(279) }),
      },
    },
  },
  {
    it: 'a batch of labelled associations answers 201 with ids as numbers',
    source: 'D',
    given: pair,
    request: {
      ...inBatch('create', [{ ...ends, types: [primary] }], 201),
      response: {
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
    it: 'an unlabelled association in a batch has no labels',
    source: 'D',
    given: [...pair, aCompany('other'), associated('ada', 'engines')],
    request: {
      ...inBatch('create', [{ from: { id: '{ada}' }, to: { id: '{other}' }, types: [plain] }], 201),
      response: { results: [{ toObjectId: asNumber('{other}'), labels: [] }] },
    },
  },
  {
    it: 'an unknown company in a batch becomes an error row of a 207',
    source: 'R',
    given: [aContact('ada')],
    request: {
      ...inBatch('create', [{ from: { id: '{ada}' }, to: { id: '999999999999' }, types: [plain] }], 207),
      response: {
        status: 'COMPLETE',
        results: [],
        numErrors: 1,
        errors: [{ status: 'error', category: 'VALIDATION_ERROR' }],
      },
    },
  },
  {
    it: 'the other rows of that batch are written',
    source: 'R',
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
    request: { ...read, response: { results: [{ toObjectId: asNumber('{engines}') }] } },
  },
  {
    it: 'a batch read lists the companies of each contact',
    source: 'D',
    given: [...pair, associated('ada', 'engines')],
    request: {
      ...inBatch('read', [{ id: '{ada}' }], 200),
      response: {
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
    source: 'D',
    given: [
      ...pair,
      associated('ada', 'engines'),
      { ...inBatch('archive', [{ from: { id: '{ada}' }, to: [{ id: '{engines}' }] }], 204), response: absent },
    ],
    request: { ...read, response: { results: [] } },
  },
  {
    it: 'a batch removal ignores unknown ids and removes the others',
    source: 'I',
    given: [
      ...pair,
      associated('ada', 'engines'),
      inBatch('archive', [{ from: { id: '{ada}' }, to: [{ id: '1234' }, { id: '{engines}' }] }], 204),
    ],
    request: { ...read, response: { results: [] } },
  },
  {
    it: 'a batch may remove only the label',
    source: 'D',
    given: [...pair, associated('ada', 'engines'), inBatch('labels/archive', [{ ...ends, types: [primary] }], 204)],
    request: { ...read, response: { results: [{ toObjectId: asNumber('{engines}'), associationTypes: [type(279)] }] } },
  },
  {
    it: 'removing the unlabelled type removes the association',
    source: 'D',
    given: [...pair, associated('ada', 'engines'), inBatch('labels/archive', [{ ...ends, types: [plain] }], 204)],
    request: { ...read, response: { results: [] } },
  },
  {
    it: 'the association types between two object types are listed',
    source: 'D',
    request: {
      call: 'GET {associationBatches}/contacts/companies/labels',
      status: 200,
      response: { results: containing({ category: 'HUBSPOT_DEFINED', typeId: 1 }) },
    },
  },
  {
    it: 'a contact without a company becomes an error row of a batch read',
    source: 'R',
    given: [aContact('ada')],
    request: {
      call: 'POST {associationBatches}/contacts/companies/batch/read',
      body: { inputs: [{ id: '{ada}' }] },
      status: 207,
      response: {
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
    it: 'the PUT of v3 names the type and answers with the record',
    source: 'R',
    versions: ['v3'],
    given: pair,
    request: {
      call: 'PUT /crm/v3/objects/contacts/{ada}/associations/companies/{engines}/contact_to_company',
      status: 200,
      response: { id: '{ada}' },
    },
  },
  {
    it: 'the PUT of v3 to an unknown company answers 404 with its id',
    source: 'R',
    versions: ['v3'],
    given: [aCompany('engines')],
    request: {
      call: 'PUT /crm/v3/objects/companies/{engines}/associations/contacts/123456789/company_to_contact',
      status: 404,
      response: {
        message: 'No contact with ID 123456789 exists',
        category: 'OBJECT_NOT_FOUND',
        subCategory: 'crm.associations.TO_OBJECT_NOT_FOUND',
        context: { objectType: ['contact'], id: ['123456789'] },
      },
    },
  },
]
