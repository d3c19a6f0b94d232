// Customers who arrive at a constant rate.

import { limitPortal, onboard } from '../onboard.ts'
import { setPortal } from '../portal.ts'
import { BOTH } from '../row.ts'
import type { Row } from '../row.ts'
import { acceptance, calls, callsByRoute, cpu, endToEnd } from './figures-of.ts'

const CUSTOMERS = 400
const LATENCY_MS = 100

export const pace: Row = {
  ...BOTH,
  name: 'pace',
  title: `Customers at a constant rate, no limit, HubSpot answers in ${LATENCY_MS} ms and at once`,
  async measure(app, { perSecond }) {
    const figures = []
    for (const latencyMs of [LATENCY_MS, 0]) {
      await setPortal(app.portal, 'unlimited', latencyMs)
      const onboarded = await onboard(app, { customers: CUSTOMERS, pace: perSecond })
      const name = `${latencyMs} ms: `
      figures.push(...(await endToEnd(name, app, onboarded)), ...acceptance(name, onboarded))
      figures.push(...cpu(name, onboarded), ...calls(name, onboarded))
      if (latencyMs > 0) figures.push(...callsByRoute(name, onboarded))
    }
    return figures
  },
}

export const paceLimited: Row = {
  ...BOTH,
  name: 'pace-limited',
  title: `Customers at a constant rate, 190 calls in 10 s, HubSpot answers in ${LATENCY_MS} ms`,
  async measure(app, { perSecond }) {
    await limitPortal(app, LATENCY_MS)
    const onboarded = await onboard(app, { customers: CUSTOMERS, pace: perSecond })
    return [
      ...calls('', onboarded),
      ...callsByRoute('', onboarded),
      ...(await endToEnd('', app, onboarded)),
      ...acceptance('', onboarded),
    ]
  },
}
