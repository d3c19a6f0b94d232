// The official SDK's generated classes over our own transport.

import * as v4 from '@hubspot/api-client/lib/codegen/crm/associations/v4/index.js'
import * as companies from '@hubspot/api-client/lib/codegen/crm/companies/index.js'
import * as contacts from '@hubspot/api-client/lib/codegen/crm/contacts/index.js'
import * as properties from '@hubspot/api-client/lib/codegen/crm/properties/index.js'
import type { Transport } from './transport.ts'

export type Sdk = ReturnType<typeof createSdk>

export function createSdk(baseUrl: string, send: Transport['send']) {
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

  return {
    contacts: {
      basic: new contacts.BasicApi(configure(contacts)),
      batch: new contacts.BatchApi(configure(contacts)),
    },
    companies: {
      basic: new companies.BasicApi(configure(companies)),
      batch: new companies.BatchApi(configure(companies)),
      search: new companies.SearchApi(configure(companies)),
    },
    associations: { basic: new v4.BasicApi(configure(v4)), batch: new v4.BatchApi(configure(v4)) },
    properties: new properties.CoreApi(configure(properties)),
    groups: new properties.GroupsApi(configure(properties)),
  }
}
