// `npm run docs`: writes the tables of settings and fields into `.env.example` and the docs; a test compares them.

import { readFileSync, writeFileSync } from 'node:fs'
import { FIELD_NAMES, FIELDS } from '../domain/fields.ts'
import type { Field } from '../domain/fields.ts'
import { ID_LIMIT } from '../domain/limits.ts'
import { propertyOf } from '../hubspot/properties.ts'
import { describeSettings } from '../platform/config.ts'

export const ENV_EXAMPLE = new URL('../.env.example', import.meta.url)
export const README = new URL('../README.md', import.meta.url)
export const WEBHOOKS_PAGE = new URL('../docs/webhooks.md', import.meta.url)

/** The text of `.env.example`. */
export function envExample(): string {
  const head = [
    'Every setting of onramp. Copied to .env as it is, this file changes nothing: an empty variable counts as unset.',
    'TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS_… and TEMPORAL_PROFILE are read as by',
    'Temporal’s own CLI; with TEMPORAL_ADDRESS set, `npm start` brings no Temporal server.',
  ]
  const settings = describeSettings().map(({ name, fallback, meaning }) => `# ${meaning}\n${name}=${fallback}\n`)
  return [head.map((line) => `# ${line}\n`).join(''), ...settings].join('\n')
}

/** The README with its table of settings up to date. */
export function withSettingsTable(readme: string): string {
  const rows = describeSettings().map(({ name, fallback, meaning }) => {
    return `| \`${name}\` | ${fallback === '' ? '' : `\`${fallback}\``} | ${meaning} |`
  })
  const table = ['| variable | default | meaning |', '| --- | --- | --- |', ...rows].join('\n')
  return between(readme, 'settings', table)
}

/** docs/webhooks.md with its table of fields up to date. */
export function withFieldsTable(page: string): string {
  const rows = [
    [
      '`customerId`',
      128,
      'rejected',
      '',
      'your id of the customer: `A-Z a-z 0-9 . _ : -`, not `.` or `..` alone; never an e-mail address',
    ],
    ...FIELD_NAMES.flatMap((field) => {
      const row = [
        `\`${field}\``,
        FIELDS[field].limit,
        field === 'email' ? 'rejected' : 'clears',
        `\`${propertyOf(field)}\``,
      ]
      return [...(field === 'company.name' ? [COMPANY_ID] : []), [...row, DESCRIPTIONS[FIELDS[field].format]]]
    }),
  ]
  const head = ['field', 'longest', '`null`', 'HubSpot property', 'is']
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  return between(page, 'fields', lines.join('\n'))
}

const COMPANY_ID = [
  '`company.id`',
  ID_LIMIT,
  'rejected',
  '',
  'your id of the company; another one moves the customer to that company',
]

const DESCRIPTIONS: { [format in (typeof FIELDS)[Field]['format']]: string } = {
  text: 'any text',
  email: 'what a web form accepts (`<input type="email">`), with a dot in the domain; kept in lower case',
  domain: 'any text; kept in lower case. It identifies the company in HubSpot when there is no `company.id`',
}

function between(page: string, name: string, content: string): string {
  const marks = new RegExp(`(<!-- ${name}:begin -->\\n)[^]*?(<!-- ${name}:end -->)`)
  return page.replace(marks, (_, begin: string, end: string) => `${begin}\n${content}\n\n${end}`)
}

if (import.meta.main) {
  writeFileSync(ENV_EXAMPLE, envExample())
  writeFileSync(README, withSettingsTable(readFileSync(README, 'utf8')))
  writeFileSync(WEBHOOKS_PAGE, withFieldsTable(readFileSync(WEBHOOKS_PAGE, 'utf8')))
}
