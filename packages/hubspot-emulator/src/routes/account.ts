// The portal that a token belongs to.

import { ok, type ApiResponse } from '../api-response.ts'
import type { Call } from '../call.ts'
import { offsetOf } from '../portal-day.ts'

/** [D] `portalId` is a number here. */
export function accountDetails(call: Call): ApiResponse {
  const { portalId, currency, ...account } = accountOf(call)
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
export const integrationOwner = (call: Call): ApiResponse => ok(accountOf(call))

function accountOf({ portal }: Call) {
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
