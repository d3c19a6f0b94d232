// The table of routes, built for each family of paths.

import type { Call, Handler } from '../call.ts'
import { objectTypeOf, type ObjectTypeInfo } from '../portal/object-types.ts'
import { Router } from '../router.ts'
import { PATH_FAMILIES, type ApiVersion } from '../versions.ts'
import { accountDetails, integrationOwner } from './account.ts'
import {
  batchAssociate,
  batchAssociateDefault,
  batchDissociate,
  batchReadAssociations,
  batchUnlabel,
} from './association-batches.ts'
import { listLabels, putDefault, putLabelled, readAssociations, removeAssociations } from './associations.ts'
import { batchCreate } from './batch-create.ts'
import { batchArchive, batchRead, batchUpdate, batchUpsert } from './batches.ts'
import { listNamed, putNamed, removeNamed } from './legacy-associations.ts'
import { mergeObjects } from './merge.ts'
import { introspectToken, issueToken, revokeToken } from './oauth.ts'
import { archive, create, eraseContact, list, read, update } from './objects.ts'
import {
  archiveProperty,
  batchArchiveProperties,
  batchReadProperties,
  createProperty,
  listProperties,
  readProperty,
  updateProperty,
} from './properties.ts'
import { createGroup, listGroups, readGroup, removeGroup, updateGroup } from './property-groups.ts'
import { search } from './search.ts'

/** The scope that a call needs. `none`: any valid token is enough; `open`: no token is needed. */
type Need = 'readScope' | 'writeScope' | 'schemaReadScope' | 'schemaWriteScope' | 'none' | 'open'

export interface Route {
  handler: Handler
  version: ApiVersion
  need: Need
  /** The path with placeholders, such as `{type}`. */
  path: string
}

export function routeTable(): Router<Route> {
  const router = new Router<Route>()
  for (const family of PATH_FAMILIES) {
    const { version, objects, associations, associationBatches, properties, accountInfo, oauth } = family
    const add = (need: Need, method: string, path: string, handler: Handler) =>
      router.add(method, path, { handler, version, need, path })

    add('readScope', 'GET', `${objects}/{type}`, list)
    add('writeScope', 'POST', `${objects}/{type}`, create)
    add('readScope', 'GET', `${objects}/{type}/{id}`, read)
    add('writeScope', 'PATCH', `${objects}/{type}/{id}`, update)
    add('writeScope', 'DELETE', `${objects}/{type}/{id}`, archive)
    add('readScope', 'POST', `${objects}/{type}/search`, search)
    add('writeScope', 'POST', `${objects}/{type}/merge`, mergeObjects)
    add('writeScope', 'POST', `${objects}/{type}/gdpr-delete`, eraseContact)
    add('writeScope', 'POST', `${objects}/{type}/batch/create`, batchCreate)
    add('readScope', 'POST', `${objects}/{type}/batch/read`, batchRead)
    add('writeScope', 'POST', `${objects}/{type}/batch/update`, batchUpdate)
    add('writeScope', 'POST', `${objects}/{type}/batch/upsert`, batchUpsert)
    add('writeScope', 'POST', `${objects}/{type}/batch/archive`, batchArchive)

    const ofRecord = `${associations}/{type}/{id}/associations`
    add('writeScope', 'PUT', `${ofRecord}/default/{toType}/{toId}`, putDefault)
    add('writeScope', 'PUT', `${ofRecord}/{toType}/{toId}`, putLabelled)
    add('readScope', 'GET', `${ofRecord}/{toType}`, readAssociations)
    add('writeScope', 'DELETE', `${ofRecord}/{toType}/{toId}`, removeAssociations)

    const betweenTypes = `${associationBatches}/{from}/{to}`
    add('readScope', 'GET', `${betweenTypes}/labels`, listLabels)
    add('writeScope', 'POST', `${betweenTypes}/batch/create`, batchAssociate)
    add('writeScope', 'POST', `${betweenTypes}/batch/associate/default`, batchAssociateDefault)
    add('readScope', 'POST', `${betweenTypes}/batch/read`, batchReadAssociations)
    add('writeScope', 'POST', `${betweenTypes}/batch/archive`, batchDissociate)
    add('writeScope', 'POST', `${betweenTypes}/batch/labels/archive`, batchUnlabel)

    add('schemaReadScope', 'GET', `${properties}/{type}`, listProperties)
    add('schemaWriteScope', 'POST', `${properties}/{type}`, createProperty)
    add('schemaReadScope', 'POST', `${properties}/{type}/batch/read`, batchReadProperties)
    add('schemaWriteScope', 'POST', `${properties}/{type}/batch/archive`, batchArchiveProperties)
    add('schemaReadScope', 'GET', `${properties}/{type}/groups`, listGroups)
    add('schemaWriteScope', 'POST', `${properties}/{type}/groups`, createGroup)
    add('schemaReadScope', 'GET', `${properties}/{type}/groups/{name}`, readGroup)
    add('schemaWriteScope', 'PATCH', `${properties}/{type}/groups/{name}`, updateGroup)
    add('schemaWriteScope', 'DELETE', `${properties}/{type}/groups/{name}`, removeGroup)
    add('schemaReadScope', 'GET', `${properties}/{type}/{name}`, readProperty)
    add('schemaWriteScope', 'PATCH', `${properties}/{type}/{name}`, updateProperty)
    add('schemaWriteScope', 'DELETE', `${properties}/{type}/{name}`, archiveProperty)

    add('none', 'GET', `${accountInfo}/details`, accountDetails)
    add('open', 'POST', `${oauth}/token`, issueToken)
    if (version !== 'v3') {
      add('open', 'POST', `${oauth}/introspect`, introspectToken)
      add('open', 'POST', `${oauth}/revoke`, revokeToken)
      continue
    }
    // Only v3 has these routes; v4 and the dated paths replace them.
    add('writeScope', 'PUT', `${objects}/{type}/{id}/associations/{toType}/{toId}/{typeName}`, putNamed)
    add('readScope', 'GET', `${objects}/{type}/{id}/associations/{toType}`, listNamed)
    add('writeScope', 'DELETE', `${objects}/{type}/{id}/associations/{toType}/{toId}/{typeName}`, removeNamed)
    add('none', 'GET', '/integrations/v1/me', integrationOwner)
  }
  return router
}

/** The scopes that a call needs for the object types in its path. */
export function scopesOf({ need }: Route, params: Call['params']): string[] {
  if (need === 'none' || need === 'open') return []
  const types = ['type', 'toType', 'from', 'to'].map((name) => objectTypeOf(params[name] ?? ''))
  return [...new Set(types.filter((type): type is ObjectTypeInfo => type !== null).map((type) => type[need]))]
}
