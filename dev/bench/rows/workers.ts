// The same customers with one, two and three workers.

import { onboard, warmUp } from '../onboard.ts'
import { setPortal } from '../portal.ts'
import { BOTH } from '../row.ts'
import type { Row } from '../row.ts'
import type { Figure } from '../figures.ts'
import { cpu, throughput } from './figures-of.ts'

const CUSTOMERS = 1_000
const MOST_WORKERS = 3

export const workers: Row = {
  ...BOTH,
  apps: ['onramp'],
  run: 'by-name',
  name: 'workers',
  title: 'Customers at once with 1, 2 and 3 workers, HubSpot answers at once, no limit',
  async measure(app, { customers }) {
    const figures: Figure[] = []
    for (let count = 1; count <= MOST_WORKERS; count += 1) {
      if (count > 1) {
        await app.addWorker()
        await warmUp(app, this.warmUp)
      }
      await setPortal(app.portal, 'unlimited', 0)
      const onboarded = await onboard(app, { customers: customers ?? CUSTOMERS, pace: 'at-once' })
      const name = count === 1 ? '1 worker: ' : `${count} workers: `
      figures.push(throughput(name, onboarded), ...cpu(name, onboarded))
    }
    return figures
  },
}
