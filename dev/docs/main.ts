// `npm run docs`: writes the settings into `.env.example` and the README's table.

import { readFileSync, writeFileSync } from 'node:fs'
import { ENV_EXAMPLE, envExample, README, withSettingsTable } from './settings.ts'

writeFileSync(ENV_EXAMPLE, envExample())
writeFileSync(README, withSettingsTable(readFileSync(README, 'utf8')))
