// HubSpot as the activities know it: the official SDK's generated classes over our transport.

import pThrottle from 'p-throttle'
import * as v4 from '@hubspot/api-client/lib/codegen/crm/associations/v4/index.js'
import * as companiesApi from '@hubspot/api-client/lib/codegen/crm/companies/index.js'
import * as contactsApi from '@hubspot/api-client/lib/codegen/crm/contacts/index.js'
import * as propertiesApi from '@hubspot/api-client/lib/codegen/crm/properties/index.js'
import type { ContactCompanyPair } from '../../domain/crm.ts'
import { rowOf } from './batches.ts'
import { unlessMissing } from './errors.ts'
import { Gate } from './circuit-breaker.ts'
import type { GateOptions } from './circuit-breaker.ts'
import { HubSpotError } from './hubspot-error.ts'
import { COMPANY_KEY, COMPANY_READ, CONTACT_READ } from '../properties.ts'
import type { Properties } from '../properties.ts'
import { createTransport } from './transport.ts'
import type { TransportOptions } from './transport.ts'

// HubSpot's association types: contact → company, and contact → its primary company.
const COMPANY = 279
const PRIMARY_COMPANY = 1
// The labelled call replaces all types, so the plain one goes along.
const PRIMARY = [PRIMARY_COMPANY, COMPANY].map((associationTypeId) => ({
  associationCategory: v4.AssociationSpecAssociationCategoryEnum.HubspotDefined,
  associationTypeId,
}))
const COMPANIES_PER_PAGE = 500
const EQUALS = companiesApi.FilterOperatorEnum.Eq
// HubSpot takes five searches a second from all that runs on a portal; one is left to the others.
const paced = pThrottle({ limit: 4, interval: 1000, strict: true })

/** A company or contact as HubSpot answered it; a property that is not set is `null`. `url` is a person's way to it. */
export interface HubSpotRecord {
  id: string
  properties: Record<string, string | null>
  url: string | null
  correlationId: string | null
}

export interface HubSpotOptions extends TransportOptions {
  /** HubSpot, a proxy before it or the emulator; without a slash at its end. */
  baseUrl: string
  gate: GateOptions
  /** Told of each call's status, `null` when no answer came. */
  onAnswer?: (status: number | null) => void
}

export type HubSpot = ReturnType<typeof createHubSpot>

/**
 * All methods throw `HubSpotError` for an answer that is no success; `find…` answer `null` for what is not there.
 */
