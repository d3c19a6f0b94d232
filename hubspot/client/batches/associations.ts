// Associations of contacts and companies: each row alone, or up to 100 in one request.

import type { ContactCompanyPair } from '../../../domain/crm.ts'
import type { BatchKind } from '../batch-kind.ts'
import { HubSpotError } from '../hubspot-error.ts'
import { isObject } from '../json.ts'
import { bodyOf, correlationIdOf } from '../responses.ts'
import type { HubSpotResponse } from '../responses.ts'
import { contextOf, decoded, idOf, missing, objectsIn, outcomesOf, textOf } from './rows.ts'
import type { Json } from './rows.ts'

type RecordType = 'contact' | 'company'

/** Asks for the records of type `to` with which the record is associated. */
export interface AssociationsRow {
  from: RecordType
  to: RecordType
  id: string
}

/** A record on the other end of associations, with all their types. */
export interface AssociatedRecord {
  id: string
  types: { category: string; typeId: number }[]
}

interface AssociationApis {
  basic: {
    createDefaultWithHttpInfo(from: string, id: string, to: string, toId: string): Promise<HubSpotResponse>
    archiveWithHttpInfo(from: string, id: string, to: string, toId: string): Promise<HubSpotResponse>
    getPageWithHttpInfo(from: string, id: string, to: string, after: undefined, limit: number): Promise<HubSpotResponse>
  }
  batch: {
    createDefaultWithHttpInfo(
      from: string,
      to: string,
      input: { inputs: { _from: { id: string }; to: { id: string } }[] },
    ): Promise<HubSpotResponse>
    archiveWithHttpInfo(
      from: string,
      to: string,
      input: { inputs: { _from: { id: string }; to: { id: string }[] }[] },
    ): Promise<HubSpotResponse>
    getPageWithHttpInfo(from: string, to: string, input: { inputs: { id: string }[] }): Promise<HubSpotResponse>
  }
}

/** `create` and `remove` answer with HubSpot's correlation id. */
export interface AssociationBatches {
  create: BatchKind<ContactCompanyPair, string | null>
  remove: BatchKind<ContactCompanyPair, string | null>
  read: BatchKind<AssociationsRow, AssociatedRecord[]>
}

// HubSpot takes 2,000 pairs and 1,000 reads in a request. With 100, a request takes no longer than a batch of records.
const MAX_ROWS = 100
// The most that HubSpot puts on a page.
const RECORDS_PER_PAGE = 500

export function associationBatches(apis: AssociationApis): AssociationBatches {
  return { create: creates(apis), remove: removals(apis), read: reads(apis) }
}

function creates({ basic, batch }: AssociationApis): AssociationBatches['create'] {
  return {
    kind: 'association.create',
    maxRows: MAX_ROWS,
    groupOf: () => '',
    // The first company becomes the contact's primary one, so the order of a contact's rows counts.
    recordsOf: ({ contactId }) => [contactId],
    sendOne: async ({ contactId, companyId }) =>
      correlationIdOf(await basic.createDefaultWithHttpInfo('contact', contactId, 'company', companyId)),
    async sendMany(rows) {
      const inputs = rows.map(({ contactId, companyId }) => ({ _from: { id: contactId }, to: { id: companyId } }))
      return await outcomesOf(batch.createDefaultWithHttpInfo('contact', 'company', { inputs }), rows, {
        // HubSpot answers with a result for each direction.
        isResultOf: ({ from, to }, { contactId, companyId }) => idOf(from) === contactId && idOf(to) === companyId,
        isErrorOf: (error, { contactId, companyId }) => namesId(error, contactId) || namesId(error, companyId),
        answerOf: (_result, _row, response) => correlationIdOf(response),
        outcomeOf: (error, response) => (isInvalidId(error) ? missing(error, response) : null),
      })
    },
  }
}

