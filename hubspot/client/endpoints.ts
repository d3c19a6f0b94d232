// The paths of HubSpot's endpoints in each API version. The SDK has the paths of v3 and v4; this table has the dated versions.

export type ApiVersion = '2026-09' | 'v3'

// HubSpot supports v4 until 30 March 2027, v1 to v3 until September 2027, and each dated version for at least 18 months.
const DATED: [from: RegExp, to: string][] = [
  [/^\/crm\/v[34]\/objects\//, '/crm/objects/2026-09/'],
  [/^\/crm\/v4\/associations\//, '/crm/associations/2026-09/'],
  [/^\/crm\/v3\/properties\//, '/crm/properties/2026-09/'],
  [/^\/account-info\/v3\//, '/account-info/2026-09/'],
]

/** Translates a path of the SDK to this version. */
export function pathFor(version: ApiVersion, path: string): string {
  if (version === 'v3') return path
  const row = DATED.find(([from]) => from.test(path))
  return row ? path.replace(row[0], row[1]) : path
}
