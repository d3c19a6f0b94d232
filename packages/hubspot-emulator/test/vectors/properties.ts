// What properties and groups there are, and how own ones are made.

import { absent, exactly, having, isoTime, like, number, text, uuid, type Step, type Vector } from '../vector.ts'
import { aCompany } from './given.ts'

// Names of properties take no dashes, which `{u}` has: the vectors archive what they make, and restore it in the next run.
const own = (name: string, more: Record<string, unknown> = {}): Step => ({
  call: 'POST {properties}/companies',
  body: {
    name,
    label: `Label of ${name}`,
    type: 'string',
    fieldType: 'text',
    groupName: 'companyinformation',
    ...more,
  },
  status: 201,
})
const archive = (name: string): Step => ({ call: `DELETE {properties}/companies/${name}`, status: 204 })

export const PROPERTIES: Vector[] = [
  {
    it: "HubSpot's own property is described",
    mark: 'D',
    ask: {
      call: 'GET {properties}/companies/domain',
      status: 200,
      answer: {
        name: 'domain',
        label: 'Company Domain Name',
        type: 'string',
        fieldType: 'text',
        groupName: 'companyinformation',
        options: [],
        hasUniqueValue: false,
        hubspotDefined: true,
        calculated: false,
        externalOptions: false,
        modificationMetadata: { readOnlyDefinition: true, readOnlyValue: false },
      },
    },
  },
  {
    it: 'a property with options lists them',
    mark: 'D',
    ask: {
      call: 'GET {properties}/contacts/lifecyclestage',
      status: 200,
      answer: {
        type: 'enumeration',
        options: having({ label: 'Lead', value: 'lead', hidden: false, displayOrder: number }),
      },
    },
  },
  {
    it: 'all properties are listed',
    mark: 'D',
    ask: {
      call: 'GET {properties}/contacts',
      status: 200,
      answer: { results: having({ name: 'email', groupName: 'contactinformation' }) },
    },
  },
  {
    it: 'an own property answers 201 with its whole description',
    mark: 'D',
    ask: {
      ...own('vector_plain', { description: 'How much money do you have?', formField: true }),
      answer: {
        name: 'vector_plain',
        label: 'Label of vector_plain',
        type: 'string',
        fieldType: 'text',
        description: 'How much money do you have?',
        groupName: 'companyinformation',
        options: [],
        calculated: false,
        externalOptions: false,
        archived: false,
        hasUniqueValue: false,
        hidden: false,
        formField: true,
        dataSensitivity: 'non_sensitive',
        createdAt: isoTime,
        updatedAt: isoTime,
        modificationMetadata: { archivable: true, readOnlyDefinition: false, readOnlyValue: false },
      },
    },
  },
  {
    it: 'a name that is taken answers 409 of another kind',
    mark: 'R',
    ask: {
      ...own('domain'),
      status: 409,
      answer: exactly({
        status: 'error',
        message: "A property named 'domain' already exists.",
        correlationId: uuid,
        category: 'OBJECT_ALREADY_EXISTS',
        subCategory: 'Properties.PROPERTY_WITH_NAME_EXISTS',
      }),
    },
  },
  {
    it: 'a property that was archived is not found',
    mark: 'I',
    given: [own('vector_gone'), archive('vector_gone')],
    ask: { call: 'GET {properties}/companies/vector_gone', status: 404, answer: { status: 'error', message: text } },
  },
  {
    it: 'a property that was archived is restored by making it again',
    mark: 'R',
    given: [own('vector_back'), archive('vector_back'), own('vector_back')],
    ask: { call: 'GET {properties}/companies/vector_back', status: 200, answer: { archived: false } },
  },
  {
    it: 'values of an archived property can no longer be written',
    mark: 'D',
    given: [own('vector_off'), archive('vector_off'), aCompany('engines')],
    ask: {
      call: 'PATCH {objects}/companies/{engines}',
      body: { properties: { vector_off: 'x' } },
      status: 400,
      answer: { errors: [{ code: 'PROPERTY_DOESNT_EXIST' }] },
    },
  },
  {
    it: 'a label is changed by PATCH',
    mark: 'D',
    given: [own('vector_label')],
    ask: {
      call: 'PATCH {properties}/companies/vector_label',
      body: { label: 'Another', description: 'How old are you?' },
      status: 200,
      answer: { name: 'vector_label', label: 'Another', description: 'How old are you?' },
    },
  },
  {
    it: 'a PATCH of hasUniqueValue answers 200 and changes nothing',
    mark: 'D',
    given: [own('vector_fixed')],
    ask: {
      call: 'PATCH {properties}/companies/vector_fixed',
      body: { hasUniqueValue: true },
      status: 200,
      answer: { name: 'vector_fixed', hasUniqueValue: false },
    },
  },
  {
    it: 'a unique property says so',
    mark: 'D',
    ask: { call: 'GET {properties}/companies/vector_key', status: 200, answer: { hasUniqueValue: true } },
  },
  {
    it: 'an own property takes values at once',
    mark: 'D',
    given: [own('vector_used', { type: 'number', fieldType: 'number' })],
    ask: {
      call: 'POST {objects}/companies',
      body: { properties: { name: 'engines {u}', vector_used: 1_795_000_000_000 } },
      status: 201,
      answer: { properties: { vector_used: '1795000000000' } },
    },
  },
  {
    it: 'an own list of options holds for values',
    mark: 'D',
    given: [
      own('vector_choice', {
        type: 'enumeration',
        fieldType: 'select',
        options: [{ label: 'One', value: 'one', displayOrder: 0, hidden: false }],
      }),
    ],
    ask: {
      call: 'POST {objects}/companies',
      body: { properties: { name: 'engines {u}', vector_choice: 'two' } },
      status: 400,
      answer: { errors: [{ code: 'INVALID_OPTION' }] },
    },
  },
  {
    it: 'a property without its fields is refused with their names',
    mark: 'I',
    ask: {
      call: 'POST {properties}/companies',
      body: { name: 'vector_short' },
      status: 400,
      answer: { category: 'VALIDATION_ERROR', message: like('Some required fields were not set: .*groupName') },
    },
  },
  {
    it: 'a name with capitals is refused',
    mark: 'D',
    ask: { ...own('VectorKey'), status: 400, answer: { category: 'VALIDATION_ERROR' } },
  },
  {
    it: 'a type that does not exist is refused',
    mark: 'D',
    ask: { ...own('vector_odd', { type: 'colour' }), status: 400, answer: { category: 'VALIDATION_ERROR' } },
  },
  {
    it: 'a group that does not exist is refused',
    mark: 'D',
    ask: {
      ...own('vector_lost', { groupName: 'no_such_group' }),
      status: 400,
      answer: { category: 'VALIDATION_ERROR' },
    },
  },
  {
    it: 'a property that does not exist answers 404',
    mark: 'I',
    ask: {
      call: 'GET {properties}/companies/no_such_property',
      status: 404,
      answer: { status: 'error', message: text },
    },
  },
  {
    it: 'properties of an unknown kind of object are refused',
    mark: 'R',
    ask: {
      call: 'GET {properties}/butterflies',
      status: 400,
      answer: { message: 'Unable to infer object type from: butterflies' },
    },
  },
  {
    it: 'groups are listed',
    mark: 'D',
    ask: {
      call: 'GET {properties}/companies/groups',
      status: 200,
      answer: {
        results: having(
          exactly({
            name: 'companyinformation',
            label: like('(?i:company information)'),
            displayOrder: number,
            archived: false,
          }),
        ),
      },
    },
  },
  {
    it: 'several properties are read at once',
    mark: 'D',
    ask: {
      call: 'POST {properties}/companies/batch/read',
      body: { archived: false, inputs: [{ name: 'domain' }, { name: 'no_such_property' }] },
      status: 200,
      answer: { status: 'COMPLETE', results: [{ name: 'domain' }] },
    },
  },
  {
    it: 'several properties are archived at once',
    mark: 'D',
    given: [
      own('vector_batch'),
      { call: 'POST {properties}/companies/batch/archive', body: { inputs: [{ name: 'vector_batch' }] }, status: 204 },
    ],
    ask: {
      call: 'GET {properties}/companies/vector_batch?archived=true',
      status: 200,
      answer: { name: 'vector_batch', archived: true },
    },
  },
  {
    it: 'HubSpot’s own property cannot be renamed',
    mark: 'I',
    settings: {},
    ask: {
      call: 'PATCH {properties}/companies/industry',
      body: { label: 'Line of business' },
      status: 400,
      answer: { category: 'VALIDATION_ERROR' },
    },
  },
  {
    it: 'an own group can be made and removed',
    mark: 'D',
    given: [
      {
        call: 'POST {properties}/companies/groups',
        body: { name: 'vector_group', label: 'Vectors' },
        status: 201,
      },
      { call: 'DELETE {properties}/companies/groups/vector_group', status: 204 },
    ],
    ask: { call: 'GET {properties}/companies/groups/vector_group', status: 404 },
  },
  {
    it: 'a group that holds properties stays',
    mark: 'I',
    settings: {},
    ask: { call: 'DELETE {properties}/companies/groups/companyinformation', status: 400 },
  },
  {
    it: 'a group is read by its name',
    mark: 'D',
    ask: {
      call: 'GET {properties}/contacts/groups/contactinformation',
      status: 200,
      answer: exactly({
        name: 'contactinformation',
        label: like('(?i:contact information)'),
        displayOrder: number,
        archived: false,
      }),
    },
  },
  {
    it: 'a group that does not exist answers 404',
    mark: 'I',
    ask: { call: 'GET {properties}/companies/groups/no_such_group', status: 404, answer: { status: 'error' } },
  },
  {
    it: 'a group without a label is refused',
    mark: 'I',
    ask: {
      call: 'POST {properties}/companies/groups',
      body: { name: 'vector_group' },
      status: 400,
      answer: { message: like('Some required fields were not set: .*label') },
    },
  },
  {
    it: 'a group with a name that is taken answers 409',
    mark: 'I',
    ask: {
      call: 'POST {properties}/companies/groups',
      body: { name: 'companyinformation', label: 'Company information' },
      status: 409,
      answer: { category: 'OBJECT_ALREADY_EXISTS', properties: absent },
    },
  },
]
