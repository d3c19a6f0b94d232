// A burst of events: which statuses the API answers, and how fast.

import { CONNECTIONS } from '../onboard.ts'
import { sendAtOnce, signedRegistrations } from '../load.ts'
import { setPortal } from '../portal.ts'
import { BOTH } from '../row.ts'
import type { Row } from '../row.ts'
import { acceptance } from './figures-of.ts'

const EVENTS = 2_000

export const events: Row = {
  ...BOTH,
  name: 'events',
  title: `${EVENTS.toLocaleString('en-US')} events over ${CONNECTIONS} connections`,
  async measure(app) {
    await setPortal(app.portal, 'unlimited', 100)
    const signed = signedRegistrations({
      count: EVENTS,
      webhookSecret: app.webhookSecret,
      domains: 'without-domains',
    })
    const startedAt = performance.now()
    const responses = await sendAtOnce(app.webhookUrl, signed, { connections: CONNECTIONS, rejected: 'leave' })
    const seconds = (performance.now() - startedAt) / 1000
    const accepted = responses.filter(({ status }) => status === 202).length
    return [
      { name: 'answers of 202', unit: 'count', value: accepted },
      { name: 'accepted a second', unit: 'a second', value: accepted / seconds },
      ...acceptance('', { responses }),
    ]
  },
}
