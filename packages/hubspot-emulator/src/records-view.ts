// All records and associations of the portal at once, for tests that check the final state.

import type { ObjectType } from './portal/object-types.ts'
import type { Portal } from './portal/portal.ts'

/** A record with all its properties. */
export interface RecordView {
  id: string
  properties: Record<string, string>
  archived: boolean
}

export interface Records {
  contacts: RecordView[]
  companies: RecordView[]
  associations: { contactId: string; companyId: string; typeIds: number[] }[]
}

export function recordsOf(portal: Portal): Records {
  const contacts = viewsOf(portal, 'contacts')
  const associations = contacts.flatMap(({ id: contactId }) =>
    [...portal.associations.allFrom(contactId)]
      .filter(({ toId }) => portal.records.find('companies', toId) !== undefined)
      .map(({ toId, typeIds }) => ({ contactId, companyId: toId, typeIds })),
  )
  return { contacts, companies: viewsOf(portal, 'companies'), associations }
}

const viewsOf = (portal: Portal, type: ObjectType): RecordView[] =>
  [...portal.records.all(type)].map(({ id, values, archivedAt }) => ({
    id,
    properties: Object.fromEntries(values),
    archived: archivedAt !== null,
  }))
