// The switches between the plain portal that tests want and the awkward one that HubSpot is; all can be changed while it runs.

import { Refusal } from './refusal.ts'

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
  /** Time zone of the portal, whose midnight ends the day of the daily limit. */
  timeZone: string
  /** Seed of everything left to chance: faults by probability, spread of latency, order of shuffled rows. */
  seed: number
  /** Start of each record's `url`. Empty: the emulator's own pages; `https://app.hubspot.com` is what HubSpot sends. */
  recordUrlBase: string

  /** `any`: each bearer passes. `invalid`, `expired`: each is refused with HubSpot's body for that. */
  auth: 'any' | 'invalid' | 'expired'
  /** When set, only these bearers, and those of the token endpoint, pass. */
  acceptedTokens: string[] | null
  /** When set, calls that need any other scope are refused with 403. */
  grantedScopes: string[] | null
  /** Life of an access token from the OAuth endpoint; HubSpot's is 30 minutes. */
  accessTokenSeconds: number

  /** Time that each API call takes, half of it before the commit and half after. */
  latencyMs: number
  /** Up to so much is added to `latencyMs`, by the seed. */
  latencySpreadMs: number

  /** Whether the quota below refuses calls. The headers count down either way. */
  enforceLimits: boolean
  callsPer10s: number
  /** The same for tokens of the OAuth endpoint. */
  oauthCallsPer10s: number
  associationCallsPer10s: number
  callsPerDay: number
  searchesPerSecond: number
  /** HubSpot does not promise `Retry-After` on a 429, so it is left out by default. */
  sendRetryAfter: boolean

  /** How long search does not see a change. */
  searchLagMs: number
  /** A second copy of the search index, twice as late, answers every other search: rows are found, missing, found again. */
  searchFlapping: boolean

  /** HubSpot's own setting "create and associate companies with contacts". */
  autoCreateCompanies: boolean
  autoCreateDelayMs: number
  /** Beside the free-mail domains, for which HubSpot makes no company either. */
  autoCreateExcludedDomains: string[]

  /** Properties that the portal's administrator requires; only the 2026-09 paths enforce them. */
  requiredContactProperties: string[]
  requiredCompanyProperties: string[]
  /** What is required only of records in which another property has a certain value; 2026-09 only as well. */
  conditionallyRequired: ConditionalRule[]

  /** A merge keeps the primary record's id instead of making a third record. */
  mergeKeepsPrimaryId: boolean
  /** Rows of a batch answer come back in another order than they were sent. */
  shuffleBatchRows: boolean
  /** Shape of the answer to a duplicate contact, by the letter of the observed body. */
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
  // A Professional portal's private app; the documented daily total of that plan.
  callsPer10s: 190,
  // [D] The one limit that is the same for every plan.
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
  mergeKeepsPrimaryId: false,
  shuffleBatchRows: false,
  conflictForm: 'b',
}

/** The settings after a change from outside. Throws a refusal that names a setting which does not exist or has another type. */
export function changedSettings(current: EmulatorSettings, change: Record<string, unknown>): EmulatorSettings {
  for (const [name, value] of Object.entries(change)) {
    if (!Object.hasOwn(DEFAULT_SETTINGS, name)) throw new Refusal(400, { message: `There is no setting '${name}'.` })
    if (!fits(name, value)) throw new Refusal(400, { message: `Setting '${name}' cannot be ${JSON.stringify(value)}.` })
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
const NULLABLE = ['acceptedTokens', 'grantedScopes']
const CHOICES: Record<string, readonly string[]> = {
  auth: ['any', 'invalid', 'expired'],
  conflictForm: CONFLICT_FORMS,
}

function fits(name: string, value: unknown): boolean {
  if (value === null) return NULLABLE.includes(name)
  if (name === 'conditionallyRequired') return Array.isArray(value) && value.every(isRule)
  if (name === 'timeZone') return typeof value === 'string' && isTimeZone(value)
  if (LISTS.includes(name)) return Array.isArray(value) && value.every((item) => typeof item === 'string')
  if (CHOICES[name] !== undefined) return typeof value === 'string' && CHOICES[name].includes(value)
  const usual = DEFAULT_SETTINGS[name as keyof EmulatorSettings]
  if (typeof usual === 'number') return typeof value === 'number' && Number.isFinite(value) && value >= 0
  return typeof value === typeof usual
}

function isRule(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { type, when, is, requires } = value as Record<string, unknown>
  const isOfPortal = type === 'contacts' || type === 'companies'
  const isList = Array.isArray(requires) && requires.every((name) => typeof name === 'string')
  return isOfPortal && typeof when === 'string' && typeof is === 'string' && isList
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-CA', { timeZone: name })
    return true
  } catch {
    return false
  }
}
