// `npm run docs`: writes the settings to `.env.example` and the README, the fields to docs/webhooks.md, and docs/metrics.md.

import { readFileSync, writeFileSync } from 'node:fs'
import { withFieldsTable, WEBHOOKS_PAGE } from './fields.ts'
import { METRICS_PAGE, withMetricsTables } from './metrics.ts'
import { ENV_EXAMPLE, envExample, README, withSettingsTable } from './settings.ts'

writeFileSync(ENV_EXAMPLE, envExample())
writeFileSync(README, withSettingsTable(readFileSync(README, 'utf8')))
writeFileSync(WEBHOOKS_PAGE, withFieldsTable(readFileSync(WEBHOOKS_PAGE, 'utf8')))
writeFileSync(METRICS_PAGE, withMetricsTables(readFileSync(METRICS_PAGE, 'utf8')))
