// `npm run promote`: makes a version of the workers the current one, and asks the running customers to move to it. It can be repeated;
// `-- --check` changes nothing.

import { parseArgs } from 'node:util'
import { DefaultLogger } from '@temporalio/worker'
import { configOrExit, configWarnings } from '../platform/config.ts'
import type { Config } from '../platform/config.ts'
import { endOnSignal } from '../platform/end-on-signal.ts'
import { causeOf } from '../platform/error-cause.ts'
import { createLogger } from '../platform/logger.ts'
import { endOnCrash } from '../platform/output-guard.ts'
import { NO_KEYS } from '../platform/payloads/key-ring.ts'
import { temporalOrExit } from '../platform/temporal.ts'
import { temporalFailure } from '../platform/temporal-failure.ts'
import { TEMPORAL_PROBLEMS, temporalProblem } from '../platform/temporal-problem.ts'
import { workflowBundle } from './bundle.ts'
import { checkPromotion, promote } from './promotion.ts'
import { deploymentNameOf, workerVersion } from './version.ts'
import type { WorkerVersion } from './version.ts'

const HELP = `npm run promote -- [options]

Makes the version of this checkout or image the current one, so that new customers start on it, and asks all running customers of other
versions, and of none, to move. It needs the settings of the workers (TEMPORAL_*, PAYLOAD_KEYS). Start the new workers first. With
TEMPORAL_VERSIONING=off it gives the customers to workers without a version.

  --build-id ID       another version than that of this checkout, such as the former one
  --per-second 50     how many customers it asks in a second
  --wait 300          how many seconds it waits for the new workers, and then for customers who have not moved
  --check             only says what is current, and who is left
  --help              prints this

The exit code is 0 when the version is current and nobody is left, 1 otherwise, 2 for a wrong option.`

const RUN_AGAIN = 'Run it again; that repeats nothing that is done.'

const given = argumentsOrExit()
const config = configOrExit()
for (const warning of configWarnings()) console.error(warning)
endOnCrash(createLogger('setup', 'fatal'))
endOnSignal(`The promotion was ended by a signal. ${RUN_AGAIN}`)
// The signal that asks a customer to move has no payload.
const { client } = temporalOrExit(NO_KEYS)

try {
  // Temporal answers “not found” also for a deployment that has no version so far.
  const problem = await temporalProblem(client, 5000)
  if (problem !== null) {
    console.error(`The promotion has not begun. ${TEMPORAL_PROBLEMS[problem]}.`)
    process.exit(1)
  }
  const promotion = {
    client,
    taskQueue: config.temporalTaskQueue,
    deploymentName: deploymentNameOf(config),
    ...(await versionOf(config, given.buildId)),
    payloadKeys: config.payloadKeys,
    perSecond: given.perSecond,
    waitSeconds: given.wait,
    say: (line: string) => console.log(line),
  }
  const isDone = await (given.check ? checkPromotion(promotion) : promote(promotion))
  process.exitCode = isDone ? 0 : 1
} catch (error) {
  const { why = causeOf(error), canPass = true } = temporalFailure(error) ?? {}
  console.error(`The promotion ended early: ${why}. ${canPass ? '' : 'Correct this first. '}${RUN_AGAIN}`)
  process.exitCode = 1
} finally {
  await client.connection.close()
}

/** The version, `null` for workers without one, and the workflow code if it is that of this checkout. */
async function versionOf(
  settings: Config,
  buildId: string | undefined,
): Promise<{ version: WorkerVersion | null; code: string | null }> {
  const { code } = await workflowBundle(new DefaultLogger('WARN'))
  if (buildId === undefined) return { version: workerVersion(settings, code), code }
  const own = workerVersion({ ...settings, temporalVersioning: 'pinned' }, code)
  const version = workerVersion({ ...settings, temporalVersioning: 'pinned', temporalWorkerBuildId: buildId }, code)
  return { version, code: own?.buildId === buildId ? code : null }
}

function argumentsOrExit() {
  try {
    const { values } = parseArgs({
      options: {
        'build-id': { type: 'string' },
        'per-second': { type: 'string', default: '50' },
        wait: { type: 'string', default: '300' },
        check: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (values.help) {
      console.log(HELP)
      process.exit(0)
    }
    const perSecond = whole('--per-second', values['per-second'], 1)
    return { buildId: values['build-id'], perSecond, wait: whole('--wait', values.wait, 0), check: values.check }
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`)
    process.exit(2)
  }
}

function whole(option: string, text: string, least: number): number {
  if (/^\d{1,6}$/.test(text) && Number(text) >= least) return Number(text)
  throw new Error(`${option} must be a whole number of at least ${least}, not "${text}".`)
}
