// Creates records as if HubSpot users had made them by hand. The journal, the limits and the faults do not apply.

import { z } from 'zod'
import { validation } from './errors.ts'
import { associateByDefault } from './portal/association-rules.ts'
import type { ObjectType } from './portal/object-types.ts'
import type { Portal } from './portal/portal.ts'
import type { CrmRecord } from './portal/record.ts'
import { checkNew, createRecord } from './portal/writes.ts'

const records = z
  .array(
    z.strictObject({
      /** The id to use; no record may have it already. Absent: the next free id. */
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

/**
 * Returns the ids in the order of the seed.
 *
 * @throws ApiError HubSpot's error for the first bad record; the records before it stay, the later ones are not created
 */
export function seedPortal(
  portal: Portal,
  seed: z.output<typeof seedSchema>,
): { contacts: string[]; companies: string[] } {
  const create = (type: ObjectType) => (given: { id?: string | undefined; properties: Record<string, string> }) =>
    createSeeded(portal, type, given).id
  const ids = { contacts: seed.contacts.map(create('contacts')), companies: seed.companies.map(create('companies')) }
  for (const { contactId, companyId } of seed.associations) {
    const contact = portal.records.active('contacts', contactId)
    const company = portal.records.active('companies', companyId)
    if (contact === undefined || company === undefined) throw validation(`No such pair: ${contactId}, ${companyId}.`)
    associateByDefault(portal, contact, company)
  }
  return ids
}

function createSeeded(
  portal: Portal,
  type: ObjectType,
  { id, properties }: { id?: string | undefined; properties: Record<string, string> },
): CrmRecord {
  if (id !== undefined && (portal.records.find('contacts', id) ?? portal.records.find('companies', id))) {
    throw validation(`Id ${id} is in use.`)
  }
  const checked = checkNew(portal, type, properties, 'v3')
  return createRecord(portal, type, checked, { source: 'CRM_UI', ...(id === undefined ? {} : { id }) })
}
