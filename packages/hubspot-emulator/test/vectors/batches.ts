// Many records in one call.

import { absent, digits, exactly, having, inAnyOrder, isoTime, like, type Vector } from '../vector.ts'
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
    it: 'a batch of new contacts answers 201',
    mark: 'R',
    ask: {
      call: 'POST {objects}/contacts/batch/create',
      body: { inputs: [input('ada'), input('grace')] },
      status: 201,
      answer: {
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
    it: 'with trace ids a conflict is a row of a 207, and the others are written',
    mark: 'R',
    given: [aContact('ada')],
    ask: {
      call: 'POST {objects}/contacts/batch/create',
      body: { inputs: [input('ada', '0'), input('grace', '1')] },
      status: 207,
      answer: {
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
    it: 'without trace ids a conflict refuses the whole batch and names no id',
    mark: 'R',
    given: [aContact('ada')],
    ask: {
      call: 'POST {objects}/contacts/batch/create',
      body: { inputs: [input('grace'), input('ada')] },
      status: 409,
      answer: { status: 'error', message: 'Contact already exists', category: 'CONFLICT', context: absent },
    },
  },
  {
    it: 'a batch that was refused as a whole wrote nothing',
    mark: 'D',
    given: [
      aContact('ada'),
      { call: 'POST {objects}/contacts/batch/create', body: { inputs: [input('grace'), input('ada')] }, status: 409 },
    ],
    ask: { call: 'GET {objects}/contacts/grace-{u}@example.com?idProperty=email', status: 404 },
  },
  {
    it: 'with trace ids a bad value is a row of a 207',
    mark: 'D',
    ask: {
      call: 'POST {objects}/contacts/batch/create',
      body: {
        inputs: [
          input('ada', '0'),
          { properties: { email: 'grace-{u}@example.com', nonsense: '1' }, objectWriteTraceId: '1' },
        ],
      },
      status: 207,
      answer: {
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
    it: 'without trace ids a bad value refuses the whole batch',
    mark: 'D',
    ask: {
      call: 'POST {objects}/contacts/batch/create',
      body: { inputs: [input('ada'), { properties: { first000name: 'Ada' } }] },
      status: 400,
      answer: { category: 'VALIDATION_ERROR', message: like('^Property values were not valid: .*first000name') },
    },
  },
  {
    it: 'one address twice in a batch refuses it, with trace ids as well',
    mark: 'R',
    ask: {
      call: 'POST {objects}/contacts/batch/create',
      body: { inputs: [input('ada', '0'), input('ada', '1')] },
      status: 400,
      answer: { status: 'error' },
    },
  },
  {
    it: 'a batch of new companies answers 201 with the trace ids',
    mark: 'D',
    ask: {
      call: 'POST {objects}/companies/batch/create',
      body: {
        inputs: [
          { properties: { name: 'a {u}' }, objectWriteTraceId: 'a' },
          { properties: { name: 'b {u}' }, objectWriteTraceId: 'b' },
        ],
      },
      status: 201,
      answer: { results: inAnyOrder({ objectWriteTraceId: 'a' }, { objectWriteTraceId: 'b' }) },
    },
  },
  {
    it: 'a new contact of a batch can be associated at once',
    mark: 'D',
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
        keep: { ada: 'results.0.id' },
      },
    ],
    ask: {
      call: 'GET {associations}/contacts/{ada}/associations/companies',
      status: 200,
      answer: { results: [{ associationTypes: having({ typeId: 279 }) }] },
    },
  },
  {
    it: 'more than 100 are refused',
    mark: 'D',
    ask: {
      call: 'POST {objects}/contacts/batch/read',
      body: { inputs: overTheLimit },
      status: 400,
      answer: { category: 'VALIDATION_ERROR' },
    },
  },
  {
    it: 'none at all is refused',
    mark: 'R',
    ask: { call: 'POST {objects}/contacts/batch/create', body: { inputs: [] }, status: 400 },
  },
  {
    it: 'a batch read finds by id',
    mark: 'R',
    given: [aContact('ada', { city: 'London' }), aContact('grace')],
    ask: {
      call: 'POST {objects}/contacts/batch/read',
      body: { inputs: [{ id: '{ada}' }, { id: '{grace}' }], properties: ['city'], propertiesWithHistory: [] },
      status: 200,
      answer: {
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
    it: 'a batch read finds by address, additional ones too',
    mark: 'C',
    given: [aContact('ada', { hs_additional_emails: 'countess-{u}@example.com' })],
    ask: {
      call: 'POST {objects}/contacts/batch/read',
      body: {
        inputs: [{ id: 'countess-{u}@example.com' }],
        properties: ['email'],
        propertiesWithHistory: [],
        idProperty: 'email',
      },
      status: 200,
      answer: { results: [{ id: '{ada}', properties: { email: 'ada-{u}@example.com' } }] },
    },
  },
  {
    it: 'ids that nobody has are one row of a 207',
    mark: 'R',
    given: [aContact('ada')],
    ask: {
      call: 'POST {objects}/contacts/batch/read',
      body: {
        inputs: [{ id: '{ada}' }, { id: '999999999998' }, { id: '999999999999' }],
        properties: [],
        propertiesWithHistory: [],
      },
      status: 207,
      answer: {
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
    it: 'archived records are read when they are asked for',
    mark: 'D',
    given: [aContact('ada'), archived('contacts', 'ada')],
    ask: {
      call: 'POST {objects}/contacts/batch/read?archived=true',
      body: { inputs: [{ id: '{ada}' }], properties: [], propertiesWithHistory: [] },
      status: 200,
      answer: { results: [{ id: '{ada}', archived: true }] },
    },
  },
  {
    it: 'a batch update answers 200 with what changed',
    mark: 'R',
    given: [aContact('ada'), aContact('grace')],
    ask: {
      call: 'POST {objects}/contacts/batch/update',
      body: {
        inputs: [
          { id: '{ada}', properties: { city: 'London' } },
          { id: '{grace}', properties: { city: 'New York' } },
        ],
      },
      status: 200,
      answer: {
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
    it: 'a batch update of somebody unknown writes the others',
    mark: 'R',
    given: [aContact('ada')],
    ask: {
      call: 'POST {objects}/contacts/batch/update',
      body: {
        inputs: [
          { id: '{ada}', properties: { city: 'London' } },
          { id: '999999999999', properties: { city: 'Rome' } },
        ],
      },
      status: 207,
      answer: {
        results: [{ id: '{ada}', properties: { city: 'London' } }],
        errors: [{ category: 'OBJECT_NOT_FOUND', context: { ids: ['999999999999'] } }],
        numErrors: 1,
      },
    },
  },
  {
    it: 'one id twice in an update is refused',
    mark: 'R',
    given: [aContact('ada')],
    ask: {
      call: 'POST {objects}/contacts/batch/update',
      body: {
        inputs: [
          { id: '{ada}', properties: { city: 'London' } },
          { id: '{ada}', properties: { city: 'Rome' } },
        ],
      },
      status: 400,
      answer: {
        category: 'VALIDATION_ERROR',
        message: 'Duplicate IDs found in batch input: [{ada}]. IDs must be unique',
        context: { ids: ['{ada}'] },
      },
    },
  },
  {
    it: 'a batch update finds by an own unique property',
    mark: 'D',
    given: [aCompany('engines', { vector_key: 'key-{u}' })],
    ask: {
      call: 'POST {objects}/companies/batch/update',
      body: { inputs: [{ id: 'key-{u}', idProperty: 'vector_key', properties: { city: 'London' } }] },
      status: 200,
      answer: { results: [{ id: '{engines}' }] },
    },
  },
  {
    it: 'an upsert of a new key makes a record and says so',
    mark: 'R',
    ask: {
      call: 'POST {objects}/companies/batch/upsert',
      body: { inputs: [upserted('key-{u}', { name: 'engines {u}' }, { objectWriteTraceId: 't1' })] },
      status: 200,
      answer: {
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
    it: 'an upsert of a known key changes the record and says so',
    mark: 'R',
    given: [aCompany('engines', { vector_key: 'key-{u}' })],
    ask: {
      call: 'POST {objects}/companies/batch/upsert',
      body: { inputs: [upserted('key-{u}', { city: 'London' })] },
      status: 200,
      answer: { results: [{ id: '{engines}', new: false, properties: { city: 'London' } }] },
    },
  },
  {
    it: 'an upsert that is sent again changes nothing',
    mark: 'R',
    given: [
      {
        call: 'POST {objects}/companies/batch/upsert',
        body: { inputs: [upserted('key-{u}', { name: 'engines {u}' })] },
        status: 200,
        keep: { engines: 'results.0.id' },
      },
    ],
    ask: {
      call: 'POST {objects}/companies/batch/upsert',
      body: { inputs: [upserted('key-{u}', { name: 'engines {u}' })] },
      status: 200,
      answer: { results: [{ id: '{engines}', new: false }] },
    },
  },
  {
    it: 'an upsert may make some and change others',
    mark: 'D',
    given: [aCompany('engines', { vector_key: 'old-{u}' })],
    ask: {
      call: 'POST {objects}/companies/batch/upsert',
      body: { inputs: [upserted('old-{u}', { city: 'London' }), upserted('new-{u}', { name: 'new {u}' })] },
      status: 200,
      answer: { results: inAnyOrder({ id: '{engines}', new: false }, { id: digits, new: true }) },
    },
  },
  {
    it: 'companies cannot be upserted by domain',
    mark: 'C',
    ask: {
      call: 'POST {objects}/companies/batch/upsert',
      body: { inputs: [{ id: '{u}.example', idProperty: 'domain', properties: { name: 'engines {u}' } }] },
      status: 400,
      answer: { category: 'VALIDATION_ERROR' },
    },
  },
  {
    it: 'contacts are upserted by address',
    mark: 'D',
    given: [aContact('ada')],
    ask: {
      call: 'POST {objects}/contacts/batch/upsert',
      body: {
        inputs: [
          { id: 'ada-{u}@example.com', idProperty: 'email', properties: { city: 'London' } },
          { id: 'grace-{u}@example.com', idProperty: 'email', properties: { email: 'grace-{u}@example.com' } },
        ],
      },
      status: 200,
      answer: { results: inAnyOrder({ id: '{ada}', new: false }, { id: digits, new: true }) },
    },
  },
  {
    it: 'an upsert by an additional address finds the same contact',
    mark: 'C',
    given: [aContact('ada', { hs_additional_emails: 'countess-{u}@example.com' })],
    ask: {
      call: 'POST {objects}/contacts/batch/upsert',
      body: { inputs: [{ id: 'countess-{u}@example.com', idProperty: 'email', properties: { city: 'London' } }] },
      status: 200,
      answer: { results: [{ id: '{ada}', new: false }] },
    },
  },
  {
    it: 'an upsert by a property that does not exist is refused',
    mark: 'C',
    ask: {
      call: 'POST {objects}/companies/batch/upsert',
      body: { inputs: [{ id: 'x', idProperty: 'no_such_property', properties: { name: 'engines {u}' } }] },
      status: 400,
    },
  },
  {
    it: 'a bad row of an upsert leaves the others alone',
    mark: 'C',
    ask: {
      call: 'POST {objects}/companies/batch/upsert',
      body: {
        inputs: [
          upserted('a-{u}', { name: 'a {u}' }, { objectWriteTraceId: 'a' }),
          upserted('b-{u}', { name: 'b {u}', numberofemployees: 'many' }, { objectWriteTraceId: 'b' }),
        ],
      },
      status: 207,
      answer: {
        results: [{ objectWriteTraceId: 'a', new: true }],
        errors: [{ category: 'VALIDATION_ERROR', context: { objectWriteTraceId: ['b'] } }],
        numErrors: 1,
      },
    },
  },
  {
    it: 'an upsert to an address of somebody else is a conflict of that row',
    mark: 'I',
    given: [aContact('ada'), aContact('grace', { vector_key: 'grace-{u}' })],
    ask: {
      call: 'POST {objects}/contacts/batch/upsert',
      body: { inputs: [upserted('grace-{u}', { email: 'ada-{u}@example.com' }, { objectWriteTraceId: 'g' })] },
      status: 207,
      answer: {
        results: [],
        errors: [{ category: 'CONFLICT', context: { objectWriteTraceId: ['g'], existingId: ['{ada}'] } }],
      },
    },
  },
  {
    it: 'archiving a batch answers 204',
    mark: 'D',
    given: [
      aContact('ada'),
      aContact('grace'),
      {
        call: 'POST {objects}/contacts/batch/archive',
        body: { inputs: [{ id: '{ada}' }, { id: '{grace}' }] },
        status: 204,
        answer: absent,
      },
    ],
    ask: { call: 'GET {objects}/contacts/{grace}', status: 404 },
  },
  {
    it: 'ids to archive may be numbers',
    mark: 'C',
    ask: { call: 'POST {objects}/contacts/batch/archive', body: { inputs: [{ id: 999_999_999_999 }] }, status: 204 },
  },
]
