// What a worker asks HubSpot when it starts: which portal it is, and whether it has onramp's properties.

import { setTimeout as sleep } from 'node:timers/promises'
import type { HubSpot } from '../hubspot/client/client.ts'
import { findProblems } from '../hubspot/setup.ts'
import { causeOf } from '../platform/error-cause.ts'
import type { Logger } from '../platform/logger.ts'
import type { SetupState } from './readiness.ts'

/** The portal's id for the log; `undefined` when HubSpot does not name it in time. */
export async function portalIdWithin(hubspot: HubSpot, ms: number): Promise<string | undefined> {
  const account = hubspot.account().catch(() => null)
  return await Promise.race([account.then((portal) => portal?.portalId), sleep(ms, undefined)])
}

interface SetupWatch {
  hubspot: HubSpot
  pauseSeconds: number
  logger: Logger
  onState: (state: SetupState) => void
}

/**
 * Returns when HubSpot has all that onramp needs. Onboardings wait meanwhile: without our unique properties HubSpot rejects the
 * calls, so there are no duplicates (G2).
 */
export async function waitForSetup({ hubspot, pauseSeconds, logger, onState }: SetupWatch): Promise<void> {
  let reported = ''
  for (;;) {
    const { state, problems } = await findSetup(hubspot)
    onState(state)
    if (state === 'there') return
    if (problems.join() !== reported) logger.warn({ problems }, 'HubSpot is not ready')
    reported = problems.join()
    await sleep(pauseSeconds * 1000)
  }
}

async function findSetup(hubspot: HubSpot): Promise<{ state: SetupState; problems: string[] }> {
  try {
    const problems = await findProblems(hubspot)
    return { state: problems.length === 0 ? 'there' : 'missing', problems }
  } catch (error) {
    return { state: 'unknown', problems: [causeOf(error)] }
  }
}