function removals({ basic, batch }: AssociationApis): AssociationBatches['remove'] {
  return {
    kind: 'association.delete',
    maxRows: MAX_ROWS,
    groupOf: () => '',
    recordsOf: ({ contactId }) => [contactId],
    sendOne: async ({ contactId, companyId }) =>
      correlationIdOf(await basic.archiveWithHttpInfo('contact', contactId, 'company', companyId)),
    async sendMany(rows) {
      const inputs = rows.map(({ contactId, companyId }) => ({ _from: { id: contactId }, to: [{ id: companyId }] }))
      const response = await decoded(batch.archiveWithHttpInfo('contact', 'company', { inputs }))
      // A success has no body. A body may hold errors, but HubSpot does not document what it says about the rows.
      const isEmpty = (await response.body.text()).trim() === ''
      const answer = correlationIdOf(response)
      return rows.map(() => (isEmpty ? { outcome: 'answered', answer } : { outcome: 'unknown' }))
    },
  }
}

function reads({ basic, batch }: AssociationApis): AssociationBatches['read'] {
  return {
    kind: 'association.read',
    maxRows: MAX_ROWS,
    groupOf: ({ from, to }) => `${from} ${to}`,
    recordsOf: () => [],
    sendOne: async ({ from, to, id }) => {
      const response = await decoded(basic.getPageWithHttpInfo(from, id, to, undefined, RECORDS_PER_PAGE))
      return associatedIn((await bodyOf(response))['results'])
    },
    async sendMany(rows) {
      const { from, to } = rows[0] as AssociationsRow
      const inputs = [...new Set(rows.map(({ id }) => id))].map((id) => ({ id }))
      return await outcomesOf<AssociationsRow, AssociatedRecord[]>(
        batch.getPageWithHttpInfo(from, to, { inputs }),
        rows,
        {
          // The pages of a batch may be smaller than the page of a single call. Then a single call reads the rest.
          isResultOf: (result, { id }) => idOf(result['from']) === id && !isObject(result['paging']),
          isErrorOf: (error, { id }) => contextOf(error, 'fromObjectId').includes(id),
          answerOf: (result) => associatedIn(result['to']),
          outcomeOf: (error) => (isWithout(error) ? { outcome: 'answered', answer: [] } : null),
        },
      )
    },
  }
}

/** @throws HubSpotError when the list is not one of associations */
function associatedIn(list: unknown): AssociatedRecord[] {
  if (!Array.isArray(list)) throw HubSpotError.unusableResponse('a response without associations')
  return list.map((row: unknown) => {
    const id = isObject(row) ? idOf({ id: row['toObjectId'] }) : null
    if (id === null || !isObject(row)) throw HubSpotError.unusableResponse('an association without an id')
    const types = objectsIn(row['associationTypes'])
    return {
      id,
      types: types.map(({ category, typeId }) => ({
        category: textOf(category) ?? '',
        typeId: Number(textOf(typeId)),
      })),
    }
  })
}

/** HubSpot names the missing record in the context, or only in the text: `COMPANY=1234 is not valid`. */
function namesId(error: Json, id: string): boolean {
  const named = [...contextOf(error, 'id'), ...contextOf(error, 'ids')]
  return named.includes(id) || (isInvalidId(error) && (textOf(error['message']) ?? '').split(/\D+/).includes(id))
}

/** HubSpot answers a single call for the same reason with 404. */
function isInvalidId({ subCategory, message }: Json): boolean {
  const isNamed = typeof subCategory === 'string' && /\.(INVALID_IDENTIFIER|\w+_OBJECT_NOT_FOUND)$/.test(subCategory)
  return isNamed || (typeof message === 'string' && /\b\d+ is not (a valid ID|valid)\b/.test(message))
}

/** A record without associations is an error in a batch, and an empty list in a single call. */
function isWithout({ subCategory }: Json): boolean {
  return subCategory === 'crm.associations.NO_ASSOCIATIONS_FOUND'
}
