// `npm run setup`: what onramp needs in HubSpot and in Temporal, made once; repeating it changes nothing.

import { setUp } from '../activities/hubspot/setup.ts'
import { configOrExit } from '../platform/config.ts'
import { createLogger } from '../platform/logger.ts'
import { createClient, registerSearchAttributes, temporalSettings } from '../platform/temporal.ts'
import { hubSpotOf } from './hubspot.ts'

const config = configOrExit()
const hubspot = hubSpotOf(config, createLogger('setup', 'silent'))
const client = createClient(temporalSettings())
const log = (line: string) => console.log(line)

try {
  const { portalId, uiDomain } = await hubspot.account()
  log(`HubSpot portal ${portalId} (${uiDomain})`)
  const problems = [...(await setUp(hubspot, log)), ...(await registerSearchAttributes(client, log))]
  for (const problem of problems) console.error(problem)
  if (problems.length === 0) log('HubSpot and Temporal have all that onramp needs.')
  process.exitCode = problems.length === 0 ? 0 : 1
} catch (error) {
  console.error(`The setup did not get through: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
} finally {
  await Promise.all([hubspot.close(), client.connection.close()])
}
