// `npm run setup`: creates what onramp needs in HubSpot and Temporal. It can be repeated; `-- --check` changes nothing.

import { parseArgs } from 'node:util'
import type { Client } from '@temporalio/client'
import { findProblems, setUp } from '../hubspot/setup.ts'
import { configOrExit, configWarnings } from '../platform/config.ts'
import { endOnSignal } from '../platform/end-on-signal.ts'
import { causeOf } from '../platform/error-cause.ts'
import { createLogger } from '../platform/logger.ts'
import { endOnCrash } from '../platform/output-guard.ts'
import { NO_KEYS } from '../platform/payloads/key-ring.ts'
import { registerSearchAttributes, searchAttributeProblems } from '../platform/search-attributes.ts'
import { temporalOrExit } from '../platform/temporal.ts'
import { temporalFailure } from '../platform/temporal-failure.ts'
import { hubSpotOf } from './hubspot.ts'

const HELP = `npm run setup -- [options]

Creates what onramp needs: a property group and properties in HubSpot, and search attributes in Temporal. It can be repeated. It needs
HUBSPOT_ACCESS_TOKEN, and the TEMPORAL_* variables of the workers.

  --check         changes nothing, and says what is missing
  --hubspot-only  leaves Temporal out, and needs no TEMPORAL_* variables
  --help          prints this

The exit code is 0 when nothing is missing, 1 otherwise, 2 for a wrong option.`

const values = optionsOrExit()
// With 0 seconds the circuit breaker stops no call, so the setup can report each rejection.
const config = { ...configOrExit([['HUBSPOT_ACCESS_TOKEN', 'HUBSPOT_BASE_URL']]), hubspotProbeSeconds: 0 }
for (const warning of configWarnings()) console.error(warning)
endOnCrash(createLogger('setup', 'fatal'))
endOnSignal('The setup was ended by a signal. Run it again; that changes nothing that is there.')
const hubspot = hubSpotOf(config, createLogger('setup', 'silent'))
// The setup sends no payload.
const client = values['hubspot-only'] ? null : temporalOrExit(NO_KEYS).client
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
  const both = client === null ? 'HubSpot has' : 'HubSpot and Temporal have'
  if (problems.length === 0) log(`${both} all that onramp needs.`)
  process.exitCode = problems.length === 0 ? 0 : 1
} catch (error) {
  console.error(`The setup failed: ${temporalFailure(error)?.why ?? causeOf(error)}`)
  process.exitCode = 1
} finally {
  await Promise.all([hubspot.close(), client?.connection.close()])
}

function optionsOrExit() {
  try {
    const options = {
      check: { type: 'boolean', default: false },
      'hubspot-only': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    } as const
    const { values: given } = parseArgs({ options })
    if (!given.help) return given
    console.log(HELP)
    process.exit(0)
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`)
    process.exit(2)
  }
}

async function create(): Promise<string[]> {
  return [...(await setUp(hubspot, log)), ...(client === null ? [] : await registerSearchAttributes(client, log))]
}

async function check(): Promise<string[]> {
  const temporal = client === null ? [] : problemsOfTemporal(client)
  return [...(await findProblems(hubspot)), ...(await temporal)]
}

/** A Temporal that does not answer must not hide what HubSpot lacks. */
async function problemsOfTemporal(temporal: Client): Promise<string[]> {
  return await searchAttributeProblems(temporal, log).catch((error: unknown) => [
    `Temporal does not say which search attributes it has: ${temporalFailure(error)?.why ?? causeOf(error)}`,
  ])
}
