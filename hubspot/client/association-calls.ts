// Associations of contacts and companies as onramp asks for them, with HubSpot's association types and labels.

import { AssociationSpecAssociationCategoryEnum as Category } from '@hubspot/api-client/lib/codegen/crm/associations/v4/index.js'
import type { AssociationSpec } from '@hubspot/api-client/lib/codegen/crm/associations/v4/index.js'
import type { ContactCompanyPair } from '../../domain/crm.ts'
import type { AssociatedRecord, AssociationBatches, AssociationsRow } from './batches/associations.ts'
import type { Calls } from './calls.ts'
import { correlationIdOf } from './responses.ts'
import type { Sdk } from './sdk.ts'

// HubSpot's association types: contact → company, and contact → its primary company.
const COMPANY = 279
const PRIMARY_COMPANY = 1
// The labelled call replaces all association types, so it names the plain type as well.
const PRIMARY = [PRIMARY_COMPANY, COMPANY].map((associationTypeId) => ({
  associationCategory: Category.HubspotDefined,
  associationTypeId,
}))
type AssociationLabel = Pick<AssociationSpec, 'associationCategory' | 'associationTypeId'>

/** All throw `HubSpotError` for a response that is no success. */
export function associationCalls(
  { call, callRow }: Pick<Calls, 'call' | 'callRow'>,
  sdk: Sdk,
  batches: AssociationBatches,
) {
  return {
    /** Associates the contact with the company; repeating it changes nothing. */
    create: (pair: ContactCompanyPair) => callRow(batches.create, pair),
    /**
     * Makes the company the contact's primary one; the former primary company stays associated. The call replaces all labels of
     * the two, so it repeats those of HubSpot users.
     */
    makePrimary: ({ contactId, companyId }: ContactCompanyPair, labels: AssociationLabel[] = []) =>
      call('association.create', async () => {
        const all = [...PRIMARY, ...labels]
        const { basic } = sdk.associations
        return correlationIdOf(await basic.createWithHttpInfo('contact', contactId, 'company', companyId, all))
      }),
    /** Removes every association of the two. */
    remove: (pair: ContactCompanyPair) => callRow(batches.remove, pair),
    /** The companies of a contact: whether each is its primary one, and the labels that HubSpot users gave the association. */
    companiesOf: async (contactId: string) => asCompanies(await callRow(batches.read, companiesRow(contactId))),
    /** The same for up to 100 contacts, in one call; `null` for a contact of which the response says nothing. */
    companiesOfMany: async (contactIds: string[]) => {
      const rows = contactIds.map(companiesRow)
      const outcomes = await call('association.read', () => batches.read.sendMany(rows))
      return outcomes.map((each) => (each.outcome === 'answered' ? asCompanies(each.answer) : null))
    },
    /** The ids of a company's contacts; of many contacts only the first page. */
    contactsOf: async (companyId: string) => {
      const contacts = await callRow(batches.read, { from: 'company', to: 'contact', id: companyId })
      return contacts.map(({ id }) => id)
    },
  }
}

function companiesRow(contactId: string): AssociationsRow {
  return { from: 'contact', to: 'company', id: contactId }
}

function asCompanies(records: AssociatedRecord[]) {
  return records.map(({ id, types }) => ({
    companyId: id,
    isPrimary: types.some(({ typeId }) => typeId === PRIMARY_COMPANY),
    labels: types
      .filter(({ category }) => category === Category.UserDefined)
      .map(({ typeId }) => ({ associationCategory: Category.UserDefined, associationTypeId: typeId })),
  }))
}
