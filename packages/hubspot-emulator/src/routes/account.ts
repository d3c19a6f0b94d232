// Which portal a token opens.

import { ok, type Answer } from '../answer.ts'
import type { Call } from '../call.ts'
import { offsetOf } from '../portal-day.ts'

/** [D] `portalId` is a number here. */
export function accountDetails(call: Call): Answer {
  const { portalId, currency, ...account } = whereaboutsOf(call)
  return ok({
    portalId,
    ...account,
    companyCurrency: currency,
    additionalCurrencies: [],
    uiDomain: 'app.hubspot.com',
    dataHostingLocation: 'eu1',
  })
}

/** [R] Needs no scope. */
export const integrationOwner = (call: Call): Answer => ok(whereaboutsOf(call))

function whereaboutsOf({ portal }: Call) {
  const { portalId, timeZone } = portal.settings()
  const { text, ms } = offsetOf(timeZone, portal.clock.now())
  return {
    portalId,
    timeZone,
    accountType: 'DEVELOPER_TEST',
    currency: 'EUR',
    utcOffset: text,
    utcOffsetMilliseconds: ms,
  }
}
