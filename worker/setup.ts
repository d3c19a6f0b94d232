// `npm run setup`: what onramp needs in HubSpot and in Temporal, made once; repeating it changes nothing. `-- --check` only looks.

import { parseArgs } from 'node:util'
import { findProblems, setUp } from '../hubspot/setup.ts'
import { configOrExit } from '../platform/config.ts'
import { createLogger } from '../platform/logger.ts'
import { registerSearchAttributes, temporalOrExit, temporalProblem } from '../platform/temporal.ts'
import { hubSpotOf } from './hubspot.ts'

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } })
// Each refusal is told here by itself, so no call waits because of an earlier one.
const config = { ...configOrExit([['HUBSPOT_ACCESS_TOKEN', 'HUBSPOT_BASE_URL']]), hubspotProbeSeconds: 0 }
const hubspot = hubSpotOf(config, createLogger('setup', 'silent'))
const { client } = temporalOrExit()
const log = (line: string) => console.log(line)

try {
  const portal = await hubspot.account()
  log(
    portal
      ? `HubSpot portal ${portal.portalId} (${portal.uiDomain})`
      : 'A HubSpot that does not say which portal it is',
  )
  const problems = values.check ? await look() : await make()
  for (const problem of problems) console.error(problem)
  if (problems.length === 0) log('HubSpot and Temporal have all that onramp needs.')
  process.exitCode = problems.length === 0 ? 0 : 1
} catch (error) {
  console.error(`The setup did not get through: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
} finally {
  await Promise.all([hubspot.close(), client.connection.close()])
}

async function make(): Promise<string[]> {
  return [...(await setUp(hubspot, log)), ...(await registerSearchAttributes(client, log))]
}

async function look(): Promise<string[]> {
  const temporal = await temporalProblem(client, 5000)
  return [
    ...(await findProblems(hubspot)),
    ...(temporal === 'temporal' ? ['Temporal does not answer at TEMPORAL_ADDRESS.'] : []),
    ...(temporal === 'search-attributes' ? ['Temporal lacks the search attributes. Run `npm run setup`.'] : []),
  ]
}
