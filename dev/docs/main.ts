// `npm run docs`: writes the settings to `.env.example` and the README, and the fields to docs/webhooks.md.

import { readFileSync, writeFileSync } from 'node:fs'
import { withFieldsTable, WEBHOOKS_PAGE } from './fields.ts'
import { ENV_EXAMPLE, envExample, README, withSettingsTable } from './settings.ts'

writeFileSync(ENV_EXAMPLE, envExample())
writeFileSync(README, withSettingsTable(readFileSync(README, 'utf8')))
writeFileSync(WEBHOOKS_PAGE, withFieldsTable(readFileSync(WEBHOOKS_PAGE, 'utf8')))
