// HubSpot's API as onramp calls it: the official SDK's generated classes over our own transport and scheduler.

import * as v4 from '@hubspot/api-client/lib/codegen/crm/associations/v4/index.js'
import * as companiesApi from '@hubspot/api-client/lib/codegen/crm/companies/index.js'
import * as contactsApi from '@hubspot/api-client/lib/codegen/crm/contacts/index.js'
import * as propertiesApi from '@hubspot/api-client/lib/codegen/crm/properties/index.js'
import type { PropertyCreate, PropertyGroupCreate } from '@hubspot/api-client/lib/codegen/crm/properties/index.js'
import type { ContactCompanyPair } from '../../domain/crm.ts'
import { COMPANY_KEY, COMPANY_READ, CONTACT_READ } from '../properties.ts'
import type { Properties } from '../properties.ts'
import { rowOf } from './batches.ts'
import { CircuitBreaker } from './circuit-breaker.ts'
import type { CircuitBreakerOptions } from './circuit-breaker.ts'
import { nullIfMissing } from './errors.ts'
import { HubSpotError } from './hubspot-error.ts'
import { bodyOf, correlationIdOf, recordIn, recordOf } from './responses.ts'
import type { HubSpotRecord } from './responses.ts'
import { createScheduler } from './scheduler.ts'
import type { Schedule } from './scheduler.ts'
import { createTransport } from './transport.ts'
import type { TransportOptions } from './transport.ts'

// HubSpot's association types: contact → company, and contact → its primary company.
const COMPANY = 279
const PRIMARY_COMPANY = 1
// The labelled call replaces all association types, so it names the plain type as well.
const PRIMARY = [PRIMARY_COMPANY, COMPANY].map((associationTypeId) => ({
  associationCategory: v4.AssociationSpecAssociationCategoryEnum.HubspotDefined,
  associationTypeId,
}))
// The most that HubSpot puts on a page.
const COMPANIES_PER_PAGE = 500
const EQUALS = companiesApi.FilterOperatorEnum.Eq

export interface HubSpotOptions extends TransportOptions {
  /** The URL of HubSpot, of a proxy before HubSpot, or of the emulator; without a slash at its end. */
  baseUrl: string
  circuitBreaker: CircuitBreakerOptions
  /** Called with the status of each response; with `null` when none came. */
  onResponse?: (status: number | null) => void
  /** Decides when each call goes out. Without a scheduler each call goes out at once. */
  schedule?: Schedule
}

export type HubSpot = ReturnType<typeof createHubSpot>

