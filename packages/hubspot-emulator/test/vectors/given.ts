// Steps with which many vectors begin.

import type { Step } from '../vector.ts'

export const aContact = (name: string, properties: Record<string, unknown> = {}): Step => ({
  call: 'POST {objects}/contacts',
  body: { properties: { email: `${name}-{u}@example.com`, ...properties } },
  status: 201,
  save: { [name]: 'id' },
})

export const aCompany = (name: string, properties: Record<string, unknown> = {}): Step => ({
  call: 'POST {objects}/companies',
  body: { properties: { name: `${name} {u}`, ...properties } },
  status: 201,
  save: { [name]: 'id' },
})

export const associated = (contact: string, company: string): Step => ({
  call: `PUT {associations}/contacts/{${contact}}/associations/default/companies/{${company}}`,
  status: 200,
})

export const archived = (type: 'contacts' | 'companies', name: string): Step => ({
  call: `DELETE {objects}/${type}/{${name}}`,
  status: 204,
})
