// A row of the benchmark: what it measures, with which apps, and how.

import type { AppName, RunningApp } from './apps/app.ts'
import type { MeasureOptions } from './arguments.ts'
import type { Figure } from './figures.ts'

export interface Row {
  /** The argument of `npm run bench`. */
  name: string
  /** The heading of its table. */
  title: string
  apps: AppName[]
  /** Settings of onramp. */
  settings: NodeJS.ProcessEnv
  /** Customers before the measurement. */
  warmUp: number
  /** Whether `npm run bench` without a name runs it. */
  run: 'by-default' | 'by-name'
  measure: (app: RunningApp, options: Pick<MeasureOptions, 'customers' | 'perSecond'>) => Promise<Figure[]>
}

/** Both apps, with nobody looking for companies that HubSpot users made. */
export const BOTH: Pick<Row, 'apps' | 'settings' | 'warmUp' | 'run'> = {
  apps: ['onramp', 'naive'],
  settings: { COMPANY_ADOPTION: 'off' },
  warmUp: 100,
  run: 'by-default',
}
