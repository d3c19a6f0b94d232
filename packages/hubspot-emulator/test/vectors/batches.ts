// Vectors about batch calls.

import { absent, digits, exactly, containing, inAnyOrder, isoTime, like, type Vector } from '../vector.ts'
import { aCompany, aContact, archived } from './given.ts'

const complete = { status: 'COMPLETE', startedAt: isoTime, completedAt: isoTime }
const input = (email: string, trace?: string) => ({
  properties: { email: `${email}-{u}@example.com` },
  ...(trace === undefined ? {} : { objectWriteTraceId: trace }),
})
const upserted = (key: string, properties: Record<string, unknown> = {}, more: Record<string, unknown> = {}) => ({
  id: key,
  idProperty: 'vector_key',
  properties: { vector_key: key, ...properties },
  ...more,
})
const overTheLimit = Array.from({ length: 101 }, (_, at) => ({ id: String(100_000_000_000 + at) }))

export const BATCHES: Vector[] = [
  {
    it: 'a batch create answers 201',
    source: 'R',
    request: {
      call: 'POST {objects}/contacts/batch/create',
      body: { inputs: [input('ada'), input('grace')] },
      status: 201,
      response: {
        ...complete,
        errors: absent,
        numErrors: absent,
        results: inAnyOrder(
          { id: digits, archived: false, properties: { email: 'ada-{u}@example.com', lifecyclestage: 'lead' } },
          { id: digits, archived: false, properties: { email: 'grace-{u}@example.com' } },
        ),
      },
    },
  },
  {
    it: 'with trace ids a conflict becomes an error row of a 207, and the others are written',
    source: 'R',
    given: [aContact('ada')],
    request: {
      call: 'POST {objects}/contacts/batch/create',
      body: { inputs: [input('ada', '0'), input('grace', '1')] },
      status: 207,
      response: {
        ...complete,
        results: [{ id: digits, properties: { email: 'grace-{u}@example.com' }, objectWriteTraceId: '1' }],
        errors: [
          exactly({
            status: 'error',
            category: 'CONFLICT',
            message: 'Contact already exists. Existing ID: {ada}',
            context: { objectWriteTraceId: ['0'], existingId: ['{ada}'] },
          }),
        ],
        numErrors: 1,
      },
    },
  },
  {
    it: 'without trace ids a conflict rejects the whole batch and names no id',
    source: 'R',
    given: [aContact('ada')],
    request: {
      call: 'POST {objects}/contacts/batch/create',
      body: { inputs: [input('grace'), input('ada')] },
      status: 409,
      response: { status: 'error', message: 'Contact already exists', category: 'CONFLICT', context: absent },
    },
  },
  {
    it: 'a batch that is rejected as a whole writes nothing',
    source: 'D',
    given: [
      aContact('ada'),
      { call: 'POST {objects}/contacts/batch/create', body: { inputs: [input('grace'), input('ada')] }, status: 409 },
    ],
    request: { call: 'GET {objects}/contacts/grace-{u}@example.com?idProperty=email', status: 404 },
  },
  {
    it: 'with trace ids an invalid value becomes an error row of a 207',
    source: 'D',
    request: {
      call: 'POST {objects}/contacts/batch/create',
      body: {
        inputs: [
          input('ada', '0'),
          { properties: { email: 'grace-{u}@example.com', nonsense: '1' }, objectWriteTraceId: '1' },
        ],
      },
      status: 207,
      response: {
        results: [{ objectWriteTraceId: '0' }],
        errors: [
          {
            status: 'error',
            category: 'VALIDATION_ERROR',
            message: like('^Property values were not valid: .*PROPERTY_DOESNT_EXIST'),
            context: { objectWriteTraceId: ['1'] },
          },
        ],
      },
    },
  },
  {
    it: 'without trace ids an invalid value rejects the whole batch',
    source: 'D',
    request: {
      call: 'POST {objects}/contacts/batch/create',
      body: { inputs: [input('ada'), { properties: { first000name: 'Ada' } }] },
      status: 400,
      response: { category: 'VALIDATION_ERROR', message: like('^Property values were not valid: .*first000name') },
    },
  },
  {
    it: 'the same address twice rejects the whole batch, with trace ids too',
    source: 'R',
    request: {
      call: 'POST {objects}/contacts/batch/create',
      body: { inputs: [input('ada', '0'), input('ada', '1')] },
      status: 400,
      response: { status: 'error' },
    },
  },
  {
    it: 'a batch of new companies answers 201 with the trace ids',
    source: 'D',
    request: {
      call: 'POST {objects}/companies/batch/create',
      body: {
        inputs: [
          { properties: { name: 'a {u}' }, objectWriteTraceId: 'a' },
          { properties: { name: 'b {u}' }, objectWriteTraceId: 'b' },
        ],
      },
      status: 201,
      response: { results: inAnyOrder({ objectWriteTraceId: 'a' }, { objectWriteTraceId: 'b' }) },
    },
  },
  {
    it: 'a row of a batch create may associate its contact',
    source: 'D',
    given: [
      aCompany('engines'),
      {
        call: 'POST {objects}/contacts/batch/create',
        body: {
          inputs: [
            {
              properties: { email: 'ada-{u}@example.com' },
              associations: [
                {
                  to: { id: '{engines}' },
                  types: [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 279 }],
                },
              ],
            },
          ],
        },
        status: 201,
        save: { ada: 'results.0.id' },
      },
    ],
    request: {
      call: 'GET {associations}/contacts/{ada}/associations/companies',
      status: 200,
      response: { results: [{ associationTypes: containing({ typeId: 279 }) }] },
    },
  },
  {
    it: 'more than 100 rows answer 400',
    source: 'D',
    request: {
      call: 'POST {objects}/contacts/batch/read',
      body: { inputs: overTheLimit },
      status: 400,
      response: { category: 'VALIDATION_ERROR' },
    },
  },
  {
    it: 'an empty batch answers 400',
    source: 'R',
    request: { call: 'POST {objects}/contacts/batch/create', body: { inputs: [] }, status: 400 },
  },
  {
    it: 'a batch read finds by id',
    source: 'R',
    given: [aContact('ada', { city: 'London' }), aContact('grace')],
    request: {
      call: 'POST {objects}/contacts/batch/read',
      body: { inputs: [{ id: '{ada}' }, { id: '{grace}' }], properties: ['city'], propertiesWithHistory: [] },
      status: 200,
      response: {
        ...complete,
        errors: absent,
        results: inAnyOrder(
          { id: '{ada}', properties: { city: 'London' } },
          { id: '{grace}', properties: { city: null } },
        ),
      },
    },
  },
  {
    it: 'a batch read finds by address, also by an additional one',
    source: 'C',
    given: [aContact('ada', { hs_additional_emails: 'countess-{u}@example.com' })],
    request: {
      call: 'POST {objects}/contacts/batch/read',
      body: {
        inputs: [{ id: 'countess-{u}@example.com' }],
        properties: ['email'],
        propertiesWithHistory: [],
        idProperty: 'email',
      },
      status: 200,
      response: { results: [{ id: '{ada}', properties: { email: 'ada-{u}@example.com' } }] },
    },
  },
  {
    it: 'unknown ids become one error row of a 207',
    source: 'R',
    given: [aContact('ada')],
    request: {
      call: 'POST {objects}/contacts/batch/read',
      body: {
        inputs: [{ id: '{ada}' }, { id: '999999999998' }, { id: '999999999999' }],
        properties: [],
        propertiesWithHistory: [],
      },
      status: 207,
      response: {
        results: [{ id: '{ada}' }],
        numErrors: 1,
        errors: [
          {
            status: 'error',
            category: 'OBJECT_NOT_FOUND',
            message: 'Could not get some CONTACT objects, they may be deleted or not exist. Check that ids are valid.',
            context: { ids: ['999999999998', '999999999999'] },
          },
        ],
      },
    },
  },
  {
    it: 'a batch read returns archived records on request',
    source: 'D',
    given: [aContact('ada'), archived('contacts', 'ada')],
    request: {
      call: 'POST {objects}/contacts/batch/read?archived=true',
      body: { inputs: [{ id: '{ada}' }], properties: [], propertiesWithHistory: [] },
      status: 200,
      response: { results: [{ id: '{ada}', archived: true }] },
    },
  },
  {
    it: 'a batch update answers 200 with the changed values',
    source: 'R',
    given: [aContact('ada'), aContact('grace')],
    request: {
      call: 'POST {objects}/contacts/batch/update',
      body: {
        inputs: [
          { id: '{ada}', properties: { city: 'London' } },
          { id: '{grace}', properties: { city: 'New York' } },
        ],
      },
      status: 200,
      response: {
        ...complete,
        errors: absent,
        results: inAnyOrder(
          { id: '{ada}', properties: { city: 'London', hs_is_unworked: 'true', email: absent } },
          { id: '{grace}', properties: { city: 'New York' } },
        ),
      },
    },
  },
  {
    it: 'a batch update with an unknown id writes the others',
    source: 'R',
    given: [aContact('ada')],
    request: {
      call: 'POST {objects}/contacts/batch/update',
      body: {
        inputs: [
          { id: '{ada}', properties: { city: 'London' } },
          { id: '999999999999', properties: { city: 'Rome' } },
        ],
      },
      status: 207,
      response: {
        results: [{ id: '{ada}', properties: { city: 'London' } }],
        errors: [{ category: 'OBJECT_NOT_FOUND', context: { ids: ['999999999999'] } }],
        numErrors: 1,
      },
    },
  },
  {
    it: 'the same id twice in a batch update answers 400',
    source: 'R',
    given: [aContact('ada')],
    request: {
      call: 'POST {objects}/contacts/batch/update',
      body: {
        inputs: [
          { id: '{ada}', properties: { city: 'London' } },
          { id: '{ada}', properties: { city: 'Rome' } },
        ],
      },
      status: 400,
      response: {
        category: 'VALIDATION_ERROR',
        message: 'Duplicate IDs found in batch input: [{ada}]. IDs must be unique',
        context: { ids: ['{ada}'] },
      },
    },
  },
  {
    it: 'a batch update finds by a custom unique property',
    source: 'D',
    given: [aCompany('engines', { vector_key: 'key-{u}' })],
    request: {
      call: 'POST {objects}/companies/batch/update',
      body: { inputs: [{ id: 'key-{u}', idProperty: 'vector_key', properties: { city: 'London' } }] },
      status: 200,
      response: { results: [{ id: '{engines}' }] },
    },
  },
  {
    it: 'each row of a batch update has its own idProperty',
    source: 'D',
    given: [aContact('ada', { vector_key: 'ada-{u}' }), aContact('grace'), aContact('mary')],
    request: {
      call: 'POST {objects}/contacts/batch/update',
      body: {
        inputs: [
          { id: 'ada-{u}', idProperty: 'vector_key', properties: { city: 'London' } },
          { id: '{grace}', properties: { city: 'New York' } },
          { id: 'mary-{u}@example.com', idProperty: 'email', properties: { city: 'Bath' } },
        ],
      },
      status: 200,
      response: {
        results: inAnyOrder(
          { id: '{ada}', properties: { city: 'London' } },
          { id: '{grace}', properties: { city: 'New York' } },
          { id: '{mary}', properties: { city: 'Bath' } },
        ),
      },
    },
  },
  {
    it: 'a unique value that no record has becomes an error row of a batch update',
    source: 'I',
    given: [aContact('ada', { vector_key: 'ada-{u}' })],
    request: {
      call: 'POST {objects}/contacts/batch/update',
      body: {
        inputs: [
          { id: 'ada-{u}', idProperty: 'vector_key', properties: { city: 'London' } },
          { id: 'nobody-{u}', idProperty: 'vector_key', properties: { city: 'Rome' } },
        ],
      },
      status: 207,
      response: {
        results: [{ id: '{ada}', properties: { city: 'London' } }],
        errors: [{ category: 'OBJECT_NOT_FOUND', context: { ids: ['nobody-{u}'] } }],
      },
    },
  },
  {
    it: 'an upsert of a new key creates a record with new: true',
    source: 'R',
    request: {
      call: 'POST {objects}/companies/batch/upsert',
      body: { inputs: [upserted('key-{u}', { name: 'engines {u}' }, { objectWriteTraceId: 't1' })] },
      status: 200,
      response: {
        ...complete,
        errors: absent,
        numErrors: absent,
        results: [
          {
            id: digits,
            new: true,
            objectWriteTraceId: 't1',
            properties: { name: 'engines {u}', vector_key: 'key-{u}' },
          },
        ],
      },
    },
  },
  {
    it: 'an upsert of an existing key updates the record with new: false',
    source: 'R',
    given: [aCompany('engines', { vector_key: 'key-{u}' })],
    request: {
      call: 'POST {objects}/companies/batch/upsert',
      body: { inputs: [upserted('key-{u}', { city: 'London' })] },
      status: 200,
      response: { results: [{ id: '{engines}', new: false, properties: { city: 'London' } }] },
    },
  },
  {
    it: 'a repeated upsert changes nothing',
    source: 'R',
    given: [
      {
        call: 'POST {objects}/companies/batch/upsert',
        body: { inputs: [upserted('key-{u}', { name: 'engines {u}' })] },
        status: 200,
        save: { engines: 'results.0.id' },
      },
    ],
    request: {
      call: 'POST {objects}/companies/batch/upsert',
      body: { inputs: [upserted('key-{u}', { name: 'engines {u}' })] },
      status: 200,
      response: { results: [{ id: '{engines}', new: false }] },
    },
  },
  {
    it: 'one upsert may create some records and update others',
    source: 'D',
    given: [aCompany('engines', { vector_key: 'old-{u}' })],
    request: {
      call: 'POST {objects}/companies/batch/upsert',
      body: { inputs: [upserted('old-{u}', { city: 'London' }), upserted('new-{u}', { name: 'new {u}' })] },
      status: 200,
      response: { results: inAnyOrder({ id: '{engines}', new: false }, { id: digits, new: true }) },
    },
  },
  {
    it: 'companies cannot be upserted by domain',
    source: 'C',
    request: {
      call: 'POST {objects}/companies/batch/upsert',
      body: { inputs: [{ id: '{u}.example', idProperty: 'domain', properties: { name: 'engines {u}' } }] },
      status: 400,
      response: { category: 'VALIDATION_ERROR' },
    },
  },
  {
    it: 'contacts are upserted by address',
    source: 'D',
    given: [aContact('ada')],
    request: {
      call: 'POST {objects}/contacts/batch/upsert',
      body: {
        inputs: [
          { id: 'ada-{u}@example.com', idProperty: 'email', properties: { city: 'London' } },
          { id: 'grace-{u}@example.com', idProperty: 'email', properties: { email: 'grace-{u}@example.com' } },
        ],
      },
      status: 200,
      response: { results: inAnyOrder({ id: '{ada}', new: false }, { id: digits, new: true }) },
    },
  },
  {
    it: 'an upsert by an additional address finds the same contact',
    source: 'C',
    given: [aContact('ada', { hs_additional_emails: 'countess-{u}@example.com' })],
    request: {
      call: 'POST {objects}/contacts/batch/upsert',
      body: { inputs: [{ id: 'countess-{u}@example.com', idProperty: 'email', properties: { city: 'London' } }] },
      status: 200,
      response: { results: [{ id: '{ada}', new: false }] },
    },
  },
  {
    it: 'an upsert by an unknown property answers 400',
    source: 'C',
    request: {
      call: 'POST {objects}/companies/batch/upsert',
      body: { inputs: [{ id: 'x', idProperty: 'no_such_property', properties: { name: 'engines {u}' } }] },
      status: 400,
    },
  },
  {
    it: 'an invalid row of an upsert does not affect the others',
    source: 'C',
    request: {
      call: 'POST {objects}/companies/batch/upsert',
      body: {
        inputs: [
          upserted('a-{u}', { name: 'a {u}' }, { objectWriteTraceId: 'a' }),
          upserted('b-{u}', { name: 'b {u}', numberofemployees: 'many' }, { objectWriteTraceId: 'b' }),
        ],
      },
      status: 207,
      response: {
        results: [{ objectWriteTraceId: 'a', new: true }],
        errors: [{ category: 'VALIDATION_ERROR', context: { objectWriteTraceId: ['b'] } }],
        numErrors: 1,
      },
    },
  },
  {
    it: "an upsert to another contact's address is a conflict of that row",
    source: 'I',
    given: [aContact('ada'), aContact('grace', { vector_key: 'grace-{u}' })],
    request: {
      call: 'POST {objects}/contacts/batch/upsert',
      body: { inputs: [upserted('grace-{u}', { email: 'ada-{u}@example.com' }, { objectWriteTraceId: 'g' })] },
      status: 207,
      response: {
        results: [],
        errors: [{ category: 'CONFLICT', context: { objectWriteTraceId: ['g'], existingId: ['{ada}'] } }],
      },
    },
  },
  {
    it: 'archiving a batch answers 204',
    source: 'D',
    given: [
      aContact('ada'),
      aContact('grace'),
      {
        call: 'POST {objects}/contacts/batch/archive',
        body: { inputs: [{ id: '{ada}' }, { id: '{grace}' }] },
        status: 204,
        response: absent,
      },
    ],
    request: { call: 'GET {objects}/contacts/{grace}', status: 404 },
  },
  {
    it: 'a batch archive accepts ids as numbers',
    source: 'C',
    request: {
      call: 'POST {objects}/contacts/batch/archive',
      body: { inputs: [{ id: 999_999_999_999 }] },
      status: 204,
    },
  },
]
