// The neutral call: it concerns no customer's record, so it shows whether an error is the call's own or everybody's.

import { isTokenRejection, provesTokenValid } from './errors.ts'
import { HubSpotError } from './hubspot-error.ts'

/**
 * - `succeeded`: HubSpot answers, and accepts the token.
 * - `answered`: HubSpot has read the request, so the token is valid; a proxy may not serve the endpoint.
 * - `rejected`: HubSpot rejects the token for this call as well.
 * - `failed`: no response, a 5xx or a limit, which say nothing about the token.
 */
export type NeutralOutcome = 'succeeded' | 'answered' | 'rejected' | 'failed'

/** Whether HubSpot has answered, and accepts the token. */
export function hasAnswered(outcome: NeutralOutcome): boolean {
  return outcome === 'succeeded' || outcome === 'answered'
}

export type NeutralCall = () => Promise<NeutralOutcome>

/**
 * Callers that ask while the call runs share it, so no activity's cancellation cancels it.
 *
 * @param read reads any one record; throws `HubSpotError`
 */
export function createNeutralCall(read: () => Promise<unknown>): NeutralCall {
  let running: Promise<NeutralOutcome> | null = null
  return async function neutralCall() {
    running ??= outcomeOf(read).finally(() => {
      running = null
    })
    return await running
  }
}

async function outcomeOf(read: () => Promise<unknown>): Promise<NeutralOutcome> {
  try {
    await read()
    return 'succeeded'
  } catch (error) {
    if (!(error instanceof HubSpotError)) throw error
    if (isTokenRejection(error)) return 'rejected'
    return provesTokenValid(error) ? 'answered' : 'failed'
  }
}
