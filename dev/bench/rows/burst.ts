// Many customers at once, with HubSpot's limits and without.

import type { RunningApp } from '../apps/app.ts'
import type { Figure } from '../figures.ts'
import { limitPortal, onboard } from '../onboard.ts'
import { setPortal } from '../portal.ts'
import { BOTH } from '../row.ts'
import type { Row } from '../row.ts'
import { calls, callsByRoute, cpu, throughput } from './figures-of.ts'

const LATENCY_MS = 100

async function measureBurst(
  app: RunningApp,
  customers: number,
  domains: 'with-domains' | 'without-domains',
): Promise<Figure[]> {
  await setPortal(app.portal, 'unlimited', LATENCY_MS)
  const unlimited = await onboard(app, { customers, pace: 'at-once', domains })
  await limitPortal(app, LATENCY_MS)
  const limited = await onboard(app, { customers, pace: 'at-once', domains })
  return [
    throughput('limited: ', limited),
    ...calls('limited: ', limited),
    ...callsByRoute('limited: ', limited),
    throughput('no limit: ', unlimited),
    ...calls('no limit: ', unlimited),
    ...cpu('no limit: ', unlimited),
  ]
}

export const burst: Row = {
  ...BOTH,
  name: 'burst',
  title: '200 customers at once, HubSpot answers in 100 ms, 190 calls in 10 s and without a limit',
  measure: (app) => measureBurst(app, 200, 'without-domains'),
}

export const burst2000: Row = {
  ...BOTH,
  name: 'burst-2000',
  title: '2,000 customers at once, HubSpot answers in 100 ms, 190 calls in 10 s and without a limit',
  measure: (app) => measureBurst(app, 2_000, 'without-domains'),
}

/** The naive app looks for no company, so its figures are those of `burst-2000`. */
export const adoption: Row = {
  ...BOTH,
  apps: ['onramp'],
  settings: { COMPANY_ADOPTION: 'by-domain' },
  name: 'adoption',
  title: '2,000 customers of new companies with domains at once, adoption on, HubSpot answers in 100 ms',
  measure: (app) => measureBurst(app, 2_000, 'with-domains'),
}