export function createHubSpot({ baseUrl, gate: gateOptions, onAnswer = () => {}, ...options }: HubSpotOptions) {
  const gate = new Gate(gateOptions)
  const transport = createTransport(options)
  const send: typeof transport.send = (request) =>
    gate.pass(async () => {
      try {
        const answer = await transport.send(request)
        onAnswer(answer.httpStatusCode)
        return answer
      } catch (error) {
        onAnswer(error instanceof HubSpotError ? error.status : null)
        throw error
      }
    })
  // Every SDK module brings its own copy of these three, and all of them alike.
  const configure = <Http, Configuration>(sdk: {
    wrapHttpLibrary: (http: { send: typeof send }) => Http
    ServerConfiguration: new (url: string, variables: Record<string, string>) => unknown
    createConfiguration: (configuration: { httpApi: Http; baseServer: never }) => Configuration
  }) =>
    sdk.createConfiguration({
      httpApi: sdk.wrapHttpLibrary({ send }),
      baseServer: new sdk.ServerConfiguration(baseUrl, {}) as never,
    })

  const contacts = new contactsApi.BasicApi(configure(contactsApi))
  const companies = new companiesApi.BasicApi(configure(companiesApi))
  const companySearch = new companiesApi.SearchApi(configure(companiesApi))
  const companyBatches = new companiesApi.BatchApi(configure(companiesApi))
  const associations = new v4.BasicApi(configure(v4))
  const properties = new propertiesApi.CoreApi(configure(propertiesApi))
  const groups = new propertiesApi.GroupsApi(configure(propertiesApi))

  return {
    contacts: {
      /** A contact by its id, or by another property that is unique. */
      find: async (id: string, idProperty?: string) =>
        unlessMissing(async () =>
          answered(await contacts.getByIdWithHttpInfo(id, CONTACT_READ, undefined, undefined, false, idProperty)),
        ),
      /** A contact that people deleted, by its id: HubSpot keeps it for some months. */
      findDeleted: async (id: string) =>
        unlessMissing(async () =>
          answered(await contacts.getByIdWithHttpInfo(id, CONTACT_READ, undefined, undefined, true)),
        ),
      /** Reads one contact, whichever: what the token may do shows without touching anything. */
      readAny: async () => void (await contacts.getPage(1)),
      create: async (given: Properties) => answered(await contacts.createWithHttpInfo({ properties: given })),
      update: async (id: string, change: Properties) =>
        answered(await contacts.updateWithHttpInfo(id, { properties: change })),
    },

    companies: {
      find: async (id: string, idProperty?: string) =>
        unlessMissing(async () =>
          answered(await companies.getByIdWithHttpInfo(id, COMPANY_READ, undefined, undefined, false, idProperty)),
        ),
      readAny: async () => void (await companies.getPage(1)),
      update: async (id: string, change: Properties) =>
        answered(await companies.updateWithHttpInfo(id, { properties: change })),

      /**
       * Companies of a domain, at most two: whoever asks only wants to know none, one or several. HubSpot's search sees
       * new records late, so it tells what people made long ago, and nothing certain about our own.
       */
      searchByDomain: paced(async (domain: string): Promise<HubSpotRecord[]> => {
        const filters = [{ propertyName: 'domain', operator: EQUALS, value: domain }]
        const query = { filterGroups: [{ filters }], properties: COMPANY_READ, limit: 2 }
        const answer = await companySearch.doSearchWithHttpInfo(query)
        const { results } = await bodyOf(answer)
        return Array.isArray(results) ? results.map((row: Record<string, unknown>) => recordOf(row, answer)) : []
      }),

      /**
       * Creates the company of a key, or writes to the one that has it. HubSpot tells companies apart by nothing else,
       * so this is the only way in which one is ever created (G2).
       */
      upsert: async (key: string, given: Properties): Promise<HubSpotRecord & { isNew: boolean }> => {
        const input = {
          id: key,
          idProperty: COMPANY_KEY,
          properties: { ...given, [COMPANY_KEY]: key },
          objectWriteTraceId: key,
        }
        const answer = await companyBatches.upsertWithHttpInfo({ inputs: [input] })
        const row = rowOf(await bodyOf(answer), key)
        return { ...recordOf(row, answer), isNew: row.new === true }
      },
    },

    erasure: {
      /** Erases a contact for good, as data protection asks for. */
      eraseContact: async (id: string) => correlationIdOf(await contacts.purgeWithHttpInfo({ objectId: id })),
    },

    associations: {
      /** Ties the contact to the company; repeating it changes nothing. */
      create: async ({ contactId, companyId }: ContactCompanyPair) =>
        correlationIdOf(await associations.createDefaultWithHttpInfo('contact', contactId, 'company', companyId)),
      /** Makes the company the contact's primary one; another that was it stays associated. */
      makePrimary: async ({ contactId, companyId }: ContactCompanyPair) =>
        correlationIdOf(await associations.createWithHttpInfo('contact', contactId, 'company', companyId, PRIMARY)),
      /** Ends every association of the two. */
      remove: async ({ contactId, companyId }: ContactCompanyPair) =>
        correlationIdOf(await associations.archiveWithHttpInfo('contact', contactId, 'company', companyId)),
      /** The companies of a contact, and whether each is its primary one. */
      companiesOf: async (contactId: string) => {
        const { results } = await associations.getPage('contact', contactId, 'company', undefined, COMPANIES_PER_PAGE)
        return results.map(({ toObjectId, associationTypes }) => ({
          companyId: String(toObjectId),
          isPrimary: associationTypes.some(({ typeId }) => typeId === PRIMARY_COMPANY),
        }))
      },
    },

    properties,
    groups,

    /** Which portal the token opens; `null` when that cannot be told, as with some stand-ins. */
    account: async (): Promise<{ portalId: string; uiDomain: string } | null> => {
      const answer = await unlessMissing(() =>
        send({
          getUrl: () => `${baseUrl}/account-info/v3/details`,
          getHttpMethod: () => 'GET',
          getHeaders: () => ({ accept: 'application/json' }),
          getBody: () => undefined,
        }),
      )
      if (answer === null) return null
      const { portalId, uiDomain } = await bodyOf(answer)
      return { portalId: String(portalId), uiDomain: String(uiDomain) }
    },

    isLockedOut: () => gate.isClosed,
    close: transport.close,
  }
}

interface Answer {
  headers: Record<string, string>
  body: { text(): Promise<string> }
}

async function answered(answer: Answer): Promise<HubSpotRecord> {
  return recordOf(await bodyOf(answer), answer)
}

/** The body as it came: the SDK's decoder drops `url`. */
async function bodyOf(answer: Answer): Promise<Record<string, unknown>> {
  return JSON.parse(await answer.body.text()) as Record<string, unknown>
}

function recordOf(body: Record<string, unknown>, answer: Answer): HubSpotRecord {
  if (typeof body.id !== 'string') throw HubSpotError.withoutAnswer('an answer without a record')
  return {
    id: body.id,
    properties: (body.properties ?? {}) as HubSpotRecord['properties'],
    url: typeof body.url === 'string' ? body.url : null,
    correlationId: correlationIdOf(answer),
  }
}

function correlationIdOf({ headers }: Answer): string | null {
  return headers['x-hubspot-correlation-id'] ?? null
}
