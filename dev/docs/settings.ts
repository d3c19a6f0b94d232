// `.env.example` and the README's table of settings, generated from the schema of the settings.

import { describeSettings } from '../../platform/config.ts'
import { tableOf, withContent } from './marked-content.ts'

export const ENV_EXAMPLE = new URL('../../.env.example', import.meta.url)
export const README = new URL('../../README.md', import.meta.url)

/** The text of `.env.example`. */
export function envExample(): string {
  const head = [
    'Every setting of onramp with its default. An empty variable counts as unset, so an unchanged copy as .env changes nothing.',
    'onramp reads TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS_… and TEMPORAL_PROFILE as the',
    'Temporal CLI does. With TEMPORAL_ADDRESS set, `npm start` runs no Temporal server.',
  ]
  const settings = describeSettings().map(({ name, fallback, meaning }) => `# ${meaning}\n${name}=${fallback}\n`)
  return [head.map((line) => `# ${line}\n`).join(''), ...settings].join('\n')
}

/** The README with the current table of settings. */
export function withSettingsTable(readme: string): string {
  const rows = describeSettings().map(({ name, fallback, meaning }) => [
    `\`${name}\``,
    fallback === '' ? '' : `\`${fallback}\``,
    meaning,
  ])
  return withContent(readme, 'settings', tableOf(['variable', 'default', 'meaning'], rows))
}
