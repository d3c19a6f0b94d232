// Counts the cost of an onboarding in Temporal: events, workflow tasks, state transitions, bytes and billable actions.

import { setTimeout as sleep } from 'node:timers/promises'
import { historyCost } from '../actions.ts'
import type { HistoryCost } from '../actions.ts'
import type { RunningApp } from '../apps/app.ts'
import { median } from '../figures.ts'
import type { Figure } from '../figures.ts'
import { onboard } from '../onboard.ts'
import { setPortal } from '../portal.ts'
import { BOTH } from '../row.ts'
import type { Row } from '../row.ts'

const CUSTOMERS = 20
const PER_SECOND = 4
const STABLE_MS = 2_000
const TIMEOUT_MS = 60_000

interface Cost extends HistoryCost {
  stateTransitions: number
  bytes: number
}

const FIGURES: [keyof Cost, string][] = [
  ['events', 'events'],
  ['workflowTasks', 'workflow tasks'],
  ['stateTransitions', 'state transitions'],
  ['bytes', 'bytes of history'],
  ['activities', 'activities'],
  ['localActivities', 'local activities'],
  ['timers', 'timers'],
  ['searchAttributeUpserts', 'upserts of search attributes'],
  ['signals', 'signals'],
  ['cloudActions', 'Temporal Cloud actions'],
]

export const history: Row = {
  ...BOTH,
  name: 'history',
  title: 'One onboarding in Temporal, nothing else going on, HubSpot answers in 100 ms',
  async measure(app) {
    await setPortal(app.portal, 'unlimited', 100)
    const { customerIds } = await onboard(app, { customers: CUSTOMERS, pace: PER_SECOND })
    const costs = await Promise.all(customerIds.map((customerId) => costOf(app, customerId)))
    return FIGURES.map(([key, name]): Figure => ({
      name,
      unit: 'count',
      value: median(costs.map((cost) => cost[key])),
    }))
  },
}

/** Reads the history once it has stopped growing. @throws Error when it grows for a minute */
async function costOf(app: RunningApp, customerId: string): Promise<Cost> {
  const handle = app.temporal.workflow.getHandle(app.workflowId(customerId))
  const deadline = Date.now() + TIMEOUT_MS
  for (let [before, stableSince] = [-1, Date.now()]; ; await sleep(200)) {
    const { historyLength, historySize, raw, status } = await handle.describe()
    if (historyLength !== before) [before, stableSince] = [historyLength, Date.now()]
    const isStable = Date.now() - stableSince > STABLE_MS
    if (status.name !== 'RUNNING' || isStable) {
      const { events } = await handle.fetchHistory()
      return {
        ...historyCost(events ?? []),
        stateTransitions: Number(raw.workflowExecutionInfo?.stateTransitionCount ?? Number.NaN),
        bytes: historySize ?? Number.NaN,
      }
    }
    if (Date.now() > deadline) throw new Error(`The workflow of a customer still grows after ${TIMEOUT_MS / 1000} s.`)
  }
}
