// The search attributes in Temporal: creates them, or says how to create them where onramp may not, as in Temporal Cloud.

import type { Client, Connection } from '@temporalio/client'
import { SEARCH_ATTRIBUTES } from '../domain/onboarding.ts'
import { GRPC, grpcCode } from './temporal.ts'

type Name = keyof typeof SEARCH_ATTRIBUTES
const NAMES = Object.keys(SEARCH_ATTRIBUTES) as Name[]

// Temporal's enum values of the search attribute types that onramp uses.
const INDEXED_VALUE_TYPES = { Keyword: 2, KeywordList: 7 } as const

const DEADLINE_MS = 10_000

/**
 * Creates the search attributes that the namespace lacks; safe to repeat.
 *
 * @returns what is wrong afterwards, in lines for an operator. Where Temporal does not let onramp create search attributes, they are
 *   the steps that create them
 */
export async function registerSearchAttributes(client: Client, log: (line: string) => void): Promise<string[]> {
  const { missing } = await readSearchAttributes(client)
  const { namespace } = client.options
  if (missing.length > 0) {
    const types = missing.map((name) => [name, INDEXED_VALUE_TYPES[SEARCH_ATTRIBUTES[name]]])
    const request = { namespace, searchAttributes: Object.fromEntries(types) as Record<Name, number> }
    const forbidden = await unlessForbidden(client, (operator) => operator.addSearchAttributes(request))
    if (forbidden === 'forbidden') return stepsByHand(namespace, missing)
    for (const name of missing) log(`registered search attribute ${typed(name)} in namespace ${namespace}`)
  }
  return await searchAttributeProblems(client, log)
}

/**
 * One line for each search attribute that is missing or has a wrong type. Changes nothing.
 *
 * @param log is called when Temporal does not let onramp read the types
 */
export async function searchAttributeProblems(client: Client, log: (line: string) => void): Promise<string[]> {
  const { namespace } = client.options
  const { missing, wrong } = await readSearchAttributes(client)
  if (wrong === 'unknown' && missing.length === 0) {
    log(`Temporal does not list the search attributes of namespace ${namespace}; a query with each one works.`)
  }
  return [
    ...missing.map(
      (name) => `Temporal has no search attribute ${typed(name)} in namespace ${namespace}. Run \`npm run setup\`.`,
    ),
    // Temporal does not change an existing type.
    ...(wrong === 'unknown' ? [] : wrong).map(
      (name) =>
        `The search attribute ${name} in Temporal is not a ${SEARCH_ATTRIBUTES[name]}. Remove it in Temporal, then run \`npm run setup\`.`,
    ),
  ]
}

interface Registered {
  missing: Name[]
  /** Those of a wrong type; `unknown` where Temporal does not list the types. */
  wrong: Name[] | 'unknown'
}

async function readSearchAttributes(client: Client): Promise<Registered> {
  const { namespace } = client.options
  const listed = await unlessForbidden(client, (operator) => operator.listSearchAttributes({ namespace }))
  if (listed !== 'forbidden') {
    const types = listed.customAttributes ?? {}
    return {
      missing: NAMES.filter((name) => types[name] === undefined),
      wrong: NAMES.filter(
        (name) => name in types && Number(types[name]) !== INDEXED_VALUE_TYPES[SEARCH_ATTRIBUTES[name]],
      ),
    }
  }
  const missing: Name[] = []
  for (const name of NAMES) if (!(await worksInQuery(client, name))) missing.push(name)
  return { missing, wrong: 'unknown' }
}

/** Needs only the right to count workflows, also in Temporal Cloud. */
async function worksInQuery(client: Client, name: Name): Promise<boolean> {
  try {
    await client.withDeadline(Date.now() + DEADLINE_MS, () => client.workflow.count(`${name} = 'none'`))
    return true
  } catch (error) {
    if (grpcCode(error) === GRPC.invalidArgument) return false
    throw error
  }
}

/** Temporal Cloud does not have the service of these calls, and a server of your own may allow them only to its administrators. */
async function unlessForbidden<T>(
  client: Client,
  call: (operator: Connection['operatorService']) => Promise<T>,
): Promise<T | 'forbidden'> {
  const { operatorService } = client.connection as Connection
  try {
    return await client.withDeadline(Date.now() + DEADLINE_MS, () => call(operatorService))
  } catch (error) {
    const code = grpcCode(error)
    if (code === GRPC.permissionDenied || code === GRPC.unimplemented) return 'forbidden'
    throw error
  }
}

function stepsByHand(namespace: string, missing: Name[]): string[] {
  const each = (form: (name: Name, type: string) => string, separator: string) =>
    missing.map((name) => form(name, SEARCH_ATTRIBUTES[name])).join(separator)
  return [
    `Temporal does not let onramp create search attributes in namespace ${namespace}. Create them yourself, then run \`npm run setup\` again.`,
    '  In Temporal Cloud, with tcld:',
    `    tcld namespace search-attributes add --namespace ${namespace} ${each((name, type) => `--sa "${name}=${type}"`, ' ')}`,
    `  In Temporal Cloud, with its UI: Namespaces > ${namespace} > Edit > Custom Search Attributes, add each one, then save:`,
    `    ${each((name, type) => `${name} of type ${type}`, ', ')}`,
    '  On a Temporal server of your own, with the rights of an administrator:',
    `    temporal operator search-attribute create --namespace ${namespace} ${each((name, type) => `--name ${name} --type ${type}`, ' ')}`,
  ]
}

function typed(name: Name): string {
  return `${name} (${SEARCH_ATTRIBUTES[name]})`
}
