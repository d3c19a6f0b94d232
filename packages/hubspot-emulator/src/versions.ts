// The families of paths under which HubSpot serves the same API. Each route is defined once and served under all of them.

export type ApiVersion = 'v3' | '2026-03' | '2026-09'

/** The path prefixes of one version: one for each part of the API. */
export interface PathFamily {
  version: ApiVersion
  objects: string
  /** Prefix of `/{type}/{id}/associations/…`. */
  associations: string
  associationBatches: string
  properties: string
  accountInfo: string
  oauth: string
}

const dated = (version: '2026-03' | '2026-09'): PathFamily => ({
  version,
  objects: `/crm/objects/${version}`,
  associations: `/crm/objects/${version}`,
  associationBatches: `/crm/associations/${version}`,
  properties: `/crm/properties/${version}`,
  accountInfo: `/account-info/${version}`,
  oauth: `/oauth/${version}`,
})

export const PATH_FAMILIES: readonly PathFamily[] = [
  {
    version: 'v3',
    objects: '/crm/v3/objects',
    associations: '/crm/v4/objects',
    associationBatches: '/crm/v4/associations',
    properties: '/crm/v3/properties',
    accountInfo: '/account-info/v3',
    oauth: '/oauth/v1',
  },
  dated('2026-03'),
  dated('2026-09'),
]
