// `npm run docs`: writes the settings to `.env.example` and the README, the fields to docs/webhooks.md, the metrics to
// docs/metrics.md, and the licences of the production dependencies to docs/dependencies.md.

import { readFileSync, writeFileSync } from 'node:fs'
import { withFieldsTable, WEBHOOKS_PAGE } from './fields.ts'
import { DEPENDENCIES_PAGE, withLicences } from './licences.ts'
import { METRICS_PAGE, withMetricsTables } from './metrics.ts'
import { ENV_EXAMPLE, envExample, README, withSettingsTable } from './settings.ts'

writeFileSync(ENV_EXAMPLE, envExample())
writeFileSync(README, withSettingsTable(readFileSync(README, 'utf8')))
writeFileSync(WEBHOOKS_PAGE, withFieldsTable(readFileSync(WEBHOOKS_PAGE, 'utf8')))
writeFileSync(METRICS_PAGE, withMetricsTables(readFileSync(METRICS_PAGE, 'utf8')))
writeFileSync(DEPENDENCIES_PAGE, withLicences(readFileSync(DEPENDENCIES_PAGE, 'utf8')))
