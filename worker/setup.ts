// `npm run setup`: creates what onramp needs in HubSpot and Temporal. It can be repeated; `-- --check` changes nothing.

import { parseArgs } from 'node:util'
import { findProblems, setUp } from '../hubspot/setup.ts'
import { configOrExit } from '../platform/config.ts'
import { createLogger } from '../platform/logger.ts'
import { registerSearchAttributes, temporalOrExit, temporalProblem } from '../platform/temporal.ts'
import { hubSpotOf } from './hubspot.ts'

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } })
// With 0 seconds the circuit breaker stops no call, so the setup can report each rejection.
const config = { ...configOrExit([['HUBSPOT_ACCESS_TOKEN', 'HUBSPOT_BASE_URL']]), hubspotProbeSeconds: 0 }
const hubspot = hubSpotOf(config, createLogger('setup', 'silent'))
const { client } = temporalOrExit()
const log = (line: string) => console.log(line)

try {
  const portal = await hubspot.account()
  log(
    portal
      ? `HubSpot portal ${portal.portalId} (${portal.uiDomain})`
      : 'HubSpot portal unknown: HUBSPOT_BASE_URL has no account information',
  )
  const problems = values.check ? await check() : await create()
  for (const problem of problems) console.error(problem)
  if (problems.length === 0) log('HubSpot and Temporal have all that onramp needs.')
  process.exitCode = problems.length === 0 ? 0 : 1
} catch (error) {
  console.error(`The setup failed: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
} finally {
  await Promise.all([hubspot.close(), client.connection.close()])
}

async function create(): Promise<string[]> {
  return [...(await setUp(hubspot, log)), ...(await registerSearchAttributes(client, log))]
}

async function check(): Promise<string[]> {
  const temporal = await temporalProblem(client, 5000)
  return [
    ...(await findProblems(hubspot)),
    ...(temporal === 'temporal' ? ['Temporal does not answer at TEMPORAL_ADDRESS.'] : []),
    ...(temporal === 'search-attributes' ? ['Temporal lacks the search attributes. Run `npm run setup`.'] : []),
  ]
}
