// The one table of routes, laid out for each family of paths.

import type { Handler } from '../call.ts'
import { Router } from '../router.ts'
import { PATH_FAMILIES, type ApiVersion } from '../versions.ts'
import { accountDetails, integrationOwner } from './account.ts'
import {
  batchAssociate,
  batchAssociateDefault,
  batchReadAssociations,
  batchRemoveAssociations,
} from './association-batches.ts'
import { putDefault, putLabelled, readAssociations, removeAssociations } from './associations.ts'
import { batchArchive, batchCreate, batchRead, batchUpdate, batchUpsert } from './batches.ts'
import { archive, create, eraseContact, list, read, update } from './objects.ts'
import {
  archiveProperty,
  createGroup,
  createProperty,
  listGroups,
  listProperties,
  readGroup,
  readProperty,
  updateGroup,
  updateProperty,
} from './properties.ts'
import { search } from './search.ts'

export interface Route {
  handler: Handler
  version: ApiVersion
}

export function routeTable(): Router<Route> {
  const router = new Router<Route>()
  for (const { version, objects, associations, associationBatches, properties, accountInfo } of PATH_FAMILIES) {
    const add = (method: string, path: string, handler: Handler) => router.add(method, path, { handler, version })

    add('GET', `${objects}/{type}`, list)
    add('POST', `${objects}/{type}`, create)
    add('GET', `${objects}/{type}/{id}`, read)
    add('PATCH', `${objects}/{type}/{id}`, update)
    add('DELETE', `${objects}/{type}/{id}`, archive)
    add('POST', `${objects}/{type}/search`, search)
    add('POST', `${objects}/{type}/gdpr-delete`, eraseContact)
    add('POST', `${objects}/{type}/batch/create`, batchCreate)
    add('POST', `${objects}/{type}/batch/read`, batchRead)
    add('POST', `${objects}/{type}/batch/update`, batchUpdate)
    add('POST', `${objects}/{type}/batch/upsert`, batchUpsert)
    add('POST', `${objects}/{type}/batch/archive`, batchArchive)

    add('PUT', `${associations}/{type}/{id}/associations/default/{toType}/{toId}`, putDefault)
    add('PUT', `${associations}/{type}/{id}/associations/{toType}/{toId}`, putLabelled)
    add('GET', `${associations}/{type}/{id}/associations/{toType}`, readAssociations)
    add('DELETE', `${associations}/{type}/{id}/associations/{toType}/{toId}`, removeAssociations)

    const ties = `${associationBatches}/{fromType}/{toType}/batch`
    add('POST', `${ties}/associate/default`, batchAssociateDefault)
    add('POST', `${ties}/create`, batchAssociate)
    add('POST', `${ties}/read`, batchReadAssociations)
    add('POST', `${ties}/archive`, batchRemoveAssociations)

    add('GET', `${properties}/{type}`, listProperties)
    add('POST', `${properties}/{type}`, createProperty)
    add('GET', `${properties}/{type}/groups`, listGroups)
    add('POST', `${properties}/{type}/groups`, createGroup)
    add('GET', `${properties}/{type}/groups/{name}`, readGroup)
    add('PATCH', `${properties}/{type}/groups/{name}`, updateGroup)
    add('GET', `${properties}/{type}/{name}`, readProperty)
    add('PATCH', `${properties}/{type}/{name}`, updateProperty)
    add('DELETE', `${properties}/{type}/{name}`, archiveProperty)

    add('GET', `${accountInfo}/details`, accountDetails)
  }
  router.add('GET', '/integrations/v1/me', { handler: integrationOwner, version: 'v3' })
  return router
}
