// Vectors about properties and property groups.

import { absent, exactly, containing, isoTime, like, number, text, uuid, type Step, type Vector } from '../vector.ts'
import { aCompany } from './given.ts'

// Property names allow no dashes, so `{u}` cannot be part of them. The vectors archive these properties, and the next run restores
// them.
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
    it: "a property of HubSpot's has a full description",
    source: 'D',
    request: {
      call: 'GET {properties}/companies/domain',
      status: 200,
      response: {
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
    source: 'D',
    request: {
      call: 'GET {properties}/contacts/lifecyclestage',
      status: 200,
      response: {
        type: 'enumeration',
        options: containing({ label: 'Lead', value: 'lead', hidden: false, displayOrder: number }),
      },
    },
  },
  {
    it: 'all properties are listed',
    source: 'D',
    request: {
      call: 'GET {properties}/contacts',
      status: 200,
      response: { results: containing({ name: 'email', groupName: 'contactinformation' }) },
    },
  },
  {
    it: 'creating a custom property answers 201 with its full description',
    source: 'D',
    request: {
      ...own('vector_plain', { description: 'How much money do you have?', formField: true }),
      response: {
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
    it: 'a property name in use answers 409 with another category',
    source: 'R',
    request: {
      ...own('domain'),
      status: 409,
      response: exactly({
        status: 'error',
        message: "A property named 'domain' already exists.",
        correlationId: uuid,
        category: 'OBJECT_ALREADY_EXISTS',
        subCategory: 'Properties.PROPERTY_WITH_NAME_EXISTS',
      }),
    },
  },
  {
    it: 'an archived property is not found',
    source: 'I',
    given: [own('vector_gone'), archive('vector_gone')],
    request: {
      call: 'GET {properties}/companies/vector_gone',
      status: 404,
      response: { status: 'error', message: text },
    },
  },
  {
    it: 'creating an archived property again restores it',
    source: 'R',
    given: [own('vector_back'), archive('vector_back'), own('vector_back')],
    request: { call: 'GET {properties}/companies/vector_back', status: 200, response: { archived: false } },
  },
  {
    it: 'values of an archived property cannot be written',
    source: 'D',
    given: [own('vector_off'), archive('vector_off'), aCompany('engines')],
    request: {
      call: 'PATCH {objects}/companies/{engines}',
      body: { properties: { vector_off: 'x' } },
      status: 400,
      response: { errors: [{ code: 'PROPERTY_DOESNT_EXIST' }] },
    },
  },
  {
    it: 'a PATCH changes the label',
    source: 'D',
    given: [own('vector_label')],
    request: {
      call: 'PATCH {properties}/companies/vector_label',
      body: { label: 'Another', description: 'How old are you?' },
      status: 200,
      response: { name: 'vector_label', label: 'Another', description: 'How old are you?' },
    },
  },
  {
    it: 'a PATCH of hasUniqueValue answers 200 and changes nothing',
    source: 'D',
    given: [own('vector_fixed')],
    request: {
      call: 'PATCH {properties}/companies/vector_fixed',
      body: { hasUniqueValue: true },
      status: 200,
      response: { name: 'vector_fixed', hasUniqueValue: false },
    },
  },
  {
    it: 'a unique property has hasUniqueValue: true',
    source: 'D',
    request: { call: 'GET {properties}/companies/vector_key', status: 200, response: { hasUniqueValue: true } },
  },
  {
    it: 'a custom property accepts values at once',
    source: 'D',
    given: [own('vector_used', { type: 'number', fieldType: 'number' })],
    request: {
      call: 'POST {objects}/companies',
      body: { properties: { name: 'engines {u}', vector_used: 1_795_000_000_000 } },
      status: 201,
      response: { properties: { vector_used: '1795000000000' } },
    },
  },
  {
    it: 'a custom list of options restricts the values',
    source: 'D',
    given: [
      own('vector_choice', {
        type: 'enumeration',
        fieldType: 'select',
        options: [{ label: 'One', value: 'one', displayOrder: 0, hidden: false }],
      }),
    ],
    request: {
      call: 'POST {objects}/companies',
      body: { properties: { name: 'engines {u}', vector_choice: 'two' } },
      status: 400,
      response: { errors: [{ code: 'INVALID_OPTION' }] },
    },
  },
  {
    it: 'a property without required fields answers 400 with their names',
    source: 'I',
    request: {
      call: 'POST {properties}/companies',
      body: { name: 'vector_short' },
      status: 400,
      response: { category: 'VALIDATION_ERROR', message: like('Some required fields were not set: .*groupName') },
    },
  },
  {
    it: 'a property name with capitals answers 400',
    source: 'D',
    request: { ...own('VectorKey'), status: 400, response: { category: 'VALIDATION_ERROR' } },
  },
  {
    it: 'an unknown property type answers 400',
    source: 'D',
    request: { ...own('vector_odd', { type: 'colour' }), status: 400, response: { category: 'VALIDATION_ERROR' } },
  },
  {
    it: 'a property in an unknown group answers 400',
    source: 'D',
    request: {
      ...own('vector_lost', { groupName: 'no_such_group' }),
      status: 400,
      response: { category: 'VALIDATION_ERROR' },
    },
  },
  {
    it: 'an unknown property answers 404',
    source: 'I',
    request: {
      call: 'GET {properties}/companies/no_such_property',
      status: 404,
      response: { status: 'error', message: text },
    },
  },
  {
    it: 'properties of an unknown object type answer 400',
    source: 'R',
    request: {
      call: 'GET {properties}/butterflies',
      status: 400,
      response: { message: 'Unable to infer object type from: butterflies' },
    },
  },
  {
    it: 'groups are listed',
    source: 'D',
    request: {
      call: 'GET {properties}/companies/groups',
      status: 200,
      response: {
        results: containing(
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
    it: 'a batch reads several properties',
    source: 'D',
    request: {
      call: 'POST {properties}/companies/batch/read',
      body: { archived: false, inputs: [{ name: 'domain' }, { name: 'no_such_property' }] },
      status: 200,
      response: { status: 'COMPLETE', results: [{ name: 'domain' }] },
    },
  },
  {
    it: 'a batch archives several properties',
    source: 'D',
    given: [
      own('vector_batch'),
      { call: 'POST {properties}/companies/batch/archive', body: { inputs: [{ name: 'vector_batch' }] }, status: 204 },
    ],
    request: {
      call: 'GET {properties}/companies/vector_batch?archived=true',
      status: 200,
      response: { name: 'vector_batch', archived: true },
    },
  },
  {
    it: "a property of HubSpot's cannot be renamed",
    source: 'I',
    settings: {},
    request: {
      call: 'PATCH {properties}/companies/industry',
      body: { label: 'Line of business' },
      status: 400,
      response: { category: 'VALIDATION_ERROR' },
    },
  },
  {
    it: 'a custom group can be created and removed',
    source: 'D',
    given: [
      {
        call: 'POST {properties}/companies/groups',
        body: { name: 'vector_group', label: 'Vectors' },
        status: 201,
      },
      { call: 'DELETE {properties}/companies/groups/vector_group', status: 204 },
    ],
    request: { call: 'GET {properties}/companies/groups/vector_group', status: 404 },
  },
  {
    it: 'a group with properties cannot be removed',
    source: 'I',
    settings: {},
    request: { call: 'DELETE {properties}/companies/groups/companyinformation', status: 400 },
  },
  {
    it: 'a group is read by its name',
    source: 'D',
    request: {
      call: 'GET {properties}/contacts/groups/contactinformation',
      status: 200,
      response: exactly({
        name: 'contactinformation',
        label: like('(?i:contact information)'),
        displayOrder: number,
        archived: false,
      }),
    },
  },
  {
    it: 'an unknown group answers 404',
    source: 'I',
    request: { call: 'GET {properties}/companies/groups/no_such_group', status: 404, response: { status: 'error' } },
  },
  {
    it: 'a group without a label answers 400',
    source: 'I',
    request: {
      call: 'POST {properties}/companies/groups',
      body: { name: 'vector_group' },
      status: 400,
      response: { message: like('Some required fields were not set: .*label') },
    },
  },
  {
    it: 'a group name in use answers 409',
    source: 'I',
    request: {
      call: 'POST {properties}/companies/groups',
      body: { name: 'companyinformation', label: 'Company information' },
      status: 409,
      response: { category: 'OBJECT_ALREADY_EXISTS', properties: absent },
    },
  },
]
