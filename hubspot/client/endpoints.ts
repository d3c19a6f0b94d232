// Where HubSpot keeps what we call, in each API version. The SDK writes the paths of v3 and v4; the dated ones follow from this table.

export type ApiVersion = '2026-09' | 'v3'

// v4 loses its support on 30 March 2027, v1 to v3 in September 2027; the dated lines are kept for 18 months and more.
const DATED: [from: RegExp, to: string][] = [
  [/^\/crm\/v[34]\/objects\//, '/crm/objects/2026-09/'],
  [/^\/crm\/v4\/associations\//, '/crm/associations/2026-09/'],
  [/^\/crm\/v3\/properties\//, '/crm/properties/2026-09/'],
  [/^\/account-info\/v3\//, '/account-info/2026-09/'],
]

/** The path in the wanted version for one that the SDK made. */
export function pathFor(version: ApiVersion, path: string): string {
  if (version === 'v3') return path
  const row = DATED.find(([from]) => from.test(path))
  return row ? path.replace(row[0], row[1]) : path
}
