// The worker is killed twice while customers arrive.

import { setTimeout as sleep } from 'node:timers/promises'
import type { RunningApp } from '../apps/app.ts'
import { sendAtPace, signedRegistrations } from '../load.ts'
import { associationsReach, STALLED_MS } from '../onboard.ts'
import { callsBetween, lostAndDoubled, setPortal } from '../portal.ts'
import { BOTH } from '../row.ts'
import type { Row } from '../row.ts'

const CUSTOMERS = 600
const PER_SECOND = 20
const LATENCY_MS = 100
const KILLS = 2

export const kills: Row = {
  ...BOTH,
  name: 'kills',
  title: `${KILLS} SIGKILLs of the worker while ${CUSTOMERS} customers arrive at ${PER_SECOND} a second, HubSpot answers in ${LATENCY_MS} ms`,
  async measure(app) {
    const { seconds, lost, doubled } = await measureKills(app)
    return [
      { name: 'last accept to all done', unit: 's', value: seconds },
      { name: `lost (nothing happened for ${STALLED_MS / 60_000} min)`, unit: 'count', value: lost },
      { name: 'doubled', unit: 'count', value: doubled },
    ]
  },
}

interface AfterKills {
  customers: number
  /** From the last accepted event to the last association; `null` when it has not come. */
  seconds: number | null
  lost: number
  doubled: number
  calls: number
  /** Answers of 429. */
  over: number
}

export async function measureKills(app: RunningApp): Promise<AfterKills> {
  await setPortal(app.portal, 'unlimited', LATENCY_MS)
  const events = signedRegistrations({ count: CUSTOMERS, webhookSecret: app.webhookSecret, domains: 'without-domains' })
  const before = await app.portal.measurements()
  const [responses] = await Promise.all([
    sendAtPace(app.webhookUrl, events, { perSecond: PER_SECOND, rejected: 'send-again' }),
    killWorkers(app),
  ])
  const isDone = await associationsReach(app, before.associatedContacts + CUSTOMERS)
  const after = await app.portal.measurements()
  const lastAcceptAt = Math.max(...responses.map(({ answeredAt }) => answeredAt))
  const customerIds = events.map(({ customerId }) => customerId)
  const { total, over } = callsBetween(before.requests, after.requests)
  const { lastAssociatedAt } = after
  return {
    customers: CUSTOMERS,
    seconds: isDone && lastAssociatedAt !== null ? (lastAssociatedAt - lastAcceptAt) / 1000 : null,
    ...lostAndDoubled(await app.portal.records(), customerIds),
    calls: total,
    over,
  }
}

/** The kills are spread evenly over the time in which customers arrive. */
async function killWorkers(app: RunningApp): Promise<void> {
  for (let kill = 0; kill < KILLS; kill += 1) {
    await sleep((CUSTOMERS / PER_SECOND / (KILLS + 1)) * 1000)
    await app.replaceWorker()
  }
}
