// HubSpot's API as onramp calls it: the official SDK's generated classes over our own transport and scheduler.

import type { PropertyCreate, PropertyGroupCreate } from '@hubspot/api-client/lib/codegen/crm/properties/index.js'
import type { ContactCompanies } from '../../domain/crm.ts'
import type { CrmState } from '../../domain/crm-state.ts'
import { CONTACT_READ, CUSTOMER_ID } from '../properties.ts'
import type { Properties } from '../properties.ts'
import { associationCalls } from './association-calls.ts'
import { createBatches } from './batches/batches.ts'
import { createCalls } from './calls.ts'
import type { CallOptions } from './calls.ts'
import { nullIfMissing, nullIfNotServed } from './errors.ts'
import { bodyOf, companiesIn, correlationIdOf, recordOf } from './responses.ts'
import type { HubSpotRecord } from './responses.ts'
import { QuotaScheduler } from './scheduler.ts'
import { createSdk } from './sdk.ts'
import { createTransport } from './transport.ts'
import type { TransportOptions } from './transport.ts'

export interface HubSpotOptions extends TransportOptions, CallOptions {
  /** The URL of HubSpot, of a proxy before HubSpot, or of the emulator; without a slash at its end. */
  baseUrl: string
  /** Decides when each call goes out. The default follows HubSpot's headers. `close` closes it as well. */
  scheduler?: QuotaScheduler
}

/** `companies` is `null` when the response does not show all of them. */
export type ContactWithCompanies = HubSpotRecord & { companies: ContactCompanies | null }

export type HubSpot = ReturnType<typeof createHubSpot>

/**
 * All methods throw `HubSpotError` for a response that is no success; `find…` return `null` for a record that is missing. A call
 * by HubSpot's own id goes to a record that was there, so that its 404 is confirmed before it counts.
 */
