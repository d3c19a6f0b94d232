// Records that are there before anybody calls: as if people had typed them in, past journal, limits and trouble.

import { z } from 'zod'
import { validation } from './errors.ts'
import { tieByDefault } from './portal/ties.ts'
import type { ObjectType } from './portal/object-types.ts'
import type { Portal } from './portal/portal.ts'
import type { CrmRecord } from './portal/record.ts'
import { checkNew, createRecord } from './portal/writes.ts'

const records = z
  .array(
    z.strictObject({
      /** An id of one's own choice, which no record may have. */
      id: z
        .string()
        .regex(/^[1-9]\d{0,14}$/)
        .optional(),
      properties: z.record(z.string(), z.string()),
    }),
  )
  .default([])

export const seedSchema = z.strictObject({
  contacts: records,
  companies: records,
  associations: z.array(z.strictObject({ contactId: z.string(), companyId: z.string() })).default([]),
})

export type Seed = z.input<typeof seedSchema>

/** Returns the ids, in the order in which the records were given. Throws HubSpot's refusals; then nothing was made of that record on. */
export function plant(portal: Portal, seed: z.output<typeof seedSchema>): { contacts: string[]; companies: string[] } {
  const make = (type: ObjectType) => (given: { id?: string | undefined; properties: Record<string, string> }) =>
    recordMade(portal, type, given).id
  const made = { contacts: seed.contacts.map(make('contacts')), companies: seed.companies.map(make('companies')) }
  for (const { contactId, companyId } of seed.associations) {
    const contact = portal.records.active('contacts', contactId)
    const company = portal.records.active('companies', companyId)
    if (contact === undefined || company === undefined) throw validation(`No such pair: ${contactId}, ${companyId}.`)
    tieByDefault(portal, contact, company)
  }
  return made
}

function recordMade(
  portal: Portal,
  type: ObjectType,
  { id, properties }: { id?: string | undefined; properties: Record<string, string> },
): CrmRecord {
  if (id !== undefined && (portal.records.find('contacts', id) ?? portal.records.find('companies', id))) {
    throw validation(`Id ${id} is taken.`)
  }
  const checked = checkNew(portal, type, properties, 'v3')
  return createRecord(portal, type, checked, { source: 'CRM_UI', ...(id === undefined ? {} : { id }) })
}