/** All methods throw `HubSpotError` for a response that is no success; `find…` return `null` for a record that is missing. */
export function createHubSpot({
  baseUrl,
  circuitBreaker,
  onResponse = () => {},
  schedule = createScheduler(),
  ...options
}: HubSpotOptions) {
  const breaker = new CircuitBreaker(circuitBreaker)
  const transport = createTransport(options)
  const call: Schedule = (kind, perform) => schedule(kind, () => breaker.run(perform))

  async function send(request: Parameters<typeof transport.send>[0]) {
    try {
      const response = await transport.send(request)
      onResponse(response.httpStatusCode)
      return response
    } catch (error) {
      onResponse(error instanceof HubSpotError ? error.status : null)
      throw error
    }
  }
  // Each SDK module has its own copy of these three; the copies are alike.
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

  const readContact = (id: string, archived: boolean, idProperty?: string) =>
    nullIfMissing(() =>
      call('contact.read', async () =>
        recordIn(await contacts.getByIdWithHttpInfo(id, CONTACT_READ, undefined, undefined, archived, idProperty)),
      ),
    )

  return {
    contacts: {
      /** A contact by its id, or by another property that is unique. */
      find: (id: string, idProperty?: string) => readContact(id, false, idProperty),
      /** A deleted contact by its id. HubSpot keeps deleted contacts for 90 days. */
      findDeleted: (id: string) => readContact(id, true),
      /** Reads any one contact. This shows whether the token may read contacts, and changes nothing. */
      readAny: () => call('contact.read', async () => void (await contacts.getPage(1))),
      create: (given: Properties) =>
        call('contact.create', async () => recordIn(await contacts.createWithHttpInfo({ properties: given }))),
      update: (id: string, change: Properties) =>
        call('contact.update', async () => recordIn(await contacts.updateWithHttpInfo(id, { properties: change }))),
      /** Erases a contact for good, as data protection law asks for. */
      erase: (id: string) =>
        call('contact.erase', async () => correlationIdOf(await contacts.purgeWithHttpInfo({ objectId: id }))),
    },

    companies: {
      find: (id: string, idProperty?: string) =>
        nullIfMissing(() =>
          call('company.read', async () =>
            recordIn(await companies.getByIdWithHttpInfo(id, COMPANY_READ, undefined, undefined, false, idProperty)),
          ),
        ),
      readAny: () => call('company.read', async () => void (await companies.getPage(1))),
      update: (id: string, change: Properties) =>
        call('company.update', async () => recordIn(await companies.updateWithHttpInfo(id, { properties: change }))),

      /**
       * At most two companies with a domain: two are enough to know that there are several. HubSpot's search lags. So it finds
       * companies that HubSpot users created long ago, but may miss our own.
       */
      searchByDomain: (domain: string): Promise<HubSpotRecord[]> =>
        call('company.search', async () => {
          const filters = [{ propertyName: 'domain', operator: EQUALS, value: domain }]
          const query = { filterGroups: [{ filters }], properties: COMPANY_READ, limit: 2 }
          const response = await companySearch.doSearchWithHttpInfo(query)
          const { results } = await bodyOf(response)
          return Array.isArray(results) ? results.map((row: Record<string, unknown>) => recordOf(row, response)) : []
        }),

      /**
       * Creates the company with a key, or writes to the company that has the key. Only this call keeps HubSpot from creating
       * a second company, so onramp creates companies in no other way (G2).
       */
      upsert: (key: string, given: Properties): Promise<HubSpotRecord & { isNew: boolean }> =>
        call('company.upsert', async () => {
          const input = {
            id: key,
            idProperty: COMPANY_KEY,
            properties: { ...given, [COMPANY_KEY]: key },
            objectWriteTraceId: key,
          }
          const response = await companyBatches.upsertWithHttpInfo({ inputs: [input] })
          const row = rowOf(await bodyOf(response), key)
          return { ...recordOf(row, response), isNew: row['new'] === true }
        }),
    },

    associations: {
      /** Associates the contact with the company; repeating it changes nothing. */
      create: ({ contactId, companyId }: ContactCompanyPair) =>
        call('association.create', async () =>
          correlationIdOf(await associations.createDefaultWithHttpInfo('contact', contactId, 'company', companyId)),
        ),
      /** Makes the company the contact's primary one; the former primary company stays associated. */
      makePrimary: ({ contactId, companyId }: ContactCompanyPair) =>
        call('association.create', async () =>
          correlationIdOf(await associations.createWithHttpInfo('contact', contactId, 'company', companyId, PRIMARY)),
        ),
      /** Removes every association of the two. */
      remove: ({ contactId, companyId }: ContactCompanyPair) =>
        call('association.delete', async () =>
          correlationIdOf(await associations.archiveWithHttpInfo('contact', contactId, 'company', companyId)),
        ),
      /** The companies of a contact, and whether each is its primary one. */
      companiesOf: (contactId: string) =>
        call('association.read', async () => {
          const page = await associations.getPage('contact', contactId, 'company', undefined, COMPANIES_PER_PAGE)
          return page.results.map(({ toObjectId, associationTypes }) => ({
            companyId: String(toObjectId),
            isPrimary: associationTypes.some(({ typeId }) => typeId === PRIMARY_COMPANY),
          }))
        }),
    },

    properties: {
      find: (object: string, name: string) =>
        nullIfMissing(() => call('property.read', () => properties.getByName(object, name))),
      create: (object: string, property: PropertyCreate) =>
        call('property.create', async () => void (await properties.create(object, property))),
      findGroup: (object: string, name: string) =>
        nullIfMissing(() => call('property.read', () => groups.getByName(object, name))),
      createGroup: (object: string, group: PropertyGroupCreate) =>
        call('property.create', async () => void (await groups.create(object, group))),
    },

    /** The portal of the token; `null` when the response does not name it, which happens behind a proxy. */
    account: (): Promise<{ portalId: string; uiDomain: string } | null> =>
      nullIfMissing(() =>
        call('account.read', async () => {
          // The SDK has no class for this endpoint.
          const response = await send({
            getUrl: () => `${baseUrl}/account-info/v3/details`,
            getHttpMethod: () => 'GET',
            getHeaders: () => ({ accept: 'application/json' }),
            getBody: () => undefined,
          })
          const { portalId, uiDomain } = await bodyOf(response)
          return { portalId: String(portalId), uiDomain: String(uiDomain) }
        }),
      ),

    /** Whether HubSpot rejects the token, so that calls wait. */
    isCircuitOpen: () => breaker.isOpen,
    close: transport.close,
  }
}
