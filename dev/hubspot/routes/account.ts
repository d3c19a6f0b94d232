// Which portal a token opens.

import { ok, type Answer } from '../answer.ts'
import type { Call } from '../call.ts'

/** [D] `portalId` is a number here. */
export function accountDetails({ portal }: Call): Answer {
  return ok({
    portalId: portal.settings().portalId,
    accountType: 'DEVELOPER_TEST',
    timeZone: 'UTC',
    companyCurrency: 'EUR',
    additionalCurrencies: [],
    utcOffset: '+00:00',
    utcOffsetMilliseconds: 0,
    uiDomain: 'app.hubspot.com',
    dataHostingLocation: 'eu1',
  })
}

/** [R] Needs no scope. */
export function integrationOwner({ portal }: Call): Answer {
  return ok({
    portalId: portal.settings().portalId,
    timeZone: 'UTC',
    accountType: 'DEVELOPER_TEST',
    currency: 'EUR',
    utcOffset: '+00:00',
    utcOffsetMilliseconds: 0,
  })
}
