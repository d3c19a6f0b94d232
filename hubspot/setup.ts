// Creates onramp's property group and properties in a portal, and checks those that are there. Repeating it is safe.

import type {
  PropertyCreateFieldTypeEnum,
  PropertyCreateTypeEnum,
} from '@hubspot/api-client/lib/codegen/crm/properties/index.js'
import type { HubSpot } from './client/client.ts'
import { isConflict, isForbidden, nullIfNotServed } from './client/errors.ts'
import { HubSpotError } from './client/hubspot-error.ts'
import { CLAIMED_AT, COMPANY_DOMAIN, COMPANY_KEY, CUSTOMER_ID, LAST_EVENT_AT } from './properties.ts'

const GROUP = 'onramp'

interface WantedProperty {
  object: 'companies' | 'contacts'
  name: string
  label: string
  description: string
  isUnique: boolean
  type: 'string' | 'number'
}

const lastEventAt = {
  name: LAST_EVENT_AT,
  label: 'onramp last event at',
  description: 'Time of the newest event that onramp wrote, in milliseconds since 1970. Do not edit.',
  isUnique: false,
  type: 'number',
} as const

const claimedAt = {
  name: CLAIMED_AT,
  label: 'onramp claimed at',
  description: 'When onramp claimed this record of HubSpot users, in milliseconds since 1970. Do not edit.',
  isUnique: false,
  type: 'number',
} as const

const WANTED: WantedProperty[] = [
  {
    object: 'companies',
    name: COMPANY_KEY,
    label: 'onramp company key',
    description: 'The key by which onramp finds the company. Do not edit.',
    isUnique: true,
    type: 'string',
  },
  {
    object: 'companies',
    name: COMPANY_DOMAIN,
    label: 'onramp company domain',
    description: 'The domain by which onramp finds the company. Do not edit.',
    isUnique: true,
    type: 'string',
  },
  { object: 'companies', ...claimedAt },
  { object: 'companies', ...lastEventAt },
  {
    object: 'contacts',
    name: CUSTOMER_ID,
    label: 'onramp customer id',
    description: 'The product’s id of this customer. Do not edit.',
    isUnique: true,
    type: 'string',
  },
  {
    object: 'contacts',
    name: COMPANY_KEY,
    label: 'onramp company key',
    description: 'The key of this customer’s company. Do not edit.',
    isUnique: false,
    type: 'string',
  },
  { object: 'contacts', ...claimedAt },
  { object: 'contacts', ...lastEventAt },
]

/**
 * Creates what is missing, and prints a line for each.
 *
 * @returns the problems that you must fix, as sentences; an existing property cannot become unique later
 * @throws HubSpotError when HubSpot is unavailable, or the token lacks a scope
 */
export async function setUp(hubspot: HubSpot, log: (line: string) => void): Promise<string[]> {
  for (const object of ['companies', 'contacts'] as const) {
    if (await hubspot.properties.findGroup(object, GROUP)) continue
    const group = { name: GROUP, label: 'onramp', displayOrder: -1 }
    await ignoreConflict(() => hubspot.properties.createGroup(object, group))
    log(`created property group ${GROUP} of ${object}`)
  }
  for (const wanted of WANTED) {
    if (await hubspot.properties.find(wanted.object, wanted.name)) continue
    await ignoreConflict(() => hubspot.properties.create(wanted.object, propertyOf(wanted)))
    log(`created property ${wanted.name} of ${wanted.object}`)
  }
  return await findProblems(hubspot)
}

/**
 * The problems that keep onramp from working on this portal, as sentences; empty when there are none. The check only reads, so
 * a missing scope for writing shows at the first write.
 *
 * @throws HubSpotError when HubSpot is unavailable, or rejects the token
 */
export async function findProblems(hubspot: HubSpot): Promise<string[]> {
  const scopes = [
    ...(await lacking('crm.objects.contacts.read', () => hubspot.contacts.readAny())),
    ...(await lacking('crm.objects.companies.read', () => hubspot.companies.readAny())),
  ]
  const problems = await Promise.all(
    WANTED.map(async ({ object, name, isUnique, type }) => {
      const property = await hubspot.properties.find(object, name)
      if (!property) return `HubSpot has no property ${name} of ${object}. Run \`npm run setup\`.`
      if (!isUnique && property.hasUniqueValue) {
        return `HubSpot’s property ${name} of ${object} insists on unique values, which several records of onramp share. Delete it in HubSpot, then run \`npm run setup\`.`
      }
      if (isUnique && !property.hasUniqueValue) {
        return `HubSpot’s property ${name} of ${object} does not insist on unique values, and that cannot be changed. Delete it in HubSpot, then run \`npm run setup\`.`
      }
      if (String(property.type) === type) return null
      return `HubSpot’s property ${name} of ${object} is a ${String(property.type)}, not a ${type}. Delete it in HubSpot, then run \`npm run setup\`.`
    }),
  )
  return [...scopes, ...problems.filter((problem) => problem !== null)]
}

/** A HubSpot behind HUBSPOT_BASE_URL may not have this endpoint; its 404 says nothing about the scope. */
async function lacking(scope: string, read: () => Promise<void>): Promise<string[]> {
  try {
    await nullIfNotServed(read)
    return []
  } catch (error) {
    if (!(error instanceof HubSpotError) || !isForbidden(error)) throw error
    return [`The token lacks the scope ${scope}. Add it in HubSpot, then try again.`]
  }
}

function propertyOf({ name, label, description, isUnique, type }: WantedProperty) {
  return {
    name,
    label,
    description,
    groupName: GROUP,
    type: type as PropertyCreateTypeEnum,
    fieldType: (type === 'number' ? 'number' : 'text') as PropertyCreateFieldTypeEnum,
    hasUniqueValue: isUnique,
    formField: false,
  }
}

/** When two setups run at once, the slower one gets a conflict. */
async function ignoreConflict(create: () => Promise<unknown>): Promise<void> {
  try {
    await create()
  } catch (error) {
    if (!(error instanceof HubSpotError) || !isConflict(error)) throw error
  }
}
