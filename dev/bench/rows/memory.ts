// The memory of the processes after some customers, and how onramp's cost grows with the number of open customers.

import { setTimeout as sleep } from 'node:timers/promises'
import type { RunningApp } from '../apps/app.ts'
import type { Figure } from '../figures.ts'
import { onboard } from '../onboard.ts'
import { BOTH } from '../row.ts'
import type { Row } from '../row.ts'
import { throughput } from './figures-of.ts'

// Few enough that the API rejects none and no workflow waits for minutes.
const AT_ONCE = 1_000
const SETTLE_MS = 3_000
const SAMPLE = 500
const MOST = 100_000

export const memory: Row = {
  ...BOTH,
  warmUp: 0,
  name: 'memory',
  title: 'Resident memory after 200 and 2,800 customers, no limit, HubSpot answers at once',
  async measure(app) {
    const figures: Figure[] = []
    let customers = 0
    for (const until of [200, 2_800]) {
      await onboardMany(app, until - customers)
      customers = until
      figures.push(...(await memoryAfter(app, until)))
    }
    return figures
  },
}

export const growth: Row = {
  ...BOTH,
  apps: ['onramp'],
  run: 'by-name',
  name: 'growth',
  title: 'Growing numbers of open customers, no limit, HubSpot answers at once',
  async measure(app, { customers: wanted }) {
    const most = wanted ?? MOST
    const figures: Figure[] = []
    let customers = this.warmUp
    for (const until of new Set([1_000, 10_000, MOST, most].filter((each) => each <= most).toSorted((a, b) => a - b))) {
      await onboardMany(app, until - SAMPLE - customers)
      const sample = await onboard(app, { customers: SAMPLE, pace: 'at-once' })
      customers = until
      figures.push(
        throughput(`${until.toLocaleString('en-US')} customers: `, sample),
        ...(await memoryAfter(app, until)),
      )
    }
    return figures
  },
}

async function onboardMany(app: RunningApp, customers: number): Promise<void> {
  for (let left = customers; left > 0; left -= AT_ONCE) {
    await onboard(app, { customers: Math.min(left, AT_ONCE), pace: 'at-once' })
  }
}

async function memoryAfter(app: RunningApp, customers: number): Promise<Figure[]> {
  await sleep(SETTLE_MS)
  const { api, worker, temporal } = app.usage()
  const name = `${customers.toLocaleString('en-US')} customers: memory of`
  const both = api.memoryMb === null || worker.memoryMb === null ? null : api.memoryMb + worker.memoryMb
  return [
    { name: `${name} API and worker`, unit: 'MB', value: both },
    { name: `${name} the worker`, unit: 'MB', value: worker.memoryMb },
    { name: `${name} Temporal`, unit: 'MB', value: temporal.memoryMb },
  ]
}
