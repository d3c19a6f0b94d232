// The settings of the emulator. The defaults are a simple portal for tests; each setting adds one difficulty of real HubSpot.

import { ApiError } from './api-error.ts'

export const CONFLICT_FORMS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n'] as const
export type ConflictForm = (typeof CONFLICT_FORMS)[number]

interface ConditionalRule {
  type: 'contacts' | 'companies'
  when: string
  is: string
  requires: string[]
}

export interface EmulatorSettings {
  portalId: number
  /** IANA time zone of the portal. The day of the daily limit ends at its midnight. */
  timeZone: string
  /** Seed of the random generator, which decides random faults, random latencies and the order of shuffled rows. */
  seed: number
  /** Start of each record's `url`. Default: the emulator's own address. HubSpot sends `https://app.hubspot.com`. */
  recordUrlBase: string

  /** `any`: every bearer token is valid. `invalid`, `expired`: every call gets HubSpot's 401 for that case. */
  auth: 'any' | 'invalid' | 'expired'
  /** When set, only these tokens and those of the OAuth endpoint are valid. */
  acceptedTokens: string[] | null
  /** When set, calls that need another scope get HubSpot's 403. */
  grantedScopes: string[] | null
  /** Lifetime of an access token of the OAuth endpoint; HubSpot's is 30 minutes. */
  accessTokenSeconds: number

  /** Duration of each API call, half of it before the write and half after. */
  latencyMs: number
  /** Adds a random duration, at most this one, to `latencyMs`. */
  latencySpreadMs: number

  /** Responds with 429 to calls over the limits below. The headers count down even without this setting. */
  enforceLimits: boolean
  callsPer10s: number
  /** The limit for tokens of the OAuth endpoint, instead of `callsPer10s`. */
  oauthCallsPer10s: number
  associationCallsPer10s: number
  callsPerDay: number
  searchesPerSecond: number
  /** Sends `Retry-After` with a 429. HubSpot does not promise the header. */
  sendRetryAfter: boolean

  /** How long a change takes to appear in search. */
  searchLagMs: number
  /** Every other search reads a copy of the index that is twice as late, so that a row is found, then missing, then found. */
  searchFlapping: boolean

  /** HubSpot's own setting "create and associate companies with contacts". */
  autoCreateCompanies: boolean
  autoCreateDelayMs: number
  /** Domains without an automatic company, in addition to the free-mail domains. */
  autoCreateExcludedDomains: string[]

  /** Properties that the portal's administrator requires. Only the paths of 2026-09 enforce them. */
  requiredContactProperties: string[]
  requiredCompanyProperties: string[]
  /** Properties that are required when another property has a certain value. Only the paths of 2026-09 enforce them. */
  conditionallyRequired: ConditionalRule[]

  /** Custom unique values that differ only in case are the same value, in the check of a write and in `idProperty`. */
  uniqueValuesIgnoreCase: boolean
  /** A merge keeps the primary record's id instead of creating a third record. */
  mergeKeepsPrimaryId: boolean
  /** The rows of a batch response have another order than those of the request. */
  shuffleBatchRows: boolean
  /** A batch create with trace ids that meets an address or a unique value in use: an error row, or the whole batch is rejected. */
  batchCreateConflicts: 'row' | 'whole'
  /** Size in bytes to which the file in the data folder may grow. Changes that need more answer 503, as on a full disk. */
  dataFileMaxBytes: number | null
  /** Body of the response to a duplicate contact, by the letter of the observed body (README.md). */
  conflictForm: ConflictForm
}

export const DEFAULT_SETTINGS: EmulatorSettings = {
  portalId: 147_123_456,
  timeZone: 'UTC',
  seed: 1,
  recordUrlBase: '',
  auth: 'any',
  acceptedTokens: null,
  grantedScopes: null,
  accessTokenSeconds: 1800,
  latencyMs: 0,
  latencySpreadMs: 0,
  enforceLimits: false,
  // A private app in a portal of the Professional plan; `callsPerDay` is the documented total of that plan.
  callsPer10s: 190,
  // [D] The same for every plan.
  oauthCallsPer10s: 110,
  associationCallsPer10s: 150,
  callsPerDay: 625_000,
  searchesPerSecond: 5,
  sendRetryAfter: false,
  searchLagMs: 0,
  searchFlapping: false,
  autoCreateCompanies: false,
  autoCreateDelayMs: 0,
  autoCreateExcludedDomains: [],
  requiredContactProperties: [],
  requiredCompanyProperties: [],
  conditionallyRequired: [],
  uniqueValuesIgnoreCase: false,
  mergeKeepsPrimaryId: false,
  shuffleBatchRows: false,
  batchCreateConflicts: 'row',
  dataFileMaxBytes: null,
  conflictForm: 'b',
}

/**
 * Returns the settings with the change applied.
 *
 * @throws ApiError that names a setting which does not exist or has another type
 */
export function changedSettings(current: EmulatorSettings, change: Record<string, unknown>): EmulatorSettings {
  for (const [name, value] of Object.entries(change)) {
    if (!Object.hasOwn(DEFAULT_SETTINGS, name)) throw new ApiError(400, { message: `There is no setting '${name}'.` })
    if (!isValid(name, value))
      throw new ApiError(400, { message: `Setting '${name}' cannot be ${JSON.stringify(value)}.` })
  }
  return { ...current, ...(change as Partial<EmulatorSettings>) }
}

const LISTS = [
  'acceptedTokens',
  'grantedScopes',
  'autoCreateExcludedDomains',
  'requiredContactProperties',
  'requiredCompanyProperties',
]
const NULLABLE = ['acceptedTokens', 'grantedScopes', 'dataFileMaxBytes']
const CHOICES: Record<string, readonly string[]> = {
  auth: ['any', 'invalid', 'expired'],
  conflictForm: CONFLICT_FORMS,
  batchCreateConflicts: ['row', 'whole'],
}

function isValid(name: string, value: unknown): boolean {
  if (value === null) return NULLABLE.includes(name)
  if (name === 'conditionallyRequired') return Array.isArray(value) && value.every(isRule)
  if (name === 'timeZone') return typeof value === 'string' && isTimeZone(value)
  if (LISTS.includes(name)) return Array.isArray(value) && value.every((item) => typeof item === 'string')
  if (CHOICES[name] !== undefined) return typeof value === 'string' && CHOICES[name].includes(value)
  if (name === 'dataFileMaxBytes') return typeof value === 'number' && value > 0
  const initial = DEFAULT_SETTINGS[name as keyof EmulatorSettings]
  if (typeof initial === 'number') return typeof value === 'number' && Number.isFinite(value) && value >= 0
  return typeof value === typeof initial
}

function isRule(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { type, when, is, requires } = value as Record<string, unknown>
  const isObjectType = type === 'contacts' || type === 'companies'
  const isList = Array.isArray(requires) && requires.every((name) => typeof name === 'string')
  return isObjectType && typeof when === 'string' && typeof is === 'string' && isList
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-CA', { timeZone: name })
    return true
  } catch {
    return false
  }
}
