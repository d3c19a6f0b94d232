// `npm run docs`: writes the tables of settings and fields into `.env.example` and the docs.

import { readFileSync, writeFileSync } from 'node:fs'
import { withFieldsTable, WEBHOOKS_PAGE } from './fields.ts'
import { ENV_EXAMPLE, envExample, README, withSettingsTable } from './settings.ts'

writeFileSync(ENV_EXAMPLE, envExample())
writeFileSync(README, withSettingsTable(readFileSync(README, 'utf8')))
writeFileSync(WEBHOOKS_PAGE, withFieldsTable(readFileSync(WEBHOOKS_PAGE, 'utf8')))