export function createHubSpot({ baseUrl, scheduler = new QuotaScheduler(), ...options }: HubSpotOptions) {
  const transport = createTransport(options)
  const sdk = createSdk(baseUrl, transport.send)
  const batches = createBatches(sdk)
  const calls = createCalls({ ...options, scheduler }, () => sdk.contacts.basic.getPage(1))
  const { call, callRecord, callRow, callRecordRow, state, probe, forgetUntried } = calls

  /** A contact and its companies, in a call that goes alone: HubSpot's batch reads have no associations. */
  const readWithCompanies = async (id: string, idProperty?: string): Promise<ContactWithCompanies> => {
    const at = Date.now()
    const { basic } = sdk.contacts
    const response = await basic.getByIdWithHttpInfo(id, CONTACT_READ, undefined, ['companies'], false, idProperty)
    const body = await bodyOf(response)
    const companies = companiesIn(body['associations'])
    return { ...recordOf(body, response), companies: companies && { ...companies, at } }
  }

  // A key may belong to no record yet; an id came from HubSpot.
  const rowBy = (idProperty: string | undefined) => (idProperty === undefined ? callRecordRow : callRow)

  return {
    contacts: {
      /** A contact by its id, or by another property that is unique. */
      find: (id: string, idProperty?: string) =>
        nullIfMissing(() => rowBy(idProperty)(batches.contacts.read, { id, idProperty, of: 'active' })),
      /** A contact as by `find`, and its companies. */
      findWithCompanies: (id: string, idProperty?: string) =>
        nullIfMissing(() =>
          (idProperty === undefined ? callRecord : call)('contact.read', () => readWithCompanies(id, idProperty)),
        ),
      /** The contact with a customer's id. It was there, so that a 404 is confirmed before it counts. */
      findOwn: (customerId: string) =>
        nullIfMissing(() =>
          callRecordRow(batches.contacts.read, { id: customerId, idProperty: CUSTOMER_ID, of: 'active' }),
        ),
      /** The contact as by `findOwn`, and its companies. */
      findOwnWithCompanies: (customerId: string) =>
        nullIfMissing(() => callRecord('contact.read', () => readWithCompanies(customerId, CUSTOMER_ID))),
      /** The contact with an id that somebody has typed. Nobody knows whether it was ever there, so that a 404 counts at once. */
      findPossible: (id: string) => nullIfMissing(() => callRow(batches.contacts.read, { id, of: 'active' })),
      /** A deleted contact by its id. HubSpot keeps deleted contacts for 90 days. */
      findDeleted: (id: string) => nullIfMissing(() => callRow(batches.contacts.read, { id, of: 'deleted' })),
      /** Reads any one contact. This shows whether the token may read contacts, and changes nothing. */
      readAny: () => call('contact.read', async () => void (await sdk.contacts.basic.getPage(1))),
      create: (given: Properties) => callRow(batches.contacts.create, given),
      /** Changes a contact by its id, or by another property that is unique. */
      update: (id: string, change: Properties, idProperty?: string) =>
        callRecordRow(batches.contacts.update, { id, idProperty, properties: change }),
      /** Erases a contact for good, as data protection law asks for. */
      erase: (id: string) =>
        callRecord('contact.erase', async () =>
          correlationIdOf(await sdk.contacts.basic.purgeWithHttpInfo({ objectId: id })),
        ),
    },

    companies: {
      find: (id: string, idProperty?: string) =>
        nullIfMissing(() => rowBy(idProperty)(batches.companies.read, { id, idProperty, of: 'active' })),
      readAny: () => call('company.read', async () => void (await sdk.companies.basic.getPage(1))),
      update: (id: string, change: Properties) => callRecordRow(batches.companies.update, { id, properties: change }),
      /** Deletes a company. HubSpot users can restore it for 90 days. */
      archive: (id: string) =>
        callRecord('company.archive', async () => correlationIdOf(await sdk.companies.basic.archiveWithHttpInfo(id))),
      /**
       * At most two companies with a domain in ASCII: two are enough to know that there are several. The search lags, so it finds
       * old companies of HubSpot users, but may miss our own.
       */
      searchByDomain: (domain: string) => callRow(batches.companySearch, domain),
      create: (given: Properties) => callRow(batches.companies.create, given),
    },

    associations: associationCalls({ call, callRow }, sdk, batches.associations),

    properties: {
      find: (object: string, name: string) =>
        nullIfMissing(() => call('property.read', () => sdk.properties.getByName(object, name))),
      create: (object: string, property: PropertyCreate) =>
        call('property.create', async () => void (await sdk.properties.create(object, property))),
      findGroup: (object: string, name: string) =>
        nullIfMissing(() => call('property.read', () => sdk.groups.getByName(object, name))),
      createGroup: (object: string, group: PropertyGroupCreate) =>
        call('property.create', async () => void (await sdk.groups.create(object, group))),
    },

    /** The portal of the token; `null` when the response does not name it, which happens behind a proxy. */
    account: (): Promise<{ portalId: string; uiDomain: string } | null> =>
      nullIfNotServed(() =>
        call('account.read', async () => {
          // The SDK has no class for this endpoint.
          const response = await transport.send({
            getUrl: () => `${baseUrl}/account-info/v3/details`,
            getHttpMethod: () => 'GET',
            getHeaders: () => ({ accept: 'application/json' }),
            getBody: () => undefined,
          })
          const { portalId, uiDomain, timeZone } = await bodyOf(response)
          if (typeof timeZone === 'string') scheduler.timeZone = timeZone
          return { portalId: String(portalId), uiDomain: String(uiDomain) }
        }),
      ),

    probe,
    forgetUntried,
    /** What this client knows of HubSpot now. */
    state: (): Omit<CrmState, 'outageSince'> => ({ ...scheduler.state(), ...state() }),
    /** Deadline of one call, in milliseconds. */
    timeoutMs: options.timeoutMs,
    /** Rejects the calls that wait, and ends when those on their way have ended. */
    async close() {
      await scheduler.close()
      await transport.close()
    },
  }
}
