// As many customers as the machine can take: HubSpot answers at once and without a limit.

import { onboard } from '../onboard.ts'
import { setPortal } from '../portal.ts'
import { BOTH } from '../row.ts'
import type { Row } from '../row.ts'
import { calls, callsByRoute, cpu, throughput as perSecond } from './figures-of.ts'

const CUSTOMERS = 1_000

export const throughput: Row = {
  ...BOTH,
  name: 'throughput',
  title: `${CUSTOMERS.toLocaleString('en-US')} customers at once, HubSpot answers at once, no limit`,
  async measure(app) {
    await setPortal(app.portal, 'unlimited', 0)
    const onboarded = await onboard(app, { customers: CUSTOMERS, pace: 'at-once' })
    return [perSecond('', onboarded), ...calls('', onboarded), ...callsByRoute('', onboarded), ...cpu('', onboarded)]
  },
}

/** The same with and without encryption. */
export const encryption: Row = {
  ...throughput,
  name: 'encryption',
  apps: ['onramp', 'in clear'],
  title: `${throughput.title} (onramp with and without encryption)`,
  run: 'by-name',
  async measure(app) {
    await setPortal(app.portal, 'unlimited', 0)
    const onboarded = await onboard(app, { customers: CUSTOMERS, pace: 'at-once' })
    return [perSecond('', onboarded), ...cpu('', onboarded)]
  },
}
